use crate::lint::prelude::*;
use crate::model::dockerfile::Source;
use crate::model::transfers;

pub const CHECKS: &[Check] = &[Check::Instruction(copy_from_empty_scratch)];

fn copy_from_empty_scratch(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let InstructionKind::Copy(transfer) = &instruction.node.kind else { return };
    let Some(from) = instruction.flag("from").and_then(|flag| flag.value.as_ref()) else { return };
    // The root is there even when it is empty, and a pattern may match nothing.
    let certain = transfer.sources.iter().any(|source| {
        instruction.value(source).is_some_and(|path| {
            !path.contains(['*', '?', '[']) && path.split('/').any(|part| !matches!(part, "" | "." | ".."))
        })
    });
    if !certain || instruction.onbuild || !from.variables.is_empty() {
        return;
    }
    match instruction.source(from) {
        Source::Stage(stage) if transfers::is_empty(stage) => {
            let start = stage.from().instruction.node.keyword;
            cx.report(from.span, format!("the stage `{}` has no files", from.raw))
                .label(start, "starts from `scratch`, and nothing writes to it");
        }
        Source::Image(_) if &*from.raw == "scratch" => {
            cx.report(from.span, "`scratch` has no files");
        }
        _ => {}
    }
}
