use crate::lint::prelude::*;
use crate::model::sources::is_tar;
use crate::model::{chain, transfers};

pub const CHECKS: &[Check] = &[Check::Instruction(copy_archive_then_extract)];

/// Programs that unpack what they are given.
const UNPACKERS: [&str; 10] =
    ["bunzip2", "gunzip", "gzcat", "lzcat", "uncompress", "unlzma", "unxz", "unzstd", "xzcat", "zcat"];

fn copy_archive_then_extract(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let InstructionKind::Copy(transfer) = &instruction.node.kind else { return };
    if instruction.flag("from").is_some() || instruction.onbuild {
        return;
    }
    for source in &transfer.sources {
        let Some(path) = instruction.value(source).filter(|path| is_tar(path)) else { continue };
        let Some(landing) = transfers::landing(instruction, source).or_else(|| base_name(&path)) else { continue };
        let later = std::iter::successors(instruction.next(), |last| last.next());
        let mut unpacking = later.flat_map(Instruction::commands).filter(|command| unpacks(*command, &landing));
        let Some(command) = unpacking.next() else { continue };
        let diagnostic =
            cx.report(source.span, format!("`{path}` is copied and unpacked afterwards, and stays in its layer"));
        diagnostic.label(command.node.words[0].span, "is unpacked here");
        if transfer.sources.len() == 1 && unpacking.next().is_none() && !transfer.json {
            diagnostic.fixes.extend(add(instruction, command));
        }
    }
}

fn base_name(path: &str) -> Option<Box<str>> {
    path.rsplit('/').next().map(Box::from)
}

/// Whether `command` unpacks the file at `archive`.
fn unpacks(command: ShellCommand<'_>, archive: &str) -> bool {
    let Some(invocation) = command.invocation else { return false };
    let name = invocation.name();
    let arguments = invocation.arguments();
    let extracts = match &*name {
        "tar" | "bsdtar" => extracts(arguments),
        "gzip" | "xz" | "bzip2" | "zstd" | "lzma" => command.node.has_flag(&["-d", "--decompress"]),
        name => UNPACKERS.contains(&name),
    };
    let is_it = |word: &shell::Word| {
        let Some(text) = word.text() else { return false };
        let path = text.strip_prefix("--file=").unwrap_or(&text);
        let same_name = path.rsplit('/').next() == archive.rsplit('/').next();
        // A `cd` before it may change what a relative path means.
        same_name && (!path.starts_with('/') || !archive.starts_with('/') || path == archive)
    };
    extracts && arguments.iter().any(is_it)
}

/// Whether the letters of `tar` say so, with a dash or without.
fn extracts(arguments: &[shell::Word]) -> bool {
    arguments.iter().enumerate().any(|(index, word)| {
        let Some(text) = word.text() else { return false };
        match text.strip_prefix('-') {
            None => index == 0 && text.contains('x') && text.chars().all(|c| c.is_ascii_alphabetic()),
            Some(rest) if rest.starts_with('-') => matches!(&*text, "--extract" | "--get"),
            Some(letters) => letters.contains('x'),
        }
    })
}

/// ADD into the folder of `tar -xf ARCHIVE -C FOLDER`, where that is the first command of the next step.
fn add(copy: Instruction<'_>, tar: ShellCommand<'_>) -> Option<Fix> {
    let run = tar.instruction;
    if copy.index + 1 != run.index || !run.node.flags.is_empty() {
        return None;
    }
    let words = tar.node.arguments().iter().map(shell::Word::text).collect::<Option<Vec<_>>>()?;
    let folder = match words.iter().map(|word| &**word).collect::<Vec<_>>()[..] {
        [letters, _, "-C", folder] | ["-C", folder, letters, _] if is_plain(letters) => folder,
        [letters, _] if is_plain(letters) => run.workdir()?,
        _ => return None,
    };
    let folder = run.absolute(folder)?;
    let transfer = transfers::of(copy)?;
    // What deletes the archive afterwards has nothing to delete any more.
    let name = transfers::landing(copy, transfer.sources.first()?)?;
    let name = name.rsplit('/').next()?;
    let mentions = |command: &ShellCommand<'_>| command.node.span.of_text(run.dockerfile.text()).contains(name);
    let others: Vec<ShellCommand<'_>> =
        run.commands().filter(mentions).filter(|command| !std::ptr::eq(command.node, tar.node)).collect();
    let deletes = |command: &ShellCommand<'_>| {
        let operands = command.node.arguments().iter().filter(|word| !word.literal_prefix().starts_with('-'));
        command.node.is("rm") && operands.count() == 1
    };
    if !others.iter().all(deletes) {
        return None;
    }
    let gone: Vec<&shell::SimpleCommand> = others.iter().map(|command| command.node).chain([tar.node]).collect();
    let fix = Fix::risky("let `ADD` unpack it")
        .replace(copy.node.keyword, "ADD")
        .replace(transfer.destination.span, format!("{}/", folder.trim_end_matches('/')));
    let fix = chain::remove(run, &gone)?.into_iter().fold(fix, Fix::delete);
    Some(fix.changes(Effect::Files).changes(Effect::Command).changes(Effect::Steps))
}

/// Letters that only say to unpack and how it is compressed.
fn is_plain(letters: &str) -> bool {
    let letters = letters.strip_prefix('-').unwrap_or(letters);
    letters.ends_with('f') && letters.chars().all(|c| "xvzjJf".contains(c))
}
