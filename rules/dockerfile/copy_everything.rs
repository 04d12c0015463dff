use crate::lint::prelude::*;
use crate::model::context::{IgnorePattern, path_in_context};
use crate::model::sources;

pub const CHECKS: &[Check] = &[Check::Instruction(copy_everything)];

fn copy_everything(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let Some(stage) = instruction.stage() else { return };
    let ships = stage.is_shipped()
        || stage
            .dockerfile
            .shipped_stage()
            .is_some_and(|shipped| shipped.ancestors().any(|ancestor| ancestor.index == stage.index));
    let narrowed = ["exclude", "parents"].iter().any(|flag| instruction.flag(flag).is_some());
    if !ships || narrowed {
        return;
    }
    let mut sources = sources::of_context(instruction).into_iter();
    let Some((word, _)) = sources.find(|(_, source)| path_in_context(source).is_empty()) else { return };
    let all = |pattern: &IgnorePattern| !pattern.exception && matches!(&*pattern.text, "*" | "**" | "**/*");
    let ignore = cx.build_context().and_then(|context| context.ignore.clone());
    if ignore.is_some_and(|ignore| ignore.patterns.iter().any(all)) {
        return;
    }
    cx.report(word.span, "the whole build context is copied into the image");
}
