use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Instruction(json_cmd_entrypoint)];

fn json_cmd_entrypoint(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let (InstructionKind::Cmd(command) | InstructionKind::Entrypoint(command)) = &instruction.node.kind else { return };
    let Command::Shell(form) = command else { return };
    // What looks like an array is a broken one, which is another finding.
    if form.text.is_empty() || form.text.starts_with('[') || instruction.shell_instruction().is_some() {
        return;
    }
    let Some(script) = instruction.script() else { return };
    let last = script.list.items.last().and_then(|item| item.pipeline.commands.last()).and_then(shell::Command::simple);
    if last.is_some_and(|last| last.is("exec")) {
        return;
    }
    let keyword = instruction.keyword().map_or("", Keyword::name);
    let diagnostic =
        cx.report(form.span, format!("`{keyword}` runs this through a shell, which may keep signals from it"));
    let [item] = &script.list.items[..] else { return };
    let [shell::Command::Simple(simple)] = &item.pipeline.commands[..] else { return };
    if !script.errors.is_empty() || simple.words.is_empty() || item.operator.is_some() || item.pipeline.negated {
        return;
    }
    if let Some(array) = array(simple) {
        diagnostic.fix(Fix::risky("run it without a shell").replace(form.span, array));
    } else if simple.assignments.is_empty() {
        diagnostic.fix(Fix::risky("let the program take the place of the shell").insert(form.span.start, "exec "));
    }
}

/// The words as a JSON array, if the shell does nothing with them.
fn array(command: &shell::SimpleCommand) -> Option<String> {
    if !command.assignments.is_empty() || !command.redirections.is_empty() {
        return None;
    }
    let words: Option<Vec<String>> = command
        .words
        .iter()
        .map(|word| {
            let expands = word.parts.iter().any(|part| match part {
                shell::Part::Literal { value, .. } => value.contains(['*', '?', '[', '{', '~']),
                _ => false,
            });
            Some(serde_json::Value::from(word.text().filter(|_| !expands)?).to_string())
        })
        .collect();
    Some(format!("[{}]", words?.join(", ")))
}
