use crate::lint::prelude::*;
use crate::model::folders::{depends_on_folder, entered};

pub const CHECKS: &[Check] = &[Check::Instruction(cd_in_run)];

fn cd_in_run(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    if instruction.keyword() != Some(Keyword::Run) {
        return;
    }
    let every = cx.flag("every");
    if let (true, Some(Command::Exec(form))) = (every, instruction.command()) {
        let first = form.words.first().filter(|word| &*word.value == "cd");
        first.map(|word| cx.report(word.span, "`cd` has no effect after this step"));
    }
    let Some((cd, next, folder)) = entered(instruction) else {
        if let Some(cd) = instruction.commands().find(|command| every && changes_folder(command.node)) {
            cx.report(cd.node.words[0].span, "`cd` has no effect after this step");
        }
        return;
    };
    let diagnostic = cx.report(cd.words[1].span, format!("the whole step runs in `{folder}`"));
    let removed = Span::new(cd.span.start, next.start);
    let before = instruction.workdir().filter(|_| instruction.is_workdir_set());
    if before == Some(folder) {
        diagnostic.label(cd.words[1].span, "is the `WORKDIR` already");
        diagnostic.fix(Fix::safe("take it out").delete(removed).changes(Effect::Command));
        return;
    }
    diagnostic.note("`WORKDIR` makes the folder where it is missing, and counts for the next steps as well");
    // Whatever comes later must go on where it did.
    let back = match (before, depends_on_folder(instruction)) {
        (_, false) => String::new(),
        (Some(before), true) => format!("{}WORKDIR {before}", instruction.dockerfile.line_break()),
        (None, true) => return,
    };
    if instruction.onbuild {
        return;
    }
    let (place, line) = instruction.line_above(&format!("WORKDIR {folder}"));
    let fix = Fix::risky("use `WORKDIR`").insert(place, line).delete(removed);
    let fix = if back.is_empty() { fix } else { fix.insert(instruction.span().end, back) };
    diagnostic.fix(fix.changes(Effect::Workdir).changes(Effect::Command).changes(Effect::Steps));
}

/// Whether it is `cd`, also by way of `builtin` or `command`.
fn changes_folder(command: &shell::SimpleCommand) -> bool {
    let name =
        command.words.iter().filter_map(shell::Word::literal).find(|word| !matches!(*word, "builtin" | "command"));
    name == Some("cd")
}
