//! The lines that an instruction stands on: where new ones go, and which go with it.

use super::{Dockerfile, Instruction};
use crate::text::{Span, line_break};

impl Dockerfile {
    /// How its lines end.
    pub fn line_break(&self) -> &'static str {
        line_break(self.text())
    }

    /// What goes on with an instruction on the next line, in front of its indentation.
    pub fn continuation(&self) -> String {
        format!("{}{}", self.tree.escape, self.line_break())
    }
}

impl<'a> Instruction<'a> {
    /// Where a line is put in front of it, and `code` as that line: above the comments that belong to it, indented as it
    /// is. A comment that begins the file belongs to the file.
    pub fn line_above(self, code: &str) -> (u32, String) {
        let text = self.dockerfile.text();
        let start = self.dockerfile.tree.instructions[self.index].span.start as usize;
        let line = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let indent = &text[line..start];
        let mut place = line;
        while let Some(before) = text[..place].strip_suffix('\n') {
            let above = before.rfind('\n').map_or(0, |newline| newline + 1);
            if !before[above..].trim_start().starts_with('#') {
                break;
            }
            place = above;
        }
        let place = if place == 0 { line } else { place };
        (place as u32, format!("{indent}{code}{}", self.dockerfile.line_break()))
    }

    /// Its lines, to be taken out. Of the blank ones around it one stays, and none at the ends of the file.
    pub fn lines(self) -> Span {
        let text = self.dockerfile.text();
        let own = self.span().whole_lines(text);
        let (before, after) = (&text[..own.start as usize], &text[own.end as usize..]);
        if own == self.span() || !(before.is_empty() || is_blank(before.lines().next_back())) {
            return own;
        }
        let next = after.find('\n').map_or(after.len(), |newline| newline + 1);
        if next > 0 && is_blank(Some(&after[..next])) {
            return Span::new(own.start, own.end + next as u32);
        }
        own
    }

    /// The indentation of its second line; of one that has none, four blanks.
    pub fn indentation(self) -> &'a str {
        let head = self.node.heredocs.first().map_or(self.span().end, |heredoc| heredoc.marker.start);
        let text = Span::new(self.span().start, head).of_text(self.dockerfile.text());
        let mut lines = text.lines().skip(1).filter(|line| !line.trim().is_empty());
        let second = lines.find(|line| !line.trim_start().starts_with('#'));
        second.map_or("    ", |line| &line[..line.len() - line.trim_start().len()])
    }
}

fn is_blank(line: Option<&str>) -> bool {
    line.is_some_and(|line| line.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use crate::model::dockerfile::Dockerfile;
    use crate::syntax::dockerfile;

    fn with_line(text: &str, index: usize) -> Option<String> {
        let dockerfile = Dockerfile::new(dockerfile::parse(text));
        let (offset, line) = dockerfile.instruction(index)?.line_above("X");
        let mut result = text.to_owned();
        result.insert_str(offset as usize, &line);
        Some(result)
    }

    fn without(text: &str, index: usize) -> Option<String> {
        let dockerfile = Dockerfile::new(dockerfile::parse(text));
        let span = dockerfile.instruction(index)?.lines();
        let mut result = text.to_owned();
        result.replace_range(span.start as usize..span.end as usize, "");
        Some(result)
    }

    #[test]
    fn a_line_is_put_above_the_comments_of_an_instruction() {
        let of = |text: &str, index| with_line(text, index).unwrap_or_default();
        assert_eq!(of("FROM a\n# b\n  RUN c\n", 1), "FROM a\n  X\n# b\n  RUN c\n");
        assert_eq!(of("FROM a\r\n\r\n# b\r\nRUN c", 1), "FROM a\r\n\r\nX\r\n# b\r\nRUN c");
        assert_eq!(of("# syntax=x\n# b\nFROM a\n", 0), "# syntax=x\n# b\nX\nFROM a\n");
    }

    #[test]
    fn no_two_blank_lines_stay() {
        let of = |text: &str, index| without(text, index).unwrap_or_default();
        assert_eq!(of("FROM a\n\nRUN b\n\nRUN c\n", 1), "FROM a\n\nRUN c\n");
        assert_eq!(of("FROM a\r\n\r\nRUN b\r\n \r\nRUN c\r\n", 1), "FROM a\r\n\r\nRUN c\r\n");
        assert_eq!(of("FROM a\nRUN b\n\nRUN c\n", 1), "FROM a\n\nRUN c\n");
        assert_eq!(of("FROM a\n\n# b\nRUN b\n\nRUN c\n", 1), "FROM a\n\n# b\n\nRUN c\n");
        assert_eq!(of("ARG a\n\nFROM b\n", 0), "FROM b\n");
    }
}
