//! The shell inside RUN, CMD, ENTRYPOINT, HEALTHCHECK and heredocs.

mod ast;
mod parser;
#[cfg(test)]
mod tests;
mod visit;

pub use ast::*;
pub use parser::{Positions, parse};
pub use visit::{Node, is_posix_shell, without_folder};
