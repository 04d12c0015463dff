use crate::lint::prelude::*;
use crate::model::packages::{Manager, Operation};

pub const CHECKS: &[Check] = &[Check::Operation(apt_get_pin)];

fn apt_get_pin(operation: &Operation<'_>, cx: &mut Context<'_>) {
    if operation.manager != Manager::Apt || !cx.words("tools").contains(&&*operation.invocation.name()) {
        return;
    }
    let Some(unpinned) = operation.without_version(cx.flag("every")) else { return };
    cx.report(unpinned.word.span, unpinned.to_string());
}
