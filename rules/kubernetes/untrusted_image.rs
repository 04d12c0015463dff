use crate::lint::prelude::*;
use crate::model::workload::image_of;

pub const CHECKS: &[Check] = &[Check::Container(untrusted_image)];

fn untrusted_image(container: Container<'_>, cx: &mut Context<'_>) {
    let trusted = &cx.settings().trusted_images;
    if trusted.is_empty() {
        return;
    }
    let Some(image) = image_of(container).filter(|image| !image.is_one_of(trusted)) else { return };
    if cx.manifests().sets_image(cx.path(), &image.familiar_name(), cx.files()) {
        return;
    }
    cx.report(image.span, format!("image `{}` is no trusted image", image.reference));
}
