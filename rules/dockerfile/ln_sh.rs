use crate::lint::prelude::*;
use crate::model::chain;

pub const CHECKS: &[Check] = &[Check::Instruction(ln_sh), Check::Command(linked)];

fn linked(command: ShellCommand<'_>, cx: &mut Context<'_>) {
    if command.instruction.keyword() != Some(Keyword::Run) {
        return;
    }
    let Some(invocation) = command.invocation.filter(|invocation| invocation.name() == "ln") else { return };
    let Some((word, target)) = link(invocation.arguments()) else { return };
    let diagnostic = cx.report(word.span, format!("`/bin/sh` becomes a link to `{target}`"));
    let shell = match &*target {
        "/bin/bash" | "/usr/bin/bash" | "bash" => "/bin/bash",
        _ => return,
    };
    let instruction = command.instruction;
    let alone = instruction.commands().count() == 1 && chain::remove(instruction, &[command.node]).is_some();
    if alone && !instruction.onbuild && instruction.node.flags.is_empty() && instruction.shell_instruction().is_none() {
        let text = format!(r#"SHELL ["{shell}", "-c"]"#);
        let fix = Fix::risky("use `SHELL`").replace(instruction.span(), text);
        diagnostic.fix(fix.changes(Effect::Shell).changes(Effect::Command).changes(Effect::Steps));
    }
}

/// The word that names the link, where that is `/bin/sh`, and what it leads to.
fn link(arguments: &[shell::Word]) -> Option<(&shell::Word, String)> {
    let mut operands = arguments.iter().filter(|word| !word.literal_prefix().starts_with('-'));
    let (target, name) = (operands.next()?, operands.next()?);
    let is_sh = name.text().is_some_and(|path| matches!(&*path, "/bin/sh" | "/usr/bin/sh"));
    (is_sh && operands.next().is_none()).then(|| Some((name, target.text()?.into_owned())))?
}

/// `RUN ["ln", …]`.
fn ln_sh(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let InstructionKind::Run(Command::Exec(form)) = &instruction.node.kind else { return };
    let (Some(first), Some(last)) = (form.words.first(), form.words.last()) else { return };
    if &*first.value == "ln" && matches!(&*last.value, "/bin/sh" | "/usr/bin/sh") {
        cx.report(last.span, "`/bin/sh` becomes a link");
    }
}
