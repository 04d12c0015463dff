use crate::lint::prelude::*;
use crate::model::transfers::{self, is_standard_folder};

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
        || instruction.absolute(&value).is_some_and(|path| {
            instruction.is_workdir_set() && instruction.workdir() == Some(&path) || is_standard_folder(&path)
        });
    let severity = if folder { Severity::Warning } else { Severity::Error };
    let message = format!("{count} sources are copied to `{value}`, which does not end in `/`");
    let diagnostic = cx.report_as(severity, destination.span, message);
    // Inside of the quotes, if there are any.
    let quoted = destination.span.of_text(instruction.dockerfile.text()).ends_with(['"', '\'']);
    let end = destination.span.end - u32::from(quoted);
    diagnostic.fix(Fix::safe("end it in `/`").insert(end, "/").changes(Effect::Files));
}
