use crate::lint::Date;
use crate::lint::prelude::*;
use crate::model::base_images::BaseImage;

pub const CHECKS: &[Check] = &[Check::From(from_eol_base)];

fn from_eol_base(from: From<'_>, cx: &mut Context<'_>) {
    let (Some(image), Some(today)) = (from.image(), cx.settings().today) else { return };
    let Some(found) = BaseImage::end_of_life(image) else { return };
    if Date::parse(found.date).is_none_or(|date| today <= date) {
        return;
    }
    let message = format!("{} has had no security fixes since {}", found.release, found.date);
    cx.report(image.tag_span, message).label(image.tag_span, "names that release");
}
