use crate::lint::prelude::*;
use crate::model::powershell;

pub const CHECKS: &[Check] = &[Check::Instruction(powershell_progress)];

fn powershell_progress(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let Some(form) = powershell::script(instruction) else { return };
    if powershell::sets(instruction, "$ProgressPreference") {
        return;
    }
    let text = form.span.of_text(instruction.dockerfile.text());
    let Some(at) = powershell::find(text, "Invoke-WebRequest") else { return };
    let start = form.span.start + at as u32;
    let span = Span::new(start, start + "Invoke-WebRequest".len() as u32);
    let fix = Fix::risky("turn it off").insert(form.span.start, "$ProgressPreference = 'SilentlyContinue'; ");
    cx.report(span, "`Invoke-WebRequest` shows its progress, which slows it down")
        .note("`$ProgressPreference = 'SilentlyContinue'` in `SHELL` counts for all steps")
        .fix(fix.changes(Effect::Command));
}
