//! What its writer has not come to the end of, or has mistyped: what is absent there, or after it, may be meant.

use super::{Dockerfile, Instruction};
use crate::syntax::dockerfile::{self as ast, InstructionKind, Keyword, TokenKind};
use crate::text::Span;
use crate::text::suggest::nearest;

/// With more that cannot be read it is no Dockerfile that somebody is writing.
const MOST_UNREAD: usize = 200;

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
        self.is_invalid() && meant(self.node, self.dockerfile.text()).contains(&keyword)
    }

    /// Whether an instruction of one of these keywords may stand before it in the file that cannot be read.
    pub fn may_follow(self, keywords: &[Keyword]) -> bool {
        let mut before = self.dockerfile.unread.iter().take_while(|(index, _)| *index < self.index);
        before.any(|(_, meant)| meant.iter().any(|keyword| keywords.contains(keyword)))
    }
}

/// The instructions of a file that cannot be read, and what each may be meant for.
pub(super) fn unread(tree: &ast::Tree) -> Vec<(usize, Vec<Keyword>)> {
    let invalid = |node: &ast::Instruction| matches!(node.kind, InstructionKind::Invalid(_) | InstructionKind::Unknown);
    let unread = tree.instructions.iter().enumerate().filter(|(_, node)| invalid(node));
    unread.take(MOST_UNREAD).map(|(index, node)| (index, meant(node, &tree.text))).collect()
}

/// What an instruction that cannot be read may be meant for.
fn meant(node: &ast::Instruction, text: &str) -> Vec<Keyword> {
    if let Some(keyword) = node.keyword() {
        return vec![keyword];
    }
    let word = node.keyword.of_text(text).to_ascii_uppercase();
    let near = nearest(&word, Keyword::ALL.map(Keyword::name)).map(|(name, _)| name);
    let may_be = |keyword: &Keyword| keyword.name().starts_with(&word) || near == Some(keyword.name());
    Keyword::ALL.into_iter().filter(may_be).collect()
}
