//! Pipes in which a failure goes unnoticed.

use std::borrow::Cow;

use super::programs::{can_fail, is_failure_noticed};
use crate::model::chain::is_exit_on_error;
use crate::model::dockerfile::Instruction;
use crate::model::packages::Invocation;
use crate::syntax::dockerfile::{self, InstructionKind};
use crate::syntax::shell::{Command, CompoundKind, List, OperatorKind, Pipeline, Script, SimpleCommand};
use crate::text::Span;

/// A pipe, and the program before it where that is a simple command.
pub type Pipe<'a> = (Span, Option<Cow<'a, str>>);

/// The first pipe of a RUN behind which the failure of what stands before it is lost, where its shell is known; the first
/// of all with `every`. None where the shell has `pipefail`.
pub fn lost(instruction: Instruction<'_>, every: bool) -> Option<Pipe<'_>> {
    let InstructionKind::Run(dockerfile::Command::Shell(_)) = &instruction.node.kind else { return None };
    let script = instruction.script().filter(|script| script.errors.is_empty())?;
    let words = instruction.shell_arguments();
    if words.contains(&"pipefail") {
        return None;
    }
    if every {
        return first(script);
    }
    if !instruction.is_shell_known() {
        return None;
    }
    let exits = words.iter().any(|word| word.starts_with('-') && !word.starts_with("--") && word.contains('e'));
    first_lost(script, exits)
}

/// The first pipe of a script behind which the failure of what stands before it is lost, up to where `pipefail` is set.
/// `exits` is whether a failing command ends the script.
fn first_lost(script: &Script, exits: bool) -> Option<Pipe<'_>> {
    let mut search = Search { exits, found: None };
    search.list(&script.list, false);
    search.found
}

/// The first pipe of a script, wherever it stands, unless `pipefail` is set anywhere.
fn first(script: &Script) -> Option<Pipe<'_>> {
    if script.commands().into_iter().any(sets_pipefail) {
        return None;
    }
    let pipeline = script.pipelines().into_iter().find(|pipeline| !pipeline.pipes.is_empty())?;
    let program = pipeline.commands[0].simple().and_then(Invocation::of).map(Invocation::name);
    Some((pipeline.pipes[0], program))
}

fn sets_pipefail(command: &SimpleCommand) -> bool {
    command.is("set") && command.arguments().iter().any(|word| word.literal() == Some("pipefail"))
}

/// Walks a script up to the first pipe to report, or to where `pipefail` is set.
struct Search<'a> {
    /// Whether a failing command ends the script.
    exits: bool,
    /// What it looks for.
    found: Option<Pipe<'a>>,
}

impl<'a> Search<'a> {
    /// Returns whether the walk is over. Under `asked` the exit code only decides what to do next.
    fn list(&mut self, list: &'a List, asked: bool) -> bool {
        use OperatorKind::{And, Background, Or, Sequence};
        for item in &list.items {
            let counts = match item.operator.map(|operator| operator.kind) {
                Some(And) | None => true,
                Some(Or | Background) => false,
                Some(Sequence) => self.exits,
            };
            let pipeline = &item.pipeline;
            let may_fail = matches!(item.operator, Some(operator) if operator.kind == Or);
            let asked = asked || pipeline.negated || may_fail;
            if !asked && counts && self.pipeline(pipeline) {
                return true;
            }
            if pipeline.commands.iter().any(|command| self.command(command, asked)) {
                return true;
            }
        }
        false
    }

    fn pipeline(&mut self, pipeline: &'a Pipeline) -> bool {
        // What finds nothing in nothing fails by itself.
        let last = pipeline.commands.last().and_then(Command::simple);
        if last.is_some_and(|last| is_grep(last) && !last.has_flag(&["-v", "--invert-match"])) {
            return false;
        }
        let commands = &pipeline.commands;
        let mut before = commands.iter().zip(&pipeline.pipes).enumerate();
        let lost = before.find(|(place, (command, _))| can_fail(command) && !is_failure_noticed(commands, *place));
        self.found = lost.map(|(_, (command, pipe))| {
            let program = command.simple().and_then(Invocation::of).map(Invocation::name);
            (*pipe, program)
        });
        self.found.is_some()
    }

    fn command(&mut self, command: &'a Command, asked: bool) -> bool {
        match command {
            Command::Simple(simple) => {
                self.exits |= is_exit_on_error(simple);
                sets_pipefail(simple)
            }
            Command::Compound(compound) => {
                use CompoundKind::{If, Until, While};
                // The conditions of `if` and `elif` are every second list but the last.
                let conditions = matches!(compound.kind, If | While | Until);
                let last = compound.lists.len().saturating_sub(1);
                let mut lists = compound.lists.iter().enumerate();
                lists.any(|(index, list)| self.list(list, asked || conditions && index % 2 == 0 && index < last))
            }
        }
    }
}

fn is_grep(command: &SimpleCommand) -> bool {
    ["grep", "egrep", "fgrep"].iter().any(|name| command.is(name))
}
