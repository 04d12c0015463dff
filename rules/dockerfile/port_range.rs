use crate::lint::prelude::*;
use crate::model::ports::Exposed;

pub const CHECKS: &[Check] = &[Check::Instruction(port_range)];

fn port_range(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let InstructionKind::Expose(words) = &instruction.node.kind else { return };
    for word in words {
        let Some(text) = instruction.value(word).filter(|text| !text.contains(char::is_whitespace)) else { continue };
        let exposed = Exposed::new(&text);
        // What is missing because a variable is empty is told by another rule.
        if exposed.container.is_empty() && !word.variables.is_empty() {
            continue;
        }
        if let Some(fault) = exposed.fault() {
            cx.report(word.span, format!("port `{text}` {fault}"));
        }
    }
}
