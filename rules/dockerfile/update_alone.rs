use crate::lint::prelude::*;
use crate::model::chain;
use crate::model::dockerfile::MountKind;
use crate::model::packages::{Action, Manager, Operation};

pub const CHECKS: &[Check] = &[Check::Operation(update_alone)];

/// Programs that install nothing.
const HARMLESS: [&str; 24] = [
    ":", "[", "cat", "cd", "chmod", "chown", "cp", "date", "echo", "exit", "export", "ln", "ls", "mkdir", "mv",
    "printf", "rm", "sed", "set", "sleep", "tee", "test", "touch", "true",
];

fn update_alone(update: &Operation<'_>, cx: &mut Context<'_>) {
    let instruction = update.instruction;
    // What installs may be what is lost, or not written yet.
    let broken = || instruction.script().is_some_and(|script| !script.errors.is_empty());
    if update.action != Action::Update || instruction.is_unfinished() || broken() {
        return;
    }
    let updates = |command: &ShellCommand<'_>| Operation::of(*command).is_some_and(|own| own.action == Action::Update);
    let mut commands = instruction.commands();
    // Where there is another update before it, that one is reported.
    let first = commands.find(updates);
    if !first.is_some_and(|first| std::ptr::eq(first.node, update.invocation.command))
        || !commands.all(|command| installs_nothing(command, update.manager))
    {
        return;
    }
    let command = update.invocation.command;
    let program = update.invocation.name();
    let next = instruction.next().filter(|next| installs(*next, update.manager));
    if !ages(instruction, update.manager, next) {
        return;
    }
    let diagnostic = cx.report(command.span, format!("`{program} {}` runs in a step of its own", update.name));
    if let Some(next) = next {
        diagnostic.label(next.node.keyword, "this step installs from an index that may be old");
        if let Some((gap, joint)) = chain::join(instruction, instruction, next) {
            let fix = Fix::risky("update and install in one step").replace(gap, joint);
            diagnostic.fix(fix.changes(Effect::Steps).changes(Effect::Command));
        }
    }
}

/// Whether a later install uses the index as it is in the layer.
fn ages(update: Instruction<'_>, manager: Manager, next: Option<Instruction<'_>>) -> bool {
    let fetches_itself = || {
        let operations = next.into_iter().flat_map(Instruction::commands).filter_map(Operation::of);
        operations.take(1).any(|operation| operation.has_flag(&["--no-cache"]))
    };
    let fresh = match manager {
        Manager::Yum | Manager::Dnf | Manager::Microdnf | Manager::Tdnf | Manager::Zypper => true,
        Manager::Apk => fetches_itself(),
        _ => false,
    };
    // A cache mount is not in the layer.
    let kept = |target: &str| target.contains("/apk") || ["/var/lib", "/var/lib/apt"].contains(&target);
    let mut caches = update.mounts().filter(|mount| mount.kind == MountKind::Cache);
    !fresh && !caches.any(|mount| mount.target.is_none_or(|target| kept(&target) || target.contains("/apt/lists")))
}

fn installs_nothing(command: ShellCommand<'_>, manager: Manager) -> bool {
    if let Some(operation) = Operation::of(command) {
        return operation.manager == manager
            && matches!(operation.action, Action::Update | Action::Clean | Action::Remove);
    }
    // Assignments alone run nothing.
    command.node.words.is_empty()
        || command.invocation.is_some_and(|invocation| HARMLESS.contains(&&*invocation.name()))
}

fn installs(instruction: Instruction<'_>, manager: Manager) -> bool {
    let mut operations = instruction.commands().filter_map(Operation::of);
    operations.next().is_some_and(|first| first.manager == manager && first.action == Action::Install)
}
