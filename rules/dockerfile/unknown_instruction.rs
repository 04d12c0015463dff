use crate::lint::prelude::*;
use crate::text::suggest::nearest;

pub const CHECKS: &[Check] = &[Check::Instruction(unknown_instruction)];

fn unknown_instruction(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    if !matches!(instruction.node.kind, InstructionKind::Unknown) {
        return;
    }
    let keyword = instruction.node.keyword;
    let word = keyword.of_text(cx.text());
    let upper = word.to_ascii_uppercase();
    let is_word = upper.bytes().all(|byte| byte.is_ascii_uppercase());
    let meant = nearest(&upper, Keyword::ALL.map(Keyword::name)).filter(|_| is_word);
    if meant.is_none() && follows_another(instruction) {
        return;
    }
    let diagnostic = cx.report(keyword, format!("there is no instruction `{word}`"));
    if let Some((name, _)) = meant {
        let name = if word.chars().any(char::is_uppercase) { name.to_owned() } else { name.to_ascii_lowercase() };
        diagnostic.fix(Fix::risky(format!("write `{name}`")).replace(keyword, name));
        return;
    }
    let above = above(instruction);
    let goes_on = word.starts_with(['&', '|', '-', ';', '>']);
    if goes_on || above.is_some_and(|above| above.text().contains('\n')) {
        let escape = instruction.dockerfile.tree.escape;
        diagnostic.note(format!("does the line above lack a `{escape}` at its end?"));
        if let Some(above) = above {
            let fix = Fix::risky(format!("end the line above with `{escape}`"));
            let effects = above.keyword().map(Effects::of).unwrap_or_default();
            diagnostic.fix(fix.insert(above.span().end, format!(" {escape}")).changes(effects));
        }
    }
}

/// The instruction that ends in the line right above, where its end is not that of a heredoc.
fn above(instruction: Instruction<'_>) -> Option<Instruction<'_>> {
    let before = instruction.dockerfile.instruction(instruction.index.checked_sub(1)?)?;
    let between = Span::new(before.span().end, instruction.span().start).of_text(instruction.dockerfile.text());
    let is_next = between.trim().is_empty() && between.matches('\n').count() == 1;
    (is_next && !instruction.onbuild && !before.is_invalid() && before.node.heredocs.is_empty()).then_some(before)
}

/// Whether the instruction before is no instruction either.
fn follows_another(instruction: Instruction<'_>) -> bool {
    let before = instruction.index.checked_sub(1).and_then(|index| instruction.dockerfile.instruction(index));
    !instruction.onbuild && before.is_some_and(|before| matches!(before.node.kind, InstructionKind::Unknown))
}
