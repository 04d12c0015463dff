use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Dockerfile(escape_at_end)];

fn escape_at_end(dockerfile: &Dockerfile, cx: &mut Context<'_>) {
    let Some(escape) = dockerfile.dangling_escape() else { return };
    let text = dockerfile.text();
    let before = text[..escape.start as usize].trim_end_matches([' ', '\t']).len() as u32;
    cx.report(escape, "nothing follows this escape character")
        .fix(Fix::safe("remove it").delete(Span::new(before, escape.end)));
}
