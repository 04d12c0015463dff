use crate::lint::prelude::*;
use crate::model::chain::sets_exit_on_error;

pub const CHECKS: &[Check] = &[Check::Instruction(prefer_run_heredoc)];

fn prefer_run_heredoc(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let InstructionKind::Run(Command::Shell(form)) = &instruction.node.kind else { return };
    let Some(script) = instruction.script().filter(|script| script.errors.is_empty()) else { return };
    let items = &script.list.items;
    let least = usize::try_from(cx.number("commands")).unwrap_or(0).max(2);
    if items.len() < least || !instruction.dockerfile.knows_version(4) || !instruction.node.heredocs.is_empty() {
        return;
    }
    let is_and = |item: &shell::Item| item.operator.is_some_and(|own| own.kind == shell::OperatorKind::And);
    if !items.iter().any(is_and) {
        return;
    }
    let text = instruction.dockerfile.text();
    let diagnostic = cx.report(instruction.node.keyword, format!("this step chains {} commands", items.len()));
    // `set -e` does not count for what stands before `&&`, `||` or after `!`: only a plain chain is the same.
    let (last, before) = (&items[items.len() - 1], &items[..items.len() - 1]);
    let chained = before.iter().all(is_and) && last.operator.is_none();
    let plain = |item: &shell::Item| {
        let code = item.pipeline.span.of_text(text);
        let simple = matches!(&item.pipeline.commands[..], [shell::Command::Simple(_)]);
        // In single quotes the shell would keep the continuations that the builder takes out.
        let continued = code.contains('\n') && code.contains('\'');
        simple && !item.pipeline.negated && !continued && code.lines().all(|line| !line.trim().is_empty())
    };
    let backslash = instruction.dockerfile.tree.escape == '\\';
    // The shell would read the carriage returns.
    let other_lines = instruction.dockerfile.line_break() != "\n";
    if !chained
        || !items.iter().all(plain)
        || !backslash
        || other_lines
        || instruction.onbuild
        // A heredoc of the shell itself would take in what follows.
        || form.span.of_text(text).contains('#')
        || form.span.of_text(text).contains("<<")
    {
        return;
    }
    let lines: Vec<&str> = items.iter().map(|item| item.pipeline.span.of_text(text)).collect();
    let Some(delimiter) = ["EOF", "END", "STEP"].into_iter().find(|word| lines.iter().all(|line| !line.contains(word)))
    else {
        return;
    };
    let exits = if sets_exit_on_error(&script.list) { String::new() } else { "set -e\n".to_owned() };
    let body = format!("<<{delimiter}\n{exits}{}\n{delimiter}", lines.join("\n"));
    let fix = Fix::risky("write it as a heredoc").replace(form.span, body);
    diagnostic.fix(fix.changes(Effect::Command));
}
