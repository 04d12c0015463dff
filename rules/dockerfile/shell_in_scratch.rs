use crate::lint::prelude::*;
use crate::model::base_images::BaseShell;
use crate::model::dockerfile::Base;

pub const CHECKS: &[Check] = &[Check::Stage(shell_in_scratch)];

fn shell_in_scratch(stage: Stage<'_>, cx: &mut Context<'_>) {
    let base = match stage.root_base() {
        Base::Scratch => "scratch".to_owned(),
        Base::Image(image) if stage.base_image().is_some_and(|base| base.shell == BaseShell::None) => {
            image.familiar_name()
        }
        _ => return,
    };
    if stage.is_windows() || stage.ancestors().flat_map(Stage::outer_instructions).any(may_bring_shell) {
        return;
    }
    for instruction in stage.outer_instructions() {
        if may_bring_shell(instruction) {
            return;
        }
        let Some(Command::Shell(form)) = instruction.command() else { continue };
        // An array that is no JSON, or none yet, is not meant for a shell. What `RUN` begins with may be the program `[`.
        if form.text.trim_start().starts_with('[') && !matches!(instruction.node.kind, InstructionKind::Run(_)) {
            continue;
        }
        let mounted = instruction.node.flags.iter().any(|flag| flag.name(cx.text()) == "mount");
        if !form.text.trim().is_empty() && !mounted && instruction.script_heredoc().is_none() {
            cx.report(form.span, format!("there is no shell in `{base}` that could run this")).note(
                "write it as a JSON array, `[\"program\", \"argument\"]`, or start from an image that has a shell",
            );
        }
    }
}

/// Whether there may be a shell after it.
fn may_bring_shell(instruction: Instruction<'_>) -> bool {
    match &instruction.node.kind {
        InstructionKind::Copy(transfer) | InstructionKind::Add(transfer) => {
            let Some(destination) = instruction.value(&transfer.destination) else { return true };
            let destination = instruction.absolute(&destination).map_or(destination, String::from);
            let unpacked = matches!(instruction.node.kind, InstructionKind::Add(_));
            let name = destination.trim_end_matches('/').rsplit('/').next().unwrap_or("").to_owned();
            let programs = ["", ".", "bin", "sbin", "usr", "local", "lib", "busybox", "sh", "bash", "ash", "dash"];
            // A folder with a slash behind it may get anything; a single file elsewhere is a program of its own.
            unpacked || programs.contains(&&*name)
        }
        InstructionKind::Shell(_) | InstructionKind::Onbuild(_) => true,
        // Whatever runs can write files; a first one without a shell is reported, and the others with it.
        InstructionKind::Run(Command::Exec(_)) => true,
        _ => false,
    }
}
