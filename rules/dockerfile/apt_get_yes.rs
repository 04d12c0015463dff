use crate::lint::prelude::*;
use crate::model::expand::Value;
use crate::model::packages::{Action, Manager, Operation};

pub const CHECKS: &[Check] = &[Check::Command(apt_get_yes)];

/// What keeps it from asking.
const QUIET: [&str; 9] =
    ["-y", "--yes", "--assume-yes", "-qq", "-s", "--simulate", "--dry-run", "--print-uris", "--assume-no"];

fn apt_get_yes(command: ShellCommand<'_>, cx: &mut Context<'_>) {
    let Some(operation) = Operation::of(command.node) else { return };
    let asks = matches!(operation.action, Action::Install | Action::Remove | Action::Upgrade)
        && !matches!(&*operation.name, "source" | "download");
    if operation.manager != Manager::Apt || !asks || command.instruction.keyword() != Some(Keyword::Run) {
        return;
    }
    if is_quiet(&operation) || cx.text().contains("Assume-Yes") || gets_an_answer(command) {
        return;
    }
    if command.node.words.iter().any(|word| may_hold_flags(word, command.instruction)) {
        return;
    }
    let program = operation.invocation.name();
    cx.report(operation.subcommand.span, format!("`{program} {}` may ask and get no answer", operation.name))
        .fix(Fix::safe("add `-y`").insert(operation.subcommand.span.end, " -y"));
}

fn is_quiet(operation: &Operation<'_>) -> bool {
    let quiet = operation.flags().filter(|flag| matches!(&**flag, "-q" | "--quiet")).count();
    let level = operation.flags().any(|flag| matches!(&*flag, "-q=2" | "--quiet=2"));
    let bundle = operation.flags().any(|flag| !flag.starts_with("--") && flag.matches('q').count() >= 2);
    operation.has_flag(&QUIET) || level || bundle || quiet >= 2
}

/// Whether something feeds its standard input.
fn gets_an_answer(command: ShellCommand<'_>) -> bool {
    let redirected = command.node.redirections.iter().any(|redirection| redirection.operator.starts_with('<'));
    let script = command.instruction.script();
    let piped = script.into_iter().flat_map(shell::Script::pipelines).any(|pipeline| {
        let simple = pipeline.commands.iter().skip(1).filter_map(shell::Command::simple);
        simple.into_iter().any(|simple| std::ptr::eq(simple, command.node))
    });
    redirected || piped
}

/// Whether a word that is not written out may bring a flag along: by its value, or by what its variable is called.
fn may_hold_flags(word: &shell::Word, instruction: Instruction<'_>) -> bool {
    word.variables().into_iter().any(|(name, _)| match instruction.variable(name) {
        Value::Known(value) => value.split_whitespace().any(|word| word.starts_with('-')),
        _ => {
            let name = name.to_ascii_uppercase();
            ["OPT", "FLAG", "ARG", "YES"].iter().any(|part| name.contains(part))
        }
    })
}
