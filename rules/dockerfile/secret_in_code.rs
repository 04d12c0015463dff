use crate::lint::prelude::*;
use crate::model::credentials;

pub const CHECKS: &[Check] = &[Check::Instruction(secret_in_code)];

fn secret_in_code(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    // What ONBUILD holds back is looked at by itself.
    if matches!(instruction.node.kind, InstructionKind::Onbuild(_)) {
        return;
    }
    let text = instruction.text();
    for credential in credentials::find(text) {
        if cx.words("allow").contains(&&text[credential.range.clone()]) {
            continue;
        }
        let start = instruction.span().start;
        let span = Span::new(start + credential.range.start as u32, start + credential.range.end as u32);
        cx.report(span, format!("the {} stands here for all to read", credential.what))
            .note("give it to the one command that needs it: `RUN --mount=type=secret,id=…`")
            .note("replace it: what was in an image or a repository once is known");
    }
}
