//! The machine format of our own. Its shape is published as `docs/schema/output.json`; `version` counts changes that
//! a reader of the old shape would not survive.

use std::borrow::Cow;
use std::io::{self, Write};
use std::sync::Arc;

use serde::Serialize;

use super::{Findings, Place, Summary, VerifiedFile, display_path, position, rule_url};
use crate::lint::{Applicability, Category, Diagnostic, Severity, Verdict};
use crate::text::{Edit, Source, Span};

const VERSION: u32 = 1;

/// Writes one object with all findings.
///
/// # Errors
///
/// When `out` does not take it.
pub fn write(findings: &Findings<'_>, out: &mut dyn Write) -> io::Result<()> {
    let document = Document {
        version: VERSION,
        diagnostics: findings.diagnostics.iter().map(|diagnostic| Entry::new(diagnostic, findings)).collect(),
        verified: findings.verified,
        summary: findings.summary(),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    diagnostics: Vec<Entry<'a>>,
    /// What building fixes showed; left out where that was not asked for.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    verified: &'a [VerifiedFile],
    summary: Summary,
}

#[derive(Serialize)]
struct Entry<'a> {
    rule: &'a str,
    aliases: Vec<&'a str>,
    severity: Severity,
    category: Option<Category>,
    message: &'a str,
    path: Cow<'a, str>,
    start: Place,
    end: Place,
    labels: Vec<Label<'a>>,
    notes: &'a [String],
    fixes: Vec<Fix<'a>>,
    url: Option<String>,
}

#[derive(Serialize)]
struct Label<'a> {
    message: &'a str,
    path: Cow<'a, str>,
    start: Place,
    end: Place,
}

#[derive(Serialize)]
struct Fix<'a> {
    title: &'a str,
    class: Applicability,
    /// What verifying it showed; null where there is nothing to verify.
    verdict: Option<Verdict>,
    /// What changes in what is built, or why it does not hold.
    details: &'a [String],
    edits: Vec<Change<'a>>,
}

#[derive(Serialize)]
struct Change<'a> {
    start: Place,
    end: Place,
    text: &'a str,
}

impl<'a> Entry<'a> {
    fn new(diagnostic: &'a Diagnostic, findings: &Findings<'a>) -> Entry<'a> {
        let rule = findings.rule(&diagnostic.rule);
        let (start, end) = places(&diagnostic.source, diagnostic.span);
        Entry {
            rule: &diagnostic.rule,
            aliases: match &diagnostic.alias {
                Some(alias) => vec![alias],
                None => rule.map_or_else(Vec::new, |rule| rule.aliases.iter().map(|alias| &**alias).collect()),
            },
            severity: diagnostic.severity,
            category: rule.map(|rule| rule.category),
            message: &diagnostic.message,
            path: display_path(&diagnostic.source.path),
            start,
            end,
            labels: diagnostic.labels.iter().map(|label| Label::new(label, &diagnostic.source)).collect(),
            notes: &diagnostic.notes,
            fixes: diagnostic.fixes.iter().map(|fix| Fix::new(fix, &diagnostic.source)).collect(),
            url: rule_url(&diagnostic.rule),
        }
    }
}

impl<'a> Label<'a> {
    fn new(label: &'a crate::lint::Label, own: &'a Arc<Source>) -> Label<'a> {
        let source = label.source.as_ref().unwrap_or(own);
        let (start, end) = places(source, label.span);
        Label { message: &label.message, path: display_path(&source.path), start, end }
    }
}

impl<'a> Fix<'a> {
    fn new(fix: &'a crate::lint::Fix, source: &Source) -> Fix<'a> {
        let edits = fix.edits.iter().map(|edit| Change::new(edit, source)).collect();
        let (verdict, details) = match &fix.verification {
            Some(verification) => (Some(verification.verdict), &*verification.details),
            None => (None, &[][..]),
        };
        Fix { title: &fix.title, class: fix.applicability, verdict, details, edits }
    }
}

impl<'a> Change<'a> {
    fn new(edit: &'a Edit, source: &Source) -> Change<'a> {
        let (start, end) = places(source, edit.span);
        Change { start, end, text: &edit.text }
    }
}

fn places(source: &Source, span: Span) -> (Place, Place) {
    (position(source, span.start), position(source, span.end))
}
