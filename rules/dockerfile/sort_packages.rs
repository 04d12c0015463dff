use crate::lint::prelude::*;
use crate::model::packages::{Action, Operand, Operation};

pub const CHECKS: &[Check] = &[Check::Operation(sort_packages)];

fn sort_packages(operation: &Operation<'_>, cx: &mut Context<'_>) {
    let operands = &operation.operands;
    if operation.action != Action::Install || operands.len() < 2 || !operation.unknown.is_empty() {
        return;
    }
    let written = operands.iter().all(|operand| operand.word.text().is_some());
    let stretch = operands[0].word.span.cover(operands[operands.len() - 1].word.span);
    let text = stretch.of_text(cx.text());
    // One on each line, in one go, nothing between them.
    let lines = text.matches('\n').count() + 1;
    let words = operation.invocation.command.words.iter().filter(|word| stretch.encloses(word.span)).count();
    // An empty line parts groups.
    let gaps = operands.windows(2).map(|pair| Span::new(pair[0].word.span.end, pair[1].word.span.start));
    let grouped = gaps.into_iter().any(|gap| gap.of_text(cx.text()).matches('\n').count() > 1);
    if grouped || !written || text.contains('#') || lines < operands.len() || words != operands.len() {
        return;
    }
    let key = |operand: &&Operand<'_>| operand.text.to_ascii_lowercase();
    let Some(first) = operands.windows(2).find(|pair| key(&&pair[0]) > key(&&pair[1])) else { return };
    let mut sorted: Vec<&Operand<'_>> = operands.iter().collect();
    sorted.sort_by_key(key);
    let mut fix = Fix::safe("sort them").changes(Effect::Command);
    for (place, operand) in operands.iter().zip(&sorted) {
        if place.text != operand.text {
            fix = fix.replace(place.word.span, operand.word.span.of_text(cx.text()));
        }
    }
    let message = format!("`{}` stands after `{}`", first[1].text, first[0].text);
    cx.report(first[1].word.span, message).fix(fix);
}
