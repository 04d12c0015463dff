//! What an image starts, and what that is for.

use super::base_images::BaseImage;
use super::dockerfile::{Base, Instruction, Stage};
use super::sources::is_archive;
use super::transfers::is_root_folder;
use crate::syntax::dockerfile::{Command, InstructionKind, Keyword};
use crate::syntax::shell::SimpleCommand;

/// Programs that change to another user before they start what is named behind them.
const USER_CHANGERS: [&str; 10] =
    ["runuser", "su", "sudo", "chpst", "s6-setuidgid", "setuidgid", "gosu", "su-exec", "setpriv", "doas"];

/// Programs that start others for several users, or sessions of them: they must be root. The inits of s6, systemd, OpenRC and
/// SysV, and the server of OpenSSH.
const INITS: [&str; 9] = [
    "/init",
    "/sbin/init",
    "/usr/sbin/init",
    "/bin/systemd",
    "/lib/systemd/systemd",
    "/usr/lib/systemd/systemd",
    "systemd",
    "/usr/sbin/sshd",
    "sshd",
];

/// Whether the image of a stage is a set of tools that somebody starts by hand, or that others build upon: neither it nor what it
/// starts from says what to run, and its base starts a shell or an interpreter. Nothing in it runs as its user by itself.
pub fn is_toolbox(stage: Stage<'_>) -> bool {
    let runs = |keyword| matches!(keyword, Keyword::Cmd | Keyword::Entrypoint | Keyword::Expose | Keyword::Healthcheck);
    !stage.own_keywords().any(runs) && stage.root_image().is_some_and(BaseImage::starts_nothing)
}

/// Whether the image of a stage is a distribution: an archive unpacked into an empty image.
pub fn is_unpacked_distribution(stage: Stage<'_>) -> bool {
    let unpacks = |instruction: Instruction<'_>| {
        let InstructionKind::Add(transfer) = &instruction.node.kind else { return false };
        let root = instruction.value(&transfer.destination).is_some_and(|path| is_root_folder(&path));
        root && transfer.sources.iter().any(|word| is_archive(&word.raw))
    };
    *stage.root_base() == Base::Scratch && chain(stage).flat_map(Stage::outer_instructions).any(unpacks)
}

/// Whether a stage, or one that it starts from, holds instructions back for the images that are built upon it.
pub fn is_for_others(stage: Stage<'_>) -> bool {
    stage.own_keywords().any(|keyword| keyword == Keyword::Onbuild)
}

/// Whether a stage, or one that it starts from, makes the images that are built upon it run as somebody else than root.
pub fn others_leave_root(stage: Stage<'_>) -> bool {
    chain(stage).flat_map(Stage::instructions).any(|instruction| match &instruction.node.kind {
        InstructionKind::User(word) if instruction.onbuild => !matches!(&*word.raw, "root" | "0" | "root:root" | "0:0"),
        _ => false,
    })
}

/// Whether a stage is built for developers beside one that is for others: its name says so, and another stage is not there for
/// it.
pub fn is_for_development(stage: Stage<'_>) -> bool {
    const WORDS: [&str; 12] = [
        "dev",
        "devel",
        "develop",
        "development",
        "test",
        "tests",
        "testing",
        "debug",
        "debugger",
        "lint",
        "ci",
        "e2e",
    ];
    let named = stage.name().is_some_and(|name| {
        name.split(['-', '_', '.']).any(|part| WORDS.iter().any(|word| part.eq_ignore_ascii_case(word)))
    });
    let needed =
        |other: Stage<'_>| stage.dockerfile.stages().any(|own| own.needs().any(|own| own.index == other.index));
    named && stage.dockerfile.stages().any(|other| other.index != stage.index && !needed(other))
}

/// Whether what a stage starts must be root, or changes to another user as its first act: the program of its last ENTRYPOINT,
/// and that of its last CMD.
pub fn starts_as_root_on_purpose(stage: Stage<'_>) -> bool {
    [Keyword::Entrypoint, Keyword::Cmd].into_iter().any(|keyword| last(stage, keyword).is_some_and(is_on_purpose))
}

fn is_on_purpose(instruction: Instruction<'_>) -> bool {
    if let Some(Command::Exec(form)) = instruction.command() {
        let words: Vec<&str> = form.words.iter().map(|word| &*word.value).collect();
        if words.first().is_some_and(|program| is_init(program)) || words.iter().any(|word| changes_user(word)) {
            return true;
        }
    }
    let words = |command: &SimpleCommand| -> bool {
        let text = |index: usize| command.words.get(index).and_then(|word| Some(word.text()?.into_owned()));
        let first = if text(0).as_deref() == Some("exec") { 1 } else { 0 };
        text(first).is_some_and(|program| is_init(&program) || changes_user(&program))
    };
    instruction.commands().any(|command| words(command.node))
}

fn is_init(program: &str) -> bool {
    INITS.contains(&program)
}

fn changes_user(word: &str) -> bool {
    USER_CHANGERS.contains(&word.rsplit('/').next().unwrap_or(word))
}

/// The last instruction of a keyword, in a stage or the nearest one that it starts from.
fn last(stage: Stage<'_>, keyword: Keyword) -> Option<Instruction<'_>> {
    chain(stage).find_map(|own| own.outer_instructions().filter(|other| other.keyword() == Some(keyword)).last())
}

fn chain(stage: Stage<'_>) -> impl Iterator<Item = Stage<'_>> {
    std::iter::once(stage).chain(stage.ancestors())
}
