//! From paths to findings: read, parse, walk, map to the file, sort.

use std::borrow::Cow;
use std::cell::Cell;
use std::cmp;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::admit::{Refusal, admit};
use super::context::Shared;
use super::dispatch::Dispatch;
use super::document::{Document, Tree, documents, documents_again};
use super::guard::guarded;
use super::suppress::{self, Suppressed};
use super::walk;
use super::{Catalog, Context, Diagnostic, Fix, Rule, Settings, Severity};
use crate::build::Effect;
use crate::model::compose;
use crate::model::project::Project;
use crate::model::role::Role;
use crate::model::template;
use crate::syntax::SyntaxError;
use crate::syntax::kind::{Kind, kind_of};
use crate::text::{Edit, Files, MemoryFiles, Source, Span};

/// Reports what is wrong with the text itself.
pub(super) const SYNTAX: &str = "rlint/syntax";
/// Reports a rule that panicked.
pub(super) const INTERNAL_ERROR: &str = "rlint/internal-error";

/// So few files are linted on the thread of the caller: starting others costs more than it saves.
const FEW: usize = 8;

/// What a run found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// By path, position and rule; no two alike.
    pub diagnostics: Vec<Diagnostic>,
    /// What was found and is ignored by something in its file, in the same order.
    pub suppressed: Vec<Suppressed>,
    /// The files that were linted and what they are, by path. Files that are nothing of ours are left out.
    pub files: Vec<(Arc<Path>, Kind)>,
    /// The number of rules that panicked, counted once for each file; the run itself failed when it is not 0.
    pub internal_errors: usize,
}

/// Lints the files at `targets`. Reads them and everything they refer to through `files`, and nothing else. What
/// comes out depends on nothing but the arguments, and not on their order: that is the order in which the work is
/// begun, so that the largest files should come first.
pub fn check(targets: &[PathBuf], files: &dyn Files, settings: &Settings) -> Report {
    let mut report = Report::default();
    for file in check_each(targets, files, settings) {
        report.diagnostics.extend(file.diagnostics);
        report.suppressed.extend(file.suppressed);
        report.files.extend(file.files);
        report.internal_errors += file.internal_errors;
    }
    report
}

/// As [`check`], with a report for each target, by path.
pub(super) fn check_each(targets: &[PathBuf], files: &dyn Files, settings: &Settings) -> Vec<Report> {
    let mut seen = FxHashSet::default();
    let targets: Vec<&Path> = targets.iter().map(PathBuf::as_path).filter(|path| seen.insert(*path)).collect();
    let (dispatch, shared) = (Dispatch::new(settings), Shared::default());
    let run = Run { files, settings, dispatch: &dispatch, shared: &shared, stop: None };
    let report = |path| (path, run.file(path).into_report());
    let mut reports: Vec<(&Path, Report)> = if settings.parallel && targets.len() > FEW {
        // One after the other from a common queue: halves of the list would keep the first thread from its rest.
        targets.into_iter().par_bridge().map(report).collect()
    } else {
        targets.into_iter().map(report).collect()
    };
    reports.sort_unstable_by_key(|(path, _)| *path);
    reports.into_iter().map(|(_, report)| report).collect()
}

/// What all files of a run share.
struct Run<'a> {
    files: &'a dyn Files,
    settings: &'a Settings,
    dispatch: &'a Dispatch,
    shared: &'a Shared,
    /// Set when nobody wants any more what comes out.
    stop: Option<&'a AtomicBool>,
}

/// As [`check`], for one file, with what is known of others; `None` when `stop` was set before it was done.
pub(super) fn check_one(
    path: &Path,
    files: &dyn Files,
    settings: &Settings,
    dispatch: &Dispatch,
    shared: &Shared,
    stop: Option<&AtomicBool>,
) -> Option<Report> {
    let run = Run { files, settings, dispatch, shared, stop };
    let checked = run.file(path);
    (!run.is_stopped()).then(|| checked.into_report())
}

