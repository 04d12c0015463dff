//! An inner document in place: a RUN body, a fenced block of Markdown, a block scalar of YAML.
//!
//! The inner text is a copy with prefixes (indentation, `> `) left out, so that a parser can read it; the region
//! says where each of its bytes stands in the file. Findings and edits of the inner document go through it and
//! come out in file coordinates.

use super::{Edit, Span, line_break};

/// A run of bytes that stands unchanged in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Offset in the inner text.
    pub inner: u32,
    /// Offset in the file.
    pub outer: u32,
    /// Length in bytes.
    pub length: u32,
}

/// A piecewise map from the offsets of an inner text to those of the file around it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Region {
    /// In rising order of both offsets; empty for a text that is the file itself.
    pieces: Vec<Piece>,
    /// What every line but the first starts with in the file; `None` where an edit cannot be expressed at all
    /// (a folded or an escaped scalar).
    prefix: Option<String>,
}

impl Region {
    /// The map of a text that is the file itself.
    pub fn whole() -> Region {
        Region { pieces: Vec::new(), prefix: Some(String::new()) }
    }

    /// The map of a text made of `pieces`, whose further lines start with `prefix` in the file.
    pub fn new(pieces: Vec<Piece>, prefix: Option<String>) -> Region {
        Region { pieces, prefix }
    }

    /// The inner text made of whole lines of `outer`: from `span`, with `indent` (at most so many spaces, tabs or
    /// bytes of the exact `marker`) taken from the start of each line.
    pub fn of_lines(outer: &str, span: Span, strip: impl Fn(&str) -> usize, prefix: &str) -> (String, Region) {
        let mut text = String::with_capacity(span.len() as usize);
        let mut pieces = Vec::new();
        let mut at = span.start;
        for line in span.of_text(outer).split_inclusive('\n') {
            let cut = strip(line).min(line.len()) as u32;
            let length = line.len() as u32 - cut;
            if length > 0 {
                pieces.push(Piece { inner: text.len() as u32, outer: at + cut, length });
                text.push_str(&line[cut as usize..]);
            }
            at += line.len() as u32;
        }
        if pieces.is_empty() {
            pieces.push(Piece { inner: 0, outer: span.start, length: 0 });
        }
        (text, Region::new(pieces, Some(prefix.to_owned())))
    }

    /// Whether inner and file offsets are the same.
    pub fn is_whole(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Where the inner byte at `offset` stands in the file. An offset at the end of a piece stays in that piece.
    pub fn offset(&self, offset: u32) -> u32 {
        match self.piece(offset, false) {
            Some(piece) => piece.outer + (offset - piece.inner).min(piece.length),
            None => offset,
        }
    }

    /// Where an inner span stands in the file; between pieces it covers what the file has there.
    pub fn span(&self, span: Span) -> Span {
        if self.is_whole() {
            return span;
        }
        let start = match self.piece(span.start, true) {
            Some(piece) => piece.outer + (span.start - piece.inner).min(piece.length),
            None => span.start,
        };
        if span.is_empty() { Span::empty(start) } else { Span::new(start, self.offset(span.end)) }
    }

    /// An edit of the inner text as an edit of `outer`, the text of the file: its lines get the prefix of the region
    /// and the line breaks of the file, and whole lines go with their prefix. `None` when the region cannot say it
    /// exactly.
    pub fn edit(&self, edit: &Edit, outer: &str) -> Option<Edit> {
        if self.is_whole() {
            return Some(edit.clone());
        }
        let prefix = self.prefix.as_deref()?;
        let (first, last) = (self.pieces.first()?, self.pieces.last()?);
        let line_break = line_break(outer);
        let after_break = |offset: u32| offset > 0 && outer.as_bytes().get(offset as usize - 1) == Some(&b'\n');
        let Span { start, end } = edit.span;
        let starts_line = start == first.inner || after_break(self.offset(start));
        let from = if starts_line { self.span(Span::empty(start)).start } else { self.offset(start) };
        let (inner_end, outer_end) = (last.inner + last.length, last.outer + last.length);
        if end < inner_end || !after_break(outer_end) {
            let to = if start == end {
                from
            } else if after_break(self.offset(end)) {
                self.span(Span::empty(end)).start
            } else {
                self.offset(end)
            };
            // Before a blank line, which has no prefix, the prefix goes as well.
            let bare = starts_line && from < to && edit.text.is_empty() && after_break(to);
            let from = if bare { outer.get(..from as usize)?.rfind('\n').map_or(0, |at| at as u32 + 1) } else { from };
            return Some(Edit { span: Span::new(from, to), text: prefixed(&edit.text, prefix, line_break, false) });
        }
        // What follows is a line of the file around: it keeps its own beginning.
        if !starts_line {
            let text = prefixed(&edit.text, prefix, line_break, true);
            return Some(Edit { span: Span::new(from, outer_end), text });
        }
        let line = outer.get(..from as usize)?.rfind('\n').map_or(0, |at| at as u32 + 1);
        let from = if start >= inner_end { outer_end } else { line };
        let text = prefixed(&edit.text, prefix, line_break, true);
        let text = if text.is_empty() { text } else { format!("{prefix}{text}") };
        Some(Edit { span: Span::new(from, outer_end), text })
    }

    /// This region, whose outer text is itself the inner text of `outer`.
    pub fn inside(&self, outer: &Region) -> Region {
        if outer.is_whole() {
            return self.clone();
        }
        if self.is_whole() {
            return outer.clone();
        }
        let mut pieces = Vec::new();
        for piece in &self.pieces {
            let mut done = 0;
            while done < piece.length {
                let at = piece.outer + done;
                let Some(around) = outer.piece(at, true) else { break };
                let skip = at - around.inner;
                if skip >= around.length {
                    break;
                }
                let length = (around.length - skip).min(piece.length - done);
                pieces.push(Piece { inner: piece.inner + done, outer: around.outer + skip, length });
                done += length;
            }
        }
        let prefix = match (&self.prefix, &outer.prefix) {
            (Some(inner), Some(outer)) => Some(format!("{outer}{inner}")),
            _ => None,
        };
        Region { pieces, prefix }
    }

    /// The piece of `offset`; where one piece ends and the next starts, `later` takes the next one.
    fn piece(&self, offset: u32, later: bool) -> Option<&Piece> {
        let after = if later {
            self.pieces.partition_point(|piece| piece.inner <= offset)
        } else {
            self.pieces.partition_point(|piece| piece.inner < offset)
        };
        self.pieces.get(after.saturating_sub(1))
    }
}

/// `text` with `prefix` after its line breaks, those before an empty line left out; after a break at its very end
/// only where the line goes on in the file.
fn prefixed(text: &str, prefix: &str, line_break: &str, ends_line: bool) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((line, after)) = rest.split_once('\n') {
        result.push_str(line.trim_end_matches('\r'));
        result.push_str(line_break);
        let goes_on = if after.is_empty() { !ends_line } else { !after.starts_with(['\n', '\r']) };
        if goes_on {
            result.push_str(prefix);
        }
        rest = after;
    }
    result.push_str(rest);
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn indented() -> (String, Region) {
        Region::of_lines(OUTER, Span::new(7, 24), |line| line.len().min(2), "  ")
    }

