use crate::lint::prelude::*;
use crate::model::sources::{is_archive, is_remote};

pub const CHECKS: &[Check] = &[Check::Instruction(add_instead_of_copy)];

fn add_instead_of_copy(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let InstructionKind::Add(transfer) = &instruction.node.kind else { return };
    if ["checksum", "keep-git-dir", "unpack"].iter().any(|flag| instruction.flag(flag).is_some()) {
        return;
    }
    for source in &transfer.sources {
        match instruction.value(source) {
            Some(path) if !path.is_empty() && !is_remote(&path) && !is_archive(&path) => {}
            _ => return,
        }
    }
    let keyword = instruction.node.keyword;
    let copy = if keyword.of_text(cx.text()).starts_with('a') { "copy" } else { "COPY" };
    cx.report(keyword, "`ADD` does nothing here that `COPY` does not")
        .note("`ADD` is for URLs, Git repositories and archives, which it downloads and unpacks")
        .fix(Fix::safe("use `COPY`").replace(keyword, copy));
}
