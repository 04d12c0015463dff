use crate::lint::prelude::*;
use crate::model::workload::image_of;

pub const CHECKS: &[Check] = &[Check::Container(untagged_image)];

fn untagged_image(container: Container<'_>, cx: &mut Context<'_>) {
    let Some(image) = image_of(container) else { return };
    if !image.is_untagged() {
        return;
    }
    if cx.manifests().sets_image(cx.path(), &image.familiar_name(), cx.files()) {
        return;
    }
    cx.report(image.span, format!("image `{}` has no tag", image.name))
        .label(image.span, "means `:latest`, whatever was pushed last");
}
