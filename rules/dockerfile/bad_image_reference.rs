use crate::lint::prelude::*;
use crate::model::dockerfile::Base;
use crate::model::image::ImageError;
use crate::model::template::is_placeholder;

pub const CHECKS: &[Check] = &[Check::From(bad_image_reference)];

fn bad_image_reference(from: From<'_>, cx: &mut Context<'_>) {
    let word = &from.arguments.image;
    let Some(Base::Invalid(error)) = from.stage().map(Stage::base) else { return };
    if !word.variables.is_empty() || from.instruction.is_refused() {
        return;
    }
    let stage = from.instruction.dockerfile.stage_named(&word.raw).filter(|own| own.index < from_index(from));
    // A word in capitals alone is a mark that something is put in its place.
    if stage.is_none() && is_placeholder(&word.raw) && !cx.flag("placeholders") {
        return;
    }
    let diagnostic = cx.report(word.span, format!("`{}` is no image reference", word.raw));
    diagnostic.note(error.to_string());
    let in_capitals = stage.is_none() && !word.raw.bytes().any(|byte| byte.is_ascii_lowercase());
    if *error != ImageError::Uppercase
        || in_capitals
        || word.span.of_text(from.instruction.dockerfile.text()) != &*word.raw
    {
        return;
    }
    let slash = word.raw.rfind('/').map_or(0, |slash| slash + 1);
    let end = word.raw[slash..].find([':', '@']).map_or(word.raw.len(), |at| slash + at);
    let (title, name) = (word.raw[..end].to_ascii_lowercase(), word.span.slice(0, end as u32));
    diagnostic.fix(Fix::risky(format!("write `{title}`")).replace(name, title).changes(Effect::Base));
}

fn from_index(from: From<'_>) -> usize {
    from.stage().map_or(0, |stage| stage.index)
}
