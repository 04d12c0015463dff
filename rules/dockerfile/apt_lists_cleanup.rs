use crate::lint::prelude::*;
use crate::model::chain;
use crate::model::packages::{Action, Manager, Operation};

pub const CHECKS: &[Check] = &[Check::Instruction(apt_lists_cleanup)];

const LISTS: &str = "/var/lib/apt/lists";

fn apt_lists_cleanup(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    if !matches!(instruction.node.kind, InstructionKind::Run(_)) || instruction.onbuild || !stays(instruction) {
        return;
    }
    let Some(update) = instruction.commands().find(|command| operation(*command) == Some(Action::Update)) else {
        return;
    };
    if is_mounted(instruction) || instruction.commands().any(deletes_lists) {
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
    let Some(addition) = chain::append(instruction, "rm -rf /var/lib/apt/lists/*") else { return };
    let title = "delete the lists";
    let fix = if addition.exact { Fix::safe(title) } else { Fix::risky(title) };
    diagnostic.fix(fix.insert(addition.offset, addition.text));
}

/// Whether its layer is one of the image that is built.
fn stays(instruction: Instruction<'_>) -> bool {
    let (Some(stage), Some(shipped)) = (instruction.stage(), instruction.dockerfile.shipped_stage()) else {
        return false;
    };
    stage.is_shipped() || shipped.ancestors().any(|ancestor| ancestor.index == stage.index)
}

/// What `apt` is asked to do.
fn operation(command: ShellCommand<'_>) -> Option<Action> {
    Operation::of(command.node).filter(|operation| operation.manager == Manager::Apt).map(|operation| operation.action)
}

fn is_mounted(instruction: Instruction<'_>) -> bool {
    let text = instruction.dockerfile.text();
    instruction.node.flags.iter().filter(|flag| flag.name(text) == "mount").any(|flag| {
        let field = |names: &[&str]| {
            let field = flag.fields.iter().find(|field| names.contains(&field.key.of_text(text)));
            field.and_then(|field| field.value.as_ref()).map_or("", |value| &*value.raw)
        };
        let target = field(&["target", "dst", "destination"]).trim_end_matches('/');
        matches!(field(&["type"]), "cache" | "tmpfs") && (LISTS.starts_with(target) && !target.is_empty())
    })
}

fn deletes_lists(command: ShellCommand<'_>) -> bool {
    let paths = || command.node.arguments().iter().map(shell::Word::literal_prefix);
    if command.node.is("rm") || command.node.is("find") {
        return paths().any(|path| {
            let path = path.trim_end_matches(['*', '/']);
            path.starts_with(LISTS) || path.len() > 4 && LISTS.starts_with(path) || path.starts_with("/var/lib/{apt")
        });
    }
    let clean = |operation: Operation<'_>| {
        operation.manager == Manager::Apt && matches!(&*operation.name, "distclean" | "dist-clean")
    };
    Operation::of(command.node).is_some_and(clean)
}

/// Whether a later step of the image installs from the lists, and whether one deletes them.
fn later(instruction: Instruction<'_>) -> (bool, bool) {
    let later = || {
        let all = instruction.dockerfile.instructions();
        all.filter(move |other| other.index > instruction.index && !other.onbuild && is_on_top(*other, instruction))
    };
    let needed = later().any(|other| {
        let first = other.commands().find_map(|command| operation(command).filter(|action| *action != Action::Clean));
        matches!(first, Some(Action::Install | Action::Upgrade))
    });
    (needed, later().any(|other| other.commands().any(deletes_lists)))
}

/// Whether `other` builds on the layer of `instruction`.
fn is_on_top(other: Instruction<'_>, instruction: Instruction<'_>) -> bool {
    let (Some(above), Some(below)) = (other.stage(), instruction.stage()) else { return false };
    above.index == below.index || above.ancestors().any(|ancestor| ancestor.index == below.index)
}
