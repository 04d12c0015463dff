use crate::lint::prelude::*;
use crate::model::packages::caches::{APT_LISTS, deletes, folders, is_cache_mounted};
use crate::model::packages::{Action, Manager, Operation, Setting, operations};
use crate::syntax::dockerfile::{ExecForm, ShellForm};
use crate::syntax::shell::Item;

pub const CHECKS: &[Check] = &[Check::Instruction(cache_mount_preferred)];

fn cache_mount_preferred(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let known = instruction.dockerfile.knows_version(2);
    let mountable = known && instruction.stage().is_some_and(|stage| !stage.is_windows());
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
    if manager == Manager::Apt {
        diagnostic.note("images of Debian delete packages after installation as long as `/etc/apt/apt.conf.d/docker-clean` is there");
    }
    let elsewhere = match manager {
        Manager::Npm => &["npm_config_cache", "NPM_CONFIG_CACHE"][..],
        Manager::Pip => &["PIP_CACHE_DIR"],
        _ => &[],
    };
    let moved = elsewhere.iter().any(|name| operation.variable(name) != Setting::Unset);
    match fix(instruction, manager).filter(|_| !moved && !operation.has_flag(&["--cache", "--cache-dir"])) {
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
        Manager::Apt => (&["/var/cache/apt,sharing=locked", "/var/lib/apt/lists,sharing=locked"], ""),
        Manager::Apk => (&["/etc/apk/cache,sharing=locked"], "--no-cache"),
        Manager::Pip => (&["/root/.cache/pip"], "--no-cache-dir"),
        Manager::Npm => (&["/root/.npm"], ""),
        _ => return None,
    };
    let (gap, head) = with_mounts(instruction, mounts)?;
    let mut fix = Fix::risky("keep the downloads in a cache mount").changes(Effect::Command).replace(gap, head);
    for operation in operations(instruction).filter(|operation| operation.manager == manager) {
        let Some(own) = operation.flags.iter().find(|own| own.text == flag) else { continue };
        let updates = operation.has_flag(&["--update-cache", "--update", "-U"]);
        fix = match manager {
            // The index in the cache is old some day.
            Manager::Apk if !updates && own.word.literal() == Some(flag) => {
                fix.replace(own.word.span, "--update-cache")
            }
            _ => fix.delete(operation.invocation.removal(own.word, text)?),
        };
    }
    // The mount hides the lists of an earlier step.
    let does = |command: &ShellCommand<'_>, action: Action| {
        Operation::of(*command).is_some_and(|own| own.manager == manager && own.action == action)
    };
    if manager == Manager::Apt && !instruction.commands().any(|command| does(&command, Action::Update)) {
        return None;
    }
    for command in instruction.commands() {
        let empties = kept(manager).any(|folder| deletes(command.node, folder));
        if empties || does(&command, Action::Clean) {
            fix = fix.delete(clean_up(instruction, command.node, manager)?);
        }
    }
    Some(fix)
}

/// The folders that mounts keep.
fn kept(manager: Manager) -> impl Iterator<Item = &'static str> {
    let lists = (manager == Manager::Apt).then_some(APT_LISTS);
    folders(manager).iter().copied().chain(lists)
}

/// What stands between the keyword and what comes after it, and the mounts in its place: each on its own line, but for a
/// single one in a step of one line.
fn with_mounts(instruction: Instruction<'_>, targets: &[&str]) -> Option<(Span, String)> {
    let text = instruction.dockerfile.text();
    let (Command::Shell(ShellForm { span: command, .. }) | Command::Exec(ExecForm { span: command, .. })) =
        instruction.command()?;
    let next = instruction.node.flags.first().map_or(command.start, |flag| flag.span.start);
    let gap = Span::new(instruction.node.keyword.end, next);
    let one_line = !instruction.node.heredocs.is_empty() || !instruction.text().contains('\n');
    let separator = match targets {
        [_] if one_line => " ".to_owned(),
        _ => format!(" {}{}", instruction.dockerfile.continuation(), instruction.indentation()),
    };
    let mounts = targets.iter().map(|target| format!("--mount=type=cache,target={target}{separator}"));
    (!gap.of_text(text).contains('#')).then(|| (gap, format!(" {}", mounts.collect::<String>())))
}

/// The command that deletes nothing but what mounts keep, with what joins it to the one before it.
fn clean_up(instruction: Instruction<'_>, command: &shell::SimpleCommand, manager: Manager) -> Option<Span> {
    let is_own = |text: &str| kept(manager).any(|folder| text.starts_with(folder));
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
