use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Instruction(windows_stopsignal)];

fn windows_stopsignal(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    if !matches!(instruction.node.kind, InstructionKind::Stopsignal(_)) {
        return;
    }
    if !instruction.stage().is_some_and(Stage::is_windows) {
        return;
    }
    let diagnostic = cx.report(instruction.node.keyword, "`STOPSIGNAL` does nothing in a Windows image");
    if !instruction.onbuild {
        let lines = instruction.lines();
        diagnostic.fix(Fix::safe("take it out").delete(lines).changes(Effect::StopSignal));
    }
}
