use crate::lint::prelude::*;
use crate::model::packages::{Action, Manager, Operation};

pub const CHECKS: &[Check] = &[Check::Command(pip_pin)];

fn pip_pin(command: ShellCommand<'_>, cx: &mut Context<'_>) {
    let Some(operation) = Operation::of(command).filter(|operation| {
        matches!(operation.manager, Manager::Pip | Manager::Pipx) && !matches!(&*operation.name, "download" | "wheel")
    }) else {
        return;
    };
    if operation.action != Action::Install || command.instruction.keyword() != Some(Keyword::Run) {
        return;
    }
    let found = operation.unpinned(cx.flag("every"));
    if let Some(message) = operation.describe_unpinned(&found) {
        cx.report(found[0].word.span, message);
    }
}
