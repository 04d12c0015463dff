use crate::lint::prelude::*;
use crate::model::packages::{Manager, Operation};

pub const CHECKS: &[Check] = &[Check::Operation(apt_get_yes)];

fn apt_get_yes(operation: &Operation<'_>, cx: &mut Context<'_>) {
    if operation.manager != Manager::Apt || !operation.asks(cx.flag("every")) {
        return;
    }
    let program = operation.invocation.name();
    cx.report(operation.subcommand.span, format!("`{program} {}` may ask and get no answer", operation.name))
        .fix(Fix::safe("add `-y`").insert(operation.subcommand.span.end, " -y").changes(Effect::Command));
}
