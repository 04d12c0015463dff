//! Text made of pieces of the file: what BuildKit sees after it joined continued lines or removed quotes.

use std::borrow::Cow;
use std::ops::Range;

use crate::text::Span;

/// A text whose bytes stand in the file in one or more pieces.
#[derive(Debug, Clone)]
pub(super) struct Mapped<'t> {
    /// The text.
    pub(super) text: Cow<'t, str>,
    /// Where the first byte stands in the file.
    base: u32,
    /// Where further pieces start: in the text and in the file.
    breaks: Vec<(u32, u32)>,
    /// Where the file stands after the last piece.
    end: u32,
}

impl<'t> Mapped<'t> {
    /// No text, at `offset` of the file.
    pub(super) fn empty(offset: usize) -> Mapped<'t> {
        Mapped { text: Cow::Borrowed(""), base: offset as u32, breaks: Vec::new(), end: offset as u32 }
    }

    /// Adds a piece that stands at `offset` of the file.
    pub(super) fn push(&mut self, piece: &'t str, offset: usize) {
        if piece.is_empty() {
            return;
        }
        if self.text.is_empty() {
            self.text = Cow::Borrowed(piece);
            self.base = offset as u32;
        } else {
            if self.end != offset as u32 {
                self.breaks.push((self.text.len() as u32, offset as u32));
            }
            self.text.to_mut().push_str(piece);
        }
        self.end = offset as u32 + piece.len() as u32;
    }

    /// Adds a character that stands at `range` of the file, as something else than it is.
    pub(super) fn push_char(&mut self, character: char, range: Range<u32>) {
        if self.text.is_empty() {
            self.base = range.start;
        } else if self.end != range.start {
            self.breaks.push((self.text.len() as u32, range.start));
        }
        self.text.to_mut().push(character);
        self.end = range.end;
        // What is longer or shorter than it is written makes the next piece start anew.
        if range.end - range.start != character.len_utf8() as u32 {
            self.breaks.push((self.text.len() as u32, range.end));
        }
    }

    /// The part at `range`, as a text of its own.
    pub(super) fn part(&self, range: Range<usize>) -> Mapped<'_> {
        let (start, end) = (range.start as u32, range.end as u32);
        let breaks = self.breaks.iter().filter(|(inner, _)| start < *inner && *inner < end);
        Mapped {
            text: Cow::Borrowed(self.text.get(range).unwrap_or("")),
            base: self.start_of(start),
            breaks: breaks.map(|(inner, outer)| (inner - start, *outer)).collect(),
            end: self.end_of(end),
        }
    }

    /// The file span of a range of the text; between pieces it covers what the file has there.
    pub(super) fn span(&self, range: Range<usize>) -> Span {
        if range.is_empty() || range.start == self.text.len() {
            return Span::empty(self.start_of(range.start as u32));
        }
        let (start, end) = (range.start as u32, range.end as u32);
        let after = self.breaks.partition_point(|(inner, _)| *inner <= start);
        let (inner, outer) = self.piece(after);
        // Most ranges end in the piece they start in.
        let ends_there = range.end != self.text.len() && self.breaks.get(after).is_none_or(|(next, _)| end <= *next);
        let end = if ends_there { outer + (end - inner) } else { self.end_of(end) };
        Span::new(outer + (start - inner), end)
    }

    /// The text without blanks around it.
    pub(super) fn trimmed(&self) -> Range<usize> {
        let start = self.text.len() - self.text.trim_start().len();
        let length = self.text.trim().len();
        start..start + length
    }

    fn start_of(&self, offset: u32) -> u32 {
        if offset as usize == self.text.len() {
            return self.end;
        }
        let (inner, outer) = self.piece(self.breaks.partition_point(|(inner, _)| *inner <= offset));
        outer + (offset - inner)
    }

    fn end_of(&self, offset: u32) -> u32 {
        if offset as usize == self.text.len() {
            return self.end;
        }
        let (inner, outer) = self.piece(self.breaks.partition_point(|(inner, _)| *inner < offset));
        outer + (offset - inner)
    }

    fn piece(&self, after: usize) -> (u32, u32) {
        if after == 0 { (0, self.base) } else { self.breaks[after - 1] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_cover_what_stands_between_the_pieces() {
        let mut joined = Mapped::empty(0);
        joined.push("RUN a ", 2);
        joined.push("  b", 10);
        assert_eq!(joined.text, "RUN a   b");
        assert_eq!(joined.span(0..3), Span::new(2, 5));
        assert_eq!(joined.span(4..9), Span::new(6, 13));
        assert_eq!(joined.span(6..9), Span::new(10, 13));
        assert_eq!(joined.part(4..9).span(0..2), Span::new(6, 8));
        assert_eq!(joined.part(4..9).span(4..5), Span::new(12, 13));
    }
}
