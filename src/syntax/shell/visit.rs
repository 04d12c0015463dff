//! Questions that rules ask of a script.

use std::borrow::Cow;

use super::{Assignment, Command, List, Part, Pipeline, Script, SimpleCommand, Word};
use crate::text::Span;

/// The shells that read the POSIX language; Bash's extensions are a matter of the shell at hand.
const POSIX_SHELLS: [&str; 6] = ["sh", "bash", "dash", "ash", "ksh", "zsh"];

/// Whether `program`, with or without its folder, is a shell that reads the POSIX language.
pub fn is_posix_shell(program: &str) -> bool {
    POSIX_SHELLS.contains(&without_folder(program))
}

/// The name of `program`, without its folder.
pub fn without_folder(program: &str) -> &str {
    // Most have none, and are too short for a search by words to pay.
    match program.bytes().rposition(|byte| byte == b'/') {
        Some(slash) => &program[slash + 1..],
        None => program,
    }
}

impl Script {
    /// Every simple command, in the order of the text: also those inside compound commands, substitutions and
    /// `sh -c '…'`.
    pub fn commands(&self) -> Vec<&SimpleCommand> {
        self.list.commands()
    }

    /// Every pipeline, in the order of the text, a command by itself being one too.
    pub fn pipelines(&self) -> Vec<&Pipeline> {
        let mut found = Vec::new();
        self.list.visit(&mut |node| {
            if let Node::Pipeline(pipeline) = node {
                found.push(pipeline);
            }
        });
        found
    }
}

