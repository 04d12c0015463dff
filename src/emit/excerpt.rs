//! The lines of a file that a finding shows. Very long lines are cut to what stands around the finding, so that a
//! file of one line costs no more than any other.

use std::collections::BTreeMap;
use std::ops::Range;

use super::printable::printable;
use crate::text::{Source, Span};

/// A line of at most this many bytes is shown whole.
const WHOLE_LINE: u32 = 320;
/// How much of a cut line is shown, and how much of that stands before the finding.
const WINDOW: u32 = 160;
const BEFORE: u32 = 40;
/// A place of more lines than these is shown by its first line.
const MOST_LINES: u32 = 100;

const ELLIPSIS: &str = "…";

/// Some lines of one source.
pub(super) struct Excerpt<'a> {
    pub(super) source: &'a Source,
    /// The lines, one after the other.
    pub(super) text: String,
    lines: BTreeMap<usize, Line>,
}

/// One line of an excerpt.
struct Line {
    /// Where it stands in the text of the excerpt, the line break included.
    shown: Range<usize>,
    /// What it shows of the file.
    span: Span,
    /// Where in the text of the excerpt the first byte of `span` is.
    start: usize,
}

impl<'a> Excerpt<'a> {
    /// The lines that `spans` lie on.
    pub(super) fn new(source: &'a Source, spans: &[Span]) -> Excerpt<'a> {
        let index = source.lines();
        // For each line, the first place on it that matters.
        let mut wanted: BTreeMap<u32, u32> = BTreeMap::new();
        for span in spans.iter().map(|span| shorten(source, *span)) {
            let (first, last) = (index.line_of(span.start), index.line_of(span.end));
            for line in first..=last {
                let start = index.line(line).map_or(0, |line| line.start).max(span.start);
                wanted.entry(line).and_modify(|at| *at = start.min(*at)).or_insert(start);
            }
        }
        // A single line between two that are shown is shown as well.
        let gaps: Vec<u32> = wanted.keys().copied().filter(|line| wanted.contains_key(&(line + 2))).collect();
        for line in gaps {
            let start = index.line(line + 1).map_or(0, |line| line.start);
            wanted.entry(line + 1).or_insert(start);
        }
        let mut excerpt = Excerpt { source, text: String::new(), lines: BTreeMap::new() };
        for (line, at) in wanted {
            if let Some(span) = index.line(line) {
                excerpt.push(line as usize, span, at);
            }
        }
        excerpt
    }

    /// Where `span` of the file stands in the excerpt; of a very long place, its first line.
    pub(super) fn range(&self, span: Span) -> Range<usize> {
        let span = shorten(self.source, span);
        let start = self.offset(span.start);
        start..self.offset(span.end).max(start)
    }

    /// The number of the line, from 0, in the file.
    pub(super) fn line_at(&self, offset: usize) -> Option<usize> {
        let mut best = None;
        for (number, line) in &self.lines {
            if line.shown.start > offset {
                break;
            }
            best = Some(*number);
        }
        best
    }

    /// Where the line with this number stands in the excerpt.
    pub(super) fn line_range(&self, line: usize) -> Option<Range<usize>> {
        self.lines.get(&line).map(|line| line.shown.clone())
    }

    /// The offset in the file of an offset in the excerpt.
    pub(super) fn in_file(&self, offset: usize) -> u32 {
        let line = self.line_at(offset).and_then(|line| self.lines.get(&line));
        line.map_or(0, |line| (line.span.start + offset.saturating_sub(line.start) as u32).min(line.span.end))
    }

    fn offset(&self, offset: u32) -> usize {
        let line = self.lines.get(&(self.source.lines().line_of(offset) as usize));
        line.map_or(0, |line| {
            line.start + offset.clamp(line.span.start, line.span.end) as usize - line.span.start as usize
        })
    }

    fn push(&mut self, number: usize, line: Span, at: u32) {
        let begin = self.text.len();
        let mut span = line;
        if line.len() > WHOLE_LINE {
            span.start = at.saturating_sub(BEFORE).max(line.start);
            span.end = span.start.saturating_add(WINDOW).min(line.end);
            let text = &self.source.text;
            span.start = boundary(text, span.start);
            span.end = boundary(text, span.end);
        } else if line.start == 0 && self.source.text.starts_with('\u{feff}') {
            span.start = (line.start + 3).min(line.end);
        }
        if span.start > line.start && line.len() > WHOLE_LINE {
            self.text.push_str(ELLIPSIS);
        }
        let start = self.text.len();
        self.text.push_str(&printable(span.of_text(&self.source.text)));
        if span.end < line.end {
            self.text.push_str(ELLIPSIS);
        }
        self.text.push('\n');
        self.lines.insert(number, Line { shown: begin..self.text.len(), span, start });
    }
}

/// `span` without a line break at its end; its first line when it has too many.
fn shorten(source: &Source, span: Span) -> Span {
    let length = source.text.len() as u32;
    let start = span.start.min(length);
    let text = Span::new(start, span.end.min(length)).of_text(&source.text);
    let end = start + text.trim_end_matches(['\n', '\r']).len() as u32;
    let index = source.lines();
    let first = index.line_of(start);
    if index.line_of(end) - first < MOST_LINES {
        return Span::new(start, end);
    }
    let line_end = index.line(first).map_or(end, |line| line.end);
    Span::new(start, line_end.min(end))
}

fn boundary(text: &str, offset: u32) -> u32 {
    text.floor_char_boundary(offset as usize) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_lines_of_the_places_are_taken() {
        let source = Source::new("f", "one\ntwo\nthree\nfour\nfive\n");
        let excerpt = Excerpt::new(&source, &[Span::new(4, 7), Span::new(14, 18)]);
        assert_eq!(excerpt.text, "two\nthree\nfour\n");
        assert_eq!(excerpt.range(Span::new(14, 18)), 10..14);
        assert_eq!(excerpt.line_at(11), Some(3));
        assert_eq!(excerpt.in_file(11), 15);
    }

    #[test]
    fn a_very_long_line_is_cut_around_the_place() {
        let text = format!("{}X{}", "a".repeat(5000), "b".repeat(5000));
        let source = Source::new("f", text);
        let excerpt = Excerpt::new(&source, &[Span::new(5000, 5001)]);
        assert!(excerpt.text.len() < 200, "{}", excerpt.text.len());
        let range = excerpt.range(Span::new(5000, 5001));
        assert_eq!(&excerpt.text[range.clone()], "X");
        assert_eq!(excerpt.in_file(range.start), 5000);
    }

    #[test]
    fn a_line_break_at_the_end_of_a_place_is_left_out() {
        let source = Source::new("f", "one\r\ntwo\n");
        let excerpt = Excerpt::new(&source, &[Span::new(0, 5)]);
        assert_eq!(excerpt.text, "one\n");
        assert_eq!(excerpt.range(Span::new(0, 5)), 0..3);
    }
}
