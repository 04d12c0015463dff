//! Installs that are built again for changes of which they need nothing.

use super::carrier::Carriers;
use super::order::{Causes, Order};
use super::plan::Plan;
use crate::model::context::{BuildContext, path_in_context};
use crate::model::dependencies::{Install, Tool};
use crate::model::dockerfile::{Instruction, Stage};
use crate::model::packages::{Action, Operation};
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
        let kinds = |source: &str| Causes::in_context(source, around.context?, around.files);
        let order = Order::new(plan, &kinds);
        let carriers = Carriers::new(stage, plan, &order, around);
        let mut done: Vec<Tool> = stage.ancestors().flat_map(Stage::outer_instructions).flat_map(tools).collect();
        let mut found: Vec<Waste<'a>> = Vec::new();
        for run in stage.outer_instructions() {
            for own in installs(run) {
                // What has been installed before is there already.
                if own.install.as_ref().is_some_and(|install| done.contains(&install.tool)) {
                    continue;
                }
                match carriers.of(own) {
                    Ok(new) => match found.iter_mut().find(|waste| waste.copy.index == new.copy.index) {
                        Some(waste) => waste.add(new),
                        None => found.push(new),
                    },
                    Err(own) => done.extend(own.install.map(|install| install.tool)),
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
        let rest = if matches!(&*transfer(copy)?.destination.raw, "." | "./") && copy.workdir() == self.run.workdir() {
            ""
        } else {
            let (to, at) = (destination(copy)?, self.run.workdir()?);
            at.strip_prefix(to.trim_end_matches('/')).filter(|rest| rest.is_empty() || rest.starts_with('/'))?
        };
        let moves = |command: &shell::SimpleCommand| command.is_any(&["cd", "pushd"]);
        if self.run.commands().any(|command| moves(command.node)) {
            return None;
        }
        Some(if rest.is_empty() { folder.to_owned() } else { path_in_context(&format!("{folder}{rest}")) })
    }
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
        export || command.is_any(&["git", "curl", "wget", "tar", "unzip", "pip-compile", "cp", "mv"])
    };
    if cached || run.commands().any(|command| fetches(command.node)) {
        return Vec::new();
    }
    // What stands before an install may make what it needs.
    let makes = |command: &shell::SimpleCommand| {
        let script = command.subcommand().is_some_and(|(_, word)| word == "run");
        let own = command.name().is_some_and(|name| name.starts_with("./"));
        let wrapper = ["./mvnw", "./gradlew"].iter().any(|name| command.name() == Some(name));
        let other = command.is_any(&["make", "sh", "bash", "node", "sed", "patch"]);
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
            if command.node.words.is_empty() || command.node.is_any(&["rm", "set", "true", "echo"]) {
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
