use crate::lint::prelude::*;
use crate::model::shell::{Node, Role, walk};
use crate::syntax::shell::Part;

pub const CHECKS: &[Check] = &[Check::Instruction(quote_gap)];

fn quote_gap(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    if !matches!(instruction.node.kind, InstructionKind::Run(_)) {
        return;
    }
    walk(instruction, &mut |node, _| {
        let Node::Word(word, Role::Argument(..) | Role::Value(_)) = node else { return };
        for (index, parts) in word.parts.windows(2).enumerate() {
            let [Part::SingleQuoted { .. }, Part::Literal { span, value, written: None }] = parts else { continue };
            let goes_on = word.parts[index + 2..].iter().any(|part| matches!(part, Part::SingleQuoted { .. }));
            if goes_on && value.chars().all(char::is_alphanumeric) {
                cx.report(*span, format!("`{value}` stands outside of the quotes"))
                    .note("a single quote ends the text; inside of it there is none");
            }
        }
    });
}
