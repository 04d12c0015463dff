//! One walk over a script that knows what each part is for, and which shell reads it.

use super::words::Role;
use crate::model::dockerfile::{Instruction, ShellKind};
use crate::syntax::dockerfile::Command as Form;
use crate::syntax::shell::{
    self, Command, Compound, CompoundKind, List, Part, Pipeline, Redirection, SimpleCommand, Word,
};

/// What the walk meets, in the order of the text.
#[derive(Clone, Copy, Debug)]
pub enum Node<'a> {
    /// A list, before what is in it.
    List(&'a List),
    /// A pipeline, before its commands.
    Pipeline(&'a Pipeline),
    /// A simple command, before its words.
    Command(&'a SimpleCommand),
    /// A compound command, before what is in it.
    Compound(&'a Compound),
    /// A redirection, before its target.
    Redirection(&'a Redirection),
    /// A word, before what is nested in it.
    Word(&'a Word, Role<'a>),
}

/// What holds around a node.
#[derive(Clone, Copy, Debug)]
pub struct Around {
    /// The shell that reads it.
    pub shell: ShellKind,
    /// Whether the file has it as the shell reads it: not in a JSON string, not in a string or in backticks of a shell
    /// around it. Only there may quotes be added.
    pub plain: bool,
    /// Whether its exit code decides what to do next: the condition of `if`, what stands before `||`.
    pub asked: bool,
    /// Whether it stands in a script of its own, `sh -c '…'`.
    pub nested: bool,
}

/// Walks the script of an instruction. What stands in a script with mistakes is not trusted, and not met.
pub fn walk<'a>(instruction: Instruction<'a>, see: &mut dyn FnMut(Node<'a>, Around)) {
    let Some(script) = instruction.script().filter(|script| script.errors.is_empty()) else { return };
    let exec = matches!(instruction.command(), Some(Form::Exec(_)));
    let shell = match instruction.command() {
        Some(Form::Exec(form)) => {
            form.words.first().map_or(ShellKind::Other, |word| named(&word.value, instruction.sh()))
        }
        _ => instruction.shell(),
    };
    let around = Around { shell, plain: !exec, asked: false, nested: false };
    Walk { sh: instruction.sh(), see }.list(&script.list, around);
}

/// The shell that a program is, `sh` being what it is in the image.
fn named(program: &str, sh: ShellKind) -> ShellKind {
    match ShellKind::of_program(program) {
        ShellKind::Sh(_) if shell::without_folder(program) == "sh" => sh,
        kind => kind,
    }
}

struct Walk<'w, 'a> {
    /// What `sh` is.
    sh: ShellKind,
    see: &'w mut dyn FnMut(Node<'a>, Around),
}

impl<'a> Walk<'_, 'a> {
    fn list(&mut self, list: &'a List, around: Around) {
        (self.see)(Node::List(list), around);
        for item in &list.items {
            let or = item.operator.is_some_and(|operator| operator.kind == shell::OperatorKind::Or);
            let asked = around.asked || or || item.pipeline.negated;
            self.pipeline(&item.pipeline, Around { asked, ..around });
        }
    }

    fn pipeline(&mut self, pipeline: &'a Pipeline, around: Around) {
        (self.see)(Node::Pipeline(pipeline), around);
        for command in &pipeline.commands {
            match command {
                Command::Simple(command) => self.simple(command, around),
                Command::Compound(compound) => self.compound(compound, around),
            }
        }
    }

    fn simple(&mut self, command: &'a SimpleCommand, around: Around) {
        (self.see)(Node::Command(command), around);
        for assignment in &command.assignments {
            assignment.value.iter().for_each(|word| self.word(word, Role::Value(assignment), around));
        }
        for (index, word) in command.words.iter().enumerate() {
            let role = if index == 0 { Role::Program(command) } else { Role::Argument(command, index) };
            self.word(word, role, around);
        }
        self.redirections(&command.redirections, around);
        if let Some(inner) = &command.inner {
            let shell = command.name().map_or(ShellKind::Other, |program| named(program, self.sh));
            let place = inner.items.first().map(|item| item.pipeline.span);
            let string = place.and_then(|place| command.words.iter().find(|word| word.span.encloses(place)));
            // In single quotes and in a heredoc the text is what that shell reads.
            let plain = match string.map(|word| &word.parts[..]) {
                Some([Part::SingleQuoted { dollar: false, .. }]) | None => around.plain,
                Some(_) => false,
            };
            self.list(inner, Around { shell, plain, asked: around.asked, nested: true });
        }
    }

    fn compound(&mut self, compound: &'a Compound, around: Around) {
        (self.see)(Node::Compound(compound), around);
        for (index, word) in compound.words.iter().enumerate() {
            let role = match compound.kind {
                CompoundKind::Conditional => Role::Tested,
                CompoundKind::Case if index == 0 => Role::Subject,
                CompoundKind::Case => Role::Pattern,
                _ => Role::Item,
            };
            self.word(word, role, around);
        }
        let conditions = matches!(compound.kind, CompoundKind::If | CompoundKind::While | CompoundKind::Until);
        let last = compound.lists.len().saturating_sub(1);
        for (index, list) in compound.lists.iter().enumerate() {
            // The conditions of `if` and `elif` are every second list but the last.
            let condition = conditions && index % 2 == 0 && index < last;
            self.list(list, Around { asked: around.asked || condition, ..around });
        }
        self.redirections(&compound.redirections, around);
    }

    fn redirections(&mut self, redirections: &'a [Redirection], around: Around) {
        for redirection in redirections {
            (self.see)(Node::Redirection(redirection), around);
            redirection.target.iter().for_each(|word| self.word(word, Role::Target(redirection), around));
        }
    }

    fn word(&mut self, word: &'a Word, role: Role<'a>, around: Around) {
        (self.see)(Node::Word(word, role), around);
        self.parts(&word.parts, around);
    }

    fn parts(&mut self, parts: &'a [Part], around: Around) {
        for part in parts {
            match part {
                Part::DoubleQuoted { parts, .. } | Part::Variable { operand: parts, .. } => self.parts(parts, around),
                Part::CommandSubstitution { list, backticks, .. } => {
                    self.list(list, Around { plain: around.plain && !backticks, asked: false, ..around });
                }
                Part::ProcessSubstitution { list, .. } => self.list(list, Around { asked: false, ..around }),
                _ => {}
            }
        }
    }
}
