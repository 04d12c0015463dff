//! Findings and edits as the protocol writes them.

use std::ops::Range;
use std::path::Path;

use lsp_types::{DiagnosticSeverity, DiagnosticTag, Location, TextEdit};
use serde_json::{Map, Value, json};

use super::snapshot::At;
use crate::emit::rule_url;
use crate::lint::{Applicability, Diagnostic, Label, Severity};
use crate::text::Edit;

/// A finding as the client gets it.
pub(super) fn diagnostic(at: &At, diagnostic: &Diagnostic) -> Value {
    let client = &at.snapshot.client;
    let mut value = Map::new();
    let mut set = |key: &str, of: Value| value.insert(key.to_owned(), of);
    set("range", json!(at.range(diagnostic.span)));
    set("severity", json!(severity(diagnostic.severity)));
    set("code", json!(diagnostic.rule));
    set("source", json!("rlint"));
    if let Some(url) = rule_url(&diagnostic.rule).filter(|_| client.code_description) {
        set("codeDescription", json!({ "href": url }));
    }
    let here = |label: &&Label| label.source.is_none() && label.span == diagnostic.span;
    let mut message = diagnostic.message.clone();
    let told_here = diagnostic.labels.iter().filter(here).map(|label| &label.message);
    for line in told_here.chain(&diagnostic.notes) {
        message.push('\n');
        message.push_str(line);
    }
    set("message", json!(message));
    let related: Vec<Value> = diagnostic
        .labels
        .iter()
        .filter(|label| !here(label))
        .filter_map(|label| {
            let location = location(at, label)?;
            Some(json!({ "location": location, "message": label.message }))
        })
        .collect();
    if client.related_information && !related.is_empty() {
        set("relatedInformation", Value::Array(related));
    }
    let tags = tags(&diagnostic.rule);
    if client.tags && !tags.is_empty() {
        set("tags", json!(tags));
    }
    if client.diagnostic_data && !diagnostic.fixes.is_empty() {
        let fixes =
            diagnostic.fixes.iter().map(|fix| json!({ "title": fix.title, "applicability": fix.applicability }));
        set("data", json!({ "fixes": fixes.collect::<Vec<_>>() }));
    }
    Value::Object(value)
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
fn gaps(text: &str) -> Vec<Range<usize>> {
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
