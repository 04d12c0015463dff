use crate::lint::prelude::*;
use crate::model::context::GlobError;

pub const CHECKS: &[Check] = &[Check::Dockerignore(dockerignore_bad_pattern)];

fn dockerignore_bad_pattern(file: &IgnoreFile, cx: &mut Context<'_>) {
    for pattern in &file.patterns {
        if pattern.error() != Some(GlobError::Bad) {
            continue;
        }
        let written = pattern.span.of_text(&file.source.text);
        let message = if pattern.text.is_empty() { "there is nothing after `!`" } else { "the pattern is broken" };
        cx.report(pattern.span, message).label(pattern.span, format!("the builder refuses `{written}`"));
    }
}
