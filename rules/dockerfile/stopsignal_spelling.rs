use crate::lint::prelude::*;
use crate::model::signals::canonical;

pub const CHECKS: &[Check] = &[Check::Instruction(stopsignal_spelling)];

fn stopsignal_spelling(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let InstructionKind::Stopsignal(word) = &instruction.node.kind else { return };
    let Some(name) = canonical(&word.raw).filter(|name| **name != *word.raw) else { return };
    let fix = Fix::safe(format!("write `{name}`")).replace(word.span, name.clone()).changes(Effect::StopSignal);
    cx.report(word.span, format!("signal `{}` is usually written `{name}`", word.raw)).fix(fix);
}
