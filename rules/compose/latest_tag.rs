use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Service(latest_tag)];

fn latest_tag(service: Service<'_>, cx: &mut Context<'_>) {
    let Some(image) = cx.compose().and_then(|project| project.pulled_image(service)) else { return };
    if image.tag.as_deref() != Some("latest") || image.digest.is_some() {
        return;
    }
    cx.report(image.tag_span, format!("image `{}` is tagged `latest`", image.name))
        .label(image.tag_span, "means whatever was pushed last");
}
