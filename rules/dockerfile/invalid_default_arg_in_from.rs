use crate::lint::prelude::*;
use crate::model::image::Image;

pub const CHECKS: &[Check] = &[Check::From(invalid_default_arg_in_from)];

fn invalid_default_arg_in_from(from: From<'_>, cx: &mut Context<'_>) {
    let word = &from.arguments.image;
    if word.variables.is_empty() || from.instruction.is_refused() {
        return;
    }
    let Some(reference) = from.default_reference() else { return };
    let Err(error) = Image::parse(&reference, word.span) else { return };
    let result = if reference.is_empty() { "nothing".to_owned() } else { format!("`{reference}`") };
    cx.report(word.span, format!("without arguments the base image is {result}")).note(error.to_string());
}
