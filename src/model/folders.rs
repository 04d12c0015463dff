//! Which folders are there where an instruction runs.

use super::dockerfile::{Instruction, Sh, ShellCommand, ShellKind};
use super::transfers::{self, is_standard_folder};
use crate::syntax::dockerfile::{Command, InstructionKind, Keyword};
use crate::syntax::shell::{self, SimpleCommand, Word};
use crate::text::Span;

/// What goes to another folder.
pub const MOVERS: [&str; 3] = ["cd", "pushd", "popd"];

/// Folders that official images bring, whatever their tag, from the Dockerfiles that they are built from.
const OF_IMAGES: [(&str, &str); 9] = [
    ("httpd", "/usr/local/apache2/htdocs"),
    ("mariadb", "/docker-entrypoint-initdb.d"),
    ("mongo", "/docker-entrypoint-initdb.d"),
    ("mysql", "/docker-entrypoint-initdb.d"),
    ("nginx", "/etc/nginx/conf.d"),
    ("nginx", "/usr/share/nginx/html"),
    ("node", "/home/node"),
    ("php", "/usr/local/etc/php/conf.d"),
    ("postgres", "/docker-entrypoint-initdb.d"),
];

/// Whether a folder is there before an instruction, as far as the file shows: every image has it, or the base or an
/// earlier instruction of the stage, or of one it starts from, brings it. `path` is absolute.
pub fn is_there(instruction: Instruction<'_>, path: &str) -> bool {
    let stage = instruction.stage();
    let of_base = stage.and_then(|stage| stage.base_image()).and_then(|image| image.workdir);
    let image = stage.and_then(|stage| stage.root_image()).filter(|image| image.is_official());
    let brings_it = |(name, folder): &(&str, &str)| {
        is_within(folder, path) && image.is_some_and(|image| image.repository() == *name)
    };
    is_standard_folder(path)
        // Alpine has none.
        || path == "/usr/src" && instruction.sh() != ShellKind::Sh(Sh::Ash)
        || of_base.is_some_and(|folder| is_within(folder, path))
        || OF_IMAGES.iter().any(brings_it)
        || instruction.earlier().any(|other| brings(other, path))
}

/// Whether something is copied to exactly that path before an instruction, be it a file or a folder.
pub fn is_copied_to(instruction: Instruction<'_>, path: &str) -> bool {
    instruction.earlier().any(|other| destination(other).is_some_and(|(folder, _)| *folder == *path))
}

/// Whether the folder that a `cd` of an instruction names is there, as far as the file shows.
pub fn is_entered_surely(instruction: Instruction<'_>, cd: &SimpleCommand) -> bool {
    // The home.
    let Some(word) = cd.arguments().last() else { return cd.is("cd") };
    let text = instruction.dockerfile.text();
    let is_before = |other: &SimpleCommand| other.span.end <= cd.span.start;
    let before = || instruction.commands().map(|command| command.node).filter(|other| is_before(other));
    let written = word.span.of_text(text);
    if before().flat_map(made_by).any(|made| made.span.of_text(text) == written) {
        return true;
    }
    // What is relative is so to the last `cd`.
    let moved = before().any(|other| MOVERS.iter().any(|name| other.is(name)));
    let Some(path) = word.text().filter(|path| path.starts_with('/') || !moved) else { return false };
    let Some(path) = instruction.absolute(&path) else { return false };
    let made = before().flat_map(made_by).any(|made| is_made(instruction, made, &path));
    made || is_there(instruction, &path) || is_copied_to(instruction, &path)
}

fn brings(other: Instruction<'_>, path: &str) -> bool {
    match &other.node.kind {
        InstructionKind::Workdir(word) => {
            let folder = other.value(word).and_then(|value| other.absolute(&value));
            folder.is_some_and(|folder| is_within(&folder, path))
        }
        InstructionKind::Copy(_) | InstructionKind::Add(_) => {
            destination(other).is_some_and(|(to, folder)| is_within(&to, path) && (folder || *to != *path))
        }
        InstructionKind::Run(_) => {
            other.commands().flat_map(|command| made_by(command.node)).any(|made| is_made(other, made, path))
        }
        _ => false,
    }
}

