use crate::lint::prelude::*;
use crate::model::packages::{Manager, Operation};

pub const CHECKS: &[Check] = &[Check::Command(zypper_pin)];

fn zypper_pin(command: ShellCommand<'_>, cx: &mut Context<'_>) {
    let Some(operation) = Operation::of_run(command) else { return };
    if operation.manager != Manager::Zypper {
        return;
    }
    let Some(unpinned) = operation.without_version(cx.flag("every")) else { return };
    cx.report(unpinned.word.span, unpinned.to_string());
}
