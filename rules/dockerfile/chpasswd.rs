use crate::lint::prelude::*;
use crate::model::accounts::{PasswordSource, password};

pub const CHECKS: &[Check] = &[Check::Command(chpasswd)];

fn chpasswd(command: ShellCommand<'_>, cx: &mut Context<'_>) {
    if command.instruction.keyword() != Some(Keyword::Run) {
        return;
    }
    let Some(found) = password(command) else { return };
    match found.source {
        PasswordSource::Literal => cx.report(found.span, "a password is written out"),
        PasswordSource::Variable(name) => {
            cx.report(found.span, format!("a password comes from `{name}`, whose value stays in the image"))
        }
        PasswordSource::Empty => return,
    };
}
