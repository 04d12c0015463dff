use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Command(sudo)];

fn sudo(command: ShellCommand<'_>, cx: &mut Context<'_>) {
    if !command.node.is("sudo") || command.instruction.keyword() != Some(Keyword::Run) {
        return;
    }
    let word = &command.node.words[0];
    if command.instruction.user().is_root() != Some(true) {
        cx.report_as(Severity::Info, word.span, "the build runs `sudo`")
            .note("what needs root can run before the `USER` instruction, or between `USER root` and the next one");
        return;
    }
    let diagnostic = cx.report(word.span, "root runs this, `sudo` does nothing for it");
    let Some(next) = command.node.words.get(1) else { return };
    if next.text().is_some_and(|text| !text.starts_with('-') && !text.contains('=')) {
        diagnostic
            .fix(Fix::safe("take it out").delete(Span::new(word.span.start, next.span.start)).changes(Effect::Command));
    }
}
