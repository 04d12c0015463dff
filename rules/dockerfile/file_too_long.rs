use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Dockerfile(file_too_long)];

fn file_too_long(dockerfile: &Dockerfile, cx: &mut Context<'_>) {
    let max = usize::try_from(cx.number("max")).unwrap_or(0);
    let mut count = 0;
    let mut offset = 0;
    for line in dockerfile.text().split_inclusive('\n') {
        let content = line.trim();
        count += usize::from(!content.is_empty() && !content.starts_with('#'));
        if count > max {
            let start = offset + line.len() - line.trim_start().len();
            let span = Span::of(start..start + content.len());
            cx.report(span, format!("the file goes on after {max} lines"));
            return;
        }
        offset += line.len();
    }
}
