use crate::lint::prelude::*;
use crate::lint::suppress::Origin;

pub const CHECKS: &[Check] = &[Check::Dockerfile(ignore_without_reason)];

fn ignore_without_reason(_: &Dockerfile, cx: &mut Context<'_>) {
    for ignore in cx.ignores() {
        let given = ignore.reason.is_some_and(|reason| !reason.trim().is_empty());
        if ignore.origin == Origin::Rlint && !given {
            cx.report(ignore.span, "this ignore gives no reason")
                .fix(Fix::manual("give a reason").insert(ignore.span.end, " reason=\"…\""));
        }
    }
}
