use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Instruction(untrusted_image)];

fn untrusted_image(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let trusted = &cx.settings().trusted_images;
    if trusted.is_empty() {
        return;
    }
    for image in instruction.images().into_iter().filter(|image| !image.is_one_of(trusted)) {
        cx.report(image.span, format!("image `{}` is no trusted image", image.reference));
    }
}
