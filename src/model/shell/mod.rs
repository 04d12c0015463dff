//! What a shell does with the scripts of a Dockerfile.

pub mod echo;
pub mod errors;
pub mod export;
pub mod features;
mod glob;
pub mod pipes;
pub mod programs;
mod values;
pub mod walk;
pub mod words;

use super::chain::is_exit_on_error;
use super::dockerfile::Instruction;
use crate::syntax::shell::Script;

pub use glob::{has_glob, starts_with_glob};
pub use values::Values;
pub use walk::{Around, Node, walk};
pub use words::{Role, is_split, may_split, quotes, unquoted_parts};

/// Whether a failing command ends the script of an instruction: `set -e` somewhere in it, or `-e` in SHELL.
pub fn exits_on_error(instruction: Instruction<'_>) -> bool {
    let words = instruction.shell_arguments();
    let is_option =
        |word: &&str| *word == "errexit" || word.starts_with('-') && !word.starts_with("--") && word.contains('e');
    let by_shell = words.iter().any(is_option);
    by_shell || instruction.text().contains("set") && instruction.script().is_some_and(sets_exit_on_error)
}

fn sets_exit_on_error(script: &Script) -> bool {
    script.commands().into_iter().any(is_exit_on_error)
}
