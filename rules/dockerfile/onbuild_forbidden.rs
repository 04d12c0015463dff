use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Instruction(onbuild_forbidden)];

fn onbuild_forbidden(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let forbidden = [Keyword::From, Keyword::Maintainer, Keyword::Onbuild];
    let Some(keyword) = instruction.keyword().filter(|keyword| instruction.onbuild && forbidden.contains(keyword))
    else {
        return;
    };
    let name = keyword.name();
    cx.report(instruction.node.keyword, format!("`ONBUILD` cannot hold back `{name}`"));
}
