use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Dockerignore(dockerignore_inline_comment)];

fn dockerignore_inline_comment(file: &IgnoreFile, cx: &mut Context<'_>) {
    for pattern in &file.patterns {
        let written = pattern.span.of_text(&file.source.text);
        let Some(start) = written.find(" #").or_else(|| written.find("\t#")) else { continue };
        let comment = Span::new(pattern.span.start + start as u32 + 1, pattern.span.end);
        let path = Span::new(pattern.span.start, pattern.span.start + written[..start].trim_end().len() as u32);
        // Below it a comment would be taken for one on the next pattern.
        let above = format!("{}{}", comment.of_text(&file.source.text), cx.line_break());
        let fix = Fix::risky("put the comment on a line of its own")
            .insert(line_start(&file.source.text, path.start), above)
            .delete(Span::new(path.end, comment.end))
            .changes(Effect::Context);
        cx.report(comment, "`#` begins no comment here: the pattern matches nothing")
            .label(path, "what is meant stays in the context")
            .fix(fix);
    }
}

/// A comment has no blanks in front.
fn line_start(text: &str, offset: u32) -> u32 {
    let first = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() as u32 } else { 0 };
    text[..offset as usize].rfind('\n').map_or(first, |at| at as u32 + 1)
}
