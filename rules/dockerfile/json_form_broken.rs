use crate::lint::prelude::*;
use crate::model::json_form;

pub const CHECKS: &[Check] = &[Check::Instruction(json_form_broken)];

fn json_form_broken(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let (text, span, effect) = match &instruction.node.kind {
        InstructionKind::Copy(all) | InstructionKind::Add(all) if !all.json => {
            words(all.sources.iter().chain([&all.destination]), Effect::Files)
        }
        InstructionKind::Volume(all) => words(all.iter(), Effect::Volumes),
        kind => {
            let Some(Command::Shell(form)) = instruction.command() else { return };
            let effect = match kind {
                InstructionKind::Cmd(_) => Effect::Cmd,
                InstructionKind::Entrypoint(_) => Effect::Entrypoint,
                InstructionKind::Healthcheck(_) => Effect::Healthcheck,
                _ => Effect::Command,
            };
            (form.text.to_string(), form.span, effect)
        }
    };
    // Only `[` of a RUN is likely to be the program of that name.
    let Some(array) = json_form::meant(&text, effect != Effect::Command) else { return };
    let diagnostic = cx.report(span, format!("this is no JSON array: {}", array.mistake));
    if let Some(right) = array.json.filter(|_| !text.contains('\n')) {
        let written = span.of_text(instruction.dockerfile.text());
        if !written.contains('\n') {
            diagnostic.fix(Fix::risky(format!("write `{right}`")).replace(span, right).changes(effect));
        }
    }
}

fn words<'a>(words: impl Iterator<Item = &'a Word> + Clone, effect: Effect) -> (String, Span, Effect) {
    let raw: Vec<&str> = words.clone().map(|word| &*word.raw).collect();
    let start = words.clone().next().map_or(0, |word| word.span.start);
    let end = words.last().map_or(start, |word| word.span.end);
    (raw.join(" "), Span::new(start, end), effect)
}
