//! Installs that are built again for changes of which they need nothing.

use super::order::{Causes, Order};
use super::plan::Plan;
use crate::model::context::{BuildContext, Taken, path_in_context};
use crate::model::dependencies::{Install, Needs, Tool};
use crate::model::dockerfile::{Instruction, Source, Stage};
use crate::model::packages::{Action, Operation};
use crate::model::sources;
use crate::syntax::dockerfile::{InstructionKind, Word};
use crate::syntax::shell;
use crate::text::Files;

/// A COPY or ADD, and the installs after it that it builds again for nothing.
#[derive(Debug)]
pub struct Waste<'a> {
    /// What brings the changes.
    pub copy: Instruction<'a>,
    /// What it brings.
    pub brings: Brings<'a>,
    /// The kinds of change for which an install is built again for nothing.
    pub kinds: Causes,
    /// Whether all that the first install needs is copied before.
    pub complete: bool,
    /// The installs, in order.
    pub installs: Vec<Installing<'a>>,
}

/// What a COPY brings.
#[derive(Clone, Debug)]
pub enum Brings<'a> {
    /// A folder of the build context by its path there, empty for all of it, and where it is named.
    Folder(&'a Word, String),
    /// Other files of the build context.
    Files,
    /// What another stage makes of the build context.
    Made(Stage<'a>),
}

/// An install in a RUN.
#[derive(Debug)]
pub struct Installing<'a> {
    /// The RUN.
    pub run: Instruction<'a>,
    /// The command in it.
    pub command: &'a shell::SimpleCommand,
    /// What it installs; `None` for packages of the system by their names, which need no file.
    pub install: Option<Install>,
}

/// The build context, as far as it is known.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    /// The context.
    pub context: Option<&'a BuildContext>,
    /// The files in it.
    pub files: &'a dyn Files,
}

impl<'a> Waste<'a> {
    /// Whether anything is copied before an install: in most stages nothing is, and no plan is needed to know.
    pub fn is_possible(stage: Stage<'_>) -> bool {
        let mut steps = stage.outer_instructions();
        steps.any(|step| transfer(step).is_some()) && steps.any(|step| !installs(step).is_empty())
    }

    /// What is built again for nothing in `stage`.
    pub fn of(stage: Stage<'a>, plan: &Plan, around: Around<'_>) -> Vec<Waste<'a>> {
        if !Waste::is_possible(stage) {
            return Vec::new();
        }
        let kinds = |source: &str| Causes::in_context(source, around.context?, around.files);
        let order = Order::new(plan, &kinds);
        let mut done: Vec<Tool> = stage.ancestors().flat_map(Stage::outer_instructions).flat_map(tools).collect();
        let mut found: Vec<Waste<'a>> = Vec::new();
        for run in stage.outer_instructions() {
            for own in installs(run) {
                // What has been installed before is there already.
                if own.install.as_ref().is_some_and(|install| done.contains(&install.tool)) {
                    continue;
                }
                match carrier(&own, stage, plan, &order, around) {
                    Some((copy, brings, kinds)) => {
                        let complete = own.install.is_none() || is_complete_before(copy, &own, stage, around);
                        let new = Waste { copy, brings, kinds, complete, installs: vec![own] };
                        match found.iter_mut().find(|waste| waste.copy.index == copy.index) {
                            Some(waste) => waste.add(new),
                            None => found.push(new),
                        }
                    }
                    None => done.extend(own.install.map(|install| install.tool)),
                }
            }
            // An install that is not judged still leaves its packages there.
            if found.is_empty() {
                done.extend(tools(run));
            }
        }
        found
    }

    fn add(&mut self, other: Waste<'a>) {
        self.kinds = self.kinds.and(other.kinds);
        self.installs.extend(other.installs);
    }
}

