//! Findings and edits as the protocol writes them.

use std::borrow::Cow;
use std::ops;
use std::path::Path;

use lsp_types::{DiagnosticSeverity, DiagnosticTag, Location, Range, TextEdit};
use serde::Serialize;
use serde_json::{Value, json};

use super::snapshot::At;
use crate::emit::rule_url;
use crate::lint::{Applicability, Diagnostic, Label, Severity};
use crate::text::Edit;

/// A finding as the client gets it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Item<'a> {
    range: Range,
    severity: DiagnosticSeverity,
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code_description: Option<Link>,
    source: &'static str,
    message: Cow<'a, str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_information: Vec<Related<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<DiagnosticTag>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Kept<'a>>,
}

#[derive(Debug, Serialize)]
struct Link {
    href: String,
}

/// Another place that belongs to a finding.
#[derive(Debug, Serialize)]
struct Related<'a> {
    location: Location,
    message: &'a str,
}

/// What a client keeps of a finding.
#[derive(Debug, Serialize)]
struct Kept<'a> {
    fixes: Vec<KeptFix<'a>>,
}

#[derive(Debug, Serialize)]
struct KeptFix<'a> {
    title: &'a str,
    applicability: Applicability,
}

/// A finding as the client gets it.
pub(super) fn diagnostic<'a>(at: &At, diagnostic: &'a Diagnostic) -> Item<'a> {
    let client = &at.snapshot.client;
    let here = |label: &&Label| label.source.is_none() && label.span == diagnostic.span;
    let mut message = Cow::Borrowed(diagnostic.message.as_str());
    // A label is written for an arrow at what it speaks of. Where there is none, it names that.
    let marked = marked(diagnostic.span.of_text(at.document.text()));
    let told_here = diagnostic.labels.iter().filter(here).map(|label| match marked.as_str() {
        "" => Cow::Borrowed(label.message.as_str()),
        marked => Cow::Owned(format!("`{marked}`: {}", label.message)),
    });
    for line in told_here.chain(diagnostic.notes.iter().map(|note| Cow::Borrowed(note.as_str()))) {
        let message = message.to_mut();
        message.push('\n');
        message.push_str(&line);
    }
    let related = diagnostic.labels.iter().filter(|label| client.related_information && !here(label));
    let related = related.filter_map(|label| Some(Related { location: location(at, label)?, message: &label.message }));
    let keeps = client.diagnostic_data && !diagnostic.fixes.is_empty();
    let fixes = diagnostic.fixes.iter().map(|fix| KeptFix { title: &fix.title, applicability: fix.applicability });
    Item {
        range: at.range(diagnostic.span),
        severity: severity(diagnostic.severity),
        code: &diagnostic.rule,
        code_description: rule_url(&diagnostic.rule).filter(|_| client.code_description).map(|href| Link { href }),
        source: "rlint",
        message,
        related_information: related.collect(),
        tags: if client.tags { tags(&diagnostic.rule) } else { Vec::new() },
        data: keeps.then(|| Kept { fixes: fixes.collect() }),
    }
}

/// The text at a finding as it is quoted in a message: its first line, cut where it is long.
fn marked(text: &str) -> String {
    const LONGEST: usize = 60;
    let line = text.trim().lines().next().unwrap_or("");
    match line.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}\u{2026}", line[..at].trim_end()),
        None if line.len() < text.trim().len() => format!("{}\u{2026}", line.trim_end_matches(['\\', ' '])),
        None => line.to_owned(),
    }
}

/// Where a label stands.
fn location(at: &At, label: &Label) -> Option<Location> {
    match &label.source {
        Some(source) => at.snapshot.location(&at.root.folder, source, label.span),
        None => Some(Location { uri: at.document.uri.clone(), range: at.range(label.span) }),
    }
}

fn severity(severity: Severity) -> DiagnosticSeverity {
    match severity {
        Severity::Error => DiagnosticSeverity::ERROR,
        Severity::Warning => DiagnosticSeverity::WARNING,
        Severity::Info => DiagnosticSeverity::INFORMATION,
    }
}

/// How what a rule finds is shown: struck through where it is deprecated, faded where it does nothing. Rules are named
/// after what is wrong, so their names say it.
fn tags(rule: &str) -> Vec<DiagnosticTag> {
    const DEPRECATED: [&str; 4] = ["deprecated", "legacy", "maintainer", "obsolete"];
    const UNNECESSARY: [&str; 6] = ["dead", "redundant", "superfluous", "unneeded", "unreachable", "unused"];
    let name = rule.rsplit('/').next().unwrap_or(rule);
    let says = |words: &[&str]| name.split('-').any(|word| words.contains(&word));
    let mut tags = Vec::new();
    if says(&DEPRECATED) {
        tags.push(DiagnosticTag::DEPRECATED);
    }
    if says(&UNNECESSARY) {
        tags.push(DiagnosticTag::UNNECESSARY);
    }
    tags
}

