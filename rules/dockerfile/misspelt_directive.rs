use crate::lint::prelude::*;
use crate::text::suggest::nearest;

pub const CHECKS: &[Check] = &[Check::Dockerfile(misspelt_directive)];

fn misspelt_directive(dockerfile: &Dockerfile, cx: &mut Context<'_>) {
    // Only the first line that is no directive can have been meant as one.
    let Some(comment) = dockerfile.tree.comments.first() else { return };
    let above = dockerfile.tree.directives.last().map_or(0, |last| last.span.end);
    let text = dockerfile.text();
    if comment.span.start < above || !text[above as usize..comment.span.start as usize].trim().is_empty() {
        return;
    }
    let Some(assignment) = dockerfile.assignment(*comment) else { return };
    let name = assignment.name.of_text(text);
    let value = assignment.value.of_text(text);
    let meant = nearest(&name.to_ascii_lowercase(), ["syntax", "escape", "check"]);
    let Some((meant, 1..)) = meant else { return };
    let plausible = match meant {
        "syntax" => value.contains("dockerfile"),
        "escape" => matches!(value, "\\" | "`"),
        _ => value.starts_with("skip=") || value.starts_with("error="),
    };
    if plausible {
        cx.report(assignment.name, format!("`{name}` is no directive"))
            .label(assignment.name, "is taken for a comment")
            .fix(Fix::risky(format!("write `{meant}`")).replace(assignment.name, meant));
    }
}
