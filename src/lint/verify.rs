//! Holds fixes to the plan: what a fix makes of a Dockerfile builds what it built before, but for what the fix says.

use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use super::document::{Document, Tree, documents};
use super::guard::guarded;
use super::{Diagnostic, Fix, Settings, Verdict, Verification};
use crate::build::{Change, Effects, Plan, compare, effects, new_faults};
use crate::model::dockerfile::{Dockerfile, Instruction};
use crate::syntax::dockerfile::InstructionKind;
use crate::syntax::kind::{Kind, kind_of};
use crate::text::{Source, apply};

/// A file, and what it would build: what its fixes are held to.
pub struct Before<'a> {
    source: &'a Arc<Source>,
    kind: Option<Kind>,
    /// The documents of the file; `None` when a parser fails on it.
    documents: Option<Vec<Document>>,
    /// For each document.
    plans: Vec<Option<Plan>>,
}

impl<'a> Before<'a> {
    /// What the file of `source` would build.
    pub fn new(source: &'a Arc<Source>, settings: &Settings) -> Before<'a> {
        let kind = kind(&source.path, source, settings);
        let documents = kind.and_then(|kind| guarded(|| documents(source, kind)).ok());
        let plans = documents.iter().flatten().map(plan).collect();
        Before { source, kind, documents, plans }
    }

    /// Whether a Dockerfile is in it.
    pub fn is_planned(&self) -> bool {
        self.plans.iter().any(Option::is_some)
    }

    /// What changes in the plan with `fixes`, which must not touch one another; nothing where there is none.
    ///
    /// # Errors
    ///
    /// Why they must not be applied.
    pub fn with(&self, fixes: &[&Fix]) -> Result<Vec<Change>, String> {
        let edits: Vec<_> = fixes.iter().flat_map(|fix| fix.edits.iter().cloned()).collect();
        let allowed = fixes.iter().fold(Effects::NONE, |all, fix| all.and(fix.effects));
        match apply(self.source.bytes(), &edits) {
            Ok(bytes) => self.becoming(bytes, allowed),
            Err(error) => Err(format!("its edits do not apply: {error:?}")),
        }
    }

    /// What changes in the plan when the file becomes `bytes`, and `allowed` may change.
    ///
    /// # Errors
    ///
    /// Why it must not become that.
    pub fn becoming(&self, bytes: Vec<u8>, allowed: Effects) -> Result<Vec<Change>, String> {
        let (Some(kind), Some(old)) = (self.kind, &self.documents) else { return Ok(Vec::new()) };
        let source = Arc::new(Source::from_bytes(&self.source.path, bytes));
        let Ok(new) = guarded(|| documents(&source, kind)) else {
            return Err("a parser fails on the result".to_owned());
        };
        let (errors_before, errors_after) = (errors(old), errors(&new));
        if errors_after > errors_before {
            return Err("the result has more syntax errors".to_owned());
        }
        if new.len() != old.len() {
            return Err("the result has other documents".to_owned());
        }
        let mut changes = Vec::new();
        for ((old, before), new) in old.iter().zip(&self.plans).zip(&new) {
            let (Some(before), false) = (before, old.text == new.text) else { continue };
            let Some(after) = plan(new) else { continue };
            if let Some(fault) = new_faults(before, &after).first() {
                return Err(format!("the result cannot be built: {}", fault.message));
            }
            // What could not be read before has no plan that could stay the same.
            if errors_after == errors_before {
                changes.extend(compare(before, &after));
            }
        }
        let undeclared = effects(&changes).without(allowed);
        match changes.iter().find(|change| undeclared.contains(change.effect)) {
            Some(change) => Err(format!("it does not say that {change}")),
            None => Ok(changes),
        }
    }
}

/// Takes out the fixes that the plan does not hold to, and writes at the others what it showed. The findings are in the
/// order of their files.
pub fn withhold(diagnostics: &mut [Diagnostic], settings: &Settings) {
    let groups = diagnostics.chunk_by_mut(|a, b| Arc::ptr_eq(&a.source, &b.source));
    let groups: Vec<&mut [Diagnostic]> =
        groups.filter(|group| group.iter().any(|diagnostic| !diagnostic.fixes.is_empty())).collect();
    let of_file = |group: &mut [Diagnostic]| {
        let source = group[0].source.clone();
        let before = Before::new(&source, settings);
        if !before.is_planned() {
            return;
        }
        for diagnostic in group {
            diagnostic.fixes.retain_mut(|fix| match before.with(&[fix]) {
                Ok(changes) => {
                    let details = changes.into_iter().map(|change| change.message).collect();
                    fix.verification = Some(Verification { verdict: Verdict::Planned, details });
                    true
                }
                Err(_) => false,
            });
        }
    };
    if settings.parallel && groups.len() > 1 {
        groups.into_par_iter().for_each(of_file);
    } else {
        groups.into_iter().for_each(of_file);
    }
}

/// The number of places in `bytes` that are not what their language asks for, instructions that do not exist included.
/// A text on which a parser fails has more of them than any other.
pub fn syntax_errors(path: &Path, bytes: &[u8], settings: &Settings) -> usize {
    let source = Arc::new(Source::from_bytes(path, bytes.to_vec()));
    let Some(kind) = kind(path, &source, settings) else { return 0 };
    guarded(|| documents(&source, kind)).map_or(usize::MAX, |documents| errors(&documents))
}

fn kind(path: &Path, source: &Source, settings: &Settings) -> Option<Kind> {
    settings.file_type(path).or_else(|| kind_of(path, &source.text))
}

fn plan(document: &Document) -> Option<Plan> {
    match &document.tree {
        Tree::Dockerfile(dockerfile) => guarded(|| Plan::new(dockerfile)).ok(),
        _ => None,
    }
}

fn errors(documents: &[Document]) -> usize {
    let of = |document: &Document| {
        let unknown = match &document.tree {
            Tree::Dockerfile(dockerfile) => unknown_instructions(dockerfile),
            _ => 0,
        };
        document.errors().len() + document.outer_errors.len() + unknown
    };
    documents.iter().map(of).sum()
}

fn unknown_instructions(dockerfile: &Dockerfile) -> usize {
    let unknown = |instruction: &Instruction<'_>| matches!(instruction.node.kind, InstructionKind::Unknown);
    dockerfile.instructions().filter(unknown).count()
}
