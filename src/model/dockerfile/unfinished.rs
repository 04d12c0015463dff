//! What its writer has not come to the end of, or has mistyped: what is absent there, or after it, may be meant.

use super::{Dockerfile, Instruction};
use crate::syntax::dockerfile::{InstructionKind, Keyword, TokenKind};
use crate::text::Span;
use crate::text::suggest::nearest;

impl Dockerfile {
    /// The escape character that ends the last instruction, though nothing follows that it could go on with.
    pub fn dangling_escape(&self) -> Option<Span> {
        let mut tokens = self.tree.tokens.iter().rev();
        let last = tokens.find(|token| !matches!(token.kind, TokenKind::Blank | TokenKind::Comment))?;
        (last.kind == TokenKind::Continuation).then(|| Span::new(last.span.start, last.span.start + 1))
    }
}

impl Instruction<'_> {
    /// Whether more of it should follow: no line ends one of its heredocs, or the file ends with its escape character.
    pub fn is_unfinished(self) -> bool {
        let is_last = self.index + 1 == self.dockerfile.tree.instructions.len();
        let outer = self.dockerfile.instruction(self.index);
        self.node.heredocs.iter().any(|heredoc| heredoc.end.is_none())
            || outer.is_some_and(|outer| outer.node.heredocs.iter().any(|heredoc| heredoc.end.is_none()))
            || (is_last && self.dockerfile.dangling_escape().is_some())
    }

    /// Whether it cannot be read, and is or may become an instruction of that keyword: `FR` and `FORM` may be a FROM.
    pub fn may_be(self, keyword: Keyword) -> bool {
        match self.node.kind {
            InstructionKind::Invalid(_) => self.keyword() == Some(keyword),
            InstructionKind::Unknown => {
                let word = self.node.keyword.of_text(self.dockerfile.text()).to_ascii_uppercase();
                keyword.name().starts_with(&word)
                    || nearest(&word, Keyword::ALL.map(Keyword::name)).is_some_and(|(name, _)| name == keyword.name())
            }
            _ => false,
        }
    }

    /// Whether an instruction of one of these keywords may stand before it in the file that cannot be read.
    pub fn may_follow(self, keywords: &[Keyword]) -> bool {
        let mut before = (0..self.index).filter_map(|index| self.dockerfile.instruction(index));
        before.any(|other| keywords.iter().any(|keyword| other.may_be(*keyword)))
    }
}
