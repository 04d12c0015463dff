use crate::lint::prelude::*;
use crate::model::packages::{Action, Manager, Operation};

pub const CHECKS: &[Check] = &[Check::Operation(dnf_yes)];

fn dnf_yes(operation: &Operation<'_>, cx: &mut Context<'_>) {
    let asks = match operation.manager {
        Manager::Dnf | Manager::Tdnf => operation.asks(cx.flag("every")),
        Manager::Microdnf => cx.flag("every") && operation.action == Action::Install && !operation.is_told_to_go_on(),
        _ => false,
    };
    if !asks {
        return;
    }
    let fails = operation.fails_by_asking() && operation.manager != Manager::Microdnf;
    let severity = if fails { Severity::Error } else { Severity::Warning };
    let program = operation.invocation.name();
    let message = match operation.manager {
        Manager::Microdnf => format!("`{program} {}` is not told to go on without asking", operation.name),
        _ => format!("`{program} {}` asks and gets no answer", operation.name),
    };
    cx.report_as(severity, operation.subcommand.span, message)
        .fix(Fix::safe("add `-y`").insert(operation.subcommand.span.end, " -y").changes(Effect::Command));
}
