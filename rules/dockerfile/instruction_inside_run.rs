use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Command(instruction_inside_run)];

fn instruction_inside_run(command: ShellCommand<'_>, cx: &mut Context<'_>) {
    // What a heredoc that nothing ends has swallowed was not meant for the shell.
    if command.node.words.len() > 1 && command.instruction.is_unfinished() {
        return;
    }
    for (index, word) in command.node.words.iter().enumerate() {
        let shell::Word { span, parts } = word;
        let [shell::Part::Literal { value, .. }] = &parts[..] else { continue };
        // Most words are told apart by their first letter.
        if !value.starts_with(|first: char| first.is_ascii_uppercase()) {
            continue;
        }
        let Some(keyword) = Keyword::parse(value).filter(|keyword| keyword.name() == &**value) else { continue };
        let Some(next) = command.node.words.get(index + 1) else { continue };
        let text = command.instruction.dockerfile.text();
        let line_start = text[..span.start as usize].rfind('\n').map_or(0, |newline| newline + 1);
        let starts_line = text[line_start..span.start as usize].trim().is_empty();
        let is_program = index == 0;
        // On one line with its first argument, or it is a value of something.
        if !(is_program || starts_line) || text[span.end as usize..next.span.start as usize].contains('\n') {
            continue;
        }
        let message = if is_program { "is run as a program" } else { "is an argument of the command before it" };
        let diagnostic = cx.report(*span, format!("`{value}` {message}"));
        if is_program && keyword == Keyword::Run {
            let removed = Span::new(span.start, next.span.start);
            diagnostic.fix(Fix::risky("leave `RUN` out").delete(removed).changes(Effect::Command));
        } else if !is_program {
            diagnostic.note("does the line above end with an escape character too many?");
        }
        return;
    }
}
