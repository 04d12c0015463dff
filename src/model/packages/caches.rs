//! What package managers leave behind in a layer, and what keeps it out.

use super::{Action, Invocation, Manager, Operation, operations};
use crate::model::chain::{self, Addition};
use crate::model::dockerfile::{Instruction, Mount, ShellCommand};
use crate::syntax::dockerfile::Keyword;
use crate::syntax::shell::{Item, SimpleCommand, Word};
use crate::text::Span;

/// The package lists of `apt`.
pub const APT_LISTS: &str = "/var/lib/apt/lists";

/// The folders in which a manager of root keeps what it fetched, by its own documentation; the first one is that of
/// today's versions. None for those whose folder depends on the version or the user in ways a file does not show.
pub fn folders(manager: Manager) -> &'static [&'static str] {
    match manager {
        Manager::Apt => &["/var/cache/apt"],
        Manager::Apk => &["/var/cache/apk", "/etc/apk/cache"],
        Manager::Yum => &["/var/cache/yum", "/var/cache/dnf"],
        Manager::Dnf => &["/var/cache/dnf", "/var/cache/libdnf5", "/var/cache/yum"],
        Manager::Microdnf => &["/var/cache/yum", "/var/cache/dnf", "/var/cache/libdnf5"],
        Manager::Tdnf => &["/var/cache/tdnf"],
        Manager::Zypper => &["/var/cache/zypp"],
        Manager::Pacman => &["/var/cache/pacman/pkg"],
        Manager::Pip => &["/root/.cache/pip"],
        Manager::Pipx => &["/root/.cache/pipx", "/root/.cache/pip"],
        Manager::Uv => &["/root/.cache/uv"],
        Manager::Poetry => &["/root/.cache/pypoetry"],
        Manager::Npm => &["/root/.npm"],
        Manager::Yarn => &["/usr/local/share/.cache/yarn", "/root/.cache/yarn", "/root/.yarn"],
        Manager::Pnpm => &["/root/.local/share/pnpm/store", "/pnpm/store"],
        Manager::Bun => &["/root/.bun/install/cache"],
        Manager::Gem => &["/usr/local/bundle/cache", "/root/.gem"],
        Manager::Go => &["/go/pkg/mod", "/root/.cache/go-build"],
        Manager::Cargo => &["/usr/local/cargo/registry", "/usr/local/cargo/git"],
        Manager::Composer => &["/root/.composer/cache", "/root/.cache/composer", "/tmp/cache"],
    }
}

/// Whether a cache or tmpfs mount of `instruction` holds `folder`, so that what is written there is in no layer.
pub fn is_mounted(instruction: Instruction<'_>, folder: &str) -> bool {
    instruction.mounts().any(|mount| mount.is_outside_of_layer() && mount.holds(folder))
}

/// Whether a cache or tmpfs mount holds one of the folders of `manager`.
pub fn is_cache_mounted(instruction: Instruction<'_>, manager: Manager) -> bool {
    folders(manager).iter().any(|folder| is_mounted(instruction, folder))
}

/// Whether the layer of `instruction` is one of the image that is built. Of other stages only files are copied.
pub fn stays(instruction: Instruction<'_>) -> bool {
    let (Some(stage), Some(shipped)) = (instruction.stage(), instruction.dockerfile.shipped_stage()) else {
        return false;
    };
    stage.is_shipped() || shipped.ancestors().any(|ancestor| ancestor.index == stage.index)
}

/// Whether a command deletes `folder`, or what is in it, by `rm` or `find`.
pub fn deletes(command: &SimpleCommand, folder: &str) -> bool {
    let Some(invocation) = Invocation::of(command) else { return false };
    matches!(&*invocation.name(), "rm" | "find")
        && invocation.arguments().iter().any(|word| covers(&word.literal_prefix(), folder))
}

/// Whether the start of a path, up to its first variable, is that of `folder`, of something in it or around it.
fn covers(path: &str, folder: &str) -> bool {
    // `/var/lib/{apt,dpkg}`, which Bash makes several paths of.
    let path = path.split('{').next().unwrap_or(path).trim_end_matches(['*', '/']);
    path.starts_with(folder) || path.len() > "/var".len() && folder.starts_with(path)
}

/// Whether what `instruction` says comes on top of the layer of `below`, in its stage or one that is built from it.
pub fn is_on_top(instruction: Instruction<'_>, below: Instruction<'_>) -> bool {
    let (Some(own), Some(base)) = (instruction.stage(), below.stage()) else { return false };
    instruction.index > below.index
        && (own.index == base.index || own.ancestors().any(|ancestor| ancestor.index == base.index))
}

/// Whether a mount keeps what `operation` caches out of the layer, as far as that is known. For managers of languages,
/// whose folder depends on who runs them.
pub fn is_own_cache_mounted(operation: &Operation<'_>) -> bool {
    let name = match operation.manager {
        Manager::Pip => "pip",
        Manager::Yarn => "yarn",
        _ => return is_cache_mounted(operation.instruction, operation.manager),
    };
    operation.instruction.mounts().filter(Mount::is_outside_of_layer).any(|mount| {
        // A folder that is not known may be it.
        let is_cache = |target: &str| target.contains(".cache") || target.contains(name) || target == "/root";
        mount.target.as_deref().is_none_or(is_cache)
    })
}

