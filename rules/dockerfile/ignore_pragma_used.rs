use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Dockerfile(ignore_pragma_used)];

fn ignore_pragma_used(_: &Dockerfile, cx: &mut Context<'_>) {
    for ignore in cx.ignores() {
        cx.report(ignore.span, "this comment ignores findings");
    }
}
