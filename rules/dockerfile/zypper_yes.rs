use crate::lint::prelude::*;
use crate::model::packages::{Manager, Operation};

pub const CHECKS: &[Check] = &[Check::Operation(zypper_yes)];

fn zypper_yes(operation: &Operation<'_>, cx: &mut Context<'_>) {
    if operation.manager != Manager::Zypper || !operation.asks(cx.flag("every")) {
        return;
    }
    let severity = if operation.fails_by_asking() { Severity::Error } else { Severity::Warning };
    // Not every subcommand has `-y`; this every one has.
    let fix = Fix::safe("add `--non-interactive`");
    cx.report_as(severity, operation.subcommand.span, format!("`zypper {}` asks and gets no answer", operation.name))
        .fix(fix.insert(operation.invocation.word().span.end, " --non-interactive").changes(Effect::Command));
}
