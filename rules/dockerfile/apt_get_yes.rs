use crate::lint::prelude::*;
use crate::model::packages::{Manager, Operation};

pub const CHECKS: &[Check] = &[Check::Command(apt_get_yes)];

fn apt_get_yes(command: ShellCommand<'_>, cx: &mut Context<'_>) {
    let Some(operation) = Operation::of(command) else { return };
    if operation.manager != Manager::Apt || command.instruction.keyword() != Some(Keyword::Run) || !operation.asks() {
        return;
    }
    let program = operation.invocation.name();
    cx.report(operation.subcommand.span, format!("`{program} {}` may ask and get no answer", operation.name))
        .fix(Fix::safe("add `-y`").insert(operation.subcommand.span.end, " -y").changes(Effect::Command));
}
