use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Dockerfile(misplaced_directive)];

fn misplaced_directive(dockerfile: &Dockerfile, cx: &mut Context<'_>) {
    let text = dockerfile.text();
    for comment in &dockerfile.tree.comments {
        let Some(assignment) = dockerfile.assignment(*comment) else { continue };
        let (name, value) = (assignment.name.of_text(text), assignment.value.of_text(text));
        let plausible = match name {
            "syntax" => value.contains("docker/dockerfile") && !value.contains(char::is_whitespace),
            "escape" => matches!(value, "\\" | "`"),
            _ => false,
        };
        let given = dockerfile.tree.directives.iter().any(|own| own.name.of_text(text).eq_ignore_ascii_case(name));
        if !plausible || given {
            continue;
        }
        let line_break = cx.line_break();
        let diagnostic = cx.report(comment.span, format!("`{name}` counts only at the top of the file"));
        diagnostic.label(comment.span, "is taken for a comment");
        let start = text[..comment.span.start as usize].rfind('\n').map_or(0, |newline| newline + 1);
        let end = text[comment.span.end as usize..].find('\n').map(|newline| comment.span.end as usize + newline + 1);
        if let ("syntax", Some(end)) = (name, end) {
            let top = if text.starts_with('\u{feff}') { 3 } else { 0 };
            let line = format!("{}{line_break}", comment.span.of_text(text));
            diagnostic.fix(Fix::risky("move it to the top").insert(top, line).delete(Span::of(start..end)));
        }
    }
}
