use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::From(from_as_casing)];

fn from_as_casing(from: From<'_>, cx: &mut Context<'_>) {
    let Some(span) = from.arguments.as_keyword else { return };
    let keyword = from.instruction.node.keyword.of_text(cx.text());
    let right = match keyword {
        "FROM" => "AS",
        "from" => "as",
        _ => return,
    };
    let word = span.of_text(cx.text());
    if word != right {
        cx.report(span, format!("`{word}` is written in another case than `{keyword}`"))
            .fix(Fix::safe(format!("write `{right}`")).replace(span, right));
    }
}
