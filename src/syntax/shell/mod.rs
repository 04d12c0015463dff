//! The shell inside RUN, CMD, ENTRYPOINT, HEALTHCHECK and heredocs.

mod ast;

pub use ast::*;
