use crate::lint::prelude::*;
use crate::model::chain::{cleans_up, is_always_run};
use crate::model::dockerfile::MountKind;
use crate::model::packages::Invocation;
use crate::model::packages::caches::stays;

pub const CHECKS: &[Check] = &[Check::Command(git_clone)];

fn git_clone(command: ShellCommand<'_>, cx: &mut Context<'_>) {
    let instruction = command.instruction;
    let private = |kind| matches!(kind, MountKind::Secret | MountKind::Ssh | MountKind::Unknown);
    if instruction.keyword() != Some(Keyword::Run) || instruction.mounts().any(|mount| private(mount.kind)) {
        return;
    }
    // What is built and deleted in one step would stay with `ADD`.
    if !is_always_run(command) || cleans_up(instruction) && stays(instruction) {
        return;
    }
    let Some(invocation) = Invocation::of(command.node).filter(|invocation| invocation.name() == "git") else { return };
    let Some(clone) = invocation.arguments().iter().find(|word| word.literal() == Some("clone")) else { return };
    let later = invocation.arguments().iter().filter(|word| word.span.start > clone.span.end);
    let mut addresses = later.filter_map(shell::Word::text);
    let is_public = |text: &str| text.starts_with("https://") && !text.contains('@');
    if addresses.any(|text| is_public(&text)) {
        cx.report(invocation.word().span.cover(clone.span), "`git clone` takes what there is when its layer is built")
            .note("`ADD` of the repository asks for its commit, and needs no `git`");
    }
}
