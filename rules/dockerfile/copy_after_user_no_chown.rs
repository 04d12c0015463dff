use crate::lint::prelude::*;
use crate::model::dockerfile::User;
use crate::model::transfers;

pub const CHECKS: &[Check] = &[Check::Instruction(copy_after_user_no_chown)];

/// What is in these is meant to belong to root.
const SYSTEM_FOLDERS: [&str; 7] = ["/usr/", "/bin/", "/sbin/", "/lib", "/etc/", "/boot/", "/opt/"];

fn copy_after_user_no_chown(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    if !matches!(instruction.node.kind, InstructionKind::Copy(_) | InstructionKind::Add(_)) || instruction.onbuild {
        return;
    }
    let User::Declared { instruction: said, value: Some(user) } = instruction.user() else { return };
    let Some(stage) = instruction.stage() else { return };
    let chosen = ["chown", "chmod"].iter().any(|flag| instruction.flag(flag).is_some());
    if instruction.user().is_root() != Some(false) || chosen || !stage.ships() || stage.is_windows() {
        return;
    }
    let destination = transfers::of(instruction).and_then(|transfer| instruction.value(&transfer.destination));
    let Some(path) = destination.and_then(|path| instruction.absolute(&path)) else { return };
    if SYSTEM_FOLDERS.iter().any(|folder| path.starts_with(folder)) {
        return;
    }
    let keyword = instruction.node.keyword;
    cx.report(keyword, format!("what this brings belongs to root, not to `{user}`"))
        .label(said.node.keyword, "does not count for `COPY` and `ADD`")
        .fix(
            Fix::risky(format!("give it to `{user}`"))
                .insert(keyword.end, format!(" --chown={user}"))
                .changes(Effect::Files)
                .changes(Effect::Permissions),
        );
}
