use crate::lint::prelude::*;
use crate::model::base_images::BaseImage;

pub const CHECKS: &[Check] = &[Check::From(untagged_image)];

fn untagged_image(from: From<'_>, cx: &mut Context<'_>) {
    let Some(image) = from.image().filter(|image| image.is_untagged()) else { return };
    let has_versions = BaseImage::has_versions(image);
    if !cx.flag("every") && (!has_versions || BaseImage::may_be_local(image)) {
        return;
    }
    let written = from.arguments.image.variables.is_empty();
    let diagnostic = cx.report(image.name_span, format!("base image `{}` has no tag", image.familiar_name())).label(
        image.name_span,
        if written {
            "means `:latest`, whatever was pushed last".to_owned()
        } else {
            format!("is `{}` unless the build says otherwise", image.reference)
        },
    );
    if !has_versions {
        diagnostic.note("its tags name no versions: a digest does");
    }
}
