//! Whoever builds, as the judge of fixes uses it.

use std::path::Path;
use std::sync::Arc;

use super::backend::Backend;
use super::verdict::{Build, BuiltImage, Stop};
use crate::build::steps::{Event, Failure, Outcome, Problem, ProblemKind, Snapshot, SnapshotLimits, StepInfo};
use crate::model::context::{BuildContext, IgnoreFile};

/// Is told which step begins, and in which build, from 1.
pub type Observer = Box<dyn FnMut(usize, &StepInfo)>;

/// Builds Dockerfiles with one backend and one context, for a judge.
pub struct Builds {
    backend: Box<dyn Backend>,
    /// Why there is no context, where there is none.
    pub(super) context: Result<Arc<Snapshot>, String>,
    observer: Observer,
    count: usize,
}

impl std::fmt::Debug for Builds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builds")
            .field("backend", &self.backend.name())
            .field("count", &self.count)
            .finish_non_exhaustive()
    }
}

impl Builds {
    /// Builds with `backend`; [`Builds::open`] gives it a context.
    pub fn new(backend: Box<dyn Backend>, observer: Observer) -> Builds {
        Builds { backend, context: Err("no context was taken".to_owned()), observer, count: 0 }
    }

    /// Takes the files of a context as they are now.
    pub fn open(&mut self, context: Option<&BuildContext>) {
        self.context = match context {
            None => Err("it is not known which folder it is built with".to_owned()),
            Some(context) => take(&context.root, context.ignore.as_deref()),
        };
    }

    /// Who builds, where that is not rlint itself.
    pub fn backend_name(&self) -> Option<String> {
        self.backend.name()
    }
}

/// The files of the folder `root`, behind an ignore file, as they are now.
pub(super) fn take(root: &Path, ignore: Option<&IgnoreFile>) -> Result<Arc<Snapshot>, String> {
    let root = if root.as_os_str().is_empty() { Path::new(".") } else { root };
    Snapshot::take(root, ignore, SnapshotLimits::default()).map(Arc::new).map_err(|error| error.to_string())
}

impl Build for Builds {
    fn build(&mut self, text: &str, anew: bool) -> Result<BuiltImage, Stop> {
        let context = self.context.as_ref().map_err(|why| Stop::Unknown(why.clone()))?;
        self.count += 1;
        let (count, observer) = (self.count, &mut self.observer);
        let mut tell = |event: &Event<'_>| {
            if let Event::Started(step) = event {
                observer(count, step);
            }
        };
        match self.backend.build(text, context, anew, &mut tell) {
            Outcome::Built(image) => self.backend.examine(*image).map_err(Stop::Unknown),
            Outcome::Failed(failure) => Err(Stop::Failed(failed(&failure))),
            Outcome::Refused(problem) => Err(refused(&problem)),
            Outcome::NeedsNetwork { step, program, .. } => {
                let program = program.map(|program| format!(" for `{program}`")).unwrap_or_default();
                Err(Stop::Unknown(format!("{} needs the network{program}, see --network", shown(&step))))
            }
            Outcome::Limit { step, limit, .. } => Err(Stop::Unknown(format!("{} went beyond {limit}", shown(&step)))),
            Outcome::Broken { step, why } => {
                let place = step.map(|step| format!("{}: ", shown(&step))).unwrap_or_default();
                Err(Stop::Unknown(format!("{place}{why}")))
            }
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
