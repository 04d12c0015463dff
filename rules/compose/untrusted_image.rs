use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Service(untrusted_image)];

fn untrusted_image(service: Service<'_>, cx: &mut Context<'_>) {
    let trusted = &cx.settings().trusted_images;
    if trusted.is_empty() {
        return;
    }
    let Some(image) = cx.compose().and_then(|project| project.pulled_image(service)) else { return };
    if !image.is_one_of(trusted) {
        cx.report(image.span, format!("image `{}` is no trusted image", image.reference));
    }
}
