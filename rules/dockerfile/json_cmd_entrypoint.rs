use crate::lint::prelude::*;
use crate::model::json_form::array;
use crate::model::shell::programs::is_builtin;
use crate::syntax::dockerfile::Healthcheck;

pub const CHECKS: &[Check] = &[Check::Instruction(json_cmd_entrypoint)];

fn json_cmd_entrypoint(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let command = match &instruction.node.kind {
        InstructionKind::Cmd(command) | InstructionKind::Entrypoint(command) => command,
        InstructionKind::Healthcheck(Healthcheck::Command { command, .. }) if cx.flag("healthcheck") => command,
        _ => return,
    };
    let Command::Shell(form) = command else { return };
    // What looks like an array is a broken one, which is another finding.
    if form.text.is_empty() || (form.text.starts_with('[') && !cx.flag("broken-array")) {
        return;
    }
    if instruction.shell_instruction().is_some() && !cx.flag("after-shell") {
        return;
    }
    let script = instruction.script();
    let last = script.and_then(|script| script.list.items.last()?.pipeline.commands.last()?.simple());
    if last.is_some_and(|last| last.is("exec")) && !cx.flag("exec") {
        return;
    }
    let keyword = instruction.keyword().map_or("", Keyword::name);
    let message = match keyword {
        "HEALTHCHECK" => "`HEALTHCHECK` runs this through a shell".to_owned(),
        _ => format!("`{keyword}` runs this through a shell, which may keep signals from it"),
    };
    let diagnostic = cx.report(form.span, message);
    let effect = match &instruction.node.kind {
        InstructionKind::Cmd(_) => Effect::Cmd,
        InstructionKind::Entrypoint(_) => Effect::Entrypoint,
        _ => Effect::Healthcheck,
    };
    let Some(script) = script.filter(|_| !form.text.starts_with('[') && instruction.shell_instruction().is_none())
    else {
        return;
    };
    let [item] = &script.list.items[..] else { return };
    let [shell::Command::Simple(simple)] = &item.pipeline.commands[..] else { return };
    if !script.errors.is_empty() || simple.words.is_empty() || item.operator.is_some() || item.pipeline.negated {
        return;
    }
    if simple.name().is_some_and(is_builtin) {
        return;
    }
    // A CMD beside it would become its arguments.
    let takes_cmd = effect == Effect::Entrypoint
        && instruction.stage().is_some_and(|stage| stage.own_keywords().any(|own| own == Keyword::Cmd));
    if let Some(array) = array(simple, instruction.dockerfile.text()).filter(|_| !takes_cmd) {
        diagnostic.fix(Fix::risky("run it without a shell").replace(form.span, array).changes(effect));
    } else if simple.assignments.is_empty() && effect != Effect::Healthcheck {
        let fix = Fix::risky("let the program take the place of the shell").insert(form.span.start, "exec ");
        diagnostic.fix(fix.changes(effect));
    }
}
