use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Instruction(copy_from_self)];

fn copy_from_self(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    if instruction.onbuild {
        return;
    }
    let Some(own) = instruction.stage() else { return };
    // Where a FROM cannot be read, the stages are others.
    if instruction.may_follow(&[Keyword::From]) {
        return;
    }
    for word in instruction.source_words().filter(|word| word.variables.is_empty()) {
        let named = instruction.dockerfile.stage_named(&word.raw);
        if named.is_none_or(|stage| stage.index != own.index) {
            continue;
        }
        let from = own.from();
        let label = from.arguments.name.unwrap_or(from.instruction.node.keyword);
        cx.report(word.span, format!("`{}` is the stage that this instruction stands in", word.raw))
            .label(label, "it begins here and is not finished");
    }
}
