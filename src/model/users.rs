//! The users that a Dockerfile creates.
//!
//! The flags are those of `useradd` (shadow), of Debian's `adduser` and of the one in BusyBox.

use std::borrow::Cow;

use super::arguments::{Arguments, Grammar};
use super::dockerfile::{Base, Instruction, ShellCommand, Stage};
use super::packages::Invocation;
use crate::syntax::dockerfile::InstructionKind;
use crate::syntax::shell::{SimpleCommand, Word};
use crate::text::Span;

/// A user that a command creates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created {
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub span: Span,
    /// Its number, if the command gives it.
    pub uid: Option<String>,
    /// The command.
    pub command: Span,
}

/// From the manual pages of `useradd` and `usermod`.
pub(super) const USERADD: Grammar = Grammar {
    short: "bcdefgGkKpPRsuZ",
    long: &[
        "base-dir",
        "comment",
        "home-dir",
        "home",
        "expiredate",
        "inactive",
        "gid",
        "groups",
        "skel",
        "key",
        "password",
        "prefix",
        "root",
        "shell",
        "uid",
        "login",
        "selinux-user",
    ],
    equals: true,
    pairs: "",
};

/// From the manual pages of Debian's `adduser`, of shadow's under that name, and of the one in BusyBox.
const ADDUSER: Grammar = Grammar {
    short: "hgsGukcdbefKp",
    long: &[
        "base-dir",
        "comment",
        "home-dir",
        "home",
        "expiredate",
        "inactive",
        "gid",
        "groups",
        "skel",
        "key",
        "password",
        "root",
        "prefix",
        "shell",
        "uid",
        "selinux-user",
        "gecos",
        "ingroup",
        "conf",
        "firstuid",
        "lastuid",
        "firstgid",
        "lastgid",
    ],
    equals: true,
    pairs: "",
};

/// The users created before an instruction, in its stage and those it starts from, in the order of the build.
pub fn created(before: Instruction<'_>) -> Vec<Created> {
    let Some(stage) = before.stage() else { return Vec::new() };
    created_in(stage).filter(|(index, _)| *index < before.index).map(|(_, user)| user).collect()
}

/// The users that a stage and those it starts from create, each with the instruction that does.
pub fn created_in(stage: Stage<'_>) -> impl Iterator<Item = (usize, Created)> {
    let mut stages: Vec<Stage<'_>> = std::iter::once(stage).chain(stage.ancestors()).collect();
    stages.reverse();
    let instructions = stages.into_iter().flat_map(Stage::outer_instructions);
    let commands = instructions.flat_map(Instruction::commands);
    commands.filter_map(|command| Some((command.instruction.index, creates(command.node)?)))
}

/// Whether the arguments of `sudo` name the user or the group to run as.
pub fn is_told_for_whom<'w>(mut arguments: impl Iterator<Item = Cow<'w, str>>) -> bool {
    while let Some(text) = arguments.next() {
        let long = text.split_once('=').map_or(&*text, |(name, _)| name);
        if matches!(long, "--user" | "--group") {
            return true;
        }
        let Some(letters) = text.strip_prefix('-').filter(|letters| !letters.is_empty()) else { return false };
        if letters.starts_with('-') {
            continue;
        }
        // The first letter that takes a value ends a bundle.
        match letters.find(['u', 'g', 'C', 'D', 'R', 'T', 'U', 'h', 'p', 'r', 't']) {
            Some(at) if letters[at..].starts_with(['u', 'g']) => return true,
            Some(at) if at + 1 == letters.len() => drop(arguments.next()),
            _ => {}
        }
    }
    false
}

/// The user that a command creates.
pub fn creates(command: &SimpleCommand) -> Option<Created> {
    let invocation = Invocation::of(command)?;
    let name = invocation.name();
    let grammar = match &*name {
        "useradd" => USERADD,
        "adduser" => ADDUSER,
        _ => return None,
    };
    let Arguments { flags, operands } = Arguments::read(&command.words, invocation.program + 1, grammar);
    // Of several the last one counts.
    let uid = flags.iter().rev().find(|flag| matches!(&*flag.name, "u" | "uid"));
    let uid = uid.and_then(|flag| flag.value.as_deref().map(str::to_owned));
    // `adduser USER GROUP` puts a user into a group.
    let [operand] = operands[..] else { return None };
    let uid = uid.filter(|uid| !uid.is_empty() && uid.bytes().all(|byte| byte.is_ascii_digit()));
    Some(Created { name: operand.text()?.into_owned(), span: operand.span, uid, command: command.span })
}

/// The further groups that commands before an instruction put a user into, and where they are named.
pub fn joined(before: Instruction<'_>, user: &str) -> Vec<(String, Span)> {
    let Some(stage) = before.stage() else { return Vec::new() };
    let stages = std::iter::once(stage).chain(stage.ancestors());
    let instructions = stages.flat_map(Stage::outer_instructions).filter(|own| own.index < before.index);
    instructions.flat_map(Instruction::commands).filter_map(|command| joins(command.node, user)).collect()
}

