use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Stage(multiple_entrypoint)];

fn multiple_entrypoint(stage: Stage<'_>, cx: &mut Context<'_>) {
    for (instruction, next, last) in stage.replaced(Keyword::Entrypoint) {
        let lines = instruction.lines();
        let fix = Fix::safe("take it out").delete(lines);
        if cx.flag("at-later") {
            cx.report(next.node.keyword, "this `ENTRYPOINT` takes the effect of an earlier one")
                .label(instruction.node.keyword, "has no effect")
                .fix(fix);
        } else {
            cx.report(instruction.node.keyword, "this `ENTRYPOINT` has no effect, a later one replaces it")
                .label(last.node.keyword, "this one counts")
                .fix(fix);
        }
    }
}
