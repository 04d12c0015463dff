//! What a shell command does with a package manager, and what program a command really runs.

pub mod caches;
mod invocation;
mod locks;
mod managers;
mod pins;
mod questions;
#[cfg(test)]
mod tests;
mod values;
mod versions;

use std::borrow::Cow;

pub use invocation::Invocation;
pub use locks::Lock;
pub use managers::{Action, Manager, Origin, Package};
pub use pins::Unpinned;
pub use versions::Unversioned;

use crate::model::dockerfile::{Instruction, ShellCommand};
use crate::model::expand::Value;
use crate::syntax::dockerfile::Keyword;
use crate::syntax::shell::{Part, Word};
use values::{Variables, split_assignment};

/// A package manager and what is asked of it.
#[derive(Clone, Debug)]
pub struct Operation<'a> {
    /// The manager.
    pub manager: Manager,
    /// What is asked.
    pub action: Action,
    /// The instruction that runs it.
    pub instruction: Instruction<'a>,
    /// The command.
    pub invocation: Invocation<'a>,
    /// The word that says what is asked: `install`, also that of `pip install` after `uv`.
    pub subcommand: &'a Word,
    /// What is asked, in words: `install`, `module install`, `-Syu`.
    pub name: Cow<'a, str>,
    /// The flags before and after the subcommand, in order.
    pub flags: Vec<Flag<'a>>,
    /// What follows the subcommand and is neither a flag nor the value of one: packages. A word that becomes several
    /// packages is there several times.
    pub operands: Vec<Operand<'a>>,
    /// The words that are not known; each may be packages, flags, or nothing.
    pub unknown: Vec<&'a Word>,
    /// Whether more operands come from somewhere else, as those that `xargs` reads.
    pub more: bool,
}

/// A flag as it reaches the program.
#[derive(Clone, Debug)]
pub struct Flag<'a> {
    /// The word that it is, or that becomes it.
    pub word: &'a Word,
    /// Its text: `--virtual=.deps`, `-qy`.
    pub text: Cow<'a, str>,
    /// The value that follows it in a word of its own; `None` also where that is not known.
    pub value: Option<Operand<'a>>,
}

/// A package or another operand as it reaches the program.
#[derive(Clone, Debug)]
pub struct Operand<'a> {
    /// The word that it is, or that becomes it.
    pub word: &'a Word,
    /// Its text.
    pub text: Cow<'a, str>,
}

/// What is known about a variable of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setting<'a> {
    /// It is not set.
    Unset,
    /// It may be set or not, to anything.
    Unknown,
    /// It has this value.
    Known(Cow<'a, str>),
}

/// A word of the command line as the program gets it.
#[derive(Clone)]
struct Token<'a> {
    word: &'a Word,
    /// `None` when it is not known.
    text: Option<Cow<'a, str>>,
}

/// What `instruction` asks of package managers, in the order of the text.
pub fn operations<'a>(instruction: Instruction<'a>) -> impl Iterator<Item = Operation<'a>> {
    instruction.commands().filter_map(Operation::of)
}

