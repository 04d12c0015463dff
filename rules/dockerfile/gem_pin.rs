use crate::lint::prelude::*;
use crate::model::packages::{Action, Manager, Operation};

pub const CHECKS: &[Check] = &[Check::Command(gem_pin)];

fn gem_pin(command: ShellCommand<'_>, cx: &mut Context<'_>) {
    let Some(operation) = Operation::of(command).filter(|operation| operation.manager == Manager::Gem) else { return };
    if operation.action != Action::Install || command.instruction.keyword() != Some(Keyword::Run) {
        return;
    }
    let found = operation.unpinned(cx.flag("every"));
    if let Some(message) = operation.describe_unpinned(&found) {
        cx.report(found[0].word.span, message);
    }
}
