//! The builder as the judge of fixes uses it.

use std::io::BufReader;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::thread;

use super::super::args::CheckArguments;
use super::super::build::arguments::NetworkArgument;
use super::super::build::{open_store, start};
use super::super::note;
use crate::build::exec::request::{Network, Request, Response};
use crate::build::judge::{Build, BuiltImage, Stop};
use crate::build::steps::{
    BaseSource, BuildOptions, Builder, Event, Failure, Outcome, Problem, ProblemKind, Settings, Snapshot, StepInfo,
};
use crate::build::tree::{Entry, read_listing};
use crate::build::{Effect, steps};
use crate::lint::Fix;
use crate::model::context::BuildContext;
use crate::model::dockerfile::Dockerfile;
use crate::syntax::dockerfile::{InstructionKind, parse};

/// A builder, and the context of the Dockerfile at hand.
pub(super) struct Builds {
    builder: Builder,
    options: BuildOptions,
    /// Why there is no context, where there is none.
    context: Result<Snapshot, String>,
    /// Whether files keep the users they belong to, and steps run as the users they name.
    has_users: bool,
    verbose: bool,
    count: usize,
}

impl Builds {
    /// Starts a builder with what the arguments say.
    pub(super) fn start(arguments: &CheckArguments) -> Result<Builds, String> {
        let store = open_store()?;
        let (mut builder, has_users) = start(&store)?;
        for base in &arguments.base {
            let (name, place) = base.split_once('=').ok_or_else(|| {
                format!("`--base {base}` does not say where the image is: write `--base NAME=oci:FOLDER`")
            })?;
            builder.bases().give(name, BaseSource::parse(place)?)?;
        }
        let options = BuildOptions {
            settings: Settings { arguments: build_arguments(&arguments.build_arg), ..Settings::default() },
            network: match arguments.network {
                NetworkArgument::None => Network::None,
                NetworkArgument::Host => Network::Host,
            },
            anticipate_network: true,
            ..BuildOptions::default()
        };
        let context = Err("no context was taken".to_owned());
        Ok(Builds { builder, options, context, has_users, verbose: arguments.verbose, count: 0 })
    }

    /// Takes the files of a context as they are now.
    pub(super) fn open(&mut self, context: Option<&BuildContext>) {
        self.context = match context {
            None => Err("it is not known which folder it is built with".to_owned()),
            Some(context) => {
                let root = if context.root.as_os_str().is_empty() { ".".as_ref() } else { context.root.as_path() };
                self.builder.snapshot(root, context.ignore.as_deref()).map_err(|error| error.to_string())
            }
        };
    }

    /// Why a build with a fix would show nothing of it, if so.
    pub(super) fn is_out_of_reach(&self, dockerfile: &Dockerfile, fix: &Fix) -> Option<String> {
        if !self.has_users && fix.effects.contains(Effect::User) {
            return Some("this user has no range of ids, so that `USER` is not what it says here".to_owned());
        }
        let place = fix.edits.first()?.span.start;
        let at = dockerfile.instructions().take_while(|own| own.span().start <= place).last()?;
        if matches!(at.node.kind, InstructionKind::Onbuild(_)) || at.onbuild {
            return Some("what `ONBUILD` holds back is not built".to_owned());
        }
        let unneeded = at.stage().is_some_and(|stage| !stage.is_needed());
        unneeded.then(|| "the image does not need its stage, which is not built".to_owned())
    }

    fn tree(&mut self, image: &steps::BuiltImage) -> Result<Vec<Entry>, String> {
        let (reader, writer) = std::io::pipe().map_err(|error| format!("cannot make a pipe: {error}"))?;
        let request = Request::List { layers: image.layers.clone() };
        let executor = self.builder.executor();
        thread::scope(|scope| {
            let reading = scope.spawn(move || read_listing(BufReader::new(reader)));
            let answer = executor.execute(&request, Some(writer.as_fd()), &mut |_| {});
            drop(writer);
            let entries = reading.join().unwrap_or_else(|_| Ok(Vec::new())).map_err(|error| error.to_string())?;
            match answer? {
                Response::Done(_) => Ok(entries),
                other => Err(format!("the files of the image cannot be listed: {other:?}")),
            }
        })
    }
}

impl Build for Builds {
    fn build(&mut self, text: &str, anew: bool) -> Result<BuiltImage, Stop> {
        let context = self.context.as_ref().map_err(|why| Stop::Unknown(why.clone()))?;
        self.count += 1;
        let count = self.count;
        let dockerfile = Dockerfile::new(parse(Arc::from(text)));
        let options = BuildOptions { no_cache: anew, ..self.options.clone() };
        let verbose = self.verbose;
        let mut tell = |event: &Event<'_>| {
            if let (true, Event::Started(step)) = (verbose, event) {
                note(&format!("build {count}: [{}] {}", step.label(), step.text));
            }
        };
        match self.builder.build(&dockerfile, Some(context), &options, &mut tell) {
            Outcome::Built(image) => {
                let tree = self.tree(&image).map_err(Stop::Unknown)?;
                let own = image.steps.iter().filter(|step| step.step.stage == image.target && step.entries > 0);
                let layers = own.map(|step| step.bytes).collect();
                let executed = image.executed();
                Ok(BuiltImage { config: image.config, tree, layers, executed })
            }
            Outcome::Failed(failure) => Err(Stop::Failed(failed(&failure))),
            Outcome::Refused(problem) => Err(refused(&problem)),
            Outcome::NeedsNetwork { step, program, .. } => {
                let program = program.map(|program| format!(" for `{program}`")).unwrap_or_default();
                Err(Stop::Unknown(format!("{} needs the network{program}, see --network", shown(&step))))
            }
            Outcome::Limit { step, limit, .. } => Err(Stop::Unknown(format!("{} went beyond {limit}", shown(&step)))),
            Outcome::Broken { why, .. } => Err(Stop::Unknown(why)),
        }
    }
}

/// `NAME=VALUE`, or `NAME` with its value in the environment, as `docker build` has them.
fn build_arguments(written: &[String]) -> Vec<(String, String)> {
    let pair = |argument: &String| match argument.split_once('=') {
        Some((name, value)) => Some((name.to_owned(), value.to_owned())),
        None => Some((argument.clone(), std::env::var(argument).ok()?)),
    };
    written.iter().filter_map(pair).collect()
}

fn failed(failure: &Failure) -> String {
    let last = failure.tail.lines().rev().find(|line| !line.trim().is_empty());
    let said = last.map(|line| format!(": {}", line.trim())).unwrap_or_default();
    format!("{}: {}{said}", shown(&failure.step), failure.reason)
}

fn refused(problem: &Problem) -> Stop {
    match problem.kind {
        ProblemKind::Wrong => Stop::Failed(problem.message.clone()),
        ProblemKind::Unsupported | ProblemKind::Missing | ProblemKind::TooLarge => {
            Stop::Unknown(problem.message.clone())
        }
    }
}

/// A step, as short as it can be told.
fn shown(step: &StepInfo) -> String {
    const LONGEST: usize = 48;
    let text = match step.text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", step.text[..end].trim_end()),
        None => step.text.clone(),
    };
    format!("step `{text}`")
}
