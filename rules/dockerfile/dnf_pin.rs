use crate::lint::prelude::*;
use crate::model::packages::{Manager, Operation};

pub const CHECKS: &[Check] = &[Check::Command(dnf_pin)];

fn dnf_pin(command: ShellCommand<'_>, cx: &mut Context<'_>) {
    let Some(operation) = Operation::of_run(command) else { return };
    if !matches!(operation.manager, Manager::Dnf | Manager::Microdnf | Manager::Tdnf) {
        return;
    }
    let Some(unpinned) = operation.without_version(cx.flag("every")) else { return };
    cx.report(unpinned.word.span, unpinned.to_string());
}
