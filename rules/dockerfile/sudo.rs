use std::borrow::Cow;

use crate::lint::prelude::*;
use crate::model::users::is_told_for_whom;
use crate::syntax::shell::without_folder;

pub const CHECKS: &[Check] = &[Check::Command(sudo), Check::Instruction(sudo_without_shell)];

fn sudo(command: ShellCommand<'_>, cx: &mut Context<'_>) {
    if command.instruction.keyword() != Some(Keyword::Run) {
        return;
    }
    // Also behind another program that runs it: `exec sudo`, `env A=b sudo`.
    let program = command.invocation.map_or(0, |invocation| invocation.program);
    let words = &command.node.words;
    let is_sudo = |word: &shell::Word| word.literal().is_some_and(|text| without_folder(text) == "sudo");
    let Some(index) = words.iter().take(program + 1).position(is_sudo) else { return };
    let word = &words[index];
    if !cx.flag("every") && is_told_for_whom(words[index + 1..].iter().map_while(shell::Word::text)) {
        return;
    }
    let Some(diagnostic) = report(command.instruction, word.span, cx) else { return };
    let Some(next) = words.get(index + 1) else { return };
    if next.text().is_some_and(|text| !text.starts_with('-') && !text.contains('=')) {
        diagnostic
            .fix(Fix::safe("take it out").delete(Span::new(word.span.start, next.span.start)).changes(Effect::Command));
    }
}

/// `RUN ["sudo", …]`.
fn sudo_without_shell(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let InstructionKind::Run(Command::Exec(form)) = &instruction.node.kind else { return };
    let Some(first) = form.words.first().filter(|word| without_folder(&word.value) == "sudo") else { return };
    let arguments = form.words[1..].iter().map(|word| Cow::Borrowed(&*word.value));
    if cx.flag("every") || !is_told_for_whom(arguments) {
        report(instruction, first.span, cx);
    }
}

/// Gives the finding back where root is known to run it.
fn report<'c>(instruction: Instruction<'_>, span: Span, cx: &'c mut Context<'_>) -> Option<&'c mut Diagnostic> {
    if instruction.user().is_root() == Some(true) {
        return Some(cx.report(span, "root runs this, `sudo` does nothing for it"));
    }
    cx.report_as(Severity::Info, span, "the build runs `sudo`")
        .note("what needs root can run before the `USER` instruction, or between `USER root` and the next one");
    None
}
