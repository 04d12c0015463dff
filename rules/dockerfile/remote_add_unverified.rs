use crate::lint::prelude::*;
use crate::model::transport;

pub const CHECKS: &[Check] = &[Check::Instruction(remote_add_unverified)];

fn remote_add_unverified(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let InstructionKind::Add(transfer) = &instruction.node.kind else { return };
    if instruction.flag("checksum").is_some() || is_checked_later(instruction) {
        return;
    }
    for source in &transfer.sources {
        let Some(address) = instruction.value(source) else { continue };
        let is_git = is_repository(&address);
        let is_http = address.starts_with("http://") || address.starts_with("https://");
        if !(is_git || is_http) || names_content(&address) {
            continue;
        }
        let (message, note) = if is_git {
            ("this repository is not held to a commit", "name the commit behind `#`, or in `?checksum=`")
        } else {
            ("this file is not held to a checksum", "`--checksum=sha256:…` says which file it must be")
        };
        cx.report(source.span, message).note(note);
    }
}

/// The ways in which the builder takes a source for a repository.
fn is_repository(address: &str) -> bool {
    let path = address.split(['#', '?']).next().unwrap_or(address);
    let http = address.starts_with("http://") || address.starts_with("https://");
    address.starts_with("git@")
        || address.starts_with("git://")
        || address.starts_with("ssh://")
        || http && path.ends_with(".git")
}

/// Whether a commit or checksum is part of it.
fn names_content(address: &str) -> bool {
    let is_hash = |part: &str| matches!(part.len(), 40 | 64) && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    address.split(|c: char| !c.is_ascii_alphanumeric()).any(is_hash) || address.contains("checksum=")
}

fn is_checked_later(instruction: Instruction<'_>) -> bool {
    let stage = instruction.stage().into_iter().flat_map(Stage::instructions);
    let later = stage.into_iter().filter(|other| other.index > instruction.index);
    later.flat_map(Instruction::commands).any(|command| transport::verifies(command.node))
}
