use crate::lint::prelude::*;
use crate::model::{folders, transfers};

pub const CHECKS: &[Check] = &[Check::Instruction(multi_source_needs_slash)];

fn multi_source_needs_slash(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let Some(transfer) = transfers::of(instruction) else { return };
    let count = transfer.sources.len() + instruction.node.heredocs.len();
    if count < 2 {
        return;
    }
    let destination = &transfer.destination;
    let Some(value) = instruction.value(destination) else { return };
    let windows = instruction.stage().is_some_and(Stage::is_windows);
    if value.ends_with('/') || windows && value.ends_with('\\') || value.is_empty() {
        return;
    }
    let folder = matches!(value.rsplit('/').next(), Some("." | ".."))
        || instruction.absolute(&value).is_some_and(|path| folders::is_there(instruction, &path));
    if folder && !cx.flag("every") {
        return;
    }
    let message = format!("{count} sources are copied to `{value}`, which does not end in `/`");
    let diagnostic = cx.report(destination.span, message);
    // Inside of the quotes, if there are any.
    let quoted = destination.span.of_text(instruction.dockerfile.text()).ends_with(['"', '\'']);
    let end = destination.span.end - u32::from(quoted);
    diagnostic.fix(Fix::safe("end it in `/`").insert(end, "/").changes(Effect::Files));
}
