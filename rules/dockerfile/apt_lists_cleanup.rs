use crate::lint::prelude::*;
use crate::model::packages::caches::{APT_LISTS, clean_up, deletes, is_mounted, is_on_top, stays};
use crate::model::packages::{Action, Manager, Operation};

pub const CHECKS: &[Check] = &[Check::Instruction(apt_lists_cleanup)];

fn apt_lists_cleanup(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    if !matches!(instruction.node.kind, InstructionKind::Run(_)) || !stays(instruction) {
        return;
    }
    let Some(update) = instruction.commands().find(|command| operation(*command) == Some(Action::Update)) else {
        return;
    };
    if is_mounted(instruction, APT_LISTS) || instruction.commands().any(deletes_lists) {
        return;
    }
    let (needed, deleted) = later(instruction);
    let diagnostic = cx.report(update.node.span, "the package lists stay in this layer");
    if deleted {
        diagnostic.note("deleting them in a later instruction does not make the image smaller");
    }
    if needed {
        diagnostic.note("a later instruction installs packages from them: update and install in one instruction");
        return;
    }
    if let Some((_, addition)) = Operation::of(update).and_then(|update| clean_up(&update)) {
        diagnostic.fix(Fix::append("delete the lists", addition));
    }
}

/// What `apt` is asked to do.
fn operation(command: ShellCommand<'_>) -> Option<Action> {
    Operation::of(command).filter(|operation| operation.manager == Manager::Apt).map(|operation| operation.action)
}

fn deletes_lists(command: ShellCommand<'_>) -> bool {
    let clean = |operation: Operation<'_>| {
        operation.manager == Manager::Apt && matches!(&*operation.name, "distclean" | "dist-clean")
    };
    deletes(command.node, APT_LISTS) || Operation::of(command).is_some_and(clean)
}

/// Whether a later step of the image installs from the lists, and whether one deletes them.
fn later(instruction: Instruction<'_>) -> (bool, bool) {
    let later = || {
        let all = instruction.dockerfile.instructions();
        all.filter(move |other| !other.onbuild && is_on_top(*other, instruction))
    };
    let needed = later().any(|other| {
        let first = other.commands().find_map(|command| operation(command).filter(|action| *action != Action::Clean));
        matches!(first, Some(Action::Install | Action::Upgrade))
    });
    (needed, later().any(|other| other.commands().any(deletes_lists)))
}
