//! Lines and columns as the protocol counts them: a lone `\r` ends a line too, and a byte order mark is a character.

use lsp_types::{Position, Range};

use crate::text::{Encoding, Span};

/// Where the lines of a text start. Kept up to date by [`Lines::replace`], because to look for them in all of a large
/// file at every keystroke would be what takes longest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lines {
    starts: Vec<u32>,
}

impl Lines {
    /// Reads `text` once.
    pub(super) fn new(text: &str) -> Lines {
        let mut starts = vec![0];
        push_starts(text.as_bytes(), 0..text.len(), &mut starts);
        Lines { starts }
    }

    /// After `span` of the text was replaced by `length` bytes; `text` is what it is now.
    pub(super) fn replace(&mut self, span: Span, length: u32, text: &str) {
        // A `\r` before and a `\n` after the change may have become one line break, or two.
        let from = span.start.saturating_sub(1);
        let kept = self.starts.partition_point(|start| *start <= from);
        let after = self.starts.partition_point(|start| *start <= span.end.saturating_add(1));
        let end = span.start + length;
        let mut changed = Vec::new();
        push_starts(text.as_bytes(), from as usize..(end as usize + 1).min(text.len()), &mut changed);
        let moved = |start: &u32| start - span.end + end;
        let tail: Vec<u32> = self.starts[after..].iter().map(moved).collect();
        self.starts.truncate(kept.max(1));
        self.starts.extend(changed);
        self.starts.extend(tail);
    }

    /// The offset of `position`, clamped to its line and to the text.
    pub(super) fn offset(&self, text: &str, position: Position, encoding: Encoding) -> u32 {
        let line = position.line as usize;
        let Some(start) = self.starts.get(line).copied() else { return text.len() as u32 };
        let line = self.line(text, line);
        let mut column = 0;
        for (at, character) in line.char_indices() {
            column += width(character, encoding);
            if column > position.character {
                return start + at as u32;
            }
        }
        start + line.len() as u32
    }

    /// Line and column of `offset`. One past the end is taken as the end, one inside a character as its start, and one
    /// within a line break as the end of its line.
    pub(super) fn position(&self, text: &str, offset: u32, encoding: Encoding) -> Position {
        let offset = offset.min(text.len() as u32);
        let line = self.starts.partition_point(|start| *start <= offset) - 1;
        let start = self.starts[line] as usize;
        let mut end = offset as usize;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let is_within_break =
            end > start && text.as_bytes()[end - 1] == b'\r' && text.as_bytes().get(end) == Some(&b'\n');
        let before = text.get(start..end - usize::from(is_within_break)).unwrap_or("");
        let character = match encoding {
            Encoding::Utf8 => before.len() as u32,
            _ => before.chars().map(|character| width(character, encoding)).sum(),
        };
        Position { line: line as u32, character }
    }

    /// Where a span begins and ends.
    pub(super) fn range(&self, text: &str, span: Span, encoding: Encoding) -> Range {
        Range { start: self.position(text, span.start, encoding), end: self.position(text, span.end, encoding) }
    }

    /// The span between two positions; a reversed pair is taken the right way round.
    pub(super) fn span(&self, text: &str, range: Range, encoding: Encoding) -> Span {
        let (start, end) = (self.offset(text, range.start, encoding), self.offset(text, range.end, encoding));
        Span::new(start.min(end), start.max(end))
    }

    /// A line without what ends it.
    fn line<'t>(&self, text: &'t str, line: usize) -> &'t str {
        let start = self.starts[line] as usize;
        let end = self.starts.get(line + 1).map_or(text.len(), |next| *next as usize);
        text.get(start..end).unwrap_or("").trim_end_matches(['\r', '\n'])
    }
}

/// The starts of the lines that end within `range` of `text`.
fn push_starts(text: &[u8], range: std::ops::Range<usize>, starts: &mut Vec<u32>) {
    for at in memchr::memchr2_iter(b'\n', b'\r', &text[range.clone()]).map(|at| at + range.start) {
        let is_break = text[at] == b'\n' || text.get(at + 1) != Some(&b'\n');
        if is_break {
            starts.push(at as u32 + 1);
        }
    }
}

fn width(character: char, encoding: Encoding) -> u32 {
    let units = match encoding {
        Encoding::Utf8 => character.len_utf8(),
        Encoding::Utf16 => character.len_utf16(),
        Encoding::Utf32 => 1,
    };
    units as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_survives_the_way_to_a_position_and_back() {
        for text in ["", "a\rb\r\nc\n\n", "\u{feff}x\u{e9}\u{1f600}y\r\n\u{4e2d}z", "\r\r\n\n\r"] {
            let lines = Lines::new(text);
            for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
                for (at, _) in text.char_indices() {
                    let inside_break = at > 0 && text.as_bytes()[at - 1] == b'\r' && text.as_bytes()[at] == b'\n';
                    if !inside_break {
                        let position = lines.position(text, at as u32, encoding);
                        assert_eq!(lines.offset(text, position, encoding), at as u32, "{text:?} {at} {encoding:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_lies_outside_is_clamped() {
        let text = "a\u{1f600}\r\nb";
        let lines = Lines::new(text);
        let within_break = lines.position(text, 6, Encoding::Utf16);
        assert_eq!(within_break, Position { line: 0, character: 3 });
        let offset = |line, character| lines.offset(text, Position { line, character }, Encoding::Utf16);
        assert_eq!(offset(0, 99), 5);
        assert_eq!(offset(0, 2), 1, "within a surrogate pair");
        assert_eq!(offset(9, 0), 8);
        assert_eq!(offset(u32::MAX, u32::MAX), 8);
    }

    #[test]
    fn a_change_gives_the_lines_that_reading_all_of_it_gives() {
        let mut random = 1_u32;
        let mut next = |below: usize| {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (random >> 8) as usize % below.max(1)
        };
        const PIECES: [&str; 7] = ["", "\n", "\r", "\r\n", "a", "\n\r", "b\n\nc\r"];
        let mut text = String::from("FROM a\r\nRUN b\n");
        let mut lines = Lines::new(&text);
        for _ in 0..3000 {
            let start = next(text.len() + 1);
            let end = (start + next(4)).min(text.len());
            let piece = PIECES[next(PIECES.len())];
            text.replace_range(start..end, piece);
            lines.replace(Span::of(start..end), piece.len() as u32, &text);
            assert_eq!(lines, Lines::new(&text), "{text:?} after {start}..{end} became {piece:?}");
            if text.len() > 60 {
                text.truncate(20);
                lines = Lines::new(&text);
            }
        }
    }
}
