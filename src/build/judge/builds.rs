//! The builder as the judge of fixes uses it.

use std::io::BufReader;
use std::os::fd::AsFd;
use std::path::Path;
use std::sync::Arc;
use std::thread;

use super::verdict::{Build, BuiltImage, Stop};
use crate::build::exec::request::{Request, Response};
use crate::build::steps::{
    self, BuildOptions, Builder, Event, Failure, Outcome, Problem, ProblemKind, Snapshot, StepInfo,
};
use crate::build::tree::{Entry, read_listing};
use crate::model::context::{BuildContext, IgnoreFile};
use crate::model::dockerfile::Dockerfile;
use crate::syntax::dockerfile::parse;

/// Is told which step begins, and in which build, from 1.
pub type Observer = Box<dyn FnMut(usize, &StepInfo)>;

/// Builds Dockerfiles with one builder and one context, for a judge.
pub struct Builds {
    builder: Builder,
    options: BuildOptions,
    /// Why there is no context, where there is none.
    pub(super) context: Result<Arc<Snapshot>, String>,
    observer: Observer,
    count: usize,
}

impl std::fmt::Debug for Builds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builds").field("builder", &self.builder).field("count", &self.count).finish_non_exhaustive()
    }
}

impl Builds {
    /// Builds with `builder` as `options` say; [`Builds::open`] gives it a context.
    pub fn new(builder: Builder, options: BuildOptions, observer: Observer) -> Builds {
        Builds { builder, options, context: Err("no context was taken".to_owned()), observer, count: 0 }
    }

    /// Takes the files of a context as they are now.
    pub fn open(&mut self, context: Option<&BuildContext>) {
        self.context = match context {
            None => Err("it is not known which folder it is built with".to_owned()),
            Some(context) => self.take(&context.root, context.ignore.as_deref()),
        };
    }

    /// The files of the folder `root`, behind an ignore file, as they are now.
    pub(super) fn take(&self, root: &Path, ignore: Option<&IgnoreFile>) -> Result<Arc<Snapshot>, String> {
        let root = if root.as_os_str().is_empty() { Path::new(".") } else { root };
        self.builder.snapshot(root, ignore).map(Arc::new).map_err(|error| error.to_string())
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
        let observer = &mut self.observer;
        let mut tell = |event: &Event<'_>| {
            if let Event::Started(step) = event {
                observer(count, step);
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
