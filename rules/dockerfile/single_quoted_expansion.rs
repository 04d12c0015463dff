use crate::lint::prelude::*;
use crate::model::shell::{Node, Role, walk};
use crate::syntax::shell::Part;

pub const CHECKS: &[Check] = &[Check::Instruction(single_quoted_expansion)];

/// Programs that expand what they are given themselves, or for which `$` means something else.
const READERS: [&str; 25] = [
    "alias",
    "awk",
    "bash",
    "busybox",
    "dash",
    "docker",
    "dpkg-query",
    "envsubst",
    "eval",
    "gawk",
    "git",
    "jq",
    "ksh",
    "mawk",
    "nawk",
    "perl",
    "podman",
    "rename",
    "rg",
    "sh",
    "ssh",
    "su",
    "sudo",
    "trap",
    "zsh",
];

fn single_quoted_expansion(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    if !matches!(instruction.node.kind, InstructionKind::Run(_)) {
        return;
    }
    walk(instruction, &mut |node, _| {
        let Node::Word(word, role) = node else { return };
        let reads = match role {
            Role::Argument(command, _) => READERS.iter().any(|name| command.is(name)),
            Role::Value(assignment) => matches!(&*assignment.name, "PS1" | "PS2" | "PS3" | "PS4" | "PROMPT_COMMAND"),
            Role::Item => false,
            _ => true,
        };
        if reads {
            return;
        }
        for part in &word.parts {
            let Part::SingleQuoted { span, value, dollar: false } = part else { continue };
            let edits = matches!(role, Role::Argument(command, _) if command.is("sed")) && is_sed_script(value);
            if expands(value) && !edits {
                cx.report(*span, "nothing is replaced between single quotes")
                    .note("in double quotes the shell replaces variables and commands");
            }
        }
    });
}

/// Whether it looks as if it should be replaced: `$NAME`, `${…}`, `$(…)`, `` `…` ``.
fn expands(text: &str) -> bool {
    let starts = |after: char| after == '{' || after == '(' || after == '_' || after.is_ascii_alphanumeric();
    let dollar = text.match_indices('$').any(|(at, _)| text[at + 1..].starts_with(starts));
    dollar || text.split('`').skip(1).any(|inside| !inside.is_empty()) && text.matches('`').count() > 1
}

/// Whether a `$` in it stands for the last line or the end of one, as in `$d`.
fn is_sed_script(text: &str) -> bool {
    text.match_indices('$').any(|(at, _)| {
        let mut after = text[at + 1..].chars();
        let command = after.next().is_some_and(|c| matches!(c, '{' | 'd' | 'p' | 's' | 'a' | 'i' | 'c'));
        command && !after.next().is_some_and(|c| c.is_ascii_alphabetic())
    })
}
