use crate::lint::prelude::*;
use crate::model::context::{BuildContext, path_in_context};
use crate::model::dependencies::{Install, Tool};
use crate::model::packages::{Action, Operation};
use crate::model::sources;

pub const CHECKS: &[Check] = &[Check::Stage(copy_before_install)];

/// What copies a folder of the context.
struct Copied<'a> {
    copy: Instruction<'a>,
    word: &'a Word,
    /// The folder in the context; empty for all of it.
    folder: String,
}

/// An install that stands after it.
struct Found<'a> {
    run: Instruction<'a>,
    command: &'a shell::SimpleCommand,
    /// What it needs; packages of the system need nothing.
    install: Option<Install>,
}

fn copy_before_install(stage: Stage<'_>, cx: &mut Context<'_>) {
    if !stage.is_needed() {
        return;
    }
    let mut done: Vec<Tool> = stage.ancestors().flat_map(Stage::outer_instructions).flat_map(tools).collect();
    let mut copies: Vec<Copied<'_>> = Vec::new();
    let mut found: Vec<(usize, Vec<Found<'_>>)> = Vec::new();
    for instruction in stage.outer_instructions() {
        if let Some(copied) = folder_copied(instruction, cx) {
            copies.push(copied);
        } else if copies.is_empty() {
            done.extend(tools(instruction));
        } else {
            for own in installs(instruction) {
                let known = own.install.as_ref().is_some_and(|install| done.contains(&install.tool));
                let Some(at) = copies.iter().position(|copied| delays(copied, &own, stage)).filter(|_| !known) else {
                    continue;
                };
                match found.iter_mut().find(|(place, _)| *place == at) {
                    Some((_, all)) => all.push(own),
                    None => found.push((at, vec![own])),
                }
            }
        }
    }
    for (at, all) in &found {
        report(&copies[*at], all, cx);
    }
}

fn report(copied: &Copied<'_>, all: &[Found<'_>], cx: &mut Context<'_>) {
    let what = all.iter().find_map(|own| own.install.as_ref()).map_or("packages of the system", |own| own.tool.what());
    let place = if copied.folder.is_empty() { "the build context".to_owned() } else { format!("`{}`", copied.folder) };
    let context = cx.build_context();
    // With the first one moved, the next one is next to the copy.
    let fix = all.first().and_then(|first| reorder(copied, first, context.as_deref(), cx));
    let span = copied.copy.span();
    let diagnostic = cx.report(span, format!("every change in {place} installs the {what} again"));
    diagnostic.label(span, "copies all of it");
    for own in all {
        let needs = own.install.as_ref().map(|install| format!("needs only {}", install.files()));
        diagnostic.label(own.command.span, needs.unwrap_or_else(|| "needs nothing of it".to_owned()));
    }
    let projects = all.iter().any(|own| own.install.is_some());
    diagnostic.note(match projects {
        true => "copy what the install needs, install, and copy the rest after it",
        false => "install first, and copy after it",
    });
    diagnostic.fixes.extend(fix);
}

/// The folder of the context that it copies, if it copies one, all of it.
fn folder_copied<'a>(copy: Instruction<'a>, cx: &Context<'_>) -> Option<Copied<'a>> {
    if ["exclude", "parents"].iter().any(|flag| copy.flag(flag).is_some()) {
        return None;
    }
    for (word, source) in sources::of_context(copy) {
        let folder = path_in_context(source.trim_end_matches('*'));
        let whole = folder.is_empty();
        if whole || source.ends_with('/') || is_folder(&folder, cx) {
            return Some(Copied { copy, word, folder });
        }
    }
    None
}

fn is_folder(path: &str, cx: &Context<'_>) -> bool {
    let Some(context) = cx.build_context() else { return false };
    cx.files().list(&context.root.join(path)).is_ok()
}

/// Whether the install waits for nothing but the copy: where all of the context is copied, or the folder that it then
/// installs in, unless its manifests are there before.
fn delays(copied: &Copied<'_>, found: &Found<'_>, stage: Stage<'_>) -> bool {
    if copied.folder.is_empty() {
        let to_root = destination(copied.copy).as_deref() == Some("/");
        return found.install.is_some() || !to_root;
    }
    let Some(install) = &found.install else { return false };
    let here = found.run.workdir().is_some() && destination(copied.copy).as_deref() == found.run.workdir();
    let before = stage.outer_instructions().filter(|other| other.index < found.run.index);
    let named = before.flat_map(sources::of_context).any(|(_, source)| {
        let name = source.rsplit('/').next().unwrap_or("");
        install.manifests.iter().any(|manifest| manifest.rsplit('/').next() == Some(name)) || name.contains('*')
    });
    here && !named
}

/// Where it copies to.
fn destination(copy: Instruction<'_>) -> Option<Box<str>> {
    let (InstructionKind::Copy(transfer) | InstructionKind::Add(transfer)) = &copy.node.kind else { return None };
    copy.absolute(&copy.value(&transfer.destination)?)
}

fn tools(instruction: Instruction<'_>) -> Vec<Tool> {
    instruction.commands().filter_map(|command| Some(Install::of(command.node)?.tool)).collect()
}

