use crate::lint::prelude::*;
use crate::syntax::dockerfile::TokenKind;

pub const CHECKS: &[Check] = &[Check::Dockerfile(escape_at_end)];

fn escape_at_end(dockerfile: &Dockerfile, cx: &mut Context<'_>) {
    let tokens = dockerfile.tree.tokens.iter().rev();
    let last = tokens.clone().find(|token| !matches!(token.kind, TokenKind::Blank | TokenKind::Comment));
    let Some(last) = last.filter(|token| token.kind == TokenKind::Continuation) else { return };
    let text = dockerfile.text();
    let before = text[..last.span.start as usize].trim_end_matches([' ', '\t']).len() as u32;
    let escape = Span::new(last.span.start, last.span.start + 1);
    cx.report(escape, "nothing follows this escape character")
        .fix(Fix::safe("remove it").delete(Span::new(before, escape.end)));
}
