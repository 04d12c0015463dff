//! The `rlint` command.

fn main() {}
