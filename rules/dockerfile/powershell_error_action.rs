use crate::lint::prelude::*;
use crate::model::powershell;

pub const CHECKS: &[Check] = &[Check::Instruction(powershell_error_action)];

fn powershell_error_action(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let Some(form) = powershell::script(instruction) else { return };
    if powershell::sets(instruction, "$ErrorActionPreference") || !powershell::joins_commands(&form.text) {
        return;
    }
    let keyword = instruction.node.keyword;
    let diagnostic = cx.report(keyword, "an error in one of these commands does not end the step");
    diagnostic.note("`$ErrorActionPreference = 'Stop'` in `SHELL` counts for all steps");
    let fix = Fix::risky("stop at errors").insert(form.span.start, "$ErrorActionPreference = 'Stop'; ");
    diagnostic.fix(fix.changes(Effect::Command));
}
