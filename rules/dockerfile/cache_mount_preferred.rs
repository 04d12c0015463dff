use crate::lint::prelude::*;
use crate::model::chain;
use crate::model::packages::caches::{emptying, is_cache_mounted};
use crate::model::packages::{Action, Manager, Operation, Setting, operations};

pub const CHECKS: &[Check] = &[Check::Instruction(cache_mount_preferred)];

fn cache_mount_preferred(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let known = instruction.dockerfile.knows_version(2);
    let mountable = known && instruction.stage().is_some_and(|stage| !stage.is_windows());
    if instruction.keyword() != Some(Keyword::Run) || !mountable || instruction.user().is_root() == Some(false) {
        return;
    }
    let system = cx.flag("system");
    let wanted = |operation: &Operation<'_>| fetches(operation) && (system || !operation.manager.is_of_system());
    let Some(operation) = operations(instruction).find(wanted) else { return };
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
    let mounts: Vec<String> = mounts.iter().map(|mount| format!("type=cache,target={mount}")).collect();
    let (gap, head) = chain::mount(instruction, &mounts)?;
    let mut fix = Fix::risky("keep the downloads in a cache mount")
        .changes(Effect::Command)
        .changes(Effect::Caches)
        .replace(gap, head);
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
    let mut own = operations(instruction).filter(|own| own.manager == manager);
    if manager == Manager::Apt && !own.any(|own| own.action == Action::Update) {
        return None;
    }
    Some(emptying(instruction, manager)?.into_iter().fold(fix, Fix::delete))
}