    #[test]
    fn offsets_skip_the_indentation() {
        let (inner, region) = indented();
        assert_eq!(inner, "FROM a\nRUN b\n");
        assert_eq!(region.offset(0), 9);
        assert_eq!(region.span(Span::new(7, 10)), Span::new(18, 21));
        assert_eq!(region.span(Span::new(5, 6)), Span::new(14, 15));
    }

    const OUTER: &str = "key: |\n  FROM a\n  RUN b\nrest\n";

    /// The file after an edit of the inner text.
    fn after(start: u32, end: u32, text: &str) -> String {
        let (_, region) = indented();
        let edit = region.edit(&Edit { span: Span::new(start, end), text: text.to_owned() }, OUTER);
        let edit = edit.expect("a literal block takes edits");
        String::from_utf8(crate::text::apply(OUTER.as_bytes(), &[edit]).expect("in bounds")).expect("valid")
    }

    #[test]
    fn an_edit_gets_the_indentation_of_its_lines() {
        assert_eq!(after(7, 10, "USER x\nRUN"), "key: |\n  FROM a\n  USER x\n  RUN b\nrest\n");
        assert_eq!(after(6, 6, "\nUSER x"), "key: |\n  FROM a\n  USER x\n  RUN b\nrest\n");
        assert_eq!(after(7, 7, "\n"), "key: |\n  FROM a\n\n  RUN b\nrest\n".replace("\n\n", "\n  \n"));
    }

    #[test]
    fn whole_lines_go_with_their_indentation() {
        assert_eq!(after(0, 7, ""), "key: |\n  RUN b\nrest\n");
        assert_eq!(after(7, 13, ""), "key: |\n  FROM a\nrest\n");
        assert_eq!(after(7, 13, "USER x\n"), "key: |\n  FROM a\n  USER x\nrest\n");
        assert_eq!(after(13, 13, "USER x\n"), "key: |\n  FROM a\n  RUN b\n  USER x\nrest\n");
        assert_eq!(after(6, 7, " "), "key: |\n  FROM a RUN b\nrest\n");
    }

    #[test]
    fn nothing_stays_of_a_line_before_a_blank_one() {
        let outer = "- |\n  a\n  b\n\n  c\n";
        let blanks = |line: &str| line.len() - line.trim_start_matches(' ').len();
        let (_, region) = Region::of_lines(outer, Span::new(4, 17), blanks, "  ");
        let edit = region.edit(&Edit { span: Span::new(2, 4), text: String::new() }, outer);
        assert_eq!(edit, Some(Edit { span: Span::new(8, 12), text: String::new() }));
    }

    #[test]
    fn line_breaks_are_those_of_the_file() {
        let outer = "- |\r\n  a\r\n  b\r\n";
        let (_, region) = Region::of_lines(outer, Span::new(5, 15), |line| line.len().min(2), "  ");
        let edit = region.edit(&Edit { span: Span::new(0, 1), text: "x\ny".to_owned() }, outer);
        assert_eq!(edit, Some(Edit { span: Span::new(7, 8), text: "x\r\n  y".to_owned() }));
    }

    #[test]
    fn a_region_inside_a_region_maps_to_the_file() {
        let (inner, outer) = indented();
        let (text, region) = Region::of_lines(&inner, Span::new(7, 12), |_| 4, "    ");
        assert_eq!(text, "b");
        assert_eq!(region.inside(&outer).offset(0), 22);
    }
}