/// What [`List::visit`] meets.
#[derive(Clone, Copy, Debug)]
pub enum Node<'a> {
    /// A list, before what is in it.
    List(&'a List),
    /// A pipeline, before its commands.
    Pipeline(&'a Pipeline),
    /// A simple command, before what is nested in its words.
    Simple(&'a SimpleCommand),
    /// A compound command, before its lists.
    Compound(&'a super::Compound),
    /// A word of a command, a redirection or a compound command; also the value of an assignment.
    Word(&'a Word),
}

impl List {
    /// Every simple command in it, as [`Script::commands`].
    pub fn commands(&self) -> Vec<&SimpleCommand> {
        let mut found = Vec::new();
        self.visit(&mut |node| {
            if let Node::Simple(command) = node {
                found.push(command);
            }
        });
        found
    }

    /// Its commands without those that one of them gives to another shell.
    pub fn outer_commands(&self) -> Vec<&SimpleCommand> {
        let mut all = self.commands();
        let inner: Vec<*const SimpleCommand> = all
            .iter()
            .filter_map(|command| command.inner.as_deref())
            .flat_map(List::commands)
            .map(std::ptr::from_ref)
            .collect();
        all.retain(|command| !inner.contains(&std::ptr::from_ref(*command)));
        all
    }

    /// Calls `see` with everything in it, in the order of the text.
    pub fn visit<'a>(&'a self, see: &mut dyn FnMut(Node<'a>)) {
        see(Node::List(self));
        for item in &self.items {
            see(Node::Pipeline(&item.pipeline));
            item.pipeline.commands.iter().for_each(|command| command.visit(see));
        }
    }
}

impl Command {
    /// All of it.
    pub fn span(&self) -> Span {
        match self {
            Command::Simple(command) => command.span,
            Command::Compound(compound) => compound.span,
        }
    }

    /// The simple command, if it is one.
    pub fn simple(&self) -> Option<&SimpleCommand> {
        match self {
            Command::Simple(command) => Some(command),
            Command::Compound(_) => None,
        }
    }

    fn visit<'a>(&'a self, see: &mut dyn FnMut(Node<'a>)) {
        match self {
            Command::Simple(command) => {
                see(Node::Simple(command));
                command.assignments.iter().filter_map(|a| a.value.as_ref()).for_each(|word| word.visit(see));
                command.words.iter().for_each(|word| word.visit(see));
                command.redirections.iter().filter_map(|r| r.target.as_ref()).for_each(|word| word.visit(see));
                command.inner.iter().for_each(|list| list.visit(see));
            }
            Command::Compound(compound) => {
                see(Node::Compound(compound));
                compound.words.iter().for_each(|word| word.visit(see));
                compound.lists.iter().for_each(|list| list.visit(see));
                compound.redirections.iter().filter_map(|r| r.target.as_ref()).for_each(|word| word.visit(see));
            }
        }
    }
}

impl SimpleCommand {
    /// The program as written, its folder included; `None` when it is not known or there is none.
    pub fn name(&self) -> Option<&str> {
        self.words.first()?.literal()
    }

    /// Whether the program is `name`, with or without its folder.
    pub fn is(&self, name: &str) -> bool {
        self.is_any(&[name])
    }

    /// Whether the program is one of these, with or without its folder.
    pub fn is_any(&self, names: &[&str]) -> bool {
        self.name().is_some_and(|program| names.contains(&without_folder(program)))
    }

    /// The words after the program.
    pub fn arguments(&self) -> &[Word] {
        self.words.get(1..).unwrap_or(&[])
    }

    /// The first argument that is no flag, and its place among [`SimpleCommand::arguments`]: `install` of
    /// `apt-get -y install curl`. `None` when a word before it is not known.
    pub fn subcommand(&self) -> Option<(usize, Cow<'_, str>)> {
        for (index, word) in self.arguments().iter().enumerate() {
            let text = word.text()?;
            if !text.starts_with('-') {
                return Some((index, text));
            }
        }
        None
    }

    /// Whether an argument is exactly one of `flags`, or, for a flag of one letter, a bundle such as `-qy` with it.
    pub fn has_flag(&self, flags: &[&str]) -> bool {
        self.arguments().iter().filter_map(Word::text).any(|text| flags.iter().any(|flag| is_flag(&text, flag)))
    }

    /// The value that is assigned to `name` before the program.
    pub fn assignment(&self, name: &str) -> Option<&Assignment> {
        self.assignments.iter().find(|assignment| &*assignment.name == name)
    }
}

fn is_flag(text: &str, flag: &str) -> bool {
    if text == flag {
        return true;
    }
    let Some(letter) = flag.strip_prefix('-').filter(|letter| letter.len() == 1 && *letter != "-") else {
        return false;
    };
    text.strip_prefix('-')
        .is_some_and(|bundle| bundle.contains(letter) && bundle.chars().all(|c| c.is_ascii_alphabetic()))
}

impl Word {
    /// The text before the first variable or substitution, quotes and escapes resolved.
    pub fn literal_prefix(&self) -> Cow<'_, str> {
        match &self.parts[..] {
            [Part::Literal { value, .. } | Part::SingleQuoted { value, .. }, ..] if self.parts.len() == 1 => {
                Cow::Borrowed(value)
            }
            parts => {
                let mut result = String::new();
                // What was read before the unknown part stays in `result`.
                let _ = literal(parts, &mut result);
                Cow::Owned(result)
            }
        }
    }

    /// The names of the variables in it, those inside double quotes included.
    pub fn variables(&self) -> Vec<(&str, Span)> {
        let mut found = Vec::new();
        variables(&self.parts, &mut found);
        found
    }

    fn visit<'a>(&'a self, see: &mut dyn FnMut(Node<'a>)) {
        see(Node::Word(self));
        visit_parts(&self.parts, see);
    }
}

impl Part {
    /// Where it stands.
    pub fn span(&self) -> Span {
        match self {
            Part::Literal { span, .. }
            | Part::SingleQuoted { span, .. }
            | Part::DoubleQuoted { span, .. }
            | Part::Variable { span, .. }
            | Part::CommandSubstitution { span, .. }
            | Part::ProcessSubstitution { span, .. }
            | Part::Arithmetic { span, .. }
            | Part::Array { span }
            | Part::Other { span } => *span,
        }
    }
}

fn literal(parts: &[Part], result: &mut String) -> Option<()> {
    for part in parts {
        match part {
            Part::Literal { value, .. } | Part::SingleQuoted { value, .. } => result.push_str(value),
            Part::DoubleQuoted { parts, .. } => literal(parts, result)?,
            _ => return None,
        }
    }
    Some(())
}

fn variables<'a>(parts: &'a [Part], found: &mut Vec<(&'a str, Span)>) {
    for part in parts {
        match part {
            Part::Variable { span, name, operand, .. } => {
                found.push((name, *span));
                variables(operand, found);
            }
            Part::DoubleQuoted { parts, .. } => variables(parts, found),
            _ => {}
        }
    }
}

fn visit_parts<'a>(parts: &'a [Part], see: &mut dyn FnMut(Node<'a>)) {
    for part in parts {
        match part {
            Part::DoubleQuoted { parts, .. } | Part::Variable { operand: parts, .. } => visit_parts(parts, see),
            Part::CommandSubstitution { list, .. } | Part::ProcessSubstitution { list, .. } => list.visit(see),
            _ => {}
        }
    }
}
