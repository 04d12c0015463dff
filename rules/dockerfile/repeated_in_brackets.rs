use crate::lint::prelude::*;
use crate::model::shell::{Node, Role, walk};
use crate::syntax::shell::Part;

pub const CHECKS: &[Check] = &[Check::Instruction(repeated_in_brackets)];

fn repeated_in_brackets(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    if !matches!(instruction.node.kind, InstructionKind::Run(_)) {
        return;
    }
    walk(instruction, &mut |node, around| {
        let Node::Word(word, Role::Argument(..) | Role::Item) = node else { return };
        let [Part::Literal { value, written: None, span }] = &word.parts[..] else { return };
        let Some((before, rest)) = value.split_once('[') else { return };
        let Some((inside, _)) = rest.split_once(']') else { return };
        let repeated = |inside: &str| {
            inside.char_indices().any(|(at, own)| own != '-' && inside[at + own.len_utf8()..].contains(own))
        };
        if !inside.is_ascii() || inside.is_empty() || inside.starts_with(':') || !repeated(inside) {
            return;
        }
        let start = span.start + before.len() as u32;
        let brackets = Span::new(start, (start + inside.len() as u32 + 2).min(span.end));
        let exact = around.plain && brackets.of_text(cx.text()) == format!("[{inside}]");
        let diagnostic = cx.report(brackets, format!("`[{inside}]` stands for one character, not for a word"));
        if exact {
            let fix = Fix::risky("quote it").insert(word.span.start, "'").insert(word.span.end, "'");
            diagnostic.fix(fix.changes(Effect::of_command(instruction)));
        }
    });
}
