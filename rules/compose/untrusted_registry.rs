use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Service(untrusted_registry)];

fn untrusted_registry(service: Service<'_>, cx: &mut Context<'_>) {
    let trusted = &cx.settings().trusted_registries;
    if trusted.is_empty() {
        return;
    }
    let Some(image) = cx.compose().and_then(|project| project.pulled_image(service)) else { return };
    if image.comes_from(trusted) {
        return;
    }
    let message = format!("image `{}` comes from `{}`", image.familiar_name(), image.registry());
    cx.report(image.name_span, message).label(image.name_span, "is no trusted registry");
}
