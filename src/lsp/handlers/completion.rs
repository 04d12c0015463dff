//! Names of rules in comments that ignore, and keys and values of configurations.

use lsp_types::Position;
use serde_json::{Value, json};

use super::language::group;
use crate::config::discover::NAMES;
use crate::config::schema::schema;
use crate::lsp::requests::Answer;
use crate::lsp::snapshot::At;
use crate::text::Span;

/// The characters after which an editor asks by itself.
pub(in crate::lsp) const TRIGGERS: [&str; 3] = ["=", ",", "/"];

/// How an editor shows a key, and a value: the numbers of `CompletionItemKind`.
const PROPERTY: u32 = 10;
const VALUE: u32 = 12;

/// `textDocument/completion`.
pub(super) fn answer(at: &At, position: Position) -> Answer {
    let offset = at.offset(position) as usize;
    let text = at.document.text();
    let start = text[..offset].rfind('\n').map_or(0, |newline| newline + 1);
    let before = &text[start..offset];
    let is_configuration = at.path.file_name().is_some_and(|name| NAMES.iter().any(|known| name == *known));
    let items = if is_configuration {
        let place = place(&text[..start], before);
        in_configuration(at, &place, offset)
    } else if in_ignore(before) {
        rules(at, word(before, offset))
    } else {
        Vec::new()
    };
    Ok(json!({ "isIncomplete": false, "items": items }))
}

/// Whether the text before the pointer is a comment of ours that ignores, and a name is written.
fn in_ignore(before: &str) -> bool {
    let Some((_, comment)) = before.rsplit_once('#') else { return false };
    let comment = comment.trim_start();
    let Some(rest) = comment.strip_prefix("rlint") else { return false };
    let rest = rest.trim_start_matches(':').trim_start();
    let names = rest.strip_prefix("ignore-file").or_else(|| rest.strip_prefix("ignore")).and_then(|rest| {
        let rest = rest.trim_start();
        rest.strip_prefix('=')
    });
    // After the names come reasons.
    names.is_some_and(|names| names.rsplit(',').next().is_some_and(|last| !last.trim_start().contains([' ', '"'])))
}

/// The part of a word before the pointer.
fn word(before: &str, offset: usize) -> Span {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | '.');
    let length = before.len() - before.trim_end_matches(is_part).len();
    Span::of(offset - length..offset)
}

/// All rules, those first that find something in this document, then those for files of its kind.
fn rules(at: &At, span: Span) -> Vec<Value> {
    let holding = at.holding();
    let checked = at.checked();
    let settings = holding.checker.settings();
    let group = group(at, settings);
    let rules = settings.catalog().rules().iter().filter(|rule| rule.group() != "rlint");
    let items = rules.map(|rule| {
        let rank = match () {
            () if checked.found.iter().any(|found| found.rule == rule.id) => 0,
            () if rule.group() == group => 1,
            () => 2,
        };
        let mut item = item(at, span, &rule.id, VALUE);
        item["detail"] = json!(rule.summary);
        item["sortText"] = json!(format!("{rank}{}", rule.id));
        item
    });
    items.collect()
}

fn item(at: &At, span: Span, label: &str, kind: u32) -> Value {
    json!({ "label": label, "kind": kind, "textEdit": { "range": at.range(span), "newText": label } })
}

/// Where in a configuration the pointer is.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    /// The keys around it, the outermost first.
    path: Vec<String>,
    /// Whether a key is written; else a value of the innermost key.
    is_key: bool,
    /// The bytes of the word before the pointer.
    length: usize,
}

/// Where the pointer is, after the lines `above` and `line`.
fn place(above: &str, line: &str) -> Place {
    let indent = line.len() - line.trim_start().len();
    let content = line.trim_start();
    let item = content.strip_prefix("- ").or((content == "-").then_some(""));
    let content = item.unwrap_or(content);
    let (own, is_key) = match content.split_once(':') {
        Some((key, _)) => (Some(unquoted(key)), false),
        None => (None, item.is_none()),
    };
    let written = content.rsplit([' ', '[', ',', '{']).next().unwrap_or(content).trim_start_matches(['"', '\'']);
    let mut path = Vec::new();
    // An item may stand right under its key.
    let mut limit = if item.is_some() { indent + 1 } else { indent };
    for other in above.lines().rev() {
        let content = other.trim_start();
        let own = other.len() - content.len();
        if content.is_empty() || content.starts_with(['#', '-']) || own >= limit {
            continue;
        }
        if let Some((key, _)) = content.split_once(':') {
            path.insert(0, unquoted(key));
            limit = own;
        }
    }
    path.extend(own);
    Place { path, is_key, length: written.len() }
}

fn unquoted(key: &str) -> String {
    key.trim().trim_matches(['"', '\'']).to_owned()
}

