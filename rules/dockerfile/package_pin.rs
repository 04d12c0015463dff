use crate::lint::prelude::*;
use crate::model::packages::{Action, Manager, Operation};

pub const CHECKS: &[Check] = &[Check::Command(package_pin)];

fn package_pin(command: ShellCommand<'_>, cx: &mut Context<'_>) {
    let Some(operation) = Operation::of(command).filter(|operation| adds_packages(operation)) else { return };
    if operation.action != Action::Install || command.instruction.keyword() != Some(Keyword::Run) {
        return;
    }
    let found = operation.unpinned(false);
    if let Some(message) = operation.describe_unpinned(&found) {
        cx.report(found[0].word.span, message);
    }
}

fn adds_packages(operation: &Operation<'_>) -> bool {
    match operation.manager {
        Manager::Yarn | Manager::Pnpm | Manager::Bun | Manager::Cargo => true,
        Manager::Uv => matches!(&*operation.name, "pip install" | "tool install" | "tool run" | "add"),
        Manager::Composer => operation.name.ends_with("require") || &*operation.name == "r",
        _ => false,
    }
}
