use rustc_hash::FxHashMap;

use crate::lint::prelude::*;
use crate::syntax::dockerfile::Pair;

pub const CHECKS: &[Check] = &[Check::Stage(label_duplicate)];

fn label_duplicate(stage: Stage<'_>, cx: &mut Context<'_>) {
    let mut later: FxHashMap<String, Span> = FxHashMap::default();
    let instructions: Vec<Instruction<'_>> = stage.outer_instructions().collect();
    for instruction in instructions.into_iter().rev() {
        let InstructionKind::Label(pairs) = &instruction.node.kind else { continue };
        for (place, pair) in pairs.pairs.iter().enumerate().rev() {
            let Some(key) = instruction.value(&pair.key) else { continue };
            let Some(last) = later.get(&key).copied() else {
                later.insert(key, pair.key.span);
                continue;
            };
            let diagnostic = cx.report(pair.key.span, format!("label `{key}` is set again later"));
            diagnostic.label(last, "this one counts");
            let place = removal(instruction, &pairs.pairs, place);
            if !place.of_text(instruction.dockerfile.text()).contains('#') {
                diagnostic.fix(Fix::safe("take it out").delete(place));
            }
        }
    }
}

/// What goes with a pair: its instruction where it is the only one, else the gap to the one before or after it.
fn removal(instruction: Instruction<'_>, pairs: &[Pair], place: usize) -> Span {
    let own = pairs[place].span;
    match (place.checked_sub(1).and_then(|before| pairs.get(before)), pairs.get(place + 1)) {
        (Some(before), _) => Span::new(before.span.end, own.end),
        (None, Some(after)) => Span::new(own.start, after.span.start),
        (None, None) => instruction.lines(),
    }
}
