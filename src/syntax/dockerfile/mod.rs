//! The Dockerfile language, as BuildKit reads it.

mod ast;
mod flag_values;
mod flags;
mod heredoc;
mod json;
mod lexer;
mod mapped;
mod parser;
mod scripts;
#[cfg(test)]
mod tests;
mod word;

pub use ast::*;
pub use flag_values::nanoseconds;
pub use parser::{is_stage_name, parse};