/// The installs of a RUN, unless their downloads are kept in a cache mount or their manifests are made or fetched in
/// the same RUN. Packages of the system count where it does nothing else.
fn installs(run: Instruction<'_>) -> Vec<Found<'_>> {
    let InstructionKind::Run(_) = &run.node.kind else { return Vec::new() };
    let mut fields = run.node.flags.iter().flat_map(|flag| &flag.fields);
    let cached = fields.any(|field| field.value.as_ref().is_some_and(|value| &*value.raw == "cache"));
    let fetches = |command: &shell::SimpleCommand| {
        let export = command.subcommand().is_some_and(|(_, word)| word == "export" || word == "init");
        export || ["git", "curl", "wget", "tar", "unzip", "pip-compile", "cp", "mv"].iter().any(|name| command.is(name))
    };
    if cached || run.commands().any(|command| fetches(command.node)) {
        return Vec::new();
    }
    // What stands before an install may make what it needs.
    let makes = |command: &shell::SimpleCommand| {
        let script = command.subcommand().is_some_and(|(_, word)| word == "run");
        let own = command.name().is_some_and(|name| name.starts_with("./"));
        script || own || ["make", "sh", "bash", "node", "sed", "patch"].iter().any(|name| command.is(name))
    };
    let projects: Vec<Found<'_>> = run
        .commands()
        .take_while(|command| !makes(command.node))
        .filter_map(|command| Some(Found { run, command: command.node, install: Some(Install::of(command.node)?) }))
        .collect();
    if projects.is_empty() { system(run).into_iter().collect() } else { projects }
}

/// A RUN that installs packages of the system by their names, and does nothing else.
fn system(run: Instruction<'_>) -> Option<Found<'_>> {
    let mut install = None;
    for command in run.commands() {
        let Some(operation) = Operation::of(command) else {
            if command.node.words.is_empty() || ["rm", "set", "true", "echo"].iter().any(|name| command.node.is(name)) {
                continue;
            }
            return None;
        };
        let is_file = |name: &str| name.contains('/') || [".deb", ".rpm", ".apk"].iter().any(|end| name.ends_with(end));
        let of_files = operation.operands.iter().any(|operand| is_file(&operand.text));
        if !operation.manager.is_of_system() || of_files || operation.more || !operation.unknown.is_empty() {
            return None;
        }
        if operation.action == Action::Install {
            install.get_or_insert(command.node);
        }
    }
    install.map(|command| Found { run, command, install: None })
}

/// The manifests, the install, then the rest: where the install begins the step right after the copy into its folder.
fn reorder(copied: &Copied<'_>, found: &Found<'_>, context: Option<&BuildContext>, cx: &Context<'_>) -> Option<Fix> {
    let copy = copied.copy;
    let (InstructionKind::Copy(transfer) | InstructionKind::Add(transfer)) = &copy.node.kind else { return None };
    let text = copy.dockerfile.text();
    let run = found.run;
    let between = Span::new(copy.span().end, run.span().start).of_text(text);
    if copy.index + 1 != run.index || !between.trim().is_empty() || !run.node.heredocs.is_empty() {
        return None;
    }
    let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let fix = Fix::risky("install before the rest is copied").changes(Effect::Steps);
    let Some(install) = &found.install else {
        let first = format!("{}{line_end}", run.text());
        return Some(fix.insert(copy.span().start, first).delete(Span::new(copy.span().end, run.span().end)));
    };
    let here = matches!(&*transfer.destination.raw, "." | "./")
        || run.workdir().is_some_and(|folder| destination(copy).as_deref() == Some(folder));
    let [source] = &transfer.sources[..] else { return None };
    if transfer.json || !here || !std::ptr::eq(source, copied.word) {
        return None;
    }
    let sources = manifests(copied, install, context, cx)?;
    let start = Span::new(copy.span().start, source.span.start).of_text(text);
    let copies = format!("{start}{sources} ./{line_end}");
    let fix = fix.changes(Effect::Files);
    if run.commands().count() == 1 {
        let first = format!("{copies}{}{line_end}", run.text());
        return Some(fix.insert(copy.span().start, first).delete(Span::new(copy.span().end, run.span().end)));
    }
    // The install begins a chain: the rest of it stays where it is.
    let items = &run.script()?.list.items;
    let [first, second, ..] = &items[..] else { return None };
    let alone =
        matches!(&first.pipeline.commands[..], [shell::Command::Simple(own)] if std::ptr::eq(own, found.command));
    let chained = first.operator.is_some_and(|operator| operator.kind == shell::OperatorKind::And);
    if !alone || !chained || first.pipeline.negated {
        return None;
    }
    let begin = Span::new(run.span().start, first.pipeline.span.end).of_text(text);
    let rest = Span::new(first.pipeline.span.start, second.pipeline.span.start);
    let fix = fix.insert(copy.span().start, format!("{copies}{begin}{line_end}")).delete(rest);
    Some(fix.changes(Effect::Command))
}

/// What to copy first: the manifests that are there, or those that there usually are.
fn manifests(
    copied: &Copied<'_>,
    install: &Install,
    context: Option<&BuildContext>,
    cx: &Context<'_>,
) -> Option<String> {
    let there = context.map(|context| install.present(&copied.folder, context, cx.files()));
    let usual = || {
        let names = install.copy.as_deref()?.split(' ');
        let place =
            |name: &str| if copied.folder.is_empty() { name.to_owned() } else { format!("{}/{name}", copied.folder) };
        Some(names.map(place).collect::<Vec<_>>())
    };
    let first = install.manifests.first()?;
    let sources = match there {
        Some(Some(there)) => there,
        // They are there, and more is needed.
        Some(None) if context.is_some_and(|context| context.has(&join(&copied.folder, first), cx.files())) => {
            return None;
        }
        _ => usual()?,
    };
    let plain = sources.iter().all(|source| !source.contains([' ', '$', '"', '\'', '\\']));
    plain.then(|| sources.join(" "))
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}
