use crate::lint::prelude::*;
use crate::model::chain;

pub const CHECKS: &[Check] = &[Check::Stage(consecutive_run)];

fn consecutive_run(stage: Stage<'_>, cx: &mut Context<'_>) {
    let every = cx.flag("every");
    if !every && !stage.ships() {
        return;
    }
    let all: Vec<Instruction<'_>> = stage.outer_instructions().collect();
    let mut start: Option<Instruction<'_>> = None;
    for pair in all.windows(2) {
        let [first, second] = pair else { continue };
        if !is_short(*first, every) || !is_short(*second, every) || !chain::same_flags(*first, *second) {
            start = None;
            continue;
        }
        let diagnostic = cx.report(second.node.keyword, "this step can be one with the step before it");
        diagnostic.label(first.node.keyword, "this one");
        let joined = chain::join(*start.get_or_insert(*first), *first, *second);
        if joined.is_none() {
            start = None;
        }
        if let Some((gap, joint)) = joined {
            let fix = Fix::risky("make one step of both").replace(gap, joint);
            diagnostic.fix(fix.changes(Effect::Command).changes(Effect::Steps));
        }
    }
}

/// Whether it is a RUN of one command, those in substitutions counted.
fn is_short(instruction: Instruction<'_>, every: bool) -> bool {
    if instruction.keyword() != Some(Keyword::Run) {
        return false;
    }
    let Some(Command::Shell(form)) = instruction.command() else { return true };
    let script = match instruction.script() {
        // How many commands a broken script has is not known.
        Some(script) if !script.errors.is_empty() => return false,
        Some(script) => script,
        // Read as if it were for a shell like `sh`, as hadolint does: in what no such shell reads it finds no command.
        None if every && !form.script.errors.is_empty() => return true,
        None if every => &form.script,
        // Words of another shell are not understood: one that joins commands makes it more than one.
        None => return !form.text.contains(['&', '|', ';', '{', '\n']),
    };
    let counts = |command: &&shell::SimpleCommand| match command.words.first().map(shell::Word::text) {
        Some(Some(name)) => name != "[",
        _ => false,
    };
    script.list.outer_commands().into_iter().filter(counts).count() <= 1
}
