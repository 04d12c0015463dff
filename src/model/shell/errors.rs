//! Scripts that no shell can read.

use crate::model::dockerfile::{Instruction, Sh, ShellKind};
use crate::syntax::SyntaxError;

/// What shows that a script is not meant for a POSIX shell, or is a template.
const FOREIGN: [&str; 7] = ["powershell", "pwsh", "cmd /", "C:\\", "$env:", "$Env:", "{{"];

/// What Bash and other shells read differently.
const DIFFERENT: [&str; 9] = ["[[", "((", "$'", "$\"", "<<<", "<(", ">(", "&>", "function "];

/// The mistakes about which our parser and the shells are known to agree: what is opened and not closed.
const CERTAIN: [&str; 6] = ["unterminated", "'fi'", "'done'", "'esac'", "'then'", "'do'"];

/// The mistake that makes the shell of an instruction stop before it runs anything. `None` also where our parser finds
/// one and the shell may see it otherwise.
pub fn certain_error(instruction: Instruction<'_>) -> Option<&SyntaxError> {
    let error = instruction.script()?.errors.first()?;
    let text = instruction.text();
    let has = |marks: &[&str]| marks.iter().any(|mark| text.contains(mark));
    let reads = match instruction.shell() {
        ShellKind::Sh(Sh::Unknown) => !has(&DIFFERENT) && instruction.dockerfile.tree.errors.is_empty(),
        ShellKind::Sh(_) => !has(&DIFFERENT),
        ShellKind::Bash => true,
        _ => false,
    };
    // Where a quote inside of `${…}` ends is read in more than one way.
    if error.message.contains("double quote") && text.contains("${") {
        return None;
    }
    let certain = CERTAIN.iter().any(|mark| error.message.contains(mark));
    (reads && certain && !has(&FOREIGN)).then_some(error)
}
