//! An instruction where it counts, and the words in it.

use super::problem::Problem;
use super::variables::Variables;
use crate::model::expand::{self, ExpandError, Options};
use crate::syntax::dockerfile::{Flag, Heredoc, Instruction, TokenKind, Tree, Word};
use crate::text::Span;

/// An instruction of the file that is built, or one that ONBUILD of its base held back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    /// The tree it stands in.
    pub(super) tree: &'a Tree,
    /// The instruction.
    pub(super) node: &'a Instruction,
    /// The FROM that brings it, if it does not stand in the file that is built.
    pub(super) brought_by: Option<Span>,
}

impl<'a> Line<'a> {
    /// Where the file that is built says `span` of this instruction.
    pub(super) fn place(self, span: Span) -> Span {
        self.brought_by.unwrap_or(span)
    }

    /// All of it.
    pub(super) fn span(self) -> Span {
        self.place(self.node.span)
    }

    /// The text at `span`.
    pub(super) fn text(self, span: Span) -> &'a str {
        span.of_text(&self.tree.text)
    }

    /// The flag of that name; the last one counts.
    pub(super) fn flag(self, name: &str) -> Option<&'a Flag> {
        self.node.flags.iter().rev().find(|flag| flag.name(&self.tree.text) == name)
    }

    /// All flags of that name.
    pub(super) fn flags(self, name: &str) -> impl Iterator<Item = &'a Flag> {
        self.node.flags.iter().filter(move |flag| flag.name(&self.tree.text) == name)
    }

    /// Whether a flag without a value, or with `true`, is given.
    pub(super) fn is_on(self, name: &str) -> Option<bool> {
        let flag = self.flag(name)?;
        Some(flag.value.as_ref().is_none_or(|value| value.raw.eq_ignore_ascii_case("true")))
    }

    /// Refuses names of flags and fields that quotes or line breaks go through: they would not be found.
    pub(super) fn refuse_broken_names(self) -> Result<(), Problem> {
        let fields = self.node.flags.iter().flat_map(|flag| flag.fields.iter().map(|field| field.key));
        let mut names = self.node.flags.iter().map(|flag| flag.name).chain(fields);
        let plain = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte));
        match names.find(|name| !plain(self.text(*name))) {
            Some(name) => Err(Problem::unsupported(
                self.place(name),
                "a name of a flag with quotes or a line break in it is not supported",
            )),
            None => Ok(()),
        }
    }

    /// A word with its quotes, escapes and variables read.
    pub(super) fn value(self, word: &Word, variables: &Variables) -> Result<String, Problem> {
        let options = Options::escape(self.tree.escape);
        let expansion =
            expand::expand(&word.raw, variables, options).map_err(|error| self.refused(word.span, &error))?;
        expansion.value.ok_or_else(|| self.too_long(word.span))
    }

    /// As [`Line::value`], split at the blanks that are not quoted.
    pub(super) fn words(self, word: &Word, variables: &Variables) -> Result<Vec<String>, Problem> {
        let options = Options::escape(self.tree.escape);
        let expansion =
            expand::expand(&word.raw, variables, options).map_err(|error| self.refused(word.span, &error))?;
        expansion.words.ok_or_else(|| self.too_long(word.span))
    }

    /// The lines of a heredoc: without leading tabs for `<<-`.
    pub(super) fn body(self, heredoc: &Heredoc) -> String {
        let body = self.text(heredoc.body);
        if heredoc.strip_tabs {
            body.split_inclusive('\n').map(|line| line.trim_start_matches('\t')).collect()
        } else {
            body.to_owned()
        }
    }

    /// The lines of a heredoc that is copied: with their variables read if the delimiter is not quoted.
    pub(super) fn expanded_body(self, heredoc: &Heredoc, variables: &Variables) -> Result<String, Problem> {
        let body = self.body(heredoc);
        if !heredoc.expand {
            return Ok(body);
        }
        // Whatever the escape character of the file is.
        let options = Options { escape: '\\', quotes: false };
        let expansion =
            expand::expand(&body, variables, options).map_err(|error| self.refused(heredoc.body, &error))?;
        expansion.value.ok_or_else(|| self.too_long(heredoc.body))
    }

    /// The instruction as one line: continued lines joined, comments and heredocs left out.
    pub(super) fn joined(self) -> String {
        let first_body = self.node.heredocs.iter().map(|heredoc| heredoc.body.start).min();
        let end = first_body.unwrap_or(u32::MAX).min(self.node.span.end);
        let tokens = &self.tree.tokens;
        let first = tokens.partition_point(|token| token.span.end <= self.node.span.start);
        let mut line = String::new();
        let mut rest = tokens[first..].iter().take_while(|token| token.span.start < end).peekable();
        while let Some(token) = rest.next() {
            let part = Span::new(token.span.start.max(self.node.span.start), token.span.end.min(end));
            let text = self.text(part);
            let before_comment = rest.peek().is_some_and(|next| next.kind == TokenKind::Comment);
            match token.kind {
                TokenKind::Keyword | TokenKind::Arguments => line.push_str(text),
                TokenKind::Blank if !text.contains('\n') && !before_comment => line.push_str(text),
                _ => {}
            }
        }
        line.truncate(line.trim_end().len());
        line
    }

    fn refused(self, span: Span, error: &ExpandError) -> Problem {
        Problem::wrong(self.place(span), error.to_string())
    }

    fn too_long(self, span: Span) -> Problem {
        Problem::too_large(self.place(span), "becomes longer than 64 KiB once its variables are read")
    }
}

/// An instruction as one line: continued lines joined, comments and heredocs left out.
pub(in crate::build) fn one_line(tree: &Tree, node: &Instruction) -> String {
    Line { tree, node, brought_by: None }.joined()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::dockerfile::{InstructionKind, parse};

    #[test]
    fn an_instruction_is_one_line_without_comments_and_heredocs() {
        let tree = parse("FROM a\n  run  --mount=x \\\n  # why\n\n    echo \\\n\ta  b  \nONBUILD RUN <<E cat\nx\nE\n");
        let line = |node| Line { tree: &tree, node, brought_by: None }.joined();
        assert_eq!(line(&tree.instructions[1]), "run  --mount=x     echo \ta  b");
        assert_eq!(line(&tree.instructions[2]), "ONBUILD RUN <<E cat");
        let inner = match &tree.instructions[2].kind {
            InstructionKind::Onbuild(inner) => Some(line(inner)),
            _ => None,
        };
        assert_eq!(inner.as_deref(), Some("RUN <<E cat"));
    }

    #[test]
    fn bodies_lose_tabs_and_take_variables() {
        let tree = parse("FROM a\nCOPY <<-A <<'B' /x\n\t\ta$V \"q\" \\$V\n\tA\nb$V\nB\n");
        let line = Line { tree: &tree, node: &tree.instructions[1], brought_by: None };
        let mut variables = Variables::default();
        variables.set("V", "1");
        let bodies = line.node.heredocs.iter().map(|heredoc| line.expanded_body(heredoc, &variables));
        assert_eq!(bodies.collect::<Result<Vec<_>, _>>(), Ok(vec!["a1 \"q\" $V\n".to_owned(), "b$V\n".to_owned()]));
    }
}