/// Edits of a document as the protocol has them, in order.
pub(super) fn text_edits(at: &At, edits: &[Edit]) -> Vec<TextEdit> {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort();
    sorted.iter().map(|edit| TextEdit { range: at.range(edit.span), new_text: edit.text.clone() }).collect()
}

/// A change of one document, with the version that it is for where the client can have that.
pub(super) fn workspace_edit(at: &At, edits: &[Edit]) -> Value {
    let edits = text_edits(at, edits);
    let uri = &at.document.uri;
    if at.snapshot.client.versioned_edits {
        let document = json!({ "uri": uri, "version": at.document.version });
        json!({ "documentChanges": [{ "textDocument": document, "edits": edits }] })
    } else {
        json!({ "changes": { uri.as_str(): edits } })
    }
}

/// The same with places that the client walks through, where it can: those that a person must fill in.
pub(super) fn snippet_edit(at: &At, edits: &[Edit]) -> Value {
    let client = &at.snapshot.client;
    if !(client.snippet_edits && client.versioned_edits) || edits.iter().all(|edit| gaps(&edit.text).is_empty()) {
        return workspace_edit(at, edits);
    }
    let mut number = 0;
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort();
    let edits = sorted.iter().map(|edit| {
        let value = snippet(&edit.text, &mut number);
        json!({ "range": at.range(edit.span), "snippet": { "kind": "snippet", "value": value } })
    });
    let document = json!({ "uri": at.document.uri, "version": at.document.version });
    json!({ "documentChanges": [{ "textDocument": document, "edits": edits.collect::<Vec<_>>() }] })
}

/// What stands in a manual fix for what only a person knows.
const ELLIPSIS: char = '\u{2026}';

/// What a person must fill in of a text: an ellipsis, what is between empty quotes, the values of YAML.
fn gaps(text: &str) -> Vec<ops::Range<usize>> {
    let ellipses = text.match_indices(ELLIPSIS).map(|(at, found)| at..at + found.len());
    let quotes = text.match_indices("\"\"").map(|(at, _)| at + 1..at + 1);
    let mut gaps: Vec<_> = ellipses.chain(quotes).collect();
    if gaps.is_empty() {
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let end = start + line.trim_end().len();
            if let Some(colon) = line.find(": ").map(|at| start + at + 2).filter(|value| *value < end) {
                gaps.push(colon..end);
            }
            start += line.len();
        }
    }
    gaps.sort_by_key(|gap| gap.start);
    gaps
}

/// A text as a snippet; `number` is that of its last place.
fn snippet(text: &str, number: &mut u32) -> String {
    let escape = |text: &str| text.replace('\\', "\\\\").replace('$', "\\$").replace('}', "\\}");
    let mut snippet = String::new();
    let mut done = 0;
    for gap in gaps(text) {
        *number += 1;
        snippet.push_str(&escape(&text[done..gap.start]));
        snippet.push_str(&format!("${{{number}:{}}}", escape(&text[gap.clone()])));
        done = gap.end;
    }
    snippet.push_str(&escape(&text[done..]));
    snippet
}

/// How the title of a fix names its class.
pub(super) fn fix_title(title: &str, applicability: Applicability) -> String {
    let mut capital = title.chars();
    let title = capital.next().map(|first| first.to_uppercase().chain(capital).collect::<String>()).unwrap_or_default();
    match applicability {
        Applicability::Safe => title,
        Applicability::Unsafe => format!("{title} (unsafe: may change what is built or run)"),
        Applicability::Manual => format!("{title} (to be completed by hand)"),
    }
}

/// A path as it is shown, with `/` between its parts.
pub(super) fn shown(path: &Path) -> String {
    crate::emit::display_path(path).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snippet_has_a_place_for_what_only_a_person_knows() {
        for (text, expected) in [
            (" reason=\"\u{2026}\"", " reason=\"${1:\u{2026}}\""),
            ("\nLABEL a=\"\"", "\nLABEL a=\"${1:}\""),
            ("resources:\n  limits:\n    cpu: 1000m\n", "resources:\n  limits:\n    cpu: ${1:1000m}\n"),
            ("path: /a\nport: 80\n", "path: ${1:/a}\nport: ${2:80}\n"),
            ("USER $a}", "USER \\$a\\}"),
        ] {
            assert_eq!(snippet(text, &mut 0), expected);
        }
    }

    #[test]
    fn tags_are_read_from_the_names_of_rules() {
        assert_eq!(tags("dockerfile/maintainer"), [DiagnosticTag::DEPRECATED]);
        assert_eq!(tags("dockerfile/unused-stage"), [DiagnosticTag::UNNECESSARY]);
        assert!(tags("dockerfile/latest-tag").is_empty());
    }
}
