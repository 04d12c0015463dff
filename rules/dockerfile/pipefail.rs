use std::borrow::Cow;

use crate::lint::prelude::*;
use crate::model::chain::is_exit_on_error;
use crate::model::dockerfile::{Sh, ShellKind};
use crate::model::packages::Invocation;
use crate::model::shell::programs::{can_fail, is_failure_noticed};

pub const CHECKS: &[Check] = &[Check::Instruction(pipefail)];

fn pipefail(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let every = cx.flag("every");
    let Some((pipe, program)) = find(instruction, every) else { return };
    let whose = program.map_or("of what is before".to_owned(), |program| format!("of `{program}`"));
    let diagnostic = cx.report(pipe, format!("the exit code {whose} is lost in this pipe"));
    let Some(shell) = shell_with_pipefail(instruction) else {
        diagnostic.note("a `SHELL` instruction with `-o pipefail` makes the step fail");
        return;
    };
    // Once is enough: a `SHELL` before the first one counts for those after it.
    let setting = |other: Instruction<'_>| other.shell_instruction().map(|shell| shell.index);
    let mut earlier = instruction.stage().into_iter().flat_map(Stage::outer_instructions);
    if earlier.any(|other| {
        other.index < instruction.index && setting(other) == setting(instruction) && find(other, every).is_some()
    }) {
        diagnostic.note("a `SHELL` instruction with `-o pipefail` before the first such step counts here as well");
        return;
    }
    let text = instruction.dockerfile.text();
    let line = text[..instruction.span().start as usize].rfind('\n').map_or(0, |newline| newline + 1);
    let indent: String = text[line..].chars().take_while(|c| matches!(c, ' ' | '\t')).collect();
    let fix = Fix::risky("let the shell notice it").changes(Effect::Shell);
    diagnostic.fix(fix.insert(above_comments(text, line) as u32, format!("{indent}SHELL {shell}\n")));
}

/// The pipe of a RUN to report, and the program before it where that is a simple command.
fn find(instruction: Instruction<'_>, every: bool) -> Option<(Span, Option<Cow<'_, str>>)> {
    let InstructionKind::Run(Command::Shell(_)) = &instruction.node.kind else { return None };
    let script = instruction.script().filter(|script| script.errors.is_empty())?;
    let words = instruction.shell_arguments();
    if words.contains(&"pipefail") {
        return None;
    }
    if every {
        return first_pipe(script);
    }
    if !instruction.is_shell_known() {
        return None;
    }
    let exits = words.iter().any(|word| word.starts_with('-') && !word.starts_with("--") && word.contains('e'));
    let mut search = Search { exits, found: None };
    search.list(&script.list, false);
    search.found
}

/// The first pipe of a script, wherever it stands, unless `pipefail` is set anywhere.
fn first_pipe(script: &shell::Script) -> Option<(Span, Option<Cow<'_, str>>)> {
    if script.commands().into_iter().any(sets_pipefail) {
        return None;
    }
    let pipeline = script.pipelines().into_iter().find(|pipeline| !pipeline.pipes.is_empty())?;
    let program = pipeline.commands[0].simple().and_then(Invocation::of).map(Invocation::name);
    Some((pipeline.pipes[0], program))
}

fn sets_pipefail(command: &shell::SimpleCommand) -> bool {
    command.is("set") && command.arguments().iter().any(|word| word.literal() == Some("pipefail"))
}

/// Walks a script up to the first pipe to report, or to where `pipefail` is set.
struct Search<'a> {
    /// Whether a failing command ends the script.
    exits: bool,
    /// The pipe, and the program before it where that is a simple command.
    found: Option<(Span, Option<Cow<'a, str>>)>,
}

impl<'a> Search<'a> {
    /// Returns whether the walk is over. Under `asked` the exit code only decides what to do next.
    fn list(&mut self, list: &'a shell::List, asked: bool) -> bool {
        use shell::OperatorKind::{And, Background, Or, Sequence};
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

    fn pipeline(&mut self, pipeline: &'a shell::Pipeline) -> bool {
        // What finds nothing in nothing fails by itself.
        let last = pipeline.commands.last().and_then(shell::Command::simple);
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

    fn command(&mut self, command: &'a shell::Command, asked: bool) -> bool {
        match command {
            shell::Command::Simple(simple) => {
                self.exits |= is_exit_on_error(simple);
                sets_pipefail(simple)
            }
            shell::Command::Compound(compound) => {
                use shell::CompoundKind::{If, Until, While};
                // The conditions of `if` and `elif` are every second list but the last.
                let conditions = matches!(compound.kind, If | While | Until);
                let last = compound.lists.len().saturating_sub(1);
                let mut lists = compound.lists.iter().enumerate();
                lists.any(|(index, list)| self.list(list, asked || conditions && index % 2 == 0 && index < last))
            }
        }
    }
}

fn is_grep(command: &shell::SimpleCommand) -> bool {
    ["grep", "egrep", "fgrep"].iter().any(|name| command.is(name))
}

/// The words of a shell that is there and knows `pipefail`.
fn shell_with_pipefail(instruction: Instruction<'_>) -> Option<&'static str> {
    if instruction.onbuild || instruction.script_heredoc().is_some() {
        return None;
    }
    match instruction.shell() {
        ShellKind::Sh(Sh::Ash) => Some(r#"["/bin/ash", "-eo", "pipefail", "-c"]"#),
        ShellKind::Sh(Sh::Dash | Sh::Bash) | ShellKind::Bash => Some(r#"["/bin/bash", "-o", "pipefail", "-c"]"#),
        _ => None,
    }
}

/// The start of the comment lines right above the line that starts at `line`.
fn above_comments(text: &str, line: usize) -> usize {
    let mut start = line;
    while let Some(before) = text[..start].strip_suffix('\n') {
        let above = before.rfind('\n').map_or(0, |newline| newline + 1);
        if !before[above..].trim_start().starts_with('#') {
            break;
        }
        start = above;
    }
    start
}
