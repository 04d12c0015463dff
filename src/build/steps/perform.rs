//! One step, carried out.

use std::time::Instant;

use super::builder::{BuildOptions, Stop};
use super::command::RunCommand;
use super::executor::Executor;
use super::mounts::{self, Mount, MountKind};
use super::network;
use super::outcome::{Event, Failure, FailureReason, Outcome, StepInfo};
use super::problem::Problem;
use super::remote::Remote;
use super::stage::{Action, Step};
use super::tail::Tail;
use super::transfer::Transfer;
use crate::build::exec::request::{
    CopyStep, Done, FolderStep, LayerName, Network, Request, Response, RunStep, Sharing, StepMount, UnpackLimits,
};
use crate::model::dockerfile::PREDEFINED_PROXY_ARGUMENTS;

/// What steps are told that the machine is called: BuildKit's `defaultHostname` of `executor/oci/hosts.go`.
const HOSTNAME: &str = "buildkitsandbox";

/// A step and all that it needs.
pub(super) struct Performer<'p> {
    pub(super) step: &'p Step,
    pub(super) info: &'p StepInfo,
    pub(super) options: &'p BuildOptions,
    /// What it stands on.
    pub(super) lowers: Vec<LayerName>,
    /// What it makes.
    pub(super) layer: &'p LayerName,
    /// The stacks that it takes files from, in their order.
    pub(super) origins: Vec<Vec<LayerName>>,
    pub(super) network: Network,
}

/// What a step did.
pub(super) struct Performed {
    pub(super) done: Done,
    pub(super) milliseconds: u64,
}

impl Performer<'_> {
    pub(super) fn perform(
        self,
        executor: &mut dyn Executor,
        observer: &mut dyn FnMut(&Event<'_>),
    ) -> Result<Performed, Stop> {
        let program = self.fetching_program();
        if self.options.anticipate_network && program.is_some() {
            let (step, tail) = (self.info.clone(), String::new());
            return Err(Outcome::NeedsNetwork { step, program, tail }.into());
        }
        let request = self.request();
        let mut tail = Tail::default();
        let begin = Instant::now();
        let answer = executor.execute(&request, None, &mut |text| {
            tail.push(text);
            observer(&Event::Output { step: self.info, text });
        });
        let milliseconds = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
        let broken = |why: String| Stop::from(Outcome::Broken { step: Some(self.info.clone()), why });
        let tail = tail.into_text();
        match answer.map_err(broken)? {
            Response::Done(done) => Ok(Performed { done, milliseconds }),
            Response::Exited(exited) if exited.status.is_success() => Ok(Performed { done: exited.done, milliseconds }),
            Response::Exited(_) if self.lacks_network(program.as_deref(), &tail) => {
                Err(Outcome::NeedsNetwork { step: self.info.clone(), program, tail }.into())
            }
            Response::Exited(exited) => Err(self.failed(FailureReason::Exit(exited.status), tail)),
            Response::Invalid { what } => Err(self.failed(FailureReason::Invalid(what), tail)),
            Response::Refused { what } => Err(Problem::unsupported(self.info.span, what).into()),
            Response::Limit(limit) => Err(Outcome::Limit { step: self.info.clone(), limit, tail }.into()),
            Response::Failed { what } => Err(broken(what)),
        }
    }

    fn failed(&self, reason: FailureReason, tail: String) -> Stop {
        Outcome::Failed(Failure { step: self.info.clone(), reason, tail }).into()
    }

    /// What it would fetch with that cannot.
    fn fetching_program(&self) -> Option<String> {
        match &self.step.action {
            Action::Run(command, ..) if self.network == Network::None => network::fetching_program(command),
            _ => None,
        }
    }

    fn lacks_network(&self, program: Option<&str>, tail: &str) -> bool {
        let is_run = matches!(self.step.action, Action::Run(..));
        is_run && self.network == Network::None && (program.is_some() || network::complains(tail))
    }

    fn request(&self) -> Request {
        match &self.step.action {
            Action::Run(command, mounts, _) => self.run(command, mounts),
            Action::Transfer(transfer) => self.copy(transfer),
            Action::Folder => Request::Folder(FolderStep {
                lowers: self.lowers.clone(),
                layer: self.layer.clone(),
                path: self.step.directory.clone(),
                owner: Some(self.step.user.clone()).filter(|user| !user.is_empty()),
            }),
        }
    }

    fn run(&self, command: &RunCommand, mounts: &[Mount]) -> Request {
        let script = command.script.iter();
        let mut origins = self.origins.iter();
        Request::Run(Box::new(RunStep {
            lowers: self.lowers.clone(),
            layer: self.layer.clone(),
            arguments: command.arguments.clone(),
            environment: self.environment(),
            directory: self.step.directory.clone(),
            user: self.step.user.clone(),
            mounts: mounts.iter().map(|mount| step_mount(mount, &mut origins)).collect(),
            files: script.map(|(path, text)| (path.clone(), text.clone().into_bytes())).collect(),
            network: self.network,
            limits: self.options.limits,
            hostname: HOSTNAME.to_owned(),
        }))
    }

    /// The variables of a RUN. Proxies that are passed and not declared are among them, too; they are in no key and no
    /// history, because they change how something is fetched and not what.
    fn environment(&self) -> Vec<(String, String)> {
        let own = self.step.variables.iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
        let mut all: Vec<(String, String)> = own.collect();
        for name in PREDEFINED_PROXY_ARGUMENTS {
            if let Some(value) = self.options.settings.argument(name)
                && self.step.variables.value(name).is_none()
            {
                all.push((name.to_owned(), value.to_owned()));
            }
        }
        all
    }

    fn copy(&self, transfer: &Transfer) -> Request {
        Request::Copy(Box::new(CopyStep {
            lowers: self.lowers.clone(),
            layer: self.layer.clone(),
            from: self.origins.first().cloned().unwrap_or_default(),
            sources: if transfer.remotes.is_empty() { transfer.sources.clone() } else { fetched(transfer) },
            files: transfer.files.iter().map(|(name, text)| (name.clone(), text.clone().into_bytes())).collect(),
            destination: transfer.destination.clone(),
            directory: self.step.directory.clone(),
            owner: transfer.owner.clone(),
            mode: transfer.mode.clone(),
            // What is fetched has no path in the context that could be kept.
            parents: transfer.parents && transfer.remotes.is_empty(),
            link: transfer.link,
            excludes: transfer.excludes.clone(),
            unpack: transfer.unpack,
            limits: UnpackLimits::default(),
        }))
    }
}

