use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Stage(multiple_cmd)];

fn multiple_cmd(stage: Stage<'_>, cx: &mut Context<'_>) {
    let is_one = |instruction: &Instruction<'_>| matches!(instruction.node.kind, InstructionKind::Cmd(_));
    let all: Vec<Instruction<'_>> = stage.outer_instructions().filter(is_one).collect();
    let Some((last, earlier)) = all.split_last() else { return };
    for instruction in earlier {
        let lines = instruction.span().whole_lines(cx.text());
        cx.report(instruction.node.keyword, "this `CMD` has no effect, a later one replaces it")
            .label(last.node.keyword, "this one counts")
            .fix(Fix::safe("take it out").delete(lines));
    }
}
