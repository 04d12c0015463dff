//! What can be said of a PowerShell script without reading it as one.

use super::dockerfile::{Instruction, ShellKind};
use crate::syntax::dockerfile::{Command, InstructionKind, ShellForm};

/// The script of a RUN that PowerShell runs.
pub fn script(instruction: Instruction<'_>) -> Option<&ShellForm> {
    let InstructionKind::Run(Command::Shell(form)) = &instruction.node.kind else { return None };
    let plain = instruction.node.heredocs.is_empty() && instruction.shell() == ShellKind::PowerShell;
    plain.then_some(form)
}

/// Whether a variable is assigned in the script of a RUN or in the SHELL it runs in. A SHELL that is not known, because
/// the base image says it, may do anything: the images of .NET and others set both preferences there.
pub fn sets(instruction: Instruction<'_>, variable: &str) -> bool {
    let Some(words) = instruction.shell_words() else { return true };
    let own = script(instruction).is_some_and(|form| find(&form.text, variable).is_some());
    own || words.iter().any(|word| find(&word.value, variable).is_some())
}

/// Where `word` stands in a script, in any case.
pub fn find(script: &str, word: &str) -> Option<usize> {
    script.as_bytes().windows(word.len()).position(|window| window.eq_ignore_ascii_case(word.as_bytes()))
}

/// Whether a script has several commands: one after a `;` outside of quotes and braces.
pub fn joins_commands(script: &str) -> bool {
    let mut quote = None;
    let mut depth = 0_i32;
    let mut semicolon = false;
    for character in script.chars() {
        match (quote, character) {
            (Some(open), _) => {
                if character == open {
                    quote = None;
                }
            }
            (None, '"' | '\'') => quote = Some(character),
            (None, '(' | '{') => depth += 1,
            (None, ')' | '}') => depth -= 1,
            (None, ';' | '\n') if depth == 0 => semicolon = true,
            (None, _) if semicolon && !character.is_whitespace() => return true,
            (None, _) => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_told_from_one_with_blocks() {
        assert!(joins_commands("a; b"));
        assert!(!joins_commands("a;"));
        assert!(!joins_commands("a 'x; y'"));
        assert!(!joins_commands("foreach ($x in 1) { a; b }"));
    }
}
