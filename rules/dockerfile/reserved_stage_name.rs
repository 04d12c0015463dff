use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::From(reserved_stage_name)];

fn reserved_stage_name(from: From<'_>, cx: &mut Context<'_>) {
    let Some(span) = from.arguments.name else { return };
    let name = span.of_text(cx.text());
    let means = match &*name.to_ascii_lowercase() {
        "scratch" => "means an empty image",
        "context" => "means the folder that is built",
        _ => return,
    };
    cx.report(span, format!("a stage cannot well be named `{name}`")).label(span, means);
}