fn in_configuration(at: &At, place: &Place, offset: usize) -> Vec<Value> {
    let holding = at.holding();
    let schema = schema(holding.checker.settings().catalog());
    let span = Span::of(offset - place.length..offset);
    let Some(node) = node_at(&schema, &place.path) else { return Vec::new() };
    if !place.is_key {
        let values = values(&schema, node, 0).into_iter();
        return values.map(|value| item(at, span, &value, VALUE)).collect();
    }
    let keys = node.get("properties").and_then(Value::as_object).into_iter().flatten();
    let mut items: Vec<Value> = keys
        .map(|(key, of)| {
            let mut item = item(at, span, key, PROPERTY);
            // Sentences, which a client wraps; what it calls a detail it shows as code.
            if let Some(description) = of.get("description") {
                item["documentation"] = description.clone();
            }
            item
        })
        .collect();
    if place.path == ["severity"] {
        let words = values(&schema, &json!({ "$ref": "#/$defs/selector" }), 0);
        items.extend(words.into_iter().map(|word| item(at, span, &word, PROPERTY)));
    }
    items
}

/// What the schema says of the value under some keys.
fn node_at<'s>(schema: &'s Value, path: &[String]) -> Option<&'s Value> {
    path.iter().try_fold(schema, |node, key| {
        let node = resolve(schema, node);
        let own = node.get("properties").and_then(|properties| properties.get(key));
        own.or_else(|| node.get("items").and_then(|items| items.get("properties")?.get(key)))
            .or_else(|| node.get("additionalProperties").filter(|value| value.is_object()))
    })
}

fn resolve<'s>(schema: &'s Value, node: &'s Value) -> &'s Value {
    let pointer = node.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix('#'));
    pointer.and_then(|pointer| schema.pointer(pointer)).unwrap_or(node)
}

/// The values that the schema lists.
fn values(schema: &Value, node: &Value, depth: u32) -> Vec<String> {
    const DEEPEST: u32 = 8;
    let node = resolve(schema, node);
    if depth > DEEPEST {
        return Vec::new();
    }
    let listed = node.get("enum").and_then(Value::as_array).into_iter().flatten();
    let mut found: Vec<String> = listed.filter_map(Value::as_str).map(str::to_owned).collect();
    if node.get("type").and_then(Value::as_str) == Some("boolean") {
        found.extend(["true".to_owned(), "false".to_owned()]);
    }
    for part in node.get("anyOf").and_then(Value::as_array).into_iter().flatten().chain(node.get("items")) {
        for value in values(schema, part, depth + 1) {
            if !found.contains(&value) {
                found.push(value);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_completed_where_a_comment_ignores() {
        for (before, expected) in [
            ("# rlint ignore=", true),
            ("RUN a  # rlint: ignore=latest-tag, roo", true),
            ("# rlint ignore-file=a,", true),
            ("# rlint ignore=a reason=\"b", false),
            ("# rlint ", false),
            ("rlint ignore=", false),
        ] {
            assert_eq!(in_ignore(before), expected, "{before}");
        }
    }

    #[test]
    fn the_place_in_a_configuration_is_found_by_its_indentation() {
        let of = |text: &str| {
            let (above, line) =
                text.rsplit_once('\n').map_or(("", text), |(above, line)| (&text[..=above.len()], line));
            let place = place(above, line);
            (place.path.join("."), place.is_key, place.length)
        };
        assert_eq!(of("pre"), (String::new(), true, 3));
        assert_eq!(of("preset: st"), ("preset".to_owned(), false, 2));
        assert_eq!(of("a: b\nselect: [x, \"y"), ("select".to_owned(), false, 1));
        assert_eq!(of("select:\n- la"), ("select".to_owned(), false, 2));
        assert_eq!(of("ignore: []\nselect:\n  - a\n  - "), ("select".to_owned(), false, 0));
        assert_eq!(of("severity:\n  a: error\n  b"), ("severity".to_owned(), true, 1));
        assert_eq!(of("rules:\n  a/b:\n    c: t"), ("rules.a/b.c".to_owned(), false, 1));
    }

    #[test]
    fn the_schema_says_what_may_stand_there() {
        let schema = schema(&crate::catalog());
        let of = |path: &[&str]| {
            let path: Vec<String> = path.iter().map(|key| (*key).to_owned()).collect();
            node_at(&schema, &path).map(|node| values(&schema, node, 0)).unwrap_or_default()
        };
        assert!(of(&["preset"]).contains(&"strict".to_owned()));
        assert!(of(&["select"]).contains(&"dockerfile/latest-tag".to_owned()));
        assert_eq!(of(&["severity", "latest-tag"]), ["error", "warning", "info"]);
        assert_eq!(of(&["strict-labels"]), ["true", "false"]);
        assert!(of(&["nothing"]).is_empty());
    }
}
