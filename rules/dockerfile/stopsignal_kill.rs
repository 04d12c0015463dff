use crate::lint::prelude::*;
use crate::model::signals::{canonical, is_deadly};

pub const CHECKS: &[Check] = &[Check::Instruction(stopsignal_kill)];

fn stopsignal_kill(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let InstructionKind::Stopsignal(word) = &instruction.node.kind else { return };
    let Some(signal) = instruction.value(word) else { return };
    if canonical(&signal).is_some_and(|signal| is_deadly(&signal))
        && instruction.stage().is_some_and(|s| !s.is_windows())
    {
        cx.report(word.span, format!("no program can react to `{signal}`"))
            .label(word.span, "stops it without any end to its work");
    }
}
