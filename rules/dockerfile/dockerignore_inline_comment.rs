use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Dockerfile(dockerignore_inline_comment)];

fn dockerignore_inline_comment(dockerfile: &Dockerfile, cx: &mut Context<'_>) {
    let Some((at, ignore)) = cx.ignore_file(dockerfile) else { return };
    for pattern in &ignore.patterns {
        let written = pattern.span.of_text(&ignore.source.text);
        let Some(start) = written.find(" #").or_else(|| written.find("\t#")) else { continue };
        let comment = Span::new(pattern.span.start + start as u32 + 1, pattern.span.end);
        let line = ignore.source.lines().line_of(comment.start) + 1;
        cx.report(at, format!("line {line} of the ignore file matches nothing: `#` begins no comment there"))
            .label_in(ignore.source.clone(), comment, "belongs to the pattern")
            .note("put the comment on a line of its own");
    }
}