/// Where COPY or ADD copies to, and whether that is a folder for certain.
fn destination(instruction: Instruction<'_>) -> Option<(Box<str>, bool)> {
    let transfer = transfers::of(instruction)?;
    let value = instruction.value(&transfer.destination)?;
    let folder = value.ends_with('/') || transfer.sources.len() + instruction.node.heredocs.len() > 1;
    Some((instruction.absolute(&value)?, folder))
}

/// The folders that a command makes.
fn made_by(command: &SimpleCommand) -> impl Iterator<Item = &Word> {
    let makes = command.is("mkdir") || command.is("install") && command.has_flag(&["-d", "--directory"]);
    let words = if makes { command.arguments() } else { &[] };
    words.iter().filter(|word| !word.literal_prefix().starts_with('-'))
}

/// Whether a word of `mkdir` makes the folder; a relative one may be made anywhere.
fn is_made(instruction: Instruction<'_>, word: &Word, path: &str) -> bool {
    let made = word.text().filter(|made| made.starts_with('/')).and_then(|made| instruction.absolute(&made));
    made.is_some_and(|made| is_within(&made, path))
}

/// Whether `folder` is in that at `path`, or is it.
fn is_within(folder: &str, path: &str) -> bool {
    folder.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || path == "/")
}

/// The `cd FOLDER &&` that a step starts with and nothing in it leaves, what comes after it, and the folder.
pub fn entered(instruction: Instruction<'_>) -> Option<(&SimpleCommand, Span, &str)> {
    let script = instruction.script().filter(|script| script.errors.is_empty())?;
    if instruction.script_heredoc().is_some() || matches!(instruction.command(), Some(Command::Exec(_))) {
        return None;
    }
    let [first, second, ..] = &script.list.items[..] else { return None };
    let [shell::Command::Simple(cd)] = &first.pipeline.commands[..] else { return None };
    let folder = cd.arguments().first().and_then(Word::literal)?;
    let plain = folder.starts_with('/') && !folder.contains([' ', '$', '*', '"', '\'', '\\', '`']);
    let chained = first.operator.is_some_and(|operator| operator.kind == shell::OperatorKind::And);
    if !cd.is("cd") || cd.words.len() != 2 || !cd.redirections.is_empty() || !plain || !chained {
        return None;
    }
    let moves = |command: ShellCommand<'_>| MOVERS.iter().any(|name| command.node.is(name));
    if instruction.commands().skip(1).any(moves) {
        return None;
    }
    let folder = if folder.len() > 1 { folder.trim_end_matches('/') } else { folder };
    Some((cd, second.pipeline.span, folder))
}

/// Whether anything after it in its stage, or a stage that starts from that, runs or copies in the current folder.
pub fn depends_on_folder(instruction: Instruction<'_>) -> bool {
    let Some(stage) = instruction.stage() else { return true };
    let follows = |other: Instruction<'_>| {
        let own = other.stage().is_some_and(|own| own.index == stage.index) && other.index > instruction.index;
        own || other.stage().is_some_and(|own| own.ancestors().any(|ancestor| ancestor.index == stage.index))
    };
    let later: Vec<_> = instruction.dockerfile.instructions().filter(|other| follows(*other)).collect();
    let first_workdir = later.iter().position(|other| other.keyword() == Some(Keyword::Workdir));
    let until = &later[..first_workdir.unwrap_or(later.len())];
    // The container starts in it as well.
    first_workdir.is_none() && stage.ships()
        || until.iter().any(|other| {
            use Keyword::{Add, Cmd, Copy, Entrypoint, Onbuild, Run};
            matches!(other.keyword(), Some(Add | Copy | Run | Cmd | Entrypoint | Onbuild))
        })
}
