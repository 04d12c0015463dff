use crate::lint::prelude::*;
use crate::model::workload::image_of;

pub const CHECKS: &[Check] = &[Check::Container(latest_tag)];

fn latest_tag(container: Container<'_>, cx: &mut Context<'_>) {
    let Some(image) = image_of(container) else { return };
    if image.tag.as_deref() != Some("latest") || image.digest.is_some() {
        return;
    }
    if cx.manifests().sets_image(cx.path(), &image.familiar_name(), cx.files()) {
        return;
    }
    cx.report(image.tag_span, format!("image `{}` is tagged `latest`", image.name))
        .label(image.tag_span, "means whatever was pushed last");
}
