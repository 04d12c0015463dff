use crate::lint::prelude::*;
use crate::model::workload::image_of;

pub const CHECKS: &[Check] = &[Check::Container(untrusted_registry)];

fn untrusted_registry(container: Container<'_>, cx: &mut Context<'_>) {
    let trusted = &cx.settings().trusted_registries;
    if trusted.is_empty() {
        return;
    }
    let Some(image) = image_of(container).filter(|image| !image.comes_from(trusted)) else { return };
    if cx.manifests().sets_image(cx.path(), &image.familiar_name(), cx.files()) {
        return;
    }
    let message = format!("image `{}` comes from `{}`", image.familiar_name(), image.registry());
    cx.report(image.name_span, message).label(image.name_span, "is no trusted registry");
}
