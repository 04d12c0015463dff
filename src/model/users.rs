//! The users that a Dockerfile creates.
//!
//! The flags are those of `useradd` (shadow), of Debian's `adduser` and of the one in BusyBox.

use super::dockerfile::{Instruction, Stage};
use super::packages::Invocation;
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

/// Whether a command may create users whose names it does not show.
pub fn may_create(command: &SimpleCommand) -> bool {
    let name = Invocation::of(command).map(|invocation| invocation.name());
    matches!(name.as_deref(), Some("useradd" | "adduser" | "newusers"))
}

/// The user that a command creates.
pub fn creates(command: &SimpleCommand) -> Option<Created> {
    let invocation = Invocation::of(command)?;
    let name = invocation.name();
    // The letters of flags that take a value.
    let letters = match &*name {
        "useradd" => "bcdefgGkKpsuZRP",
        "adduser" => "hgsGukcdbefKp",
        _ => return None,
    };
    let mut uid = None;
    let mut operands: Vec<&Word> = Vec::new();
    let mut words = invocation.arguments().iter();
    while let Some(word) = words.next() {
        let text = word.text();
        let Some(flag) = text.as_deref().filter(|text| text.starts_with('-') && text.len() > 1) else {
            operands.push(word);
            continue;
        };
        let (flag, inline) = match flag.strip_prefix("--") {
            Some(long) => match long.split_once('=') {
                Some((long, value)) => (long.to_owned(), Some(value.to_owned())),
                None if takes_value(long) => (long.to_owned(), words.next().and_then(|word| Some(word.text()?.into()))),
                None => continue,
            },
            None => {
                let Some(at) = flag[1..].find(|letter| letters.contains(letter)).map(|at| at + 1) else { continue };
                let rest = &flag[at + 1..];
                let value = if rest.is_empty() {
                    words.next().and_then(|word| Some(word.text()?.into_owned()))
                } else {
                    Some(rest.to_owned())
                };
                (flag[at..=at].to_owned(), value)
            }
        };
        if flag == "u" || flag == "uid" {
            uid = inline;
        }
    }
    // `adduser USER GROUP` puts a user into a group.
    let [operand] = operands[..] else { return None };
    let uid = uid.filter(|uid| !uid.is_empty() && uid.bytes().all(|byte| byte.is_ascii_digit()));
    Some(Created { name: operand.text()?.into_owned(), span: operand.span, uid, command: command.span })
}

/// Whether a long flag takes the next word as its value.
fn takes_value(flag: &str) -> bool {
    const FLAGS: [&str; 23] = [
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
    ];
    FLAGS.contains(&flag)
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
