//! What a fix changes, line by line.

use std::ops::Range;

use similar::{ChangeTag, TextDiff};

use crate::text::{Edit, Source, apply};

/// A line that a fix takes away or brings.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ChangedLine {
    /// Whether the fix brings it.
    pub(super) added: bool,
    /// From 1; in the old file for a removed line, in the new file for an added one.
    pub(super) number: u32,
    /// Without its line break.
    pub(super) text: String,
}

/// The lines that `edits` change in `source`. Only the lines around the edits are compared, so the size of the file
/// does not matter. Empty when the edits cannot be applied.
pub(super) fn changed_lines(source: &Source, edits: &[Edit]) -> Vec<ChangedLine> {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort();
    let mut changed = Vec::new();
    // Lines the new file has more than the old one before the group at hand.
    let mut shift = 0_i64;
    let mut rest = &sorted[..];
    while let Some(first) = rest.first() {
        let mut lines = lines_of(source, first);
        let mut count = 1;
        while let Some(next) = rest.get(count).map(|edit| lines_of(source, edit)).filter(|next| next.start <= lines.end)
        {
            lines.end = lines.end.max(next.end);
            count += 1;
        }
        let (group, after) = rest.split_at(count);
        rest = after;
        let start = source.lines().position(lines.start as u32, crate::text::Encoding::Utf8).line;
        let Some(old) = source.text.get(lines.clone()) else { return Vec::new() };
        let inner: Vec<Edit> = group.iter().map(|edit| moved(edit, lines.start as u32)).collect();
        let Some(new) = apply(old.as_bytes(), &inner).ok().and_then(|bytes| String::from_utf8(bytes).ok()) else {
            return Vec::new();
        };
        let diff = TextDiff::from_lines(old, new.as_str());
        for change in diff.iter_all_changes() {
            let (index, added) = match change.tag() {
                ChangeTag::Equal => continue,
                ChangeTag::Delete => (change.old_index().map(|line| i64::from(start) + line as i64), false),
                ChangeTag::Insert => (change.new_index().map(|line| i64::from(start) + shift + line as i64), true),
            };
            let text = change.value().trim_end_matches(['\n', '\r']).to_owned();
            changed.push(ChangedLine { added, number: index.unwrap_or(0) as u32 + 1, text });
        }
        shift += breaks(&new) - breaks(old);
    }
    changed
}

/// The whole lines that an edit touches.
fn lines_of(source: &Source, edit: &Edit) -> Range<usize> {
    let index = source.lines();
    let length = source.text.len() as u32;
    let start = index.line(index.line_of(edit.span.start.min(length))).map_or(0, |line| line.start);
    // A span that ends after a line break does not touch the next line.
    let last = if edit.span.is_empty() { edit.span.start } else { edit.span.end - 1 };
    let end =
        source.text.get(last.min(length) as usize..).and_then(|rest| rest.find('\n')).map(|at| last as usize + at + 1);
    start as usize..end.unwrap_or(source.text.len())
}

fn moved(edit: &Edit, by: u32) -> Edit {
    let span = crate::text::Span::new(edit.span.start - by, edit.span.end - by);
    Edit { span, text: edit.text.clone() }
}

fn breaks(text: &str) -> i64 {
    text.bytes().filter(|byte| *byte == b'\n').count() as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Span;

    fn shown(text: &str, edits: &[(u32, u32, &str)]) -> Vec<String> {
        let source = Source::new("f", text);
        let edits: Vec<Edit> = edits
            .iter()
            .map(|(start, end, text)| Edit { span: Span::new(*start, *end), text: (*text).to_owned() })
            .collect();
        changed_lines(&source, &edits)
            .iter()
            .map(|line| format!("{}{} {}", if line.added { '+' } else { '-' }, line.number, line.text))
            .collect()
    }

    #[test]
    fn only_the_changed_lines_are_shown() {
        assert_eq!(shown("a\nb\nc\n", &[(2, 3, "B")]), ["-2 b", "+2 B"]);
    }

    #[test]
    fn an_inserted_line_pushes_the_numbers_of_those_after_it() {
        assert_eq!(shown("a\nb\nc\nd\n", &[(2, 2, "x\n"), (6, 7, "D")]), ["+2 x", "-4 d", "+5 D"]);
    }

    #[test]
    fn a_deleted_line_does_not_touch_the_next() {
        assert_eq!(shown("a\nb\nc\n", &[(2, 4, "")]), ["-2 b"]);
    }

    #[test]
    fn the_last_line_needs_no_line_break() {
        assert_eq!(shown("a\nb", &[(3, 3, "c")]), ["-2 b", "+2 bc"]);
        assert_eq!(shown("", &[(0, 0, "a\n")]), ["+1 a"]);
    }

    #[test]
    fn edits_that_overlap_show_nothing() {
        assert!(shown("abc\n", &[(0, 2, "x"), (1, 3, "y")]).is_empty());
    }
}