/// Where the sources lie that were fetched: each in a folder with its number for a name. Of a repository it is the folder
/// that is copied, whose name is not; of a file, whose name may look like a pattern, all that lies there.
fn fetched(transfer: &Transfer) -> Vec<String> {
    let place = |(number, (_, remote)): (usize, &(String, Remote))| match remote {
        Remote::File(_) => format!("/{number}/*"),
        Remote::Repository(_) => format!("/{number}"),
    };
    transfer.remotes.iter().enumerate().map(place).collect()
}

fn step_mount<'o>(mount: &Mount, origins: &mut impl Iterator<Item = &'o Vec<LayerName>>) -> StepMount {
    let target = mount.target.clone();
    match &mount.kind {
        MountKind::Bind { source, writable, .. } => StepMount::Bind {
            layers: origins.next().cloned().unwrap_or_default(),
            source: source.clone(),
            target,
            writable: *writable,
        },
        MountKind::Cache { id, sharing, from, mode, user, group } => StepMount::Cache {
            id: id.clone(),
            target,
            sharing: match sharing {
                mounts::Sharing::Shared => Sharing::Shared,
                mounts::Sharing::Private => Sharing::Private,
                mounts::Sharing::Locked => Sharing::Locked,
            },
            mode: mode.unwrap_or(0o755),
            uid: user.unwrap_or(0),
            gid: group.unwrap_or(0),
            read_only: false,
            from: from.as_ref().map(|(_, source)| (origins.next().cloned().unwrap_or_default(), source.clone())),
        },
        MountKind::Tmpfs { size } => StepMount::Tmpfs { target, size: *size },
    }
}
