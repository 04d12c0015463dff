use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Dockerfile(expose_missing)];

/// Programs that listen on a port, whatever they are told.
const SERVERS: [&str; 9] =
    ["gunicorn", "uvicorn", "hypercorn", "daphne", "waitress-serve", "puma", "unicorn", "thin", "http-server"];

/// Base images that expose no port: <https://github.com/docker-library/official-images>.
const LANGUAGES: [&str; 6] = ["python", "node", "ruby", "debian", "ubuntu", "alpine"];

fn expose_missing(dockerfile: &Dockerfile, cx: &mut Context<'_>) {
    let Some(stage) = dockerfile.shipped_stage().filter(|_| !cx.role().is_fragment()) else { return };
    let base = stage.root_image().filter(|image| image.is_official());
    if base.is_none_or(|image| !LANGUAGES.contains(&image.repository()))
        || stage.own_keywords().any(|keyword| keyword == Keyword::Expose)
    {
        return;
    }
    for instruction in stage.outer_instructions() {
        let (InstructionKind::Cmd(command) | InstructionKind::Entrypoint(command)) = &instruction.node.kind else {
            continue;
        };
        let server = match command {
            Command::Exec(form) => form.words.first().map(|word| (&*word.value, word.span)),
            Command::Shell(_) => {
                instruction.commands().find_map(|own| Some((own.name()?, own.node.words.first()?.span)))
            }
        };
        let Some((program, span)) = server else { continue };
        if SERVERS.contains(&shell::without_folder(program)) {
            cx.report(span, format!("`{program}` listens on a port that no `EXPOSE` names"));
        }
    }
}
