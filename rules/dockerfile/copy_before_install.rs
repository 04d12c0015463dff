use crate::lint::prelude::*;
use crate::model::dependencies::{Install, Tool};

pub const CHECKS: &[Check] = &[Check::Stage(copy_before_install)];

/// A dependency install after the copy.
struct Found<'a> {
    run: Instruction<'a>,
    command: Span,
    install: Install,
}

fn copy_before_install(stage: Stage<'_>, cx: &mut Context<'_>) {
    if !stage.is_needed() {
        return;
    }
    let mut done: Vec<Tool> = stage.ancestors().flat_map(Stage::outer_instructions).flat_map(tools).collect();
    let mut copy = None;
    let mut found: Vec<Found<'_>> = Vec::new();
    for instruction in stage.outer_instructions() {
        if copies_context(instruction) {
            copy.get_or_insert(instruction);
        } else if copy.is_none() {
            done.extend(tools(instruction));
        } else {
            found.extend(installs(instruction).into_iter().filter(|own| !done.contains(&own.install.tool)));
        }
    }
    let (Some(copy), Some(first)) = (copy, found.first()) else { return };
    let what = first.install.tool.what();
    let diagnostic = cx.report(copy.span(), format!("every change in the build context installs the {what} again"));
    diagnostic.label(copy.span(), "copies all of it");
    for own in &found {
        diagnostic.label(own.command, format!("needs only {}", own.install.files()));
    }
    diagnostic.note("copy what the install needs, install, and copy the rest after it");
    if let [only] = &found[..] {
        diagnostic.fixes.extend(reorder(copy, only));
    }
}

/// Whether it copies the root of the build context.
fn copies_context(instruction: Instruction<'_>) -> bool {
    let (InstructionKind::Copy(transfer) | InstructionKind::Add(transfer)) = &instruction.node.kind else {
        return false;
    };
    let narrowed = ["from", "exclude", "parents"].iter().any(|flag| instruction.flag(flag).is_some());
    !narrowed && transfer.sources.iter().any(|source| matches!(&*source.raw, "." | "./" | "*" | "./*" | "/"))
}

fn tools(instruction: Instruction<'_>) -> Vec<Tool> {
    instruction.commands().filter_map(|command| Some(Install::of(command.node)?.tool)).collect()
}

/// The installs of a RUN, unless their downloads are kept in a cache mount or their manifests are made or fetched in
/// the same RUN.
fn installs(run: Instruction<'_>) -> Vec<Found<'_>> {
    let InstructionKind::Run(_) = &run.node.kind else { return Vec::new() };
    let cached = run
        .node
        .flags
        .iter()
        .flat_map(|flag| &flag.fields)
        .any(|field| field.value.as_ref().is_some_and(|value| &*value.raw == "cache"));
    let fetches = |command: &shell::SimpleCommand| {
        let export = command.subcommand().is_some_and(|(_, word)| word == "export" || word == "init");
        export || ["git", "curl", "wget", "tar", "unzip", "pip-compile", "cp", "mv"].iter().any(|name| command.is(name))
    };
    if cached || run.commands().any(|command| fetches(command.node)) {
        return Vec::new();
    }
    let found = |command: ShellCommand<'_>| Some((command.node.span, Install::of(command.node)?));
    run.commands().filter_map(found).map(|(command, install)| Found { run, command, install }).collect()
}

/// The manifests, the install, then the rest: where the install stands alone right after the copy into its folder.
fn reorder(copy: Instruction<'_>, found: &Found<'_>) -> Option<Fix> {
    let (InstructionKind::Copy(transfer) | InstructionKind::Add(transfer)) = &copy.node.kind else { return None };
    let [source] = &transfer.sources[..] else { return None };
    let text = copy.dockerfile.text();
    let between = Span::new(copy.span().end, found.run.span().start).of_text(text);
    let alone = found.run.commands().count() == 1 && found.run.node.heredocs.is_empty();
    let here = matches!(&*transfer.destination.raw, "." | "./")
        || found
            .run
            .workdir()
            .is_some_and(|folder| copy.absolute(&transfer.destination.raw).as_deref() == Some(folder));
    if copy.index + 1 != found.run.index || transfer.json || !alone || !here || !between.trim().is_empty() {
        return None;
    }
    let sources = found.install.copy.as_deref()?;
    let start = Span::new(copy.span().start, source.span.start).of_text(text);
    let first = format!("{start}{sources} ./\n{}\n", found.run.text());
    let removed = Span::new(copy.span().end, found.run.span().end);
    let fix = Fix::risky("install before the rest is copied").insert(copy.span().start, first).delete(removed);
    Some(fix.changes(Effect::Steps).changes(Effect::Files))
}
