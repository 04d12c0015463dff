use crate::lint::prelude::*;
use crate::model::dockerfile::User;
use crate::model::users::created;

pub const CHECKS: &[Check] = &[Check::Instruction(user_non_numeric)];

fn user_non_numeric(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let InstructionKind::User(word) = &instruction.node.kind else { return };
    let Some(stage) = instruction.stage() else { return };
    let name = if cx.flag("every") {
        Some(&*word.raw).filter(|_| !uses_argument(instruction, word)).map(str::to_owned)
    } else if ends_with(stage, instruction) && !stage.is_windows() {
        instruction.value(word).filter(|name| !name.is_empty())
    } else {
        None
    };
    let Some(name) = name.map(|name| name.split(':').next().unwrap_or("").to_owned()) else { return };
    if name.bytes().all(|byte| byte.is_ascii_digit()) && !name.is_empty() {
        return;
    }
    let diagnostic = cx.report(word.span, format!("`{name}` is a name, which says nothing about the number"));
    if *word.raw == *name
        && let Some(uid) = created(instruction).into_iter().rfind(|user| user.name == name).and_then(|user| user.uid)
    {
        diagnostic.fix(Fix::safe(format!("use its number, {uid}")).replace(word.span, uid).changes(Effect::User));
    }
}

/// Whether the image that ships ends with this USER, and it is not root.
fn ends_with(stage: Stage<'_>, instruction: Instruction<'_>) -> bool {
    let Some(user) = stage.dockerfile.shipped_stage().map(Stage::user) else { return false };
    user.is_root() == Some(false)
        && matches!(user, User::Declared { instruction: last, .. } if last.index == instruction.index)
}

/// Whether a build argument is in it.
fn uses_argument(instruction: Instruction<'_>, word: &Word) -> bool {
    let text = instruction.dockerfile.text();
    word.variables.iter().any(|variable| {
        let plain = variable.operator.is_none();
        plain && instruction.is_argument(variable.name.of_text(text))
    })
}
