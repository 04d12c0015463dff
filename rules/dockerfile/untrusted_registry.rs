use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Instruction(untrusted_registry)];

fn untrusted_registry(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let trusted = &cx.settings().trusted_registries;
    if trusted.is_empty() {
        return;
    }
    let is_base = matches!(instruction.node.kind, InstructionKind::From(_));
    for image in instruction.images().into_iter().filter(|image| !image.comes_from(trusted)) {
        let what = if is_base { "base image" } else { "image" };
        let message = format!("{what} `{}` comes from `{}`", image.familiar_name(), image.registry());
        cx.report(image.name_span, message).label(image.name_span, "is no trusted registry");
    }
}
