use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Service(untagged_image)];

fn untagged_image(service: Service<'_>, cx: &mut Context<'_>) {
    let Some(image) = cx.compose().and_then(|project| project.pulled_image(service)) else { return };
    if !image.is_untagged() {
        return;
    }
    cx.report(image.span, format!("image `{}` has no tag", image.name))
        .label(image.span, "means `:latest`, whatever was pushed last");
}
