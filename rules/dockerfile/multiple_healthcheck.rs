use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Stage(multiple_healthcheck)];

fn multiple_healthcheck(stage: Stage<'_>, cx: &mut Context<'_>) {
    for (instruction, next, last) in stage.replaced(Keyword::Healthcheck) {
        let lines = instruction.lines();
        let fix = Fix::safe("take it out").delete(lines);
        if cx.flag("at-later") {
            cx.report(next.node.keyword, "this `HEALTHCHECK` takes the effect of an earlier one")
                .label(instruction.node.keyword, "has no effect")
                .fix(fix);
        } else {
            cx.report(instruction.node.keyword, "this `HEALTHCHECK` has no effect, a later one replaces it")
                .label(last.node.keyword, "this one counts")
                .fix(fix);
        }
    }
}
