//! The Dockerfile language, as BuildKit reads it.

mod ast;

pub use ast::*;
