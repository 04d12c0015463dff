use crate::lint::prelude::*;
use crate::model::archives::{unpacked_to, unpacks};
use crate::model::sources::is_tar;
use crate::model::{chain, transfers};

pub const CHECKS: &[Check] = &[Check::Instruction(copy_archive_then_extract)];

fn copy_archive_then_extract(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let InstructionKind::Copy(transfer) = &instruction.node.kind else { return };
    if instruction.flag("from").is_some() || instruction.onbuild {
        return;
    }
    for source in &transfer.sources {
        let Some(path) = instruction.value(source).filter(|path| is_tar(path)) else { continue };
        let Some(landing) = transfers::landing(instruction, source).or_else(|| base_name(&path)) else { continue };
        let later = std::iter::successors(instruction.next(), |last| last.next());
        let mut unpacking = later.flat_map(Instruction::commands).filter(|command| unpacks(*command, &landing));
        let Some(command) = unpacking.next() else { continue };
        let diagnostic =
            cx.report(source.span, format!("`{path}` is copied and unpacked afterwards, and stays in its layer"));
        diagnostic.label(command.node.words[0].span, "is unpacked here");
        if transfer.sources.len() == 1 && unpacking.next().is_none() && !transfer.json {
            diagnostic.fixes.extend(add(instruction, command));
        }
    }
}

fn base_name(path: &str) -> Option<Box<str>> {
    path.rsplit('/').next().map(Box::from)
}

/// ADD into the folder of `tar -xf ARCHIVE -C FOLDER`, where that is the first command of the next step.
fn add(copy: Instruction<'_>, tar: ShellCommand<'_>) -> Option<Fix> {
    let run = tar.instruction;
    if copy.index + 1 != run.index || !run.node.flags.is_empty() {
        return None;
    }
    let folder = unpacked_to(tar)?;
    let transfer = transfers::of(copy)?;
    // What deletes the archive afterwards has nothing to delete any more.
    let name = transfers::landing(copy, transfer.sources.first()?)?;
    let name = name.rsplit('/').next()?;
    let mentions = |command: &ShellCommand<'_>| command.node.span.of_text(run.dockerfile.text()).contains(name);
    let others: Vec<ShellCommand<'_>> =
        run.commands().filter(mentions).filter(|command| !std::ptr::eq(command.node, tar.node)).collect();
    let deletes = |command: &ShellCommand<'_>| {
        let operands = command.node.arguments().iter().filter(|word| !word.literal_prefix().starts_with('-'));
        command.node.is("rm") && operands.count() == 1
    };
    if !others.iter().all(deletes) {
        return None;
    }
    let gone: Vec<&shell::SimpleCommand> = others.iter().map(|command| command.node).chain([tar.node]).collect();
    let fix = Fix::risky("let `ADD` unpack it")
        .replace(copy.node.keyword, "ADD")
        .replace(transfer.destination.span, format!("{}/", folder.trim_end_matches('/')));
    let fix = chain::remove(run, &gone)?.into_iter().fold(fix, Fix::delete);
    Some(fix.changes(Effect::Files).changes(Effect::Command).changes(Effect::Steps))
}
