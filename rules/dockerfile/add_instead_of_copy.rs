use crate::lint::prelude::*;
use crate::model::sources::{is_archive, is_nameless, is_plain, is_remote};

pub const CHECKS: &[Check] = &[Check::Instruction(add_instead_of_copy)];

fn add_instead_of_copy(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let InstructionKind::Add(transfer) = &instruction.node.kind else { return };
    if ["checksum", "keep-git-dir", "unpack"].iter().any(|flag| instruction.flag(flag).is_some()) {
        return;
    }
    // The builder looks at the content of what the name does not tell.
    let mut certain = true;
    for source in &transfer.sources {
        match instruction.value(source) {
            Some(path) if !path.is_empty() && !is_remote(&path) && !is_archive(&path) => {
                if !is_plain(&path) && (instruction.onbuild || !is_known_folder(&path, cx)) {
                    certain = false;
                    if is_nameless(&path) && !cx.flag("every") {
                        return;
                    }
                }
            }
            _ => return,
        }
    }
    let keyword = instruction.node.keyword;
    let copy = if keyword.of_text(cx.text()).starts_with('a') { "copy" } else { "COPY" };
    let fix = if certain { Fix::safe("use `COPY`") } else { Fix::risky("use `COPY`").changes(Effect::Files) };
    cx.report(keyword, "`ADD` does nothing here that `COPY` does not")
        .note("`ADD` is for URLs, Git repositories and archives, which it downloads and unpacks")
        .fix(fix.replace(keyword, copy));
}

fn is_known_folder(path: &str, cx: &Context<'_>) -> bool {
    cx.build_context().is_some_and(|context| context.takes_folders(path, cx.files()))
}
