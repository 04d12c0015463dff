//! Scripts that no shell can read.

use crate::model::dockerfile::{Instruction, Sh, ShellKind};
use crate::syntax::SyntaxError;

/// What shows that a script is not meant for a POSIX shell, or is a template.
const FOREIGN: [&str; 7] = ["powershell", "pwsh", "cmd /", "C:\\", "$env:", "$Env:", "{{"];

/// What Bash and other shells read differently.
const DIFFERENT: [&str; 9] = ["[[", "((", "$'", "$\"", "<<<", "<(", ">(", "&>", "function "];

/// What is no mistake: our parser has less patience than a shell.
const IMPATIENT: &str = "more is open here";

/// The mistake that makes the shell of an instruction stop before it runs anything. `None` also where our parser finds
/// one and the shell may see it otherwise, and where more of the script should follow.
pub fn certain_error(instruction: Instruction<'_>) -> Option<&SyntaxError> {
    let error = instruction.script()?.errors.first().filter(|_| !instruction.is_unfinished())?;
    let text = instruction.text();
    let has = |marks: &[&str]| marks.iter().any(|mark| text.contains(mark));
    let reads = match instruction.shell() {
        ShellKind::Sh(Sh::Unknown) => !has(&DIFFERENT) && instruction.dockerfile.tree.errors.is_empty(),
        ShellKind::Sh(_) => !has(&DIFFERENT),
        ShellKind::Bash => true,
        _ => false,
    };
    // Where a quote inside of `${…}` ends is read in more than one way.
    let doubted = error.message.contains("`\"` is not closed") && text.contains("${");
    // Told so from outside, Bash reads `!(…)` in every word.
    let extended = error.message.contains('(') && instruction.shell_arguments().contains(&"extglob");
    let certain = !doubted && !extended && !error.message.contains(IMPATIENT);
    (reads && certain && !has(&FOREIGN)).then_some(error)
}
