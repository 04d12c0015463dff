//! Edits of a tree: what to write, overwrite or delete so that the rest stays as its author wrote it.

mod insert;
mod remove;
mod replace;

pub use insert::Draft;
