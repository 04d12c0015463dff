//! Comments and annotations that ignore findings: ours, and those of the tools people come from.

mod add;
mod annotation;
mod comment;
mod foreign;
mod place;
mod review;

pub use add::{AddedIgnores, add_ignores};

use super::catalog::is_shellcheck_code;
use super::document::Document;
use super::engine::INTERNAL_ERROR;
use super::{Catalog, Date, Diagnostic, Preset, Rule, Settings, Severity};
use crate::text::Span;

/// A finding that something in its file ignores.
#[derive(Clone, Debug)]
pub struct Suppressed {
    /// The finding.
    pub diagnostic: Diagnostic,
    /// Whose spelling ignores it.
    pub origin: Origin,
    /// Why, where it is written.
    pub reason: Option<String>,
}

/// Whose spelling an ignore is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// `# rlint ignore=`.
    Rlint,
    /// `# hadolint ignore=`.
    Hadolint,
    /// `# shellcheck disable=`.
    ShellCheck,
    /// `# check=skip=`.
    Buildkit,
    /// `trivy:ignore:`.
    Trivy,
    /// `checkov:skip=` and `checkov.io/skip1`.
    Checkov,
    /// `ignore-check.kube-linter.io/`.
    KubeLinter,
    /// `kube-score/ignore`.
    KubeScore,
    /// `polaris.fairwinds.com/…-exempt`.
    Polaris,
    /// `# dclint disable`.
    Dclint,
    /// An entry of the baseline file.
    Baseline,
}

/// An ignore as it is written in a document.
#[derive(Debug)]
pub(super) struct Suppression {
    origin: Origin,
    /// The comment, in the document; empty for an annotation.
    comment: Span,
    scope: Scope,
    names: Vec<Name>,
    reason: Option<String>,
    expires: Option<Expiry>,
    /// `ignore-file` that does not stand in the leading comment.
    misplaced: bool,
}

/// What an ignore covers.
#[derive(Clone, Copy, Debug)]
enum Scope {
    /// The file, with everything inside of it.
    File,
    /// What starts here, in file coordinates.
    Within(Span),
    /// Nothing: there is nothing after it.
    Nothing,
}

/// One name in an ignore.
#[derive(Debug)]
struct Name {
    /// Where it is written, in the document.
    span: Span,
    which: Which,
    /// The name, where it is a code of ShellCheck: a finding that answers to another one is not meant.
    alias: Option<Box<str>>,
    used: bool,
}

#[derive(Debug)]
enum Which {
    /// Every rule.
    All,
    /// The rules that bear the name; none when no rule does.
    Rules(Vec<&'static Rule>),
}

/// The day an ignore ends.
#[derive(Debug)]
struct Expiry {
    /// Where the date is written, in the document.
    span: Span,
    /// `None` when it is no day.
    date: Option<Date>,
}

/// A comment that ignores findings.
#[derive(Clone, Debug)]
pub struct Ignore {
    /// Where it stands.
    pub span: Span,
    /// Whose spelling it is.
    pub origin: Origin,
    /// Why, where it is written.
    pub reason: Option<String>,
}

/// The comments of a document that ignore findings.
pub(super) fn ignores(document: &Document, settings: &Settings) -> Vec<Ignore> {
    let all = suppressions(document, settings).into_iter().filter(|own| !own.comment.is_empty());
    all.map(|own| Ignore { span: own.comment, origin: own.origin, reason: own.reason }).collect()
}

/// The ignores of one document, in the order they are written.
pub(super) fn suppressions(document: &Document, settings: &Settings) -> Vec<Suppression> {
    let mut found = Vec::new();
    // A quick look: nearly every document ignores nothing.
    const WORDS: [&[u8]; 4] = [b"ignore", b"skip", b"disable", b"exempt"];
    if !WORDS.iter().any(|word| memchr::memmem::find(document.text.as_bytes(), word).is_some()) {
        return found;
    }
    comment::collect(document, settings.catalog(), &mut found);
    annotation::collect(document, settings.catalog(), &mut found);
    found
}

/// Takes what is ignored out of `diagnostics` and notes what ignored it.
pub(super) fn apply(
    suppressions: &mut [Suppression],
    diagnostics: &mut Vec<Diagnostic>,
    today: Option<Date>,
) -> Vec<Suppressed> {
    let mut suppressed = Vec::new();
    if suppressions.is_empty() {
        return suppressed;
    }
    let mut kept = Vec::with_capacity(diagnostics.len());
    for diagnostic in diagnostics.drain(..) {
        let mut by = None;
        for suppression in suppressions.iter_mut().filter(|suppression| !suppression.has_expired(today)) {
            if suppression.covers(&diagnostic) && by.is_none() {
                by = Some((suppression.origin, suppression.reason.clone()));
            }
        }
        match by {
            Some((origin, reason)) => suppressed.push(Suppressed { diagnostic, origin, reason }),
            None => kept.push(diagnostic),
        }
    }
    *diagnostics = kept;
    suppressed
}

/// Where a Dockerfile asks BuildKit to fail at what its checks find, the rules that answer to them report errors.
pub(super) fn raise(document: &Document, settings: &Settings, diagnostics: &mut [Diagnostic]) {
    if !foreign::asks_for_errors(document) {
        return;
    }
    let scope = place::whole(document);
    for diagnostic in diagnostics.iter_mut().filter(|diagnostic| scope.holds(diagnostic.span)) {
        let rule = settings.catalog().rule(&diagnostic.rule);
        if rule.is_some_and(|rule| rule.presets.contains(&Preset::Buildkit)) {
            diagnostic.severity = Severity::Error;
        }
    }
}

pub(super) use review::review;

impl Scope {
    /// Whether something that starts like `span` is in it.
    fn holds(self, span: Span) -> bool {
        match self {
            Scope::File => true,
            Scope::Within(own) => own.contains(span.start) || span.is_empty() && span.start == own.end,
            Scope::Nothing => false,
        }
    }
}

impl Suppression {
    fn has_expired(&self, today: Option<Date>) -> bool {
        let date = self.expires.as_ref().and_then(|expiry| expiry.date);
        date.zip(today).is_some_and(|(date, today)| today > date)
    }

    /// Whether it ignores the finding; the names that do are noted as used.
    fn covers(&mut self, diagnostic: &Diagnostic) -> bool {
        if !self.scope.holds(diagnostic.span) || diagnostic.rule == INTERNAL_ERROR {
            return false;
        }
        let mut covered = false;
        for name in &mut self.names {
            let named = match &name.which {
                Which::All => true,
                Which::Rules(rules) => match (&name.alias, &diagnostic.alias) {
                    (Some(meant), Some(alias)) => meant.eq_ignore_ascii_case(alias),
                    _ => rules.iter().any(|rule| rule.id == diagnostic.rule),
                },
            };
            name.used |= named;
            covered |= named;
        }
        covered
    }
}

impl Name {
    fn new(catalog: &Catalog, span: Span, text: &str) -> Name {
        let rules = catalog.select(text).unwrap_or_default();
        let alias = is_shellcheck_code(text).then(|| text.into());
        Name { span, which: Which::Rules(rules), alias, used: false }
    }

    fn all(span: Span) -> Name {
        Name { span, which: Which::All, alias: None, used: false }
    }
}
