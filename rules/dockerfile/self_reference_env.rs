use crate::lint::prelude::*;
use crate::model::dockerfile::variables::{Reference, of_other_pairs};

pub const CHECKS: &[Check] = &[Check::Instruction(self_reference_env)];

fn self_reference_env(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let InstructionKind::Env(pairs) = &instruction.node.kind else { return };
    for (place, reference) in of_other_pairs(instruction) {
        if (reference.guarded && !cx.flag("guarded")) || is_defined(instruction, &reference, cx) {
            continue;
        }
        let Some(own) = pairs.pairs.iter().position(|pair| *pair.key.raw == *reference.name) else { continue };
        let name = reference.name;
        let diagnostic = cx.report(reference.span, format!("`{name}` is not set yet for the pairs of the same `ENV`"));
        diagnostic.label(pairs.pairs[own].key.span, "holds from the next instruction on");
        if own >= place || instruction.onbuild {
            continue;
        }
        let gap = Span::new(pairs.pairs[place - 1].span.end, pairs.pairs[place].span.start);
        let text = instruction.dockerfile.text();
        let between = gap.of_text(text);
        // A comment between the lines would lose its place.
        if between.contains('#') {
            continue;
        }
        let line_end = instruction.dockerfile.line_break();
        let keyword = instruction.node.keyword.of_text(text);
        let fix = Fix::risky("begin another `ENV`").replace(gap, format!("{line_end}{keyword} "));
        diagnostic.fix(fix.changes(Effect::Environment).changes(Effect::Steps));
    }
}

/// Whether it had a value before the instruction.
fn is_defined(instruction: Instruction<'_>, reference: &Reference<'_>, cx: &Context<'_>) -> bool {
    let name = reference.name;
    let in_file = instruction.scope().is_some_and(|scope| scope.names().any(|own| own == name))
        || instruction.dockerfile.globals().is_declared(name);
    in_file || (instruction.is_set(name) == Some(true) && !cx.flag("despite-base"))
}
