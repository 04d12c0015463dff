use crate::lint::prelude::*;
use crate::model::packages::{Action, Manager, Operation};

pub const CHECKS: &[Check] = &[Check::Operation(pip_pin)];

fn pip_pin(operation: &Operation<'_>, cx: &mut Context<'_>) {
    let downloads = matches!(&*operation.name, "download" | "wheel");
    if !matches!(operation.manager, Manager::Pip | Manager::Pipx) || downloads || operation.action != Action::Install {
        return;
    }
    let found = operation.unpinned(cx.flag("every"));
    if let Some(message) = operation.describe_unpinned(&found) {
        cx.report(found[0].word.span, message);
    }
}
