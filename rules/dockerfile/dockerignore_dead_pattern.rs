use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Dockerignore(dockerignore_dead_pattern)];

fn dockerignore_dead_pattern(file: &IgnoreFile, cx: &mut Context<'_>) {
    for (index, pattern) in file.patterns.iter().enumerate() {
        let before = &file.patterns[..index];
        // Since the last pattern of the other kind nothing has taken back what it says.
        let mut alike = before.iter().rev().take_while(|other| other.exception == pattern.exception);
        let (why, same) = if pattern.text.starts_with("../") || &*pattern.text == ".." {
            ("nothing outside of the context is sent", false)
        } else if pattern.exception && before.iter().all(|other| other.exception) {
            ("nothing is ignored before this exception", false)
        } else if alike.any(|other| other.text == pattern.text) {
            ("the same is said before", true)
        } else {
            continue;
        };
        let line = pattern.span.whole_lines(&file.source.text);
        let written = pattern.span.of_text(&file.source.text);
        let diagnostic = cx.report(pattern.span, format!("`{written}` has no effect"));
        diagnostic.label(pattern.span, why);
        if same {
            diagnostic.fix(Fix::safe("remove the line").delete(line));
        }
    }
}
