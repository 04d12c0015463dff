use crate::lint::prelude::*;
use crate::model::users::joined;

pub const CHECKS: &[Check] = &[Check::Instruction(user_drops_groups)];

fn user_drops_groups(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let InstructionKind::User(word) = &instruction.node.kind else { return };
    let Some((user, group)) = word.raw.split_once(':').filter(|_| word.variables.is_empty()) else { return };
    let Some((groups, span)) = joined(instruction, user).into_iter().rfind(|(groups, _)| groups != group) else {
        return;
    };
    let at = Span::new(word.span.start + user.len() as u32, word.span.end);
    cx.report(at, format!("with a group `{user}` is in no other one"))
        .label(span, format!("puts it into `{groups}`"))
        .fix(Fix::risky("leave the group out").delete(at).changes(Effect::User));
}