/// The groups that a command puts a user into.
fn joins(command: &SimpleCommand, user: &str) -> Option<(String, Span)> {
    let invocation = Invocation::of(command)?;
    let arguments = invocation.arguments();
    let is_user = |word: &Word| word.text().is_some_and(|text| text == user);
    match &*invocation.name() {
        "useradd" | "usermod" => {
            let flag = arguments.iter().position(|word| {
                word.text().is_some_and(|text| {
                    text == "--groups" || text.starts_with('-') && !text.starts_with("--") && text.ends_with('G')
                })
            })?;
            let groups = arguments.get(flag + 1)?;
            let named = arguments.iter().skip(flag + 2).chain(arguments.iter().take(flag)).any(is_user);
            named.then(|| Some((groups.text()?.into_owned(), groups.span)))?
        }
        "adduser" | "addgroup" => {
            let [first, group] = arguments else { return None };
            is_user(first).then(|| Some((group.text()?.into_owned(), group.span)))?
        }
        _ => None,
    }
}

/// The users of Debian and Ubuntu: `passwd.master` of the package `base-passwd` of both, and what their images add, old
/// releases included.
const DEBIAN: [&str; 27] = [
    "root",
    "daemon",
    "bin",
    "sys",
    "sync",
    "games",
    "man",
    "lp",
    "mail",
    "news",
    "uucp",
    "proxy",
    "www-data",
    "backup",
    "list",
    "irc",
    "gnats",
    "nobody",
    "_apt",
    "libuuid",
    "syslog",
    "systemd-timesync",
    "systemd-network",
    "systemd-resolve",
    "systemd-bus-proxy",
    "messagebus",
    "ubuntu",
];

/// The users of Alpine: `main/alpine-baselayout/passwd` of <https://github.com/alpinelinux/aports>, old releases included.
const ALPINE: [&str; 30] = [
    "root",
    "bin",
    "daemon",
    "adm",
    "lp",
    "sync",
    "shutdown",
    "halt",
    "mail",
    "news",
    "uucp",
    "operator",
    "man",
    "postmaster",
    "cron",
    "ftp",
    "sshd",
    "at",
    "squid",
    "xfs",
    "games",
    "postgres",
    "cyrus",
    "vpopmail",
    "ntp",
    "smmsp",
    "guest",
    "nobody",
    "svn",
    "dhcp",
];

/// Programs that create no users unless they are told of `passwd`.
const HARMLESS: [&str; 27] = [
    "mkdir",
    "chown",
    "chmod",
    "chgrp",
    "rm",
    "cd",
    "touch",
    "echo",
    "printf",
    "test",
    "[",
    "true",
    "set",
    "export",
    "ls",
    "cat",
    "head",
    "tail",
    "grep",
    "date",
    "uname",
    "curl",
    "wget",
    "sha256sum",
    "md5sum",
    "sleep",
    "rmdir",
];

/// Whether the image surely has no user of that name where an instruction stands: its base is known with all its users,
/// and nothing before can have brought another one.
pub fn is_known_to_lack(instruction: Instruction<'_>, name: &str) -> bool {
    let Some(stage) = instruction.stage() else { return false };
    let known: &[&str] = match stage.root_base() {
        Base::Scratch => &[],
        Base::Image(image) if image.is_official() => match image.repository() {
            "debian" | "ubuntu" => &DEBIAN,
            "alpine" => &ALPINE,
            _ => return false,
        },
        _ => return false,
    };
    let before = std::iter::once(stage).chain(stage.ancestors()).flat_map(Stage::outer_instructions);
    !known.contains(&name) && before.filter(|own| own.index < instruction.index).all(brings_nobody)
}

/// Whether an instruction surely creates no users.
fn brings_nobody(instruction: Instruction<'_>) -> bool {
    match &instruction.node.kind {
        InstructionKind::Copy(transfer) | InstructionKind::Add(transfer) => {
            let folder = instruction.value(&transfer.destination).and_then(|path| instruction.absolute(&path));
            // An archive that ADD unpacks lies below its destination as well.
            folder.is_some_and(|folder| &*folder != "/" && !folder.starts_with("/etc"))
        }
        InstructionKind::Run(_) => {
            let harmless = |command: ShellCommand<'_>| {
                let name = command.invocation.map(|invocation| invocation.name());
                command.node.words.is_empty() || name.is_some_and(|name| HARMLESS.contains(&&*name))
            };
            let read = instruction.script().is_some_and(|script| script.errors.is_empty());
            read && !instruction.text().contains("passwd") && instruction.commands().all(harmless)
        }
        InstructionKind::Onbuild(_) | InstructionKind::Invalid(_) | InstructionKind::Unknown => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::dockerfile::Dockerfile;
    use crate::syntax::dockerfile;

    fn of(run: &str) -> Option<(String, Option<String>)> {
        let dockerfile = Dockerfile::new(dockerfile::parse(format!("FROM debian\nRUN {run}\n").as_str()));
        let found = created_in(dockerfile.shipped_stage()?).next()?.1;
        Some((found.name, found.uid))
    }

    #[test]
    fn commands_of_all_families_are_read() {
        for (run, uid) in [
            ("useradd app", None),
            ("useradd -rms /bin/bash -u 1000 app", Some("1000")),
            ("useradd --uid=1000 --gid 1000 -m app", Some("1000")),
            ("useradd -u1000 app", Some("1000")),
            ("groupadd -r app && useradd --no-log-init -r -g app app", None),
            ("addgroup -S app && adduser -S -G app -u 10001 app", Some("10001")),
            ("adduser -D -h /srv -u 7 app", Some("7")),
            ("adduser --disabled-password --gecos '' --uid 1000 app", Some("1000")),
            ("useradd -u $UID app", None),
        ] {
            assert_eq!(of(run), Some(("app".to_owned(), uid.map(str::to_owned))), "{run}");
        }
        for run in ["adduser app docker", "useradd $NAME", "usermod -u 1 app", "useradd"] {
            assert_eq!(of(run), None, "{run}");
        }
    }
}
