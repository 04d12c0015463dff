use crate::lint::prelude::*;
use crate::model::shell::{Node, is_split, quotes, unquoted_parts, walk};
use crate::syntax::shell::Part;

pub const CHECKS: &[Check] = &[Check::Instruction(unquoted_substitution)];

/// Programs that print a list of numbers, meant to fall apart.
const LISTS: [&str; 2] = ["seq", "pgrep"];

/// Programs that print one word, and nothing else.
const ONE_WORD: [&str; 13] = [
    "arch",
    "basename",
    "date",
    "dirname",
    "getconf",
    "hostname",
    "id",
    "lsb_release",
    "mktemp",
    "nproc",
    "pwd",
    "uname",
    "whoami",
];

fn unquoted_substitution(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    if !matches!(instruction.node.kind, InstructionKind::Run(_)) {
        return;
    }
    let every = cx.flag("every");
    walk(instruction, &mut |node, around| {
        let Node::Word(word, role) = node else { return };
        if !is_split(word, role, every) {
            return;
        }
        for part in unquoted_parts(word) {
            let Part::CommandSubstitution { span, list, backticks } = part else { continue };
            let only = match &list.items[..] {
                [] => continue,
                [item] => item.pipeline.commands.first().and_then(shell::Command::simple),
                _ => None,
            };
            if only.is_some_and(|command| LISTS.iter().any(|name| command.is(name))) {
                continue;
            }
            let quoted = quotes(word, *span, cx.text());
            let diagnostic = cx.report(*span, "what this prints is split at blanks and searched for patterns");
            if around.plain && !backticks && (word.parts.len() > 1 || only.is_some_and(prints_one_word)) {
                let fix = Fix::risky("quote it").insert(quoted.start, "\"").insert(quoted.end, "\"");
                diagnostic.fix(fix.changes(Effect::of_command(instruction)));
            }
        }
    });
}

/// Whether quotes around what a command prints change nothing: others may print a list, or nothing at all.
fn prints_one_word(command: &shell::SimpleCommand) -> bool {
    ONE_WORD.iter().any(|name| command.is(name))
}