/// Whether a later command of the same step deletes what `operation` caches.
pub fn is_own_cache_deleted(operation: &Operation<'_>) -> bool {
    let instruction = operation.instruction;
    let text = instruction.dockerfile.text();
    let later = || instruction.commands().filter(|other| other.node.span.start > operation.invocation.command.span.end);
    later().any(|other| {
        let mut paths = other.node.arguments().iter().map(|word| word.span.of_text(text));
        let removes = (other.node.is("rm") || other.node.is("find")) && paths.any(|path| path.contains(".cache"));
        removes || is_cache_clean(other, operation.manager)
    })
}

/// `pip cache purge`, `yarn cache clean`.
fn is_cache_clean(command: ShellCommand<'_>, manager: Manager) -> bool {
    Operation::of(command).is_some_and(|operation| operation.manager == manager && operation.action == Action::Clean)
}

/// What a RUN last fetches by one of `managers` and leaves in the cache: nothing later in it cleans up, and no mount
/// holds the cache. In a stage of which only files are copied that counts with `every`.
pub fn left<'a>(instruction: Instruction<'a>, managers: &[Manager], every: bool) -> Option<Operation<'a>> {
    if instruction.keyword() != Some(Keyword::Run) || !every && !stays(instruction) {
        return None;
    }
    let of_them = |operation: &Operation<'_>| managers.contains(&operation.manager);
    let last = operations(instruction).filter(of_them).filter(Operation::fetches_packages).last()?;
    let end = last.invocation.command.span.end;
    let folders = folders(last.manager);
    let cleans = |command: ShellCommand<'_>| {
        let cleaned = Operation::of(command)
            .is_some_and(|later| shares_cache(later.manager, last.manager) && later.action == Action::Clean);
        cleaned || folders.iter().any(|folder| deletes(command.node, folder))
    };
    let mut later = instruction.commands().filter(|command| command.node.span.start >= end);
    (!later.any(cleans) && !is_cache_mounted(instruction, last.manager)).then_some(last)
}

/// The command that empties the cache which `operation` fills, and how the step runs it at its end.
pub fn clean_up(operation: &Operation<'_>) -> Option<(String, Addition)> {
    let invocation = operation.invocation;
    let clean = match operation.manager {
        Manager::Apt => "rm -rf /var/lib/apt/lists/*".to_owned(),
        Manager::Yum => "yum clean all".to_owned(),
        Manager::Dnf | Manager::Microdnf | Manager::Tdnf => format!("{} clean all", invocation.name()),
        Manager::Zypper => "zypper clean --all".to_owned(),
        Manager::Yarn => "yarn cache clean".to_owned(),
        _ => return None,
    };
    // Who fetched it may clean it.
    let by = invocation.command.words[0].literal().filter(|first| ["sudo", "doas", "gosu", "su-exec"].contains(first));
    let as_user = match by {
        Some(_) => {
            let words = &invocation.command.words[..invocation.program];
            let words: Option<Vec<&str>> = words.iter().map(Word::literal).collect();
            format!("{} ", words?.join(" "))
        }
        None => String::new(),
    };
    let addition = chain::append(operation.instruction, &format!("{as_user}{clean}"))?;
    Some((clean, addition))
}

/// What to cut out of a RUN so that it no longer empties what cache mounts of `manager` keep; `None` where something
/// else would go with it.
pub fn emptying(instruction: Instruction<'_>, manager: Manager) -> Option<Vec<Span>> {
    let cleans = |command: ShellCommand<'_>| {
        Operation::of(command).is_some_and(|own| own.manager == manager && own.action == Action::Clean)
    };
    let empties =
        |command: &ShellCommand<'_>| cleans(*command) || kept(manager).any(|folder| deletes(command.node, folder));
    instruction.commands().filter(empties).map(|command| cut(command, manager)).collect()
}

/// The folders that mounts keep.
fn kept(manager: Manager) -> impl Iterator<Item = &'static str> {
    let lists = (manager == Manager::Apt).then_some(APT_LISTS);
    folders(manager).iter().copied().chain(lists)
}

/// A command that deletes nothing but what mounts keep, with what joins it to the one before it.
fn cut(command: ShellCommand<'_>, manager: Manager) -> Option<Span> {
    let (instruction, command) = (command.instruction, command.node);
    let is_own = |text: &str| kept(manager).any(|folder| text.starts_with(folder));
    let only_own = |word: &Word| word.text().is_some_and(|text| text.starts_with('-') || is_own(&text));
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

/// `yum` is another name of `dnf` since Fedora 22 and RHEL 8, and `microdnf` uses its folders.
fn shares_cache(one: Manager, other: Manager) -> bool {
    let is_dnf = |manager| matches!(manager, Manager::Yum | Manager::Dnf | Manager::Microdnf);
    one == other || is_dnf(one) && is_dnf(other)
}

impl Operation<'_> {
    /// That what it fetches stays in the layer, in words.
    pub fn stays_in_layer(&self) -> String {
        format!("what `{} {}` downloads stays in this layer", self.invocation.name(), self.name)
    }

    /// Whether it fills the cache of its manager.
    pub fn fetches_packages(&self) -> bool {
        matches!(self.action, Action::Install | Action::Upgrade)
    }
}
