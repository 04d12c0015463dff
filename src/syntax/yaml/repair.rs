//! A text with repaired lines, and the way back from its offsets to those of the file.

use crate::text::Span;

/// What is done to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// Nothing of it stays but the line break.
    Blank,
    /// From this offset of the file on it becomes spaces.
    Cut(u32),
    /// It gets this many spaces in front instead of its own.
    Indent(u32),
    /// A colon is added.
    Colon,
}

/// One line. Offsets are those of the file.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) start: u32,
    /// The first byte that is no space or tab; the end for an empty line.
    pub(super) content: u32,
    /// Behind the last byte that is no white space.
    pub(super) end: u32,
    pub(super) change: Option<Change>,
}

/// The lines of one document.
pub(super) struct Lines<'t> {
    text: &'t str,
    base: u32,
    pub(super) lines: Vec<Line>,
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str, base: u32) -> Lines<'t> {
        let mut lines = Vec::with_capacity(text.len() / 24);
        let mut at = 0;
        while at < text.len() {
            let next = memchr::memchr(b'\n', &text.as_bytes()[at..]).map_or(text.len(), |length| at + length + 1);
            let line = &text[at..next];
            let end = at + line.trim_ascii_end().len();
            let content = at + line.len() - line.trim_start_matches([' ', '\t']).len();
            let [start, content, end] = [at, content.min(end.max(at)), end].map(|offset| base + offset as u32);
            lines.push(Line { start, content: content.max(start), end: end.max(start), change: None });
            at = next;
        }
        Lines { text, base, lines }
    }

    /// The text with all changes made, and where its offsets come from.
    pub(super) fn render(&self) -> (String, Origin) {
        let mut result = String::with_capacity(self.text.len() + 64);
        let mut origin = Origin { pieces: vec![(0, self.base)] };
        let mut copied = self.base;
        for (index, line) in self.lines.iter().enumerate() {
            let Some(change) = line.change else { continue };
            result.push_str(self.slice(copied, line.start));
            copied = match change {
                // Spaces would become part of a block of text.
                Change::Blank => {
                    origin.pieces.push((result.len() as u32, line.end));
                    line.end
                }
                Change::Cut(from) => {
                    result.push_str(self.slice(line.start, from));
                    spaces(&mut result, line.end - from);
                    line.end
                }
                Change::Indent(columns) => {
                    spaces(&mut result, columns);
                    origin.pieces.push((result.len() as u32, line.content));
                    line.content
                }
                Change::Colon => {
                    result.push_str(self.slice(line.start, line.end));
                    result.push(':');
                    origin.pieces.push((result.len() as u32, line.end));
                    line.end
                }
            };
            debug_assert!(self.lines.get(index + 1).is_none_or(|next| copied <= next.start), "lines do not overlap");
        }
        result.push_str(self.slice(copied, self.base + self.text.len() as u32));
        (result, origin)
    }

    /// The line that `offset` of the file lies on.
    pub(super) fn of(&self, offset: u32) -> usize {
        self.lines.partition_point(|line| line.start <= offset).saturating_sub(1)
    }

    /// What a line says, without indentation and trailing white space; empty when it is blanked.
    pub(super) fn content(&self, index: usize) -> &'t str {
        let line = &self.lines[index];
        match line.change {
            Some(Change::Blank) => "",
            Some(Change::Cut(from)) => self.slice(line.content, from.max(line.content)).trim_ascii_end(),
            _ => self.slice(line.content, line.end),
        }
    }

    /// How many columns a line is indented, a tab counting as one.
    pub(super) fn indent(&self, index: usize) -> u32 {
        let line = &self.lines[index];
        match line.change {
            Some(Change::Indent(columns)) => columns,
            _ => line.content - line.start,
        }
    }

    /// Whether a tab stands in the indentation.
    pub(super) fn has_tab(&self, index: usize) -> bool {
        let line = &self.lines[index];
        line.change.is_none() && self.slice(line.start, line.content).contains('\t')
    }

    /// Whether a line says something: neither empty nor a comment.
    pub(super) fn speaks(&self, index: usize) -> bool {
        let content = self.content(index);
        !content.is_empty() && !content.starts_with('#')
    }

    /// The nearest line before that says something.
    pub(super) fn before(&self, index: usize) -> Option<usize> {
        (0..index).rev().find(|line| self.speaks(*line))
    }

    /// The nearest line behind that says something.
    pub(super) fn after(&self, index: usize) -> Option<usize> {
        (index + 1..self.lines.len()).find(|line| self.speaks(*line))
    }

    /// Behind the last line that is indented more than `index` and follows it.
    pub(super) fn block_end(&self, index: usize) -> usize {
        self.run_end(index, self.indent(index) + 1)
    }

    /// Behind the last of the lines that follow `index` and are indented by at least `columns`.
    pub(super) fn run_end(&self, index: usize, columns: u32) -> usize {
        let mut end = index + 1;
        let mut at = index;
        while let Some(next) = self.after(at) {
            if self.indent(next) < columns {
                break;
            }
            end = next + 1;
            at = next;
        }
        end
    }

    /// The span of what a line says.
    pub(super) fn span(&self, index: usize) -> Span {
        Span::new(self.lines[index].content, self.lines[index].end)
    }

    /// The file from `offset` on.
    pub(super) fn rest(&self, offset: u32) -> &'t str {
        self.text.get(offset.saturating_sub(self.base) as usize..).unwrap_or("")
    }

    /// What the file has there.
    pub(super) fn source(&self, span: Span) -> &'t str {
        self.slice(span.start, span.end)
    }

    fn slice(&self, start: u32, end: u32) -> &'t str {
        self.text.get((start - self.base) as usize..(end - self.base) as usize).unwrap_or("")
    }
}

/// From offsets of a repaired text to those of the file.
#[derive(Debug)]
pub(super) struct Origin {
    /// Offset in the repaired text, offset in the file; in rising order.
    pieces: Vec<(u32, u32)>,
}

impl Origin {
    pub(super) fn offset(&self, offset: u32) -> u32 {
        let next = self.pieces.partition_point(|(from, _)| *from <= offset);
        let (from, origin) = self.pieces[next.saturating_sub(1)];
        let offset = origin + (offset - from);
        self.pieces.get(next).map_or(offset, |(_, limit)| offset.min(*limit))
    }

    pub(super) fn span(&self, span: Span) -> Span {
        Span::new(self.offset(span.start), self.offset(span.end))
    }
}

fn spaces(text: &mut String, count: u32) {
    text.extend(std::iter::repeat_n(' ', count as usize));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_of_a_repaired_text_lead_back() {
        let text = "a:\n b: 1\n\tc: 2\nd\nlost\n";
        let mut lines = Lines::new(text, 100);
        lines.lines[1].change = Some(Change::Indent(2));
        lines.lines[2].change = Some(Change::Indent(2));
        lines.lines[3].change = Some(Change::Colon);
        lines.lines[4].change = Some(Change::Blank);
        let (repaired, origin) = lines.render();
        assert_eq!(repaired, "a:\n  b: 1\n  c: 2\nd:\n\n");
        for word in ["a", "b", "1", "c", "2", "d"] {
            let (new, old) = (repaired.find(word).expect("there"), text.find(word).expect("there"));
            assert_eq!(origin.offset(new as u32), 100 + old as u32, "{word}");
        }
    }
}
