use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Instruction(definition_description)];

fn definition_description(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let text = instruction.dockerfile.text();
    let names: Vec<&str> = match &instruction.node.kind {
        InstructionKind::Arg(all) => all.iter().map(|own| own.name.of_text(text)).collect(),
        InstructionKind::From(from) => from.name.iter().map(|name| name.of_text(text)).collect(),
        _ => return,
    };
    let start = instruction.span().start;
    let above = instruction.dockerfile.tree.comments.iter().rev().find(|comment| comment.span.end <= start);
    let (Some(comment), Some(name)) = (above, names.first()) else { return };
    let between = Span::new(comment.span.end, start).of_text(text);
    let content = comment.span.of_text(text).trim_start_matches('#').trim();
    if between.trim() != "" || between.matches('\n').count() != 1 || content.is_empty() || instruction.onbuild {
        return;
    }
    if content.split(' ').next().is_some_and(|first| names.contains(&first)) {
        return;
    }
    // It is for a linter, not for people.
    if cx.ignores().iter().any(|ignore| ignore.span == comment.span) {
        return;
    }
    let empty = format!("#{}", cx.line_break());
    let line = text[..start as usize].rfind('\n').map_or(0, |newline| newline + 1);
    cx.report(comment.span, format!("this comment does not describe `{name}`"))
        .fix(Fix::safe("put an empty comment below it").insert(line as u32, empty));
}
