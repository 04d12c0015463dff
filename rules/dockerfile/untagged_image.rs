use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::From(untagged_image)];

fn untagged_image(from: From<'_>, cx: &mut Context<'_>) {
    let Some(image) = from.image().filter(|image| image.is_untagged()) else { return };
    let written = from.arguments.image.variables.is_empty();
    cx.report(image.name_span, format!("base image `{}` has no tag", image.familiar_name())).label(
        image.name_span,
        if written {
            "means `:latest`, whatever was pushed last".to_owned()
        } else {
            format!("is `{}` unless the build says otherwise", image.reference)
        },
    );
}
