use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Dockerfile(missing_healthcheck)];

fn missing_healthcheck(dockerfile: &Dockerfile, cx: &mut Context<'_>) {
    let Some(stage) = dockerfile.shipped_stage().filter(|_| !cx.role().is_fragment()) else { return };
    let has = |keyword: Keyword| stage.own_keywords().any(|own| own == keyword);
    let runs = [Keyword::Cmd, Keyword::Entrypoint, Keyword::Expose].into_iter().any(has);
    if runs && !has(Keyword::Healthcheck) && !starts_shell(stage) {
        cx.report(stage.from().arguments.image.span, "nothing tells whether the image works")
            .note("say so with `HEALTHCHECK`, or with `HEALTHCHECK NONE` that nothing should");
    }
}

/// Programs that wait for somebody to type.
const INTERACTIVE: [&str; 12] =
    ["sh", "bash", "ash", "dash", "zsh", "python", "python3", "node", "php", "irb", "jshell", "pwsh"];

/// Whether all it starts is a shell, or another program that waits for somebody to type.
fn starts_shell(stage: Stage<'_>) -> bool {
    let mut starts = stage.outer_instructions().filter_map(|own| match &own.node.kind {
        InstructionKind::Expose(_) | InstructionKind::Entrypoint(_) => Some(None),
        InstructionKind::Cmd(Command::Exec(form)) => Some(Some(&form.words[..])),
        InstructionKind::Cmd(Command::Shell(_)) => Some(None),
        _ => None,
    });
    let (Some(Some([program])), None) = (starts.next(), starts.next()) else { return false };
    INTERACTIVE.contains(&shell::without_folder(&program.value))
}
