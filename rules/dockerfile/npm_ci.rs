use crate::lint::prelude::*;
use crate::model::packages::Operation;

pub const CHECKS: &[Check] = &[Check::Command(npm_ci)];

fn npm_ci(command: ShellCommand<'_>, cx: &mut Context<'_>) {
    if command.instruction.keyword() != Some(Keyword::Run) {
        return;
    }
    let Some(operation) = Operation::of(command).filter(Operation::is_install_beside_lock) else { return };
    let span = operation.subcommand.span;
    let fix = Fix::risky("install what the lock file says")
        .replace(span, "ci")
        .changes(Effect::Command)
        .changes(Effect::Packages);
    cx.report(span, format!("`npm {}` may install something else than the lock file says", operation.name)).fix(fix);
}
