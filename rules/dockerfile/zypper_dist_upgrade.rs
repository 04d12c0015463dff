use crate::lint::prelude::*;
use crate::model::packages::{Manager, Operation};

pub const CHECKS: &[Check] = &[Check::Operation(zypper_dist_upgrade)];

fn zypper_dist_upgrade(operation: &Operation<'_>, cx: &mut Context<'_>) {
    if operation.manager == Manager::Zypper && matches!(&*operation.name, "dist-upgrade" | "dup") {
        let message = format!("`zypper {}` makes another release of the base", operation.name);
        cx.report(operation.subcommand.span, message).note("a base image of that release says what it is");
    }
}
