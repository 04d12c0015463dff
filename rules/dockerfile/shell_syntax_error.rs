use crate::lint::prelude::*;
use crate::model::shell::errors::certain_error;

pub const CHECKS: &[Check] = &[Check::Instruction(shell_syntax_error)];

fn shell_syntax_error(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    if let Some(error) = certain_error(instruction) {
        cx.report(error.span, error.message.clone());
    }
}
