use crate::lint::prelude::*;
use crate::model::packages::caches::{APT_LISTS, deletes, is_cache_mounted};
use crate::model::packages::{Action, Manager, Operation, Setting, operations};
use crate::syntax::shell::Item;

pub const CHECKS: &[Check] = &[Check::Instruction(cache_mount_preferred)];

fn cache_mount_preferred(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let mountable = instruction.stage().is_some_and(|stage| !stage.is_windows());
    if instruction.keyword() != Some(Keyword::Run) || !mountable || instruction.user().is_root() == Some(false) {
        return;
    }
    let Some(operation) = operations(instruction).find(fetches) else { return };
    let manager = operation.manager;
    if is_cache_mounted(instruction, manager) {
        return;
    }
    let program = operation.invocation.name();
    let message = format!("what `{program} {}` downloads is fetched again whenever this step runs", operation.name);
    let diagnostic = cx.report(operation.subcommand.span, message);
    match fix(instruction, manager) {
        Some(fix) => diagnostic.fix(fix),
        None => diagnostic.note("a `--mount=type=cache` on the cache of the manager keeps it between builds"),
    };
}

fn fetches(operation: &Operation<'_>) -> bool {
    use Manager::{Apk, Apt, Dnf, Npm, Pip, Tdnf, Yum, Zypper};
    let cached = matches!(operation.manager, Apk | Apt | Dnf | Npm | Pip | Tdnf | Yum | Zypper);
    let off = operation.manager == Manager::Pip && operation.variable("PIP_NO_CACHE_DIR") != Setting::Unset;
    cached && operation.action == Action::Install && !off && !operation.has_flag(&["--no-network", "--no-index"])
}

/// Adds the mounts and takes out what keeps the cache small.
fn fix(instruction: Instruction<'_>, manager: Manager) -> Option<Fix> {
    let text = instruction.dockerfile.text();
    let (mounts, flag): (&[&str], &str) = match manager {
        Manager::Apt => (&["/var/cache/apt,sharing=locked", "/var/lib/apt,sharing=locked"], ""),
        Manager::Apk => (&["/etc/apk/cache,sharing=locked"], "--no-cache"),
        Manager::Pip => (&["/root/.cache/pip"], "--no-cache-dir"),
        Manager::Npm => (&["/root/.npm"], ""),
        _ => return None,
    };
    let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let next = format!(" {}{line_end}   ", instruction.dockerfile.tree.escape);
    let mounts: Vec<String> = mounts.iter().map(|mount| format!(" --mount=type=cache,target={mount}")).collect();
    let text_of_mounts = if mounts.len() == 1 { mounts.concat() } else { mounts.join(&next) + &next };
    let mut fix = Fix::risky("keep the downloads in a cache mount").changes(Effect::Command);
    fix = fix.insert(instruction.node.keyword.end, text_of_mounts);
    for operation in operations(instruction).filter(|operation| operation.manager == manager) {
        let Some(own) = operation.flags.iter().find(|own| own.text == flag) else { continue };
        fix = match manager {
            // The index in the cache is old some day.
            Manager::Apk if own.word.literal() == Some(flag) => fix.replace(own.word.span, "--update-cache"),
            _ => fix.delete(operation.invocation.removal(own.word, text)?),
        };
    }
    if manager != Manager::Apt {
        return Some(fix);
    }
    let apt = |action: Action| {
        move |command: &ShellCommand<'_>| {
            Operation::of(*command).is_some_and(|own| own.manager == Manager::Apt && own.action == action)
        }
    };
    // The mount hides the lists of an earlier step.
    instruction.commands().find(apt(Action::Update))?;
    let is_cleaning = apt(Action::Clean);
    let cleans = |command: &ShellCommand<'_>| {
        is_cleaning(command) || [APT_LISTS, "/var/cache/apt"].iter().any(|folder| deletes(command.node, folder))
    };
    for command in instruction.commands().filter(cleans) {
        fix = fix.delete(clean_up(instruction, command.node)?);
    }
    Some(fix)
}

/// The command that deletes nothing but the lists and the packages, with what joins it to the one before it.
fn clean_up(instruction: Instruction<'_>, command: &shell::SimpleCommand) -> Option<Span> {
    let is_own = |text: &str| text.starts_with(APT_LISTS) || text.starts_with("/var/cache/apt");
    let only_own = |word: &shell::Word| word.text().is_some_and(|text| text.starts_with('-') || is_own(&text));
    let removes = Operation::of(ShellCommand::new(instruction, command)).is_none();
    let items = &instruction.script()?.list.items;
    let is_it = |item: &Item| item.pipeline.commands.len() == 1 && item.pipeline.span == command.span;
    let index = items.iter().position(is_it)?;
    let before = items.get(index.checked_sub(1)?)?;
    let (own, operator) = (items[index].operator, before.operator?);
    let same = own.is_none_or(|own| own.kind == operator.kind);
    let span = Span::new(before.pipeline.span.end, command.span.end);
    let plain = !span.of_text(instruction.dockerfile.text()).contains('#');
    (same && plain && (!removes || command.arguments().iter().all(only_own))).then_some(span)
}