impl Installing<'_> {
    /// The kinds of change that it has to be built again for.
    pub fn needs(&self) -> Causes {
        if self.install.is_some() { Causes::DEPENDENCIES } else { Causes::TOOLING }
    }

    /// The folder of the context that it runs in, where `copy` brings `folder` of it.
    pub fn folder(&self, copy: Instruction<'_>, folder: &str) -> Option<String> {
        if self.run.commands().any(|command| ["cd", "pushd"].iter().any(|name| command.node.is(name))) {
            return None;
        }
        if matches!(&*transfer(copy)?.destination.raw, "." | "./") && copy.workdir() == self.run.workdir() {
            return Some(folder.to_owned());
        }
        let (to, at) = (destination(copy)?, self.run.workdir()?);
        let rest = at.strip_prefix(to.trim_end_matches('/'))?;
        (rest.is_empty() || rest.starts_with('/')).then(|| path_in_context(&format!("{folder}{rest}")))
    }
}

/// The first of the steps before an install that brings changes of which it needs nothing, as far as that is certain,
/// and their kinds.
fn carrier<'a>(
    own: &Installing<'a>,
    stage: Stage<'a>,
    plan: &Plan,
    order: &Order,
    around: Around<'_>,
) -> Option<(Instruction<'a>, Brings<'a>, Causes)> {
    let step_of =
        |stage: Stage<'_>, index| plan.stages.get(stage.index)?.steps.iter().position(|step| step.index == index);
    let wasted = order.causes(stage.index, step_of(stage, own.run.index)?).without(own.needs());
    if wasted.is_empty() {
        return None;
    }
    // What an ancestor copies is there for a reason.
    let mut before = stage.outer_instructions().take_while(|other| other.index < own.run.index);
    before.find_map(|copy| {
        let kinds = order.brings(stage.index, step_of(stage, copy.index)?);
        let wasted = kinds.without(own.needs());
        if !wasted.meets(Causes::CONTEXT) || transfer(copy).is_none() {
            return None;
        }
        let brings = brings(copy, order, around)?;
        delays(copy, &brings, own, stage, around).then_some((copy, brings, wasted))
    })
}

fn brings<'a>(copy: Instruction<'a>, order: &Order, around: Around<'_>) -> Option<Brings<'a>> {
    if let Some(Source::Stage(from)) = copy.source_words().next().map(|word| copy.source(word)) {
        return order.last(from.index).source.then_some(Brings::Made(from));
    }
    if ["exclude", "parents"].iter().any(|flag| copy.flag(flag).is_some()) {
        return None;
    }
    let sources = sources::of_context(copy);
    let is_folder =
        |path: &str| around.context.is_some_and(|context| around.files.list(&context.root.join(path)).is_ok());
    let folder = sources.iter().find_map(|(word, source)| {
        let folder = path_in_context(source.trim_end_matches('*'));
        let whole = folder.is_empty() || source.ends_with('/') || is_folder(&folder);
        whole.then_some(Brings::Folder(word, folder))
    });
    folder.or_else(|| (!sources.is_empty()).then_some(Brings::Files))
}

/// Whether the install waits for nothing but the copy.
fn delays(
    copy: Instruction<'_>,
    brings: &Brings<'_>,
    own: &Installing<'_>,
    stage: Stage<'_>,
    around: Around<'_>,
) -> bool {
    let to = destination(copy);
    match (&own.install, brings) {
        // It brings the manifests as well, unless they are there before.
        (Some(install), Brings::Folder(_, folder)) if needs_sources(install, copy, folder, own, around) => false,
        (Some(_), Brings::Folder(_, folder)) if folder.is_empty() => true,
        (Some(install), Brings::Folder(_, _)) => {
            let here = own.run.workdir().is_some() && to.as_deref() == own.run.workdir();
            here && !is_named(install, own.run, stage) || is_complete_before(copy, own, stage, around)
        }
        (Some(_), Brings::Files) => is_complete_before(copy, own, stage, around),
        (Some(_), Brings::Made(_)) => false,
        (None, Brings::Folder(_, folder)) if folder.is_empty() => to.as_deref() != Some("/"),
        (None, Brings::Folder(..)) => to.is_some_and(|to| is_of_application(&to)),
        (None, Brings::Files) => false,
        (None, Brings::Made(from)) => {
            to.is_some_and(|to| is_of_application(&to)) && copy_paths(copy).iter().all(|path| is_made(path, *from))
        }
    }
}

