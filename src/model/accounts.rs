//! Passwords of users that a command sets.

use super::arguments::{Arguments, Grammar};
use super::dockerfile::ShellCommand;
use super::users::USERADD;
use crate::syntax::shell::{Command, Part, Script, SimpleCommand, Word};
use crate::text::Span;

/// A password that a command sets, as far as the file says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Password<'a> {
    /// Where it stands, or what takes it away.
    pub span: Span,
    /// Where it comes from.
    pub source: PasswordSource<'a>,
}

/// Where a [`Password`] comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordSource<'a> {
    /// It is written out.
    Literal,
    /// From this variable of ARG or ENV, so that it is in the history of the image.
    Variable(&'a str),
    /// It is empty: everyone may log in.
    Empty,
}

/// The password that `command` sets; `None` when it sets none, or what it is is not known.
pub fn password<'a>(command: ShellCommand<'a>) -> Option<Password<'a>> {
    let invocation = command.invocation?;
    let words = &command.node.words;
    let arguments = |grammar| Arguments::read(words, invocation.program + 1, grammar);
    match &*invocation.name() {
        "chpasswd" => {
            // A hash of a password is not the password.
            let hashed = arguments(Grammar { short: "cRsP", long: &["crypt-method"], equals: true, pairs: "" });
            if hashed.has(&["e", "encrypted"]) {
                return None;
            }
            of_words(command, piped_words(command)?)
        }
        "passwd" => {
            let arguments = arguments(Grammar { short: "inwxRr", long: &[], equals: true, pairs: "" });
            if let Some(flag) = arguments.flag_named(&["d", "delete"]) {
                return Some(Password { span: flag.span, source: PasswordSource::Empty });
            }
            let stdin = arguments.has(&["stdin"]);
            stdin.then(|| piped_words(command)).flatten().and_then(|words| of_words(command, words))
        }
        "useradd" | "usermod" => {
            let place = words.iter().position(|word| matches!(word.text().as_deref(), Some("-p" | "--password")))?;
            if !arguments(USERADD).has(&["p", "password"]) {
                return None;
            }
            let value = words.get(place + 1)?;
            match value.text().as_deref() {
                Some("") => Some(Password { span: value.span, source: PasswordSource::Empty }),
                // Locked, or a hash.
                Some(text) if text.starts_with(['!', '*', '$']) || text == "x" => None,
                _ => of_word(command, value),
            }
        }
        _ => None,
    }
}

/// The words that `echo` or `printf` feeds to a command: by a pipe, or by `<<<`.
fn piped_words<'a>(command: ShellCommand<'a>) -> Option<&'a [Word]> {
    let pipelines = command.instruction.script().into_iter().flat_map(Script::pipelines);
    for pipeline in pipelines {
        let Some(place) = pipeline.commands.iter().position(|node| is(node, command.node)) else { continue };
        let before = pipeline.commands.get(place.checked_sub(1)?)?.simple()?;
        return (before.is("echo") || before.is("printf")).then(|| before.arguments());
    }
    None
}

fn is(node: &Command, command: &SimpleCommand) -> bool {
    node.simple().is_some_and(|simple| std::ptr::eq(simple, command))
}

fn of_words<'a>(command: ShellCommand<'a>, words: &'a [Word]) -> Option<Password<'a>> {
    // A flag of `echo`, the format of `printf`.
    let values = words.iter().filter(|word| !word.literal_prefix().starts_with(['-', '%']));
    values.filter_map(|word| of_word(command, word)).next()
}

/// `user:password`, or a password by itself. What the shell makes up is nothing known.
fn of_word<'a>(command: ShellCommand<'a>, word: &'a Word) -> Option<Password<'a>> {
    if let Some(text) = word.text() {
        let empty = text.strip_suffix("\\n").unwrap_or(&text).ends_with(':');
        let source = if empty { PasswordSource::Empty } else { PasswordSource::Literal };
        return (!text.is_empty()).then_some(Password { span: word.span, source });
    }
    let known = |part: &Part| matches!(part, Part::Literal { .. } | Part::SingleQuoted { .. } | Part::Variable { .. });
    let plain = word.parts.iter().all(|part| match part {
        Part::DoubleQuoted { parts, .. } => parts.iter().all(known),
        part => known(part),
    });
    // The last one is the password, the first may be the user.
    let (name, _) = word.variables().into_iter().next_back()?;
    let declared = plain && command.instruction.scope()?.names().any(|own| own == name);
    declared.then_some(Password { span: word.span, source: PasswordSource::Variable(name) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::dockerfile::Dockerfile;
    use crate::syntax::dockerfile;

    fn found(run: &str) -> Option<String> {
        let dockerfile = Dockerfile::new(dockerfile::parse(format!("FROM debian\nARG SECRET\nRUN {run}\n")));
        let instruction = dockerfile.instruction(2)?;
        let found = instruction.commands().find_map(password)?;
        Some(format!("{:?} {}", found.source, found.span.of_text(dockerfile.text())))
    }

    #[test]
    fn passwords_are_found_where_they_stand() {
        let of = |text: &str| found(text).unwrap_or_default();
        assert_eq!(of("echo 'root:abc' | chpasswd"), "Literal 'root:abc'");
        assert_eq!(of("echo -n abc | passwd --stdin root"), "Literal abc");
        assert_eq!(of("echo \"a:$SECRET\" | sudo chpasswd"), "Variable(\"SECRET\") \"a:$SECRET\"");
        assert_eq!(of("useradd -p '' a"), "Empty ''");
        assert_eq!(of("passwd -d root"), "Empty -d");
        assert_eq!(of("printf 'root:\\n' | chpasswd"), "Empty 'root:\\n'");
    }

    #[test]
    fn what_nobody_knows_is_no_password() {
        for text in [
            "chpasswd < /run/secrets/a",
            "echo \"a:$(rand)\" | chpasswd",
            "useradd -p '$6$a$b' a",
            "echo a:$OTHER | chpasswd",
            "passwd -l root",
            "echo a:b | chpasswd -e",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
