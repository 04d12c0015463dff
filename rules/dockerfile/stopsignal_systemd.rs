use crate::lint::prelude::*;
use crate::model::signals::canonical;

pub const CHECKS: &[Check] = &[Check::Dockerfile(stopsignal_systemd)];

fn stopsignal_systemd(dockerfile: &Dockerfile, cx: &mut Context<'_>) {
    let Some(stage) = dockerfile.shipped_stage().filter(|stage| stage.base_image().is_some()) else { return };
    let all: Vec<Instruction<'_>> =
        std::iter::once(stage).chain(stage.ancestors()).flat_map(Stage::outer_instructions).collect();
    let signal = all.iter().find_map(|own| match &own.node.kind {
        InstructionKind::Stopsignal(word) => Some((word.span, own.value(word))),
        _ => None,
    });
    let stops = match &signal {
        Some((_, Some(signal))) => {
            canonical(signal).is_none_or(|name| name.starts_with("SIGRT") || !name.starts_with('S'))
        }
        Some((_, None)) => true,
        None => false,
    };
    let Some((start, span)) = stage.outer_instructions().find_map(starts_systemd).filter(|_| !stops) else { return };
    let diagnostic = cx.report(span, "systemd does not end on the signal that stops the container");
    let fix = Fix::risky("stop it with `SIGRTMIN+3`").changes(Effect::StopSignal);
    match signal {
        Some((span, _)) => diagnostic.label(span, "is this one").fix(fix.replace(span, "SIGRTMIN+3")),
        None => {
            let (place, line) = start.line_above("STOPSIGNAL SIGRTMIN+3");
            diagnostic.fix(fix.insert(place, line))
        }
    };
}

/// The CMD or ENTRYPOINT that names systemd, and where.
fn starts_systemd(instruction: Instruction<'_>) -> Option<(Instruction<'_>, Span)> {
    let (InstructionKind::Cmd(command) | InstructionKind::Entrypoint(command)) = &instruction.node.kind else {
        return None;
    };
    let Command::Exec(form) = command else { return None };
    let program = form.words.first()?;
    program.value.ends_with("/systemd/systemd").then_some((instruction, program.span))
}
