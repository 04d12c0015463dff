use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Service(digest_pin)];

fn digest_pin(service: Service<'_>, cx: &mut Context<'_>) {
    let Some(image) = cx.compose().and_then(|project| project.pulled_image(service)) else { return };
    if image.digest.is_none() {
        cx.report(image.span, format!("image `{}` is named without its digest", image.reference));
    }
}
