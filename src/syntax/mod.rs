//! Layer 1: text in, tree and errors out. Never fails, does no I/O.

pub mod compose;
pub mod dockerfile;
pub mod kind;
pub mod kubernetes;
pub mod markdown;
pub mod shell;
pub mod yaml;

use crate::text::{Edit, Span};

/// A place where the text is not what its language asks for. The tree around it stands all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The bytes that are wrong.
    pub span: Span,
    /// What is wrong, starting in lower case, code in backticks.
    pub message: String,
    /// Further advice, if there is some.
    pub note: Option<String>,
    /// What was surely meant, if that is known.
    pub meant: Option<Edit>,
}

impl SyntaxError {
    /// An error without advice.
    pub fn new(span: Span, message: impl Into<String>) -> SyntaxError {
        SyntaxError { span, message: message.into(), note: None, meant: None }
    }

    /// The same where `base` bytes stand before the text.
    #[must_use]
    pub(crate) fn after(mut self, base: u32) -> SyntaxError {
        self.span = self.span.after(base);
        if let Some(edit) = &mut self.meant {
            edit.span = edit.span.after(base);
        }
        self
    }
}
