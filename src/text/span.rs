//! A range of bytes.

use std::fmt;
use std::ops::Range;

/// A half-open range of byte offsets, `start <= end`. Eight bytes, so it is passed by value.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
}

impl Span {
    /// The span from `start` to `end`. A reversed pair gives the empty span at `start`.
    pub fn new(start: u32, end: u32) -> Span {
        Span { start, end: end.max(start) }
    }

    /// The same where `base` bytes stand before it.
    #[must_use]
    pub fn after(self, base: u32) -> Span {
        Span { start: self.start + base, end: self.end + base }
    }

    /// The span of a `usize` range; offsets beyond 4 GiB are clamped (sources are far smaller).
    pub fn of(range: Range<usize>) -> Span {
        let clamp = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Span::new(clamp(range.start), clamp(range.end))
    }

    /// The empty span at `offset`.
    pub fn empty(offset: u32) -> Span {
        Span { start: offset, end: offset }
    }

    /// Length in bytes.
    pub fn len(self) -> u32 {
        self.end - self.start
    }

    /// Whether it covers no byte.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// As a range to slice with.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The text it covers; empty when it lies outside `text` or cuts a character.
    pub fn of_text(self, text: &str) -> &str {
        text.get(self.range()).unwrap_or("")
    }

    /// It with the rest of its lines, the last line break included, where only blanks stand beside it; itself where
    /// something else shares a line with it.
    pub fn whole_lines(self, text: &str) -> Span {
        let (Some(before), Some(after)) = (text.get(..self.start as usize), text.get(self.end as usize..)) else {
            return self;
        };
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let rest = after.find('\n').map_or(after.len(), |newline| newline + 1);
        if before[line_start..].trim().is_empty() && after[..rest].trim().is_empty() {
            return Span::new(line_start as u32, self.end + rest as u32);
        }
        self
    }

    /// Whether `offset` lies inside.
    pub fn contains(self, offset: u32) -> bool {
        self.start <= offset && offset < self.end
    }

    /// Whether `other` lies wholly inside.
    pub fn encloses(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The smallest span that encloses both.
    pub fn cover(self, other: Span) -> Span {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The part from `from` to `to`, both relative to its start and clamped to it.
    pub fn slice(self, from: u32, to: u32) -> Span {
        Span::new((self.start + from).min(self.end), (self.start + to).min(self.end))
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.start, self.end)
    }
}
