use crate::lint::prelude::*;
use crate::model::download::{Download, Runs, Target, interpreter};
use crate::model::transport;

pub const CHECKS: &[Check] = &[Check::Command(remote_script_exec)];

fn remote_script_exec(command: ShellCommand<'_>, cx: &mut Context<'_>) {
    if command.instruction.keyword() != Some(Keyword::Run) {
        return;
    }
    let found = match interpreter(command.node) {
        Some((program, Runs::Input)) => piped(command).map(|download| (program.span, download)),
        Some((program, Runs::Text(word))) => substituted(word).map(|download| (program.span, download)),
        Some((program, Runs::Script(word))) => {
            let download = substituted(word).or_else(|| saved(command, word));
            download.map(|download| (program.span, download))
        }
        None => evaluated(command).or_else(|| started(command)),
    };
    let Some((span, download)) = found.filter(|(_, download)| !download.is_local() && !download.is_by_content()) else {
        return;
    };
    cx.report(span, format!("what `{}` downloads is run unseen", download.name()))
        .label(download.program.span, "comes from here")
        .note("download it to a file, hold it to a checksum, and run it then");
}

/// `curl … | sh`, also with filters in between.
fn piped<'a>(command: ShellCommand<'a>) -> Option<Download<'a>> {
    let pipelines = command.instruction.script().into_iter().flat_map(shell::Script::pipelines);
    let is_own = |node: &shell::Command| node.simple().is_some_and(|simple| std::ptr::eq(simple, command.node));
    let (pipeline, place) = pipelines.into_iter().find_map(|pipeline| {
        let place = pipeline.commands.iter().position(is_own)?;
        Some((pipeline, place))
    })?;
    let first = pipeline.commands.first().filter(|_| place > 0)?.simple()?;
    Download::of(first).filter(|download| download.target() == Target::Output)
}

/// `"$(curl …)"`, `<(curl …)`.
fn substituted(word: &shell::Word) -> Option<Download<'_>> {
    fn first(part: &shell::Part) -> Option<&shell::List> {
        match part {
            shell::Part::CommandSubstitution { list, .. } | shell::Part::ProcessSubstitution { list, .. } => Some(list),
            shell::Part::DoubleQuoted { parts, .. } => parts.first().and_then(first),
            _ => None,
        }
    }
    let pipeline = &first(word.parts.first()?)?.items.first()?.pipeline;
    let [shell::Command::Simple(simple)] = &pipeline.commands[..] else { return None };
    Download::of(simple)
}

/// `eval "$(curl …)"`, `. <(curl …)`.
fn evaluated(command: ShellCommand<'_>) -> Option<(Span, Download<'_>)> {
    let runs = ["eval", "source", "."].into_iter().any(|name| command.node.is(name));
    let word = command.node.arguments().first().filter(|_| runs)?;
    Some((command.node.words.first()?.span, substituted(word)?))
}

/// `curl -o install.sh …; sh install.sh`, with nothing in between that checks it.
fn saved<'a>(command: ShellCommand<'a>, script: &shell::Word) -> Option<Download<'a>> {
    let path = script.text()?;
    let name = path.rsplit('/').next()?;
    let before = || command.instruction.commands().take_while(|other| !std::ptr::eq(other.node, command.node));
    if before().any(|other| transport::verifies(other.node)) {
        return None;
    }
    let downloads = before().filter_map(|other| Download::of(other.node));
    downloads.filter(|download| download.file().as_deref() == Some(name)).last()
}

/// `curl -o install …; ./install`.
fn started(command: ShellCommand<'_>) -> Option<(Span, Download<'_>)> {
    let word = command.invocation?.word();
    let text = word.text()?;
    let script = text.starts_with("./") || text.ends_with(".sh") || text.starts_with("/tmp/");
    Some((word.span, saved(command, word).filter(|_| script)?))
}
