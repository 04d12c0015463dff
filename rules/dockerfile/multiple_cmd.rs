use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Stage(multiple_cmd)];

fn multiple_cmd(stage: Stage<'_>, cx: &mut Context<'_>) {
    for (instruction, next, last) in stage.replaced(Keyword::Cmd) {
        let lines = instruction.lines();
        let fix = Fix::safe("take it out").delete(lines);
        if cx.flag("at-later") {
            cx.report(next.node.keyword, "this `CMD` takes the effect of an earlier one")
                .label(instruction.node.keyword, "has no effect")
                .fix(fix);
        } else {
            cx.report(instruction.node.keyword, "this `CMD` has no effect, a later one replaces it")
                .label(last.node.keyword, "this one counts")
                .fix(fix);
        }
    }
}
