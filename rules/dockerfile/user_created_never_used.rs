use crate::lint::prelude::*;
use crate::model::users::created_in;

pub const CHECKS: &[Check] = &[Check::Dockerfile(user_created_never_used)];

fn user_created_never_used(dockerfile: &Dockerfile, cx: &mut Context<'_>) {
    let Some(stage) = dockerfile.shipped_stage().filter(|_| !cx.role().is_fragment()) else { return };
    if stage.user().is_root() != Some(true) || stage.drops_privileges() {
        return;
    }
    let text = dockerfile.text();
    let start = stage
        .outer_instructions()
        .filter(|own| matches!(own.node.kind, InstructionKind::Cmd(_) | InstructionKind::Entrypoint(_)));
    let first = start.min_by_key(|own| own.index);
    // Accounts with an underscore are those of daemons, which change to them by themselves.
    for (_, user) in created_in(stage).filter(|(_, user)| !user.name.starts_with('_')) {
        let others = text.match_indices(&user.name).filter(|(at, _)| !user.command.contains(*at as u32));
        let words = others.filter(|(at, _)| is_word(text, *at, user.name.len()));
        if words.count() > 0 {
            continue;
        }
        let diagnostic = cx.report(user.span, format!("user `{}` is created, but the image runs as root", user.name));
        if let Some(first) = first.filter(|first| first.index > 0) {
            let (place, line) = first.line_above(&format!("USER {}", user.name));
            let fix = Fix::risky(format!("run as `{}`", user.name)).insert(place, line);
            diagnostic.fix(fix.changes(Effect::User));
        }
    }
}

/// Whether the piece of text is not a part of a longer word or of a path.
fn is_word(text: &str, at: usize, length: usize) -> bool {
    let inside = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || b"_-./".contains(byte));
    let bytes = text.as_bytes();
    !inside(at.checked_sub(1).and_then(|before| bytes.get(before))) && !inside(bytes.get(at + length))
}
