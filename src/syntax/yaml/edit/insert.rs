//! An entry put into a mapping, in the style and at the indentation its author uses.

use std::borrow::Cow;

use crate::syntax::yaml::{NodeKind, Ref, ScalarStyle};
use crate::text::{Edit, Span, line_break};

/// Something to be written.
#[derive(Clone, Debug)]
pub enum Draft<'a> {
    /// A scalar, as it is to stand in a block mapping; it needs no quotes there.
    Scalar(Cow<'a, str>),
    /// A mapping with at least one entry.
    Mapping(Vec<(&'a str, Draft<'a>)>),
}

/// How deep a mapping is indented below its key.
const STEP: usize = 2;

/// Bytes that an entry usually takes: large files are mended in hundreds of places.
const USUAL: usize = 128;

impl<'a> Draft<'a> {
    /// A scalar.
    pub fn scalar(text: impl Into<Cow<'a, str>>) -> Draft<'a> {
        Draft::Scalar(text.into())
    }

    /// A mapping with one entry.
    pub fn entry(key: &'a str, value: Draft<'a>) -> Draft<'a> {
        Draft::Mapping(vec![(key, value)])
    }

    /// It behind `key: `, each line behind `indentation` spaces, the first one not.
    fn block(&self, key: &str, indentation: usize, line_break: &str, out: &mut String) {
        out.push_str(key);
        match self {
            Draft::Scalar(text) => {
                out.push_str(": ");
                out.push_str(text);
            }
            Draft::Mapping(entries) => {
                out.push(':');
                for (key, value) in entries {
                    out.push_str(line_break);
                    indent(indentation + STEP, out);
                    value.block(key, indentation + STEP, line_break, out);
                }
            }
        }
    }

    /// It in braces on one line; as JSON has it where `quoted`.
    fn flow(&self, key: &str, quoted: bool, out: &mut String) {
        push_scalar(key, quoted, out);
        out.push_str(": ");
        match self {
            Draft::Scalar(text) => push_scalar(text, quoted, out),
            Draft::Mapping(entries) => {
                out.push('{');
                for (index, (key, value)) in entries.iter().enumerate() {
                    if index > 0 {
                        out.push_str(", ");
                    }
                    value.flow(key, quoted, out);
                }
                out.push('}');
            }
        }
    }
}