impl<'a> Operation<'a> {
    /// What `command` asks of a package manager; `None` when it is none, or what it is asked is not known.
    pub fn of(command: ShellCommand<'a>) -> Option<Operation<'a>> {
        let invocation = command.invocation?;
        let (manager, skip) = managers::recognize(invocation)?;
        let arguments = invocation.arguments().get(skip..)?;
        let tokens = tokens(command, arguments);
        let mut operation = Operation {
            manager,
            action: Action::Other,
            instruction: command.instruction,
            invocation,
            subcommand: invocation.word(),
            name: Cow::Borrowed(""),
            flags: Vec::new(),
            operands: Vec::new(),
            unknown: Vec::new(),
            more: invocation.is_run_by("xargs"),
        };
        let mut found = false;
        let mut rest = tokens.into_iter();
        let mut only_operands = false;
        while let Some(token) = rest.next() {
            let Some(text) = token.text else {
                // What is asked may be in it.
                if !found {
                    return None;
                }
                operation.unknown.push(token.word);
                continue;
            };
            if text == "--" && !only_operands {
                // What follows is for the compiler of a gem, for the program that is run.
                if matches!(manager, Manager::Gem) {
                    break;
                }
                only_operands = true;
            } else if text.starts_with('-') && text.len() > 1 && !only_operands && !manager.is_asked_by_flag(&text) {
                let value = if manager.takes_value(&text) { rest.next() } else { None };
                let value = value.and_then(|value| Some(Operand { word: value.word, text: value.text? }));
                operation.flags.push(Flag { word: token.word, text, value });
            } else if !found {
                found = !manager.is_group(&text);
                operation.subcommand = token.word;
                operation.name =
                    if operation.name.is_empty() { text } else { format!("{} {text}", operation.name).into() };
            } else {
                operation.operands.push(Operand { word: token.word, text });
            }
        }
        if operation.name.is_empty() {
            // `yarn` alone installs.
            operation.name = Cow::Borrowed(manager.default_name()?);
        }
        let any = operation.more || !operation.operands.is_empty() || !operation.unknown.is_empty();
        operation.action = manager.action(&operation.name, any);
        Some(operation)
    }

    /// What a command of a RUN asks of a package manager.
    pub fn of_run(command: ShellCommand<'a>) -> Option<Operation<'a>> {
        (command.instruction.keyword() == Some(Keyword::Run)).then(|| Operation::of(command)).flatten()
    }

    /// Whether one of `flags` is given: the very word, `--flag=value`, or a letter in a bundle such as `-qy`.
    pub fn has_flag(&self, flags: &[&str]) -> bool {
        self.flag(flags).is_some()
    }

    /// The first of `flags` that is given.
    pub fn flag(&self, flags: &[&str]) -> Option<&Flag<'a>> {
        self.flags.iter().find(|own| flags.iter().any(|flag| own.is(flag, self.manager)))
    }

    /// The operands as packages.
    pub fn packages(&self) -> impl Iterator<Item = (&Operand<'a>, Package<'_>)> {
        self.operands.iter().map(|operand| (operand, self.manager.package(&operand.text)))
    }

    /// Whether a flag may stand in one of the words that are not known, by what its variable is called.
    pub fn may_have_more_flags(&self) -> bool {
        self.unknown.iter().any(|word| questions::may_hold_flags(word))
    }

    /// What is known about a variable where the program runs: set before its name, by the script, by ARG or ENV.
    pub fn variable(&self, name: &str) -> Setting<'a> {
        let command = self.invocation.command;
        if let Some(own) = command.assignment(name) {
            return Setting::of(own.value.as_ref(), 0);
        }
        if let Some(word) = self.invocation.settings().find(|word| names(word, name)) {
            return Setting::of(Some(word), name.len() + 1);
        }
        // The last of the script before it.
        let mut found = None;
        for other in self.instruction.commands().map(|other| other.node) {
            if other.span.end > command.span.start {
                break;
            }
            if other.is("export")
                && let Some(word) = other.arguments().iter().find(|word| names(word, name))
            {
                found = Some(Setting::of(Some(word), name.len() + 1));
            } else if other.words.is_empty()
                && let Some(own) = other.assignment(name)
            {
                found = Some(Setting::of(own.value.as_ref(), 0));
            }
        }
        found.unwrap_or_else(|| match self.instruction.variable(name) {
            Value::Unset => Setting::Unset,
            Value::Known(value) => Setting::Known(Cow::Borrowed(value)),
            Value::Argument | Value::Unknown => Setting::Unknown,
        })
    }
}

impl<'a> Setting<'a> {
    /// What stands in `word` behind its first `skip` bytes.
    fn of(word: Option<&'a Word>, skip: usize) -> Setting<'a> {
        let Some(word) = word else { return Setting::Known(Cow::Borrowed("")) };
        match word.text() {
            Some(Cow::Borrowed(text)) => Setting::Known(Cow::Borrowed(text.get(skip..).unwrap_or(""))),
            Some(Cow::Owned(text)) => Setting::Known(Cow::Owned(text.get(skip..).unwrap_or("").to_owned())),
            None => Setting::Unknown,
        }
    }
}

impl Flag<'_> {
    /// Whether it is `flag`, `flag=…` or a bundle of letters with it. Letters that take a value end a bundle.
    pub fn is(&self, flag: &str, manager: Manager) -> bool {
        let text = &*self.text;
        if text == flag || text.strip_prefix(flag).is_some_and(|rest| flag.starts_with("--") && rest.starts_with('=')) {
            return true;
        }
        let mut letters = flag.chars();
        let (Some('-'), Some(letter), None) = (letters.next(), letters.next(), letters.next()) else { return false };
        if letter == '-' || text.starts_with("--") {
            return false;
        }
        text[1..].chars().take_while(|own| own.is_ascii_alphanumeric()).find_map(|own| {
            let ends = manager.letter_takes_value(own);
            (own == letter || ends).then_some(own == letter)
        }) == Some(true)
    }

    /// The value of `--flag=value`, or that in the next word.
    pub fn value(&self) -> Option<&str> {
        let inner = self.text.split_once('=').map(|(_, value)| value);
        inner.or_else(|| self.value.as_ref().map(|value| &*value.text))
    }
}

fn names(word: &Word, name: &str) -> bool {
    split_assignment(word).is_some_and(|(own, _)| own == name)
}

/// The words as the program gets them. Variables are looked up only where there is one.
fn tokens<'a>(command: ShellCommand<'a>, words: &'a [Word]) -> Vec<Token<'a>> {
    let mut variables = None;
    let mut tokens = Vec::with_capacity(words.len());
    for word in words {
        if let Some(text) = word.text() {
            tokens.push(Token { word, text: Some(text) });
            continue;
        }
        let known = may_be_known(&word.parts)
            && match variables.get_or_insert_with(|| Variables::at(command.instruction, command.node)).words(word) {
                Some(words) => {
                    tokens.extend(words.into_iter().map(|text| Token { word, text: Some(Cow::Owned(text)) }));
                    true
                }
                None => false,
            };
        if !known {
            tokens.push(Token { word, text: None });
        }
    }
    tokens
}

/// Whether no part of a word is what only the shell can know.
fn may_be_known(parts: &[Part]) -> bool {
    parts.iter().all(|part| match part {
        Part::Literal { .. } | Part::SingleQuoted { .. } | Part::Variable { .. } => true,
        Part::DoubleQuoted { parts, .. } => may_be_known(parts),
        _ => false,
    })
}
