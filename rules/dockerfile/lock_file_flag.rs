use crate::lint::prelude::*;
use crate::model::packages::Operation;

pub const CHECKS: &[Check] = &[Check::Command(lock_file_flag)];

fn lock_file_flag(command: ShellCommand<'_>, cx: &mut Context<'_>) {
    if command.instruction.keyword() != Some(Keyword::Run) {
        return;
    }
    let Some(operation) = Operation::of(command) else { return };
    let Some(lock) = operation.loose_lock() else { return };
    let (Some(file), Some(flag)) = (lock.files.first(), lock.flags.first()) else { return };
    let program = operation.invocation.name();
    let span = operation.subcommand.span;
    let fix = Fix::risky(format!("add `{flag}`"))
        .insert(span.end, format!(" {flag}"))
        .changes(Effect::Command)
        .changes(Effect::Packages);
    cx.report(span, format!("`{program} {}` is not held to `{file}`", operation.name)).fix(fix);
}
