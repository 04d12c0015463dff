use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Instruction(windows_chown)];

fn windows_chown(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    if !matches!(instruction.node.kind, InstructionKind::Copy(_) | InstructionKind::Add(_)) {
        return;
    }
    if !instruction.stage().is_some_and(Stage::is_windows) {
        return;
    }
    for name in ["chown", "chmod"] {
        let Some(flag) = instruction.flag(name) else { continue };
        // With the blanks before it.
        let text = &cx.text()[..flag.span.start as usize];
        let start = text.trim_end_matches([' ', '\t']).len() as u32;
        cx.report(flag.span, format!("`--{name}` does nothing in a Windows image"))
            .fix(Fix::safe("take it out").delete(Span::new(start, flag.span.end)).changes(Effect::Files));
    }
}
