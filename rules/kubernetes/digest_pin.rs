use crate::lint::prelude::*;
use crate::model::workload::image_of;

pub const CHECKS: &[Check] = &[Check::Container(digest_pin)];

fn digest_pin(container: Container<'_>, cx: &mut Context<'_>) {
    let Some(image) = image_of(container).filter(|image| image.digest.is_none()) else { return };
    if cx.manifests().sets_image(cx.path(), &image.familiar_name(), cx.files()) {
        return;
    }
    cx.report(image.span, format!("image `{}` is named without its digest", image.reference));
}
