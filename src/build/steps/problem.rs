//! Why a Dockerfile is not built.

use std::fmt;

use crate::text::Span;

/// Something in a Dockerfile that keeps it from being built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Whose fault it is.
    pub kind: ProblemKind,
    /// Where the file says it.
    pub span: Span,
    /// What is wrong, starting in lower case.
    pub message: String,
}

/// Whose fault a [`Problem`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// The file is wrong: BuildKit stops there, too.
    Wrong,
    /// BuildKit builds it and rlint does not, so that nothing is known about the build.
    Unsupported,
    /// An image that it needs is not to be had here.
    Missing,
    /// It is larger than anything that is built here.
    TooLarge,
}

impl Problem {
    /// Something that no builder takes.
    pub fn wrong(span: Span, message: impl Into<String>) -> Problem {
        Problem { kind: ProblemKind::Wrong, span, message: message.into() }
    }

    /// Something that rlint does not build.
    pub fn unsupported(span: Span, message: impl Into<String>) -> Problem {
        Problem { kind: ProblemKind::Unsupported, span, message: message.into() }
    }

    /// An image that is not to be had.
    pub fn missing(span: Span, message: impl Into<String>) -> Problem {
        Problem { kind: ProblemKind::Missing, span, message: message.into() }
    }

    /// Something beyond what is built here.
    pub fn too_large(span: Span, message: impl Into<String>) -> Problem {
        Problem { kind: ProblemKind::TooLarge, span, message: message.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}
