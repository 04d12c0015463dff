use crate::lint::prelude::*;
use crate::model::signals::canonical;

pub const CHECKS: &[Check] = &[Check::Instruction(stopsignal_unknown)];

fn stopsignal_unknown(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let InstructionKind::Stopsignal(word) = &instruction.node.kind else { return };
    // What is empty is a variable that is not defined, which is another finding.
    let Some(signal) = instruction.value(word).filter(|signal| !signal.is_empty()) else { return };
    if canonical(&signal).is_none() {
        cx.report(word.span, format!("there is no signal `{signal}`"));
    }
}
