use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Instruction(windows_mount)];

fn windows_mount(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    if !matches!(instruction.node.kind, InstructionKind::Run(_)) || !instruction.stage().is_some_and(Stage::is_windows)
    {
        return;
    }
    for field in instruction.node.flags.iter().flat_map(|flag| &flag.fields) {
        let Some(value) = field.value.as_ref().filter(|_| field.key.of_text(cx.text()) == "type") else { continue };
        if matches!(&*value.raw, "secret" | "ssh" | "tmpfs") {
            cx.report(field.span, format!("Windows has no mounts of the type `{}`", value.raw));
        }
    }
}
