use crate::lint::prelude::*;
use crate::model::users::is_known_to_lack;

pub const CHECKS: &[Check] = &[Check::Instruction(named_user_without_passwd)];

fn named_user_without_passwd(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let InstructionKind::User(word) = &instruction.node.kind else { return };
    let Some(value) = instruction.value(word).filter(|_| !instruction.onbuild) else { return };
    let name = value.split(':').next().unwrap_or("");
    if name.is_empty() || name.bytes().all(|byte| byte.is_ascii_digit()) || !is_known_to_lack(instruction, name) {
        return;
    }
    cx.report(word.span, format!("there is no user `{name}` in the image"))
        .note("create it in a step before, or use a number");
}
