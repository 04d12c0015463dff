use crate::lint::prelude::*;
use crate::model::{chain, transfers};

pub const CHECKS: &[Check] = &[Check::Instruction(copy_chmod_merge)];

fn copy_chmod_merge(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let Some(transfer) = transfers::of(instruction) else { return };
    let ([source], Some(run)) = (&transfer.sources[..], instruction.next()) else { return };
    if instruction.onbuild || run.onbuild || !instruction.node.heredocs.is_empty() {
        return;
    }
    let Some(command) = run.commands().next().map(|command| command.node) else { return };
    let Some(name) = ["chmod", "chown"].into_iter().find(|name| command.is(name)) else { return };
    let words: Option<Vec<_>> = command.arguments().iter().map(shell::Word::text).collect();
    let [value, target] = &words.unwrap_or_default()[..] else { return };
    if value.starts_with('-') || instruction.flag(name).is_some() || transfers::landing(instruction, source).is_none() {
        return;
    }
    if run.absolute(target) != transfers::landing(instruction, source) || target.contains(['*', '?', '[', '{', '~']) {
        return;
    }
    let Some(mut removed) = chain::remove(run, &[command]) else { return };
    let between = Span::new(instruction.span().end, run.span().start).of_text(cx.text());
    if removed[0].encloses(run.span()) && between.trim().is_empty() {
        removed = vec![Span::new(instruction.span().end, run.span().end)];
    }
    let octal = value.len() >= 3 && value.bytes().all(|digit| (b'0'..b'8').contains(&digit));
    // `--chmod` of a folder would count for everything in it.
    // Symbols came later than the flag.
    if name == "chmod" && !run.dockerfile.knows_version(if octal { 2 } else { 14 }) {
        return;
    }
    let is_file = source.raw.rsplit('/').next().is_some_and(|name| name.trim_start_matches('.').contains('.'));
    let title = format!("let `COPY` do it with `--{name}`");
    let fix = if is_file && (octal || name == "chown") { Fix::safe(title) } else { Fix::risky(title) };
    let fix = fix.insert(instruction.node.keyword.end, format!(" --{name}={value}"));
    let fix = removed.into_iter().fold(fix, Fix::delete);
    cx.report(command.words[0].span, format!("`{name}` copies the file that was just copied into a second layer"))
        .label(instruction.node.keyword, format!("can do it at once, with `--{name}`"))
        .fix(fix.changes(Effect::Files).changes(Effect::Command).changes(Effect::Steps));
}