/// The documents of a file, with what the files around say of them, as the checks get them; none where it is nothing of
/// ours, or cannot be read.
pub(super) fn documents_of(
    source: &Arc<Source>,
    files: &dyn Files,
    settings: &Settings,
    dispatch: &Dispatch,
    shared: &Shared,
) -> Vec<Document> {
    let run = Run { files, settings, dispatch, shared, stop: None };
    let kind = settings.file_type(&source.path).or_else(|| kind_of(&source.path, &source.text));
    let read = || {
        let mut documents = kind.map(|kind| run.documents(source, kind)).unwrap_or_default();
        if let Some(document) = documents.first_mut().filter(|_| kind == Some(Kind::Dockerfile)) {
            document.know_contexts(run.project().named_contexts(&source.path));
        }
        for document in &mut documents {
            document.compose = run.compose(document);
            document.role = run.role(document);
        }
        documents
    };
    guarded(read).unwrap_or_default()
}

/// What came out of one walk.
struct Walked {
    found: Vec<Diagnostic>,
    /// The rules that panicked, by their place in the catalog, and how.
    failed: Vec<(usize, String)>,
}

/// What came out of one file.
struct Checked {
    path: Arc<Path>,
    kind: Option<Kind>,
    diagnostics: Vec<Diagnostic>,
    suppressed: Vec<Suppressed>,
    /// The rules that panicked, by their place in the catalog: they are not run again on this file.
    failed: Vec<usize>,
    internal_errors: usize,
}