impl<'a> Ref<'a> {
    /// The edit that writes `draft` under the last of `keys`, each of which lies in the mapping of the one before it;
    /// what is missing on the way is written as well. `None` where that cannot be said exactly: the entry is there
    /// already, something on the way is an alias, no mapping, or stands in a branch of a template.
    pub fn insert(self, keys: &[&'a str], draft: Draft<'a>) -> Option<Edit> {
        let (key, rest) = keys.split_first()?;
        if !matches!(self.node().kind, NodeKind::Mapping(_)) {
            return None;
        }
        let wrapped = |keys: &[&'a str], draft| keys.iter().rev().fold(draft, |draft, key| Draft::entry(key, draft));
        match self.get(key) {
            None => self.append(key, &wrapped(rest, draft)),
            Some(_) if rest.is_empty() => None,
            Some(value) if value.is_null() => self.fill(value, &wrapped(rest, draft)),
            Some(value) => value.insert(rest, draft),
        }
    }

    /// Writes an entry behind the last one of this mapping.
    fn append(self, key: &str, draft: &Draft<'_>) -> Option<Edit> {
        let mapping = self.mapping()?;
        let Some(last) = mapping.entries.last() else { return self.replace_braces(key, draft) };
        if last.branch != 0 {
            return None;
        }
        let [first_key, last_key, last_value] =
            [mapping.entries[0].key, last.key, last.value].map(|id| self.document.get(id));
        let end = last_key.span().end.max(last_value.span().end);
        if mapping.flow {
            let mut text = ", ".to_owned();
            draft.flow(key, is_json(first_key), &mut text);
            return Some(Edit { span: Span::empty(end), text });
        }
        let text = &self.document.text;
        let indentation = column(text, first_key.outer_span().start);
        let line_break = line_break(text);
        let line_end = line_end(text, end);
        // A block scalar may already end behind its line break.
        let begins_line = end > 0 && text.as_bytes()[end as usize - 1] == b'\n';
        let mut entry = String::with_capacity(USUAL);
        if !begins_line {
            entry.push_str(line_break);
        }
        indent(indentation, &mut entry);
        draft.block(key, indentation, line_break, &mut entry);
        if begins_line {
            entry.push_str(line_break);
        }
        Some(Edit { span: Span::empty(if begins_line { end } else { line_end }), text: entry })
    }

    /// Writes the only entry of `{}`.
    fn replace_braces(self, key: &str, draft: &Draft<'_>) -> Option<Edit> {
        if self.text() != "{}" {
            return None;
        }
        let quoted = self.key_of().is_some_and(is_json);
        let mut text = "{".to_owned();
        draft.flow(key, quoted, &mut text);
        text.push('}');
        Some(Edit { span: self.span(), text })
    }

    /// Writes a mapping behind `key:`, where nothing stands yet.
    fn fill(self, value: Ref<'a>, draft: &Draft<'_>) -> Option<Edit> {
        let (Draft::Mapping(entries), NodeKind::Missing) = (draft, &value.node().kind) else { return None };
        if self.mapping()?.flow || value.entry_of()?.branch != 0 {
            return None;
        }
        let key = value.key_of()?;
        let text = &self.document.text;
        let indentation = column(text, key.outer_span().start) + STEP;
        let line_break = line_break(text);
        let mut new = String::with_capacity(USUAL);
        for (key, value) in entries {
            new.push_str(line_break);
            indent(indentation, &mut new);
            value.block(key, indentation, line_break, &mut new);
        }
        Some(Edit { span: Span::empty(line_end(text, key.span().end)), text: new })
    }
}

fn indent(columns: usize, out: &mut String) {
    out.extend(std::iter::repeat_n(' ', columns));
}

fn is_json(key: Ref<'_>) -> bool {
    key.scalar().is_some_and(|scalar| scalar.style == ScalarStyle::DoubleQuoted)
}

fn push_scalar(text: &str, quoted: bool, out: &mut String) {
    let is_literal = matches!(text, "true" | "false" | "null") || text.bytes().all(|byte| byte.is_ascii_digit());
    if quoted && !is_literal {
        out.push('"');
        out.push_str(text);
        out.push('"');
    } else {
        out.push_str(text);
    }
}

/// How many characters stand before `offset` on its line.
fn column(text: &str, offset: u32) -> usize {
    let before = &text[..offset as usize];
    before[before.rfind('\n').map_or(0, |at| at + 1)..].trim_start_matches('\u{feff}').chars().count()
}

/// The end of the line of `offset`, its line break left out.
fn line_end(text: &str, offset: u32) -> u32 {
    let rest = &text[offset as usize..];
    let line = rest.split('\n').next().unwrap_or(rest);
    offset + line.trim_end_matches('\r').len() as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::yaml::parse;
    use crate::text::apply;

    fn inserted(text: &str, keys: &[&'static str]) -> Option<String> {
        let stream = parse(text.to_owned());
        let root = stream.roots().next().expect("a document");
        let draft = Draft::Mapping(vec![("x", Draft::scalar("1Gi")), ("y", Draft::entry("z", Draft::scalar("true")))]);
        let edit = root.insert(keys, draft)?;
        let bytes = apply(text.as_bytes(), &[edit]).expect("one edit cannot overlap");
        Some(String::from_utf8(bytes).expect("text stays text"))
    }

    #[test]
    fn an_entry_goes_behind_the_last_one_at_its_indentation() {
        for (text, keys, expected) in [
            ("a: 1\n", &["k"][..], "a: 1\nk:\n  x: 1Gi\n  y:\n    z: true\n"),
            ("a: 1", &["k"], "a: 1\nk:\n  x: 1Gi\n  y:\n    z: true"),
            ("a: 1 # one\n\nb:\n", &["k"], "a: 1 # one\n\nb:\nk:\n  x: 1Gi\n  y:\n    z: true\n"),
            ("a: 1\r\nb: 2\r\n", &["k"], "a: 1\r\nb: 2\r\nk:\r\n  x: 1Gi\r\n  y:\r\n    z: true\r\n"),
            (
                "a:\n    b: 1\nc: 2\n",
                &["a", "k"],
                "a:\n    b: 1\n    k:\n      x: 1Gi\n      y:\n        z: true\nc: 2\n",
            ),
            ("a: 1\n", &["b", "c", "k"], "a: 1\nb:\n  c:\n    k:\n      x: 1Gi\n      y:\n        z: true\n"),
            ("a:\nc: 2\n", &["a", "k"], "a:\n  k:\n    x: 1Gi\n    y:\n      z: true\nc: 2\n"),
            ("a: # none\nc: 2\n", &["a", "k"], "a: # none\n  k:\n    x: 1Gi\n    y:\n      z: true\nc: 2\n"),
        ] {
            assert_eq!(inserted(text, keys).as_deref(), Some(expected), "{text:?}");
        }
    }

    #[test]
    fn braces_stay_braces_and_json_stays_json() {
        for (text, keys, expected) in [
            ("a: {b: 1}\n", &["a", "k"][..], "a: {b: 1, k: {x: 1Gi, y: {z: true}}}\n"),
            ("a: {}\n", &["a", "k"], "a: {k: {x: 1Gi, y: {z: true}}}\n"),
            ("{\"a\": {}}", &["a", "k"], "{\"a\": {\"k\": {\"x\": \"1Gi\", \"y\": {\"z\": true}}}}"),
            ("{\n  \"a\": 1\n}", &["k"], "{\n  \"a\": 1, \"k\": {\"x\": \"1Gi\", \"y\": {\"z\": true}}\n}"),
        ] {
            assert_eq!(inserted(text, keys).as_deref(), Some(expected), "{text:?}");
        }
    }

    #[test]
    fn what_cannot_be_said_exactly_is_refused() {
        for (text, keys) in [
            ("k: 1\n", &["k"][..]),
            ("a: [b]\n", &["a", "k"]),
            ("x: &x {a: 1}\na: *x\n", &["a", "k"]),
            ("a: {b: }\n", &["a", "b", "k"]),
            ("- a\n", &["k"]),
        ] {
            assert_eq!(inserted(text, keys), None, "{text:?}");
        }
    }

    #[test]
    fn a_block_scalar_at_the_end_stays_as_it_is() {
        let text = "a: |\n  one\n  two\n";
        assert_eq!(inserted(text, &["k"]).as_deref(), Some("a: |\n  one\n  two\nk:\n  x: 1Gi\n  y:\n    z: true\n"));
    }
}
