use crate::lint::prelude::*;
use crate::model::accounts::{PasswordSource, password};

pub const CHECKS: &[Check] = &[Check::Command(empty_password)];

fn empty_password(command: ShellCommand<'_>, cx: &mut Context<'_>) {
    if command.instruction.keyword() != Some(Keyword::Run) {
        return;
    }
    if let Some(found) = password(command).filter(|found| matches!(found.source, PasswordSource::Empty)) {
        cx.report(found.span, "this leaves a user with an empty password");
    }
}