/// Whether an earlier COPY names a manifest.
fn is_named(install: &Install, run: Instruction<'_>, stage: Stage<'_>) -> bool {
    let before = stage.outer_instructions().filter(|other| other.index < run.index);
    before.flat_map(sources::of_context).any(|(_, source)| {
        let name = source.rsplit('/').next().unwrap_or("");
        install.manifests.iter().any(|manifest| manifest.rsplit('/').next() == Some(name)) || name.contains('*')
    })
}

/// Whether all that the install needs is known, and copied before `copy`.
fn is_complete_before(copy: Instruction<'_>, own: &Installing<'_>, stage: Stage<'_>, around: Around<'_>) -> bool {
    let (Some(install), Some(context)) = (&own.install, around.context) else { return false };
    let earlier = stage.outer_instructions().filter(|other| other.index < copy.index);
    let mut there: Vec<String> = Vec::new();
    let mut folder = None;
    for other in earlier {
        for (_, source) in sources::of_context(other) {
            let Taken::Paths(paths) = context.take(&source, around.files) else { continue };
            let manifest =
                install.tool.files().first().copied().or_else(|| install.manifests.first().map(|name| &**name));
            let first = paths.iter().find(|path| path.rsplit('/').next() == manifest);
            if let Some(first) = first.filter(|_| destination(other).as_deref() == own.run.workdir()) {
                folder = Some(first.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned());
            }
            there.extend(paths);
        }
    }
    let Some(folder) = folder else { return false };
    match install.needs(&folder, context, around.files) {
        Needs::Files(needed) => needed.iter().all(|path| there.contains(path)),
        Needs::More(_) | Needs::Sources | Needs::Unknown => false,
    }
}

/// Whether the manifests of the folder say that the install needs more than manifests.
fn needs_sources(
    install: &Install,
    copy: Instruction<'_>,
    folder: &str,
    own: &Installing<'_>,
    around: Around<'_>,
) -> bool {
    let (Some(context), Some(folder)) = (around.context, own.folder(copy, folder)) else { return false };
    install.needs(&folder, context, around.files) == Needs::Sources
}

/// The paths that a COPY takes from another stage.
fn copy_paths(copy: Instruction<'_>) -> Vec<String> {
    let Some(transfer) = transfer(copy) else { return Vec::new() };
    transfer.sources.iter().map(|word| copy.value(word).unwrap_or_default()).collect()
}

