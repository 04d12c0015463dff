use crate::lint::prelude::*;
use crate::model::shell::{Node, walk};

pub const CHECKS: &[Check] = &[Check::Instruction(test_and_or)];

fn test_and_or(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    if !matches!(instruction.node.kind, InstructionKind::Run(_)) {
        return;
    }
    walk(instruction, &mut |node, _| {
        let Node::Command(command) = node else { return };
        if !(command.is("[") || command.is("test")) {
            return;
        }
        let words = command.arguments();
        let end = if command.is("[") { words.len().saturating_sub(1) } else { words.len() };
        // `[ -a file ]`, `[ x = -a ]` and `[ -n -a ]` ask something else.
        for (index, word) in words[..end].iter().enumerate().take(end.saturating_sub(1)).skip(1) {
            let before = words[index - 1].literal().unwrap_or("");
            let joins = matches!(word.literal(), Some("-a" | "-o")) && !matches!(before, "=" | "!=" | "==" | "!" | "(");
            if joins && (end > 3 || words[0].literal().is_none_or(|first| !first.starts_with('-'))) {
                let (written, instead) = if word.literal() == Some("-a") { ("-a", "&&") } else { ("-o", "||") };
                cx.report(word.span, format!("what `{written}` means here depends on the words around it"))
                    .note(format!("`[ … ] {instead} [ … ]` says it for certain"));
            }
        }
    });
}
