use crate::lint::prelude::*;
use crate::model::chain::{cleans_up, is_always_run};
use crate::model::download::{Download, Target};
use crate::model::packages::Invocation;
use crate::model::packages::caches::stays;
use crate::model::transport;

pub const CHECKS: &[Check] = &[Check::Command(curl_then_extract)];

fn curl_then_extract(command: ShellCommand<'_>, cx: &mut Context<'_>) {
    let instruction = command.instruction;
    if instruction.keyword() != Some(Keyword::Run) || !is_tar(command.node) {
        return;
    }
    // What is built and deleted in one step would stay with `ADD`.
    if !is_always_run(command) || cleans_up(instruction) && stays(instruction) {
        return;
    }
    let found = match piped(command) {
        Some(first) => Download::of(first).filter(|download| download.target() == Target::Output),
        None => saved(command),
    };
    let Some(download) = found.filter(|download| !download.is_local() && is_plain(download, instruction)) else {
        return;
    };
    if instruction.commands().any(|other| transport::verifies(other.node)) {
        return;
    }
    cx.report(download.program.span, format!("`{}` and `tar` do here what `ADD --unpack` does", download.name()))
        .label(command.node.words[0].span, "unpacks it");
}

/// Whether `tar` unpacks a whole archive as it is: `ADD` leaves nothing out and renames nothing.
fn is_tar(command: &shell::SimpleCommand) -> bool {
    let Some(invocation) = Invocation::of(command).filter(|invocation| invocation.name() == "tar") else {
        return false;
    };
    let Some(words) = invocation.arguments().iter().map(shell::Word::text).collect::<Option<Vec<_>>>() else {
        return false;
    };
    let Some((first, rest)) = words.split_first() else { return false };
    let bundle =
        |flag: &str| flag == "--extract" || !flag.starts_with("--") && !flag.contains(['/', '.']) && flag.contains('x');
    let unpacks = bundle(first) || rest.iter().any(|flag| flag.starts_with('-') && bundle(flag));
    let plain = ["-C", "--directory", "-f", "--file", "-o", "--no-same-owner", "-v", "-z", "-", "-J", "-j"];
    let mut rest = rest.iter().peekable();
    while let Some(word) = rest.next() {
        let takes =
            matches!(&**word, "-C" | "--directory" | "-f" | "--file") || word.starts_with('-') && word.ends_with('f');
        let is_flag =
            plain.contains(&&**word) || word.starts_with("--directory=") || word.starts_with('-') && bundle(word);
        // The first operand is the archive of `xzf`.
        if !(is_flag || first.ends_with('f') && word.contains('.')) {
            return false;
        }
        if takes && &**word != "-" {
            rest.next();
        }
    }
    unpacks
}

/// The command before it in its pipe.
fn piped(command: ShellCommand<'_>) -> Option<&shell::SimpleCommand> {
    let pipelines = command.instruction.script().into_iter().flat_map(shell::Script::pipelines);
    let is_own = |node: &shell::Command| node.simple().is_some_and(|simple| std::ptr::eq(simple, command.node));
    pipelines.into_iter().find_map(|pipeline| {
        let place = pipeline.commands.iter().position(is_own)?.checked_sub(1)?;
        pipeline.commands[place].simple()
    })
}

/// The download of the archive that it names.
fn saved(command: ShellCommand<'_>) -> Option<Download<'_>> {
    let names =
        || command.node.arguments().iter().filter_map(|word| word.text()?.rsplit('/').next().map(str::to_owned));
    let before = command.instruction.commands().filter(|other| other.node.span.end < command.node.span.start);
    let mut downloads = before.filter_map(|other| Download::of(other.node));
    downloads.find(|download| download.file().is_some_and(|file| names().any(|name| name == file)))
}

/// Whether its only address is one that `ADD` could be given: written out, or with variables of the builder.
fn is_plain(download: &Download<'_>, instruction: Instruction<'_>) -> bool {
    let [address] = &download.arguments.operands[..] else { return false };
    let known = |name: &str| instruction.scope().is_some_and(|scope| scope.names().any(|own| own == name));
    let parts = address.text().is_some() || !address.variables().is_empty();
    let substituted = address.span.of_text(instruction.dockerfile.text()).contains(['(', '`']);
    parts
        && !substituted
        && address.variables().iter().all(|(name, _)| known(name))
        && address.literal_prefix().starts_with("http")
}