/// Whether the path in that stage is surely made of what the stage copies from the build context.
fn is_made(path: &str, stage: Stage<'_>) -> bool {
    let path = format!("/{}", path_in_context(path));
    let below = |path: &str, folder: &str| {
        path.strip_prefix(folder.trim_end_matches('/')).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let mut copied = false;
    for instruction in stage.outer_instructions() {
        let folders = sources::of_context(instruction).iter().any(|(_, source)| {
            let path = path_in_context(source);
            path.is_empty() || source.ends_with('/') || !path.rsplit('/').next().unwrap_or("").contains('.')
        });
        if folders {
            copied = true;
            if destination(instruction).is_some_and(|to| &*to != "/" && below(&path, &to)) {
                return true;
            }
        }
        let mut words = instruction.commands().flat_map(|command| &command.node.words);
        if copied && words.any(|word| word.text().is_some_and(|text| text.ends_with(&*path))) {
            return true;
        }
    }
    false
}

/// Whether packages of the system do not look at what lies there.
fn is_of_application(path: &str) -> bool {
    const SYSTEM: [&str; 14] =
        ["", "bin", "boot", "dev", "etc", "lib", "lib64", "proc", "root", "run", "sbin", "sys", "tmp", "var"];
    const OWN: [&str; 6] =
        ["/usr/src/", "/usr/local/bin/", "/usr/local/src/", "/usr/share/nginx/html/", "/usr/bin/", "/var/www/"];
    let first = path.trim_start_matches('/').split('/').next().unwrap_or("");
    let own = OWN.iter().any(|own| format!("{path}/").starts_with(own));
    own || first != "usr" && !SYSTEM.contains(&first)
}

/// Where it copies to.
pub(super) fn destination(copy: Instruction<'_>) -> Option<Box<str>> {
    copy.absolute(&copy.value(&transfer(copy)?.destination)?)
}

pub(super) fn transfer(copy: Instruction<'_>) -> Option<&crate::syntax::dockerfile::Transfer> {
    match &copy.node.kind {
        InstructionKind::Copy(transfer) | InstructionKind::Add(transfer) => Some(transfer),
        _ => None,
    }
}

fn tools(instruction: Instruction<'_>) -> Vec<Tool> {
    instruction.commands().filter_map(|command| Some(Install::of(command.node)?.tool)).collect()
}

/// The installs of a RUN, unless their downloads are kept in a cache mount or their manifests are made or fetched in
/// the same RUN. Packages of the system count where it does nothing else.
fn installs(run: Instruction<'_>) -> Vec<Installing<'_>> {
    let InstructionKind::Run(_) = &run.node.kind else { return Vec::new() };
    let mut fields = run.node.flags.iter().flat_map(|flag| &flag.fields);
    let cached = fields.any(|field| field.value.as_ref().is_some_and(|value| &*value.raw == "cache"));
    let fetches = |command: &shell::SimpleCommand| {
        let export = command.subcommand().is_some_and(|(_, word)| word == "export" || word == "init");
        export || ["git", "curl", "wget", "tar", "unzip", "pip-compile", "cp", "mv"].iter().any(|name| command.is(name))
    };
    if cached || run.commands().any(|command| fetches(command.node)) {
        return Vec::new();
    }
    // What stands before an install may make what it needs.
    let makes = |command: &shell::SimpleCommand| {
        let script = command.subcommand().is_some_and(|(_, word)| word == "run");
        let own = command.name().is_some_and(|name| name.starts_with("./"));
        let wrapper = ["./mvnw", "./gradlew"].iter().any(|name| command.name() == Some(name));
        let other = ["make", "sh", "bash", "node", "sed", "patch"].iter().any(|name| command.is(name));
        // The project itself, which brings its packages along.
        let whole =
            |word: &shell::Word| word.text().is_some_and(|word| word == "-e" || word == "." || word.starts_with(".["));
        let project = command.name().is_some_and(|name| name.starts_with("pip") || name == "uv");
        !wrapper && (script || own || other || project && command.words.iter().any(whole))
    };
    let projects: Vec<Installing<'_>> = run
        .commands()
        .take_while(|command| !makes(command.node))
        .filter_map(|command| {
            Some(Installing { run, command: command.node, install: Some(Install::of(command.node)?) })
        })
        .collect();
    if projects.is_empty() { of_system(run).into_iter().collect() } else { projects }
}

/// A RUN that installs packages of the system by their names, and does nothing else.
pub(super) fn of_system(run: Instruction<'_>) -> Option<Installing<'_>> {
    let mut install = None;
    for command in run.commands() {
        let Some(operation) = Operation::of(command) else {
            if command.node.words.is_empty() || ["rm", "set", "true", "echo"].iter().any(|name| command.node.is(name)) {
                continue;
            }
            return None;
        };
        let is_file = |name: &str| name.contains('/') || [".deb", ".rpm", ".apk"].iter().any(|end| name.ends_with(end));
        let of_files = operation.operands.iter().any(|operand| is_file(&operand.text));
        if !operation.manager.is_of_system() || of_files || operation.more || !operation.unknown.is_empty() {
            return None;
        }
        if operation.action == Action::Install {
            install.get_or_insert(command.node);
        }
    }
    install.map(|command| Installing { run, command, install: None })
}
