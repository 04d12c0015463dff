use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Dockerfile(preprocessed_file)];

fn preprocessed_file(dockerfile: &Dockerfile, cx: &mut Context<'_>) {
    if cx.path().extension().is_none_or(|extension| extension != "in") {
        return;
    }
    let directive = |text: &str| {
        let word = text.trim_start_matches('#').split_whitespace().next().unwrap_or("");
        ["include", "define", "if", "ifdef", "ifndef", "undef"].contains(&word)
    };
    let first = dockerfile.tree.comments.iter().find(|comment| directive(comment.span.of_text(dockerfile.text())));
    if let Some(comment) = first {
        cx.report(comment.span, "the C preprocessor changes this file before it is built");
    }
}
