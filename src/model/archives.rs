//! Commands that unpack archives.

use super::dockerfile::ShellCommand;
use super::folders::MOVERS;
use crate::syntax::shell::Word;

/// Programs that unpack what they are given.
const UNPACKERS: [&str; 10] =
    ["bunzip2", "gunzip", "gzcat", "lzcat", "uncompress", "unlzma", "unxz", "unzstd", "xzcat", "zcat"];

/// Whether `command` unpacks the file at `archive`.
pub fn unpacks(command: ShellCommand<'_>, archive: &str) -> bool {
    let Some(invocation) = command.invocation else { return false };
    let name = invocation.name();
    let arguments = invocation.arguments();
    let extracts = match &*name {
        "tar" | "bsdtar" => extracts(arguments),
        "gzip" | "xz" | "bzip2" | "zstd" | "lzma" => command.node.has_flag(&["-d", "--decompress"]),
        name => UNPACKERS.contains(&name),
    };
    let is_it = |word: &Word| {
        let Some(text) = word.text() else { return false };
        let path = text.strip_prefix("--file=").unwrap_or(&text);
        let same_name = path.rsplit('/').next() == archive.rsplit('/').next();
        // A `cd` before it may change what a relative path means.
        same_name && (!path.starts_with('/') || !archive.starts_with('/') || path == archive)
    };
    extracts && arguments.iter().any(is_it)
}

/// Whether the letters of `tar` say so, with a dash or without.
fn extracts(arguments: &[Word]) -> bool {
    arguments.iter().enumerate().any(|(index, word)| {
        let Some(text) = word.text() else { return false };
        match text.strip_prefix('-') {
            None => index == 0 && text.contains('x') && text.chars().all(|c| c.is_ascii_alphabetic()),
            Some(rest) if rest.starts_with('-') => matches!(&*text, "--extract" | "--get"),
            Some(letters) => letters.contains('x'),
        }
    })
}

/// The folder that `tar` unpacks a whole archive to, where the command says no more than that.
pub fn unpacked_to(command: ShellCommand<'_>) -> Option<Box<str>> {
    let run = command.instruction;
    let words = command.node.arguments().iter().map(Word::text).collect::<Option<Vec<_>>>()?;
    let folder = match words.iter().map(|word| &**word).collect::<Vec<_>>()[..] {
        [letters, _, "-C", folder] | ["-C", folder, letters, _] if is_plain(letters) => folder,
        [letters, _] if is_plain(letters) => ".",
        _ => return None,
    };
    let moves = |other: ShellCommand<'_>| MOVERS.iter().any(|name| other.node.is(name));
    let stays = folder.starts_with('/') || !run.commands().any(moves);
    stays.then(|| run.absolute(folder)).flatten()
}

/// Letters that only say to unpack and how it is compressed.
fn is_plain(letters: &str) -> bool {
    let letters = letters.strip_prefix('-').unwrap_or(letters);
    letters.ends_with('f') && letters.chars().all(|c| "xvzjJf".contains(c))
}
