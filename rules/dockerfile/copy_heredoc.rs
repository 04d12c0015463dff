use crate::lint::prelude::*;
use crate::model::shell::{has_glob, unquoted_parts};

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
    let (Some(path), Some(content)) = (path, content(command, cx.text())) else { return };
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

/// The lines that the command writes, if they are known.
fn content(command: &shell::SimpleCommand, text: &str) -> Option<String> {
    let words = command.arguments().iter().map(shell::Word::text).collect::<Option<Vec<_>>>()?;
    // How a shell's `echo` takes a backslash is its own affair, and an unquoted pattern may match files.
    let plain = |word: &str| !word.contains('\\');
    let starts = |word: &shell::Word| word.span.of_text(text).starts_with('~');
    let expands = |word: &shell::Word| has_glob(word) || starts(word) || unquoted_parts(word).any(has_brace);
    let unquoted = command.arguments().iter().any(expands);
    let here: Vec<_> = command.redirections.iter().filter_map(|redirection| redirection.body).collect();
    let others = command.redirections.len() - 1 - here.len();
    if others > 0 || !command.assignments.is_empty() || unquoted {
        return None;
    }
    match (command.name()?, &words[..], &here[..]) {
        ("echo", [first, ..], []) if !first.starts_with('-') && words.iter().all(|word| plain(word)) => {
            Some(format!("{}\n", words.join(" ")))
        }
        ("printf", [format], []) if !format.contains('%') && format.ends_with("\\n") => {
            Some(format.replace("\\n", "\n")).filter(|result| plain(result))
        }
        ("printf", [format, lines @ ..], []) if format == "%s\\n" && lines.iter().all(|line| plain(line)) => {
            Some(lines.iter().map(|line| format!("{line}\n")).collect())
        }
        ("cat", [], [body]) => {
            let body = body.of_text(text);
            // The shell would replace something in it, or take tabs away.
            let known =
                plain(body) && !body.contains(['$', '`']) && !command.redirections.iter().any(|r| r.operator == "<<-");
            known.then(|| body.to_owned())
        }
        _ => None,
    }
}

/// Whether Bash may make several words of it.
fn has_brace(part: &shell::Part) -> bool {
    matches!(part, shell::Part::Literal { value, .. } if value.contains('{'))
}
