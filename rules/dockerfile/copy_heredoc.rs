use crate::lint::prelude::*;
use crate::model::shell::echo::written;

pub const CHECKS: &[Check] = &[Check::Instruction(copy_heredoc)];

fn copy_heredoc(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let Some(Command::Shell(form)) = instruction.command() else { return };
    let knows = instruction.dockerfile.knows_version(4);
    if instruction.keyword() != Some(Keyword::Run) || instruction.script_heredoc().is_some() || !knows {
        return;
    }
    let Some(script) = instruction.script().filter(|script| script.errors.is_empty()) else { return };
    let ([item], true) = (&script.list.items[..], instruction.node.flags.is_empty()) else { return };
    let [shell::Command::Simple(command)] = &item.pipeline.commands[..] else { return };
    let Some(target) = command.redirections.iter().find(|redirection| redirection.operator == ">") else { return };
    let path = target.target.as_ref().and_then(shell::Word::text).filter(|path| path.starts_with('/'));
    let (Some(path), Some(content)) = (path, written(command, cx.text())) else { return };
    let special = ["/dev/", "/proc/", "/sys/"].iter().any(|folder| path.starts_with(folder));
    if target.descriptor.is_some_and(|descriptor| descriptor != 1) || path.contains(char::is_whitespace) || special {
        return;
    }
    let written = target.target.as_ref().map_or(target.span, |word| word.span);
    let diagnostic = cx.report(written, format!("this step only writes `{path}`"));
    let inside = instruction.dockerfile.text()[form.span.start as usize..form.span.end as usize].contains('#');
    // The lines would end as those of the file do.
    let other_lines = instruction.dockerfile.line_break() != "\n";
    if instruction.onbuild || inside || other_lines || instruction.user().is_root() != Some(true) {
        return;
    }
    let delimiter = ["EOF", "END", "TEXT"].into_iter().find(|word| content.lines().all(|line| line != *word));
    let Some(delimiter) = delimiter else { return };
    let quote = if content.contains(['$', '\\', '`']) { "'" } else { "" };
    let text = format!("COPY <<{quote}{delimiter}{quote} {path}\n{content}{delimiter}");
    let fix = Fix::risky("copy the text").replace(instruction.span(), text);
    diagnostic.fix(fix.changes(Effect::Files).changes(Effect::Command).changes(Effect::Steps));
}