impl Run<'_> {
    fn is_stopped(&self) -> bool {
        self.stop.is_some_and(|stop| stop.load(Ordering::Relaxed))
    }

    fn file(&self, path: &Path) -> Checked {
        let bytes = match self.files.read(path) {
            Ok(bytes) => bytes,
            Err(error) => return self.unreadable(path, &error),
        };
        match admit(path, bytes, self.settings.largest_file) {
            Ok(source) => self.source(Arc::new(source)),
            Err(refusal) => {
                let Refusal { source, readable, error } = *refusal;
                let source = Arc::new(source);
                let kind = self.settings.file_type(path).or_else(|| kind_of(path, &readable));
                let found = kind.and_then(|_| self.syntax(&source, error)).into_iter().collect();
                Checked { kind, diagnostics: found, ..Checked::new(&source) }
            }
        }
    }

    fn unreadable(&self, path: &Path, error: &std::io::Error) -> Checked {
        let source = Arc::new(Source::new(path, ""));
        let error = SyntaxError::new(Span::empty(0), format!("cannot be read: {error}"));
        let diagnostics = self.syntax(&source, error).into_iter().collect();
        Checked { diagnostics, ..Checked::new(&source) }
    }

    fn source(&self, source: Arc<Source>) -> Checked {
        let mut checked = Checked::new(&source);
        let kind = self.settings.file_type(&source.path).or_else(|| kind_of(&source.path, &source.text));
        let Some(kind) = kind else { return checked };
        checked.kind = Some(kind);
        checked.diagnostics.extend(source.invalid.first().and_then(|span| {
            let mut error = SyntaxError::new(*span, "this is not UTF-8");
            error.note = (source.invalid.len() > 1).then(|| format!("so are {} more places", source.invalid.len() - 1));
            self.syntax(&source, error)
        }));
        match guarded(|| self.documents(&source, kind)) {
            Ok(mut documents) => {
                let ignored = self.settings.ignored_in(&source.path);
                let catalog = self.settings.catalog();
                let ignored: Vec<usize> = ignored.into_iter().filter_map(|rule| catalog.index(rule)).collect();
                if let Some(document) = documents.first_mut().filter(|_| kind == Kind::Dockerfile) {
                    match guarded(|| self.project().named_contexts(&source.path)) {
                        Ok(contexts) => document.know_contexts(contexts),
                        Err(panic) => checked.fail(&source, "the reader of the files around", &panic),
                    }
                }
                for document in &mut documents {
                    if self.is_stopped() {
                        return checked;
                    }
                    match guarded(|| self.compose(document)) {
                        Ok(project) => document.compose = project,
                        Err(panic) => checked.fail(&source, "the loader of compose projects", &panic),
                    }
                    match guarded(|| self.role(document)) {
                        Ok(role) => document.role = role,
                        Err(panic) => checked.fail(&source, "the reader of the files around", &panic),
                    }
                    self.document(document, &ignored, &mut checked);
                }
                if self.is_stopped() {
                    return checked;
                }
                self.supply(&source, &ignored, &mut checked);
                for document in &documents {
                    suppress::raise(document, self.settings, &mut checked.diagnostics);
                }
                if let Err(panic) = guarded(|| self.suppress(&documents, &ignored, &mut checked)) {
                    checked.fail(&source, "the reader of ignore comments", &panic);
                }
            }
            Err(panic) => checked.fail(&source, "the parser", &panic),
        }
        sort(&mut checked.diagnostics);
        checked.suppressed.sort_by(|a, b| order(&a.diagnostic, &b.diagnostic));
        checked
    }

    fn documents(&self, source: &Arc<Source>, kind: Kind) -> Vec<Document> {
        match self.shared.manifests.readings() {
            Some(readings) => documents_again(source, kind, readings),
            None => documents(source, kind),
        }
    }

    fn project(&self) -> Project<'_> {
        Project::new(self.files, &self.settings.images, &self.shared.projects)
    }

    /// What a document is for. One that lies inside another file is shown or built by itself.
    fn role(&self, document: &Document) -> Role {
        match &document.tree {
            Tree::Dockerfile(dockerfile) if template::is_template(dockerfile) => Role::Template,
            Tree::Dockerfile(dockerfile) if !document.region.is_whole() => {
                let whole = dockerfile.shipped_stage().is_some_and(|stage| stage.instructions().count() > 1);
                if whole { Role::Complete } else { Role::Excerpt }
            }
            Tree::Kubernetes(stream) if document.region.is_whole() => {
                self.shared.manifests.role(&document.source.path, stream, self.files)
            }
            Tree::Compose(_) => document.compose.as_ref().map(|project| project.role).unwrap_or_default(),
            _ => Role::Complete,
        }
    }

    /// The project of a compose file. One that lies inside another file has no files around it.
    fn compose(&self, document: &Document) -> Option<compose::Project> {
        match &document.tree {
            Tree::Compose(stream) if document.region.is_whole() => {
                Some(compose::Project::load(&document.source.path, stream, self.files))
            }
            Tree::Compose(stream) => {
                Some(compose::Project::load(Path::new("snippet.yaml"), stream, &MemoryFiles::default()))
            }
            _ => None,
        }
    }

    /// Runs every rule over one document.
    fn document(&self, document: &Document, ignored: &[usize], checked: &mut Checked) {
        // What a template engine makes of a text is right or wrong, not the text.
        let is_template = document.role == Role::Template;
        for error in document.errors().iter().filter(|_| !is_template) {
            checked.diagnostics.extend(self.syntax(&document.source, map_error(error, document)));
        }
        for error in &document.outer_errors {
            checked.diagnostics.extend(self.syntax(&document.source, error.clone()));
        }
        let off = [ignored, &checked.failed].concat();
        let walk = |slice| self.walk(document, slice, off.clone());
        let slices = walk::slices(document);
        let walked: Vec<Walked> = if self.settings.parallel && slices.len() > 1 {
            slices.into_par_iter().map(walk).collect()
        } else {
            slices.into_iter().map(walk).collect()
        };
        let mut found = Vec::new();
        for walked in walked {
            found.extend(walked.found);
            for (rule, panic) in walked.failed {
                if !checked.failed.contains(&rule) {
                    checked.fail(&document.source, &format!("`{}`", self.settings.at(rule).0.id), &panic);
                    checked.failed.push(rule);
                }
            }
        }
        // One that failed has found nothing, wherever it did.
        let failed: Vec<&str> = checked.failed.iter().map(|rule| &*self.settings.at(*rule).0.id).collect();
        let wanted = found.into_iter().filter(|diagnostic| {
            !(failed.contains(&&*diagnostic.rule)
                || self.settings.leaves_alone(document, diagnostic)
                || is_template && self.is_certain(diagnostic))
        });
        checked.diagnostics.extend(wanted.map(|diagnostic| map(diagnostic, document)));
    }

    /// Runs every rule but those of `off` over a slice of a document. A rule that panics is left out and the others run
    /// again: what they found in the walk that it broke off is not known to be whole.
    fn walk(&self, document: &Document, slice: Range<usize>, mut off: Vec<usize>) -> Walked {
        let mut dispatch = Cow::Borrowed(self.dispatch);
        if !off.is_empty() {
            dispatch = Cow::Owned(self.dispatch_without(&off));
        }
        let mut failed = Vec::new();
        loop {
            let current = Cell::new(0);
            let walked = guarded(|| {
                let mut cx = Context::new(document, self.settings, self.files, self.shared, &current, self.stop);
                walk::walk(document, slice.clone(), &dispatch, &mut cx);
                cx.into_found()
            });
            match walked {
                Ok(found) => return Walked { found, failed },
                Err(panic) => {
                    let rule = current.get();
                    failed.push((rule, panic));
                    if off.contains(&rule) {
                        return Walked { found: Vec::new(), failed };
                    }
                    off.push(rule);
                    dispatch = Cow::Owned(self.dispatch_without(&off));
                }
            }
        }
    }

    /// Whether the rule of a finding says that something cannot work.
    fn is_certain(&self, diagnostic: &Diagnostic) -> bool {
        self.settings.catalog().rule(&diagnostic.rule).is_some_and(|rule| rule.severity == Severity::Error)
    }

    fn dispatch_without(&self, rules: &[usize]) -> Dispatch {
        Dispatch::filtered(self.settings, |index| self.settings.at(index).1 && !rules.contains(&index))
    }

    /// Adds what other tools found in this very text, and takes out what answers to an alias that is ignored. What a
    /// rule of ours says at the same place is not said twice.
    fn supply(&self, source: &Arc<Source>, ignored: &[usize], checked: &mut Checked) {
        let catalog = self.settings.catalog();
        let own = checked.diagnostics.len();
        for supplied in self.settings.supplied.iter().filter(|supplied| supplied.source.path == source.path) {
            let Some(rule) = catalog.index(&supplied.rule) else { continue };
            let (_, enabled, severity) = self.settings.at(rule);
            let known = |diagnostic: &Diagnostic| {
                let overlaps = diagnostic.span.start < supplied.span.end && supplied.span.start < diagnostic.span.end;
                overlaps && supplied.alias.as_ref().is_some_and(|alias| answers(catalog, diagnostic, alias))
            };
            if !enabled
                || ignored.contains(&rule)
                || supplied.source.text != source.text
                || checked.diagnostics[..own].iter().any(known)
            {
                continue;
            }
            let set = severity != catalog.rules()[rule].severity;
            let severity = if set { severity } else { supplied.severity };
            checked.diagnostics.push(Diagnostic { severity, source: source.clone(), ..supplied.clone() });
        }
        let aliases = &self.settings.ignored_aliases;
        checked.diagnostics.retain(|diagnostic| {
            diagnostic.alias.as_ref().is_none_or(|alias| !aliases.iter().any(|own| own.eq_ignore_ascii_case(alias)))
        });
    }

    /// Takes out what comments and annotations ignore, and reports those that ignore nothing.
    fn suppress(&self, documents: &[Document], ignored: &[usize], checked: &mut Checked) {
        if self.settings.no_suppressions {
            return;
        }
        for document in documents {
            let mut suppressions = suppress::suppressions(document, self.settings);
            let suppressed = suppress::apply(&mut suppressions, &mut checked.diagnostics, self.settings.today);
            checked.suppressed.extend(suppressed);
            let ran = |rule: &Rule| {
                let index = self.settings.catalog().index(&rule.id);
                index.is_some_and(|index| self.settings.at(index).1 && !ignored.contains(&index))
            };
            let reviewed = suppress::review(document, &suppressions, self.settings, &ran);
            checked.diagnostics.extend(reviewed.into_iter().map(|diagnostic| map(diagnostic, document)));
        }
    }

    /// A syntax error, located in the file, as a finding.
    fn syntax(&self, source: &Arc<Source>, error: SyntaxError) -> Option<Diagnostic> {
        let settings = self.settings;
        let severity = settings.severity(SYNTAX).filter(|_| settings.is_enabled(SYNTAX))?;
        let mut diagnostic = finding(SYNTAX, severity, source, error.span, error.message);
        diagnostic.notes.extend(error.note);
        diagnostic.fixes.extend(error.meant.map(meant));
        Some(diagnostic)
    }
}

