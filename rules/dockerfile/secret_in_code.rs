use crate::lint::prelude::*;
use crate::model::credentials;

pub const CHECKS: &[Check] = &[Check::Dockerfile(secret_in_code)];

fn secret_in_code(dockerfile: &Dockerfile, cx: &mut Context<'_>) {
    for credential in credentials::find(dockerfile.text()) {
        let span = Span::of(credential.range);
        let stands_in_code = dockerfile.instructions().any(|instruction| instruction.span().encloses(span));
        if !stands_in_code || cx.words("allow").contains(&span.of_text(dockerfile.text())) {
            continue;
        }
        cx.report(span, format!("the {} stands here for all to read", credential.what))
            .note("give it to the one command that needs it: `RUN --mount=type=secret,id=…`")
            .note("replace it: what was in an image or a repository once is known");
    }
}
