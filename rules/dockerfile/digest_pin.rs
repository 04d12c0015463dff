use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Instruction(digest_pin)];

fn digest_pin(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    for image in instruction.images().into_iter().filter(|image| image.digest.is_none()) {
        cx.report(image.span, format!("image `{}` is named without its digest", image.reference));
    }
}
