use crate::lint::prelude::*;
use crate::model::packages::{Manager, Operation};

pub const CHECKS: &[Check] = &[Check::Operation(zypper_pin)];

fn zypper_pin(operation: &Operation<'_>, cx: &mut Context<'_>) {
    if operation.manager != Manager::Zypper {
        return;
    }
    let Some(unpinned) = operation.without_version(cx.flag("every")) else { return };
    cx.report(unpinned.word.span, unpinned.to_string());
}
