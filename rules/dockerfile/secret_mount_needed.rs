use crate::lint::prelude::*;
use crate::model::chain;

pub const CHECKS: &[Check] = &[Check::Command(secret_mount_needed)];

fn secret_mount_needed(command: ShellCommand<'_>, cx: &mut Context<'_>) {
    let instruction = command.instruction;
    let wanted = cx.words("commands");
    if wanted.is_empty() || instruction.keyword() != Some(Keyword::Run) {
        return;
    }
    let Some(invocation) = command.invocation else { return };
    let first = invocation.name();
    let rest = invocation.arguments().iter().filter_map(shell::Word::text).filter(|text| !text.starts_with('-'));
    let words: Vec<_> = std::iter::once(first).chain(rest).collect();
    let matches = |pattern: &str| {
        let mut parts = pattern.split_whitespace().enumerate();
        parts.all(|(index, part)| words.get(index).is_some_and(|word| word == part))
    };
    for (pattern, id) in wanted.iter().filter_map(|entry| entry.split_once('=')) {
        if !matches(pattern) || has_secret(instruction, id) {
            continue;
        }
        let message = format!("`{pattern}` needs the secret `{id}`, which is not mounted");
        let diagnostic = cx.report(invocation.word().span, message);
        if let Some((gap, head)) = chain::mount(instruction, &[format!("type=secret,id={id}")]) {
            diagnostic.fix(Fix::manual("mount the secret").replace(gap, head).changes(Effect::Command));
        }
        return;
    }
}

fn has_secret(instruction: Instruction<'_>, id: &str) -> bool {
    let text = instruction.dockerfile.text();
    instruction.node.flags.iter().filter(|flag| flag.name(text) == "mount").any(|flag| {
        let is = |keys: &[&str], wanted: &str| {
            flag.fields.iter().any(|field| {
                keys.contains(&field.key.of_text(text))
                    && field.value.as_ref().is_some_and(|value| &*value.raw == wanted)
            })
        };
        is(&["type"], "secret") && is(&["id"], id)
    })
}
