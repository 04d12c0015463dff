use crate::lint::prelude::*;
use crate::model::base_images::BaseImage;

pub const CHECKS: &[Check] = &[Check::From(latest_tag)];

fn latest_tag(from: From<'_>, cx: &mut Context<'_>) {
    let Some(image) = from.image() else { return };
    if image.tag.as_deref() != Some("latest") || image.digest.is_some() {
        return;
    }
    let has_versions = BaseImage::has_versions(image);
    if !cx.flag("every") && (!has_versions || BaseImage::may_be_local(image)) {
        return;
    }
    let written = from.arguments.image.variables.is_empty();
    let diagnostic =
        cx.report(image.tag_span, format!("base image `{}` is tagged `latest`", image.familiar_name())).label(
            image.tag_span,
            if written { "means whatever was pushed last" } else { "is `latest` unless the build says otherwise" },
        );
    if !has_versions {
        diagnostic.note("its tags name no versions: a digest does");
    }
}
