use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Dockerfile(dockerignore_dead_pattern)];

fn dockerignore_dead_pattern(dockerfile: &Dockerfile, cx: &mut Context<'_>) {
    let Some((at, ignore)) = cx.ignore_file(dockerfile) else { return };
    for (index, pattern) in ignore.patterns.iter().enumerate() {
        let before = &ignore.patterns[..index];
        // Since the last pattern of the other kind nothing has taken back what it says.
        let alike = before.iter().rev().take_while(|other| other.exception == pattern.exception);
        let why = if pattern.text.starts_with("../") || &*pattern.text == ".." {
            "nothing outside of the context is sent"
        } else if pattern.exception && before.iter().all(|other| other.exception) {
            "nothing is ignored before this exception"
        } else if alike.into_iter().any(|other| other.text == pattern.text) {
            "the same is said before"
        } else {
            continue;
        };
        let line = ignore.source.lines().line_of(pattern.span.start) + 1;
        cx.report(at, format!("line {line} of the ignore file has no effect")).label_in(
            ignore.source.clone(),
            pattern.span,
            why,
        );
    }
}