impl Checked {
    fn new(source: &Source) -> Checked {
        Checked {
            path: source.path.clone(),
            kind: None,
            diagnostics: Vec::new(),
            suppressed: Vec::new(),
            failed: Vec::new(),
            internal_errors: 0,
        }
    }

    fn into_report(self) -> Report {
        Report {
            diagnostics: self.diagnostics,
            suppressed: self.suppressed,
            files: self.kind.map(|kind| (self.path, kind)).into_iter().collect(),
            internal_errors: self.internal_errors,
        }
    }

    fn fail(&mut self, source: &Arc<Source>, culprit: &str, panic: &str) {
        let message = format!("{culprit} failed on this file: {panic}");
        let mut diagnostic = finding(INTERNAL_ERROR, Severity::Error, source, Span::empty(0), message);
        diagnostic.note("this is a fault of rlint; please report it, with the file if you may");
        self.diagnostics.push(diagnostic);
        self.internal_errors += 1;
    }
}

/// A finding of the engine itself.
pub(super) fn finding(
    rule: &'static str,
    severity: Severity,
    source: &Arc<Source>,
    span: Span,
    message: String,
) -> Diagnostic {
    Diagnostic {
        rule: Cow::Borrowed(rule),
        severity,
        source: source.clone(),
        span,
        message,
        labels: Vec::new(),
        notes: Vec::new(),
        fixes: Vec::new(),
        alias: None,
    }
}

