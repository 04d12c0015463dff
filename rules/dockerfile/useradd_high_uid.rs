use crate::lint::prelude::*;
use crate::model::expand::Value;

pub const CHECKS: &[Check] = &[Check::Command(useradd_high_uid)];

fn useradd_high_uid(command: ShellCommand<'_>, cx: &mut Context<'_>) {
    let Some(invocation) = command.invocation.filter(|invocation| invocation.name() == "useradd") else {
        return;
    };
    let arguments = invocation.arguments();
    let logs = !command.node.has_flag(&["-l", "--no-log-init"]);
    if !logs || command.instruction.keyword() != Some(Keyword::Run) {
        return;
    }
    let Some((word, number)) = uid(arguments, command.instruction) else { return };
    let digits = number.trim_start_matches('0');
    if digits.len() < 6 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return;
    }
    let program = invocation.word();
    cx.report(program.span, "`useradd` writes logs that grow with the number of the user")
        .label(word.span, format!("{number} is a large one"))
        .note("`--no-log-init` leaves them alone")
        .fix(Fix::safe("add `-l`").insert(program.span.end, " -l").changes(Effect::Command));
}

/// The word with the number of the user, and the number.
fn uid<'a>(arguments: &'a [shell::Word], instruction: Instruction<'a>) -> Option<(&'a shell::Word, String)> {
    for (index, word) in arguments.iter().enumerate() {
        let text = word.literal_prefix();
        if let Some(number) = text.strip_prefix("--uid=").filter(|number| !number.is_empty()) {
            return Some((word, number.to_owned()));
        }
        let short = text.strip_prefix('-').filter(|letters| !letters.starts_with('-'));
        let number = short.and_then(|letters| letters.split_once('u')).map(|(_, number)| number);
        match number {
            Some(number) if !number.is_empty() => return Some((word, number.to_owned())),
            Some(_) => {}
            None if text == "--uid" => {}
            None => continue,
        }
        let value = arguments.get(index + 1)?;
        return Some((value, known(value, instruction)?));
    }
    None
}

/// The value of a word that is written out, or is a variable of the Dockerfile.
fn known(word: &shell::Word, instruction: Instruction<'_>) -> Option<String> {
    if let Some(text) = word.text() {
        return Some(text.into_owned());
    }
    let [(name, span)] = word.variables()[..] else { return None };
    let only = word.span.len() <= span.len() + 2;
    match instruction.variable(name) {
        Value::Known(value) if only => Some(value.to_owned()),
        _ => None,
    }
}
