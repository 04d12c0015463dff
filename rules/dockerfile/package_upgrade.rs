use crate::lint::prelude::*;
use crate::model::packages::{Action, Manager, Operation};

pub const CHECKS: &[Check] = &[Check::Operation(package_upgrade)];

fn package_upgrade(operation: &Operation<'_>, cx: &mut Context<'_>) {
    let by_name = operation.more || !operation.operands.is_empty() || !operation.unknown.is_empty();
    if operation.action != Action::Upgrade || by_name || !is_of_system(operation.manager) {
        return;
    }
    // A rule of its own says so of `zypper dist-upgrade`.
    if operation.manager == Manager::Zypper && matches!(&*operation.name, "dist-upgrade" | "dup" | "patch") {
        return;
    }
    let program = operation.invocation.name();
    let message = format!("`{program} {}` upgrades every package of the base", operation.name);
    cx.report(operation.subcommand.span, message).note("a newer base image brings the same");
}

fn is_of_system(manager: Manager) -> bool {
    use Manager::{Apk, Apt, Dnf, Microdnf, Pacman, Tdnf, Yum, Zypper};
    matches!(manager, Apk | Apt | Dnf | Microdnf | Pacman | Tdnf | Yum | Zypper)
}