/// Whether a finding answers to an alias: to the one it names, or to each of its rule.
fn answers(catalog: &Catalog, diagnostic: &Diagnostic, alias: &str) -> bool {
    match &diagnostic.alias {
        Some(own) => own.eq_ignore_ascii_case(alias),
        None => catalog.rule(&diagnostic.rule).is_some_and(|rule| rule.aliases.iter().any(|own| own == alias)),
    }
}

/// The fix of a syntax error. What is built was refused before, so all of the instruction may change.
fn meant(edit: Edit) -> Fix {
    let fix = Fix::risky(format!("write `{}`", edit.text)).replace(edit.span, edit.text);
    let effects = [Effect::Base, Effect::Command, Effect::Files, Effect::Healthcheck];
    effects.into_iter().fold(fix, Fix::changes)
}

/// By position and rule: the order of everything within a file.
fn order(a: &Diagnostic, b: &Diagnostic) -> cmp::Ordering {
    (a.span, &a.rule, &a.message).cmp(&(b.span, &b.rule, &b.message))
}

/// Sorts, and keeps one of those that are alike.
fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(order);
    diagnostics.dedup_by(|a, b| order(a, b) == cmp::Ordering::Equal);
}

fn map_error(error: &SyntaxError, document: &Document) -> SyntaxError {
    let meant = error.meant.as_ref().and_then(|edit| document.region.edit(edit, &document.source.text));
    SyntaxError { span: document.region.span(error.span), meant, ..error.clone() }
}

/// A finding of a document as one of its file. A fix that the region cannot express is dropped.
fn map(mut diagnostic: Diagnostic, document: &Document) -> Diagnostic {
    if document.region.is_whole() {
        return diagnostic;
    }
    let region = &document.region;
    diagnostic.span = region.span(diagnostic.span);
    for label in diagnostic.labels.iter_mut().filter(|label| label.source.is_none()) {
        label.span = region.span(label.span);
    }
    diagnostic.fixes.retain_mut(|fix| {
        let edits: Option<Vec<_>> = fix.edits.iter().map(|edit| region.edit(edit, &document.source.text)).collect();
        edits.map(|edits| fix.edits = edits).is_some()
    });
    diagnostic
}
