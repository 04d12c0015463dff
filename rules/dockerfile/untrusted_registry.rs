use crate::lint::prelude::*;
use crate::model::image::Image;

pub const CHECKS: &[Check] = &[Check::From(of_stage), Check::Instruction(of_copy)];

fn of_stage(from: From<'_>, cx: &mut Context<'_>) {
    if let Some(image) = from.image() {
        untrusted_registry(image, "base image", cx);
    }
}

/// Without a dot, a colon or a slash a name may as well be that of a context from the command line.
fn of_copy(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    for word in instruction.source_words() {
        let is_stage = instruction.dockerfile.stage_named(&word.raw).is_some();
        if is_stage || !word.variables.is_empty() || !word.raw.contains(['.', ':', '/']) {
            continue;
        }
        if let Ok(image) = Image::parse(&word.raw, word.span) {
            untrusted_registry(&image, "image", cx);
        }
    }
}

fn untrusted_registry(image: &Image, what: &str, cx: &mut Context<'_>) {
    let trusted = &cx.settings().trusted_registries;
    if trusted.is_empty() || image.comes_from(trusted) {
        return;
    }
    let message = format!("{what} `{}` comes from `{}`", image.familiar_name(), image.registry());
    cx.report(image.name_span, message).label(image.name_span, "is no trusted registry");
}
