use crate::lint::prelude::*;
use crate::model::modes;

pub const CHECKS: &[Check] = &[Check::Command(command), Check::Instruction(flag)];

fn command(command: ShellCommand<'_>, cx: &mut Context<'_>) {
    if command.instruction.keyword() != Some(Keyword::Run) {
        return;
    }
    let Some(invocation) = command.invocation else { return };
    let arguments = invocation.arguments();
    let word = match &*invocation.name() {
        "chmod" => arguments.iter().find(|word| word.text().is_some_and(|text| modes::is_mode(&text))),
        "mkdir" | "install" => {
            let flag = arguments
                .iter()
                .position(|word| word.text().is_some_and(|text| text.starts_with('-') && text.ends_with('m')));
            flag.and_then(|flag| arguments.get(flag + 1))
        }
        _ => None,
    };
    let Some((word, mode)) = word.and_then(|word| Some((word, word.text()?))) else { return };
    // What already is for everybody.
    let shared = |word: &shell::Word| word.literal().is_some_and(|path| matches!(path, "/tmp" | "/var/tmp"));
    if !arguments.iter().any(shared) {
        report(word.span, &mode, Effect::Command, cx);
    }
}

fn flag(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let Some(word) = instruction.flag("chmod").and_then(|flag| flag.value.as_ref()) else { return };
    if let Some(mode) = instruction.value(word) {
        report(word.span, &mode, Effect::Files, cx);
    }
}

fn report(span: Span, mode: &str, effect: Effect, cx: &mut Context<'_>) {
    if !modes::is_writable_by_all(mode) {
        return;
    }
    let written = span.of_text(cx.text()) == mode;
    let diagnostic = cx.report(span, format!("`{mode}` lets everybody write"));
    if let Some(owner) = modes::writable_by_owner(mode).filter(|_| written) {
        let fix = Fix::risky(format!("use `{owner}`: only the owner writes")).replace(span, owner);
        diagnostic.fix(fix.changes(effect).changes(Effect::Permissions));
    }
}
