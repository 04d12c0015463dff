use crate::lint::prelude::*;
use crate::model::packages::{Action, Manager, Operation};

pub const CHECKS: &[Check] = &[Check::Operation(go_pin)];

fn go_pin(operation: &Operation<'_>, cx: &mut Context<'_>) {
    if operation.manager != Manager::Go || operation.action != Action::Install {
        return;
    }
    let found = operation.unpinned(cx.flag("every"));
    if let Some(message) = operation.describe_unpinned(&found) {
        cx.report(found[0].word.span, message);
    }
}
