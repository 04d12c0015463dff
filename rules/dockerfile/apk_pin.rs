use crate::lint::prelude::*;
use crate::model::packages::{Manager, Operation};

pub const CHECKS: &[Check] = &[Check::Operation(apk_pin)];

fn apk_pin(operation: &Operation<'_>, cx: &mut Context<'_>) {
    if operation.manager != Manager::Apk {
        return;
    }
    let Some(unpinned) = operation.without_version(cx.flag("every")) else { return };
    cx.report(unpinned.word.span, unpinned.to_string());
}
