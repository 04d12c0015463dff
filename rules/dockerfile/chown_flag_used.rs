use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Instruction(chown_flag_used)];

fn chown_flag_used(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    if !matches!(instruction.node.kind, InstructionKind::Copy(_) | InstructionKind::Add(_)) {
        return;
    }
    let Some(flag) = instruction.flag("chown") else { return };
    let owner = flag.value.as_ref().map_or("", |value| &*value.raw);
    cx.report(flag.span, format!("the files are given to `{owner}`"));
}
