use crate::lint::prelude::*;
use crate::model::ports::Exposed;

pub const CHECKS: &[Check] = &[Check::Instruction(port_22)];

fn port_22(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let InstructionKind::Expose(words) = &instruction.node.kind else { return };
    for word in words {
        let Some(text) = instruction.value(word) else { continue };
        let exposed = Exposed::new(&text);
        let tcp = exposed.protocol.is_none_or(|protocol| protocol.is_empty() || protocol.eq_ignore_ascii_case("tcp"));
        if tcp && exposed.has(22) {
            cx.report(word.span, "port 22 is exposed, where SSH listens");
        }
    }
}
