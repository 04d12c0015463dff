use crate::lint::prelude::*;
use crate::model::packages::{Manager, Operation};

pub const CHECKS: &[Check] = &[Check::Operation(yum_yes)];

fn yum_yes(operation: &Operation<'_>, cx: &mut Context<'_>) {
    if operation.manager != Manager::Yum || !operation.asks(cx.flag("every")) {
        return;
    }
    let severity = if operation.fails_by_asking() { Severity::Error } else { Severity::Warning };
    cx.report_as(severity, operation.subcommand.span, format!("`yum {}` asks and gets no answer", operation.name))
        .fix(Fix::safe("add `-y`").insert(operation.subcommand.span.end, " -y").changes(Effect::Command));
}
