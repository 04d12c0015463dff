use crate::lint::prelude::*;
use crate::model::dockerfile::Base;
use crate::model::transfers::{is_distribution, is_root_folder};

pub const CHECKS: &[Check] = &[Check::Instruction(copy_whole_filesystem)];

fn copy_whole_filesystem(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let InstructionKind::Copy(transfer) = &instruction.node.kind else { return };
    let Some(from) = instruction.flag("from").and_then(|flag| flag.value.as_ref()) else { return };
    let is_root = |word: &Word| instruction.value(word).is_some_and(|path| is_root_folder(&path));
    let Some(source) = transfer.sources.iter().find(|source| is_root(source)) else { return };
    if !is_root(&transfer.destination) {
        return;
    }
    let onto_nothing = instruction.stage().is_some_and(|stage| matches!(stage.root_base(), Base::Scratch));
    if !cx.flag("every") && (onto_nothing || !is_distribution(&instruction.source(from))) {
        return;
    }
    cx.report(source.span, format!("the whole file system of `{}` is copied over that of this stage", from.raw))
        .note("name the files that are needed");
}
