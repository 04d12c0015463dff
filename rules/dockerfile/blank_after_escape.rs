use crate::lint::prelude::*;
use crate::syntax::dockerfile::TokenKind;

pub const CHECKS: &[Check] = &[Check::Dockerfile(blank_after_escape)];

fn blank_after_escape(dockerfile: &Dockerfile, cx: &mut Context<'_>) {
    for token in dockerfile.tree.tokens.iter().filter(|token| token.kind == TokenKind::Continuation) {
        let content = token.span.of_text(dockerfile.text()).trim_end_matches(['\r', '\n']);
        let blanks = Span::new(token.span.start + 1, token.span.start + content.len() as u32);
        if !blanks.is_empty() {
            cx.report(blanks, "there are blanks after the escape character")
                .fix(Fix::safe("remove them").delete(blanks));
        }
    }
}
