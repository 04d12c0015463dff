//! Lines and columns.

use super::Span;

/// What a column counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// UTF-16 code units, as SARIF and the Language Server Protocol count by default.
    Utf16,
    /// Characters, as a person and a terminal's `file:line:column` count.
    Utf32,
}

/// A zero-based line and column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Zero-based line.
    pub line: u32,
    /// Zero-based column, in the units of the [`Encoding`] it was asked for.
    pub column: u32,
}

/// Where the lines of a text start, and where it is not ASCII. A line ends with `\n`; the `\r` before it is part
/// of the line break. A byte order mark at the start of the text counts as no column.
#[derive(Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
    /// Every character that is not ASCII: offset and the character.
    wide: Vec<(u32, char)>,
    length: u32,
    text_ends: Vec<u32>,
}

/// How the lines of a text end: as its first one does.
pub fn line_break(text: &str) -> &'static str {
    let first = memchr::memchr(b'\n', text.as_bytes());
    if first.is_some_and(|at| text[..at].ends_with('\r')) { "\r\n" } else { "\n" }
}

const BYTE_ORDER_MARK: char = '\u{feff}';

impl LineIndex {
    /// Reads `text` once.
    pub fn new(text: &str) -> LineIndex {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        let mut text_ends = Vec::new();
        for newline in memchr::memchr_iter(b'\n', bytes) {
            let end = if newline > 0 && bytes[newline - 1] == b'\r' { newline - 1 } else { newline };
            text_ends.push(end as u32);
            starts.push(newline as u32 + 1);
        }
        text_ends.push(text.len() as u32);
        let wide = if text.is_ascii() {
            Vec::new()
        } else {
            text.char_indices().filter(|(_, c)| !c.is_ascii()).map(|(i, c)| (i as u32, c)).collect()
        };
        LineIndex { starts, wide, length: text.len() as u32, text_ends }
    }

    /// Number of lines; a text that ends in a line break has an empty last line.
    pub fn count(&self) -> u32 {
        self.starts.len() as u32
    }

    /// The zero-based line that `offset` lies on.
    pub fn line_of(&self, offset: u32) -> u32 {
        self.starts.partition_point(|start| *start <= offset) as u32 - 1
    }

    /// The line without its line break, if there is such a line.
    pub fn line(&self, line: u32) -> Option<Span> {
        let line = line as usize;
        Some(Span::new(*self.starts.get(line)?, self.text_ends[line]))
    }

    /// Line and column of `offset`. An offset past the end is taken as the end, one inside a character as its start.
    pub fn position(&self, offset: u32, encoding: Encoding) -> Position {
        let offset = offset.min(self.length);
        let line = self.line_of(offset);
        let start = self.starts[line as usize];
        let mut column = offset - start;
        for (at, character) in self.wide_from(start) {
            if at >= offset {
                break;
            }
            let bytes = character.len_utf8() as u32;
            let inside = (offset - at).min(bytes);
            column -= inside;
            if inside == bytes {
                column += width(at, character, encoding);
            }
        }
        Position { line, column }
    }

    /// The offset of `position`, clamped to its line and to the text.
    pub fn offset(&self, position: Position, encoding: Encoding) -> u32 {
        let Some(span) = self.line(position.line) else { return self.length };
        let mut offset = span.start;
        let mut left = position.column;
        for (at, character) in self.wide_from(span.start) {
            let ascii = at.min(span.end) - offset;
            if left < ascii || at >= span.end {
                break;
            }
            left -= ascii;
            let width = width(at, character, encoding);
            if left < width {
                return at;
            }
            left -= width;
            offset = at + character.len_utf8() as u32;
        }
        (offset + left).min(span.end)
    }

    fn wide_from(&self, offset: u32) -> impl Iterator<Item = (u32, char)> + '_ {
        let first = self.wide.partition_point(|(at, _)| *at < offset);
        self.wide[first..].iter().copied()
    }
}

fn width(offset: u32, character: char, encoding: Encoding) -> u32 {
    if offset == 0 && character == BYTE_ORDER_MARK {
        return 0;
    }
    match encoding {
        Encoding::Utf8 => character.len_utf8() as u32,
        Encoding::Utf16 => character.len_utf16() as u32,
        Encoding::Utf32 => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_what_they_are_asked_to_count() {
        let lines = LineIndex::new("a\u{1f600}b\r\nc");
        let at = |offset, encoding| {
            let position = lines.position(offset, encoding);
            (position.line, position.column)
        };
        assert_eq!(at(5, Encoding::Utf8), (0, 5));
        assert_eq!(at(5, Encoding::Utf16), (0, 3));
        assert_eq!(at(5, Encoding::Utf32), (0, 2));
        assert_eq!(at(8, Encoding::Utf16), (1, 0));
    }

    #[test]
    fn an_offset_survives_the_way_to_a_position_and_back() {
        for text in
            ["", "\n", "a\r\n\r\nb", "\u{feff}FROM a\n\u{4e2d}\u{6587} # \u{1f600}x\n\nlast", "x\u{e9}\r\n\u{e9}"]
        {
            let lines = LineIndex::new(text);
            for (offset, _) in text
                .char_indices()
                .filter(|(i, c)| *c != '\n' && *c != '\r' && *c != BYTE_ORDER_MARK || *i > 0 && *c == '\r')
            {
                for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
                    let position = lines.position(offset as u32, encoding);
                    assert_eq!(lines.offset(position, encoding), offset as u32, "{text:?} {offset} {encoding:?}");
                }
            }
        }
    }

    #[test]
    fn a_byte_order_mark_takes_no_column() {
        let lines = LineIndex::new("\u{feff}FROM");
        assert_eq!(lines.position(3, Encoding::Utf8), Position { line: 0, column: 0 });
    }

    #[test]
    fn a_position_outside_is_clamped() {
        let lines = LineIndex::new("ab\ncd");
        assert_eq!(lines.offset(Position { line: 0, column: 9 }, Encoding::Utf16), 2);
        assert_eq!(lines.offset(Position { line: 9, column: 0 }, Encoding::Utf16), 5);
    }
}
