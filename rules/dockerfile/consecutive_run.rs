use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Stage(consecutive_run)];

fn consecutive_run(stage: Stage<'_>, cx: &mut Context<'_>) {
    let every = cx.flag("every");
    if !every && !stage.ships() {
        return;
    }
    let all: Vec<Instruction<'_>> = stage.outer_instructions().collect();
    for pair in all.windows(2) {
        let [first, second] = pair else { continue };
        if !is_short(*first, every) || !is_short(*second, every) || flags(*first) != flags(*second) {
            continue;
        }
        let diagnostic = cx.report(second.node.keyword, "this step can be one with the step before it");
        diagnostic.label(first.node.keyword, "this one");
        diagnostic.fixes.extend(merge(*first, *second));
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
        // Read as if it were for a shell like `sh`, as hadolint does.
        None if every => &form.script,
        // Words of another shell are not understood: one that joins commands makes it more than one.
        None => return !form.text.contains(['&', '|', ';', '{', '\n']),
    };
    let counts = |command: &&shell::SimpleCommand| match command.words.first().map(shell::Word::text) {
        Some(Some(name)) => name != "[",
        _ => false,
    };
    outer_commands(&script.list).into_iter().filter(counts).count() <= 1
}

/// The commands of a script without those that a command of it gives to another shell.
fn outer_commands(list: &shell::List) -> Vec<&shell::SimpleCommand> {
    let mut all = list.commands();
    let inner: Vec<*const shell::SimpleCommand> = all
        .iter()
        .filter_map(|command| command.inner.as_deref())
        .flat_map(|list| list.commands())
        .map(std::ptr::from_ref)
        .collect();
    all.retain(|command| !inner.contains(&std::ptr::from_ref(*command)));
    all
}

/// Its flags in a fixed order, the fields of mounts too.
fn flags(instruction: Instruction<'_>) -> Vec<String> {
    let text = instruction.dockerfile.text();
    let mut flags: Vec<String> = instruction
        .node
        .flags
        .iter()
        .map(|flag| {
            let mut fields: Vec<&str> = flag.fields.iter().map(|field| field.span.of_text(text)).collect();
            fields.sort_unstable();
            let value = flag.value.as_ref().filter(|_| fields.is_empty()).map_or("", |value| &*value.raw);
            format!("{}={value}{}", flag.name(text), fields.join(","))
        })
        .collect();
    flags.sort_unstable();
    flags
}

/// Both commands in the first step.
fn merge(first: Instruction<'_>, second: Instruction<'_>) -> Option<Fix> {
    let (Some(Command::Shell(one)), Some(Command::Shell(two))) = (first.command(), second.command()) else {
        return None;
    };
    let text = first.dockerfile.text();
    let between = Span::new(first.span().end, second.span().start).of_text(text);
    let broken = !one.script.errors.is_empty() || !two.script.errors.is_empty() || one.span.of_text(text).contains('#');
    let heredocs = first.node.heredocs.len() + second.node.heredocs.len();
    // Only the end of a list of one command is sure to be followed by another.
    let single = |form: &crate::syntax::dockerfile::ShellForm| matches!(&form.script.list.items[..], [item] if item.operator.is_none());
    let posix = first.script().is_some() && second.script().is_some();
    if broken || heredocs > 0 || !posix || !single(one) || !single(two) || !between.trim().is_empty() {
        return None;
    }
    let escape = first.dockerfile.tree.escape;
    let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let gap = Span::new(one.span.end, two.span.start);
    let fix = Fix::risky("make one step of both").replace(gap, format!(" {escape}{line_end}    && "));
    Some(fix.changes(Effect::Command).changes(Effect::Steps))
}
