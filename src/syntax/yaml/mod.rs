//! The one YAML reader: for linted files, `.rlint.yaml` and the front matter of rules.

mod node;

pub use node::*;
