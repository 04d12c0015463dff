//! Which kinds of change build a step again.

use super::plan::{Base, Input, Plan, Step};
use crate::model::context::{BuildContext, path_in_context};
use crate::model::dependencies::{FileKind, file_kind};
use crate::text::Files;

/// What changes between two builds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Causes {
    /// Files of the program.
    pub source: bool,
    /// Files that say what the program depends on.
    pub manifest: bool,
    /// Files that say which versions of it.
    pub lock: bool,
    /// Images, downloads and what steps say themselves.
    pub tooling: bool,
}

/// For each step of a plan, which kinds of change build it again.
#[derive(Debug)]
pub struct Order {
    /// For each stage what its base brings, and then what holds after each step.
    stages: Vec<Vec<Causes>>,
    /// For each stage what each step brings by itself.
    own: Vec<Vec<Causes>>,
}

/// Files of one source that are looked at; in so many there is some of everything.
const MOST_FILES: usize = 512;

impl Causes {
    /// Nothing.
    pub const NONE: Causes = Causes { source: false, manifest: false, lock: false, tooling: false };

    /// Any file of the build context.
    pub const CONTEXT: Causes = Causes { source: true, manifest: true, lock: true, tooling: false };

    /// What has to do with the dependencies of a project.
    pub const DEPENDENCIES: Causes = Causes { source: false, manifest: true, lock: true, tooling: true };

    /// Images and downloads.
    pub const TOOLING: Causes = Causes { source: false, manifest: false, lock: false, tooling: true };

    /// These and those.
    #[must_use]
    pub fn and(self, other: Causes) -> Causes {
        Causes {
            source: self.source || other.source,
            manifest: self.manifest || other.manifest,
            lock: self.lock || other.lock,
            tooling: self.tooling || other.tooling,
        }
    }

    /// These without those.
    #[must_use]
    pub fn without(self, other: Causes) -> Causes {
        Causes {
            source: self.source && !other.source,
            manifest: self.manifest && !other.manifest,
            lock: self.lock && !other.lock,
            tooling: self.tooling && !other.tooling,
        }
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self == Causes::NONE
    }

    /// Whether they have one in common.
    pub fn meets(self, other: Causes) -> bool {
        self.without(other) != self
    }

    /// What a file of that path is.
    pub fn of_file(path: &str) -> Causes {
        match file_kind(path) {
            Some(FileKind::Manifest) => Causes { manifest: true, ..Causes::NONE },
            Some(FileKind::Lock) => Causes { lock: true, ..Causes::NONE },
            Some(FileKind::Both) => Causes { manifest: true, lock: true, ..Causes::NONE },
            None => Causes { source: true, ..Causes::NONE },
        }
    }

    /// What a source of COPY takes, by its name.
    pub(super) fn of_source(path: Option<&str>) -> Causes {
        let path = path.map(path_in_context);
        let Some(path) = path.filter(|path| !path.is_empty()) else { return Causes::CONTEXT };
        let own = Causes::of_file(&path);
        // A file of another name is no manifest; a folder may hold one.
        let is_file = path.rsplit('/').next().unwrap_or("").contains('.');
        if own.source && !is_file { Causes::CONTEXT } else { own }
    }

    /// The kinds of the files that `source` takes from `context`. `None` when that is not known.
    pub fn in_context(source: &str, context: &BuildContext, files: &dyn Files) -> Option<Causes> {
        if path_in_context(source).is_empty() && !context.is_seen(files) {
            return None;
        }
        let mut found = Causes::NONE;
        let walked = context.walk(source, files, MOST_FILES, &mut |path| {
            found = found.and(Causes::of_file(path));
            found != Causes::CONTEXT
        });
        match walked {
            Some(()) => Some(found).filter(|found| !found.is_empty()),
            // There are many of them.
            None => found.source.then_some(Causes::CONTEXT),
        }
    }
}

impl Order {
    /// What builds the steps of `plan` again, with `kinds` for what a source takes from the build context; `None` where
    /// that is not known, and then its name has to do.
    pub fn new(plan: &Plan, kinds: &dyn Fn(&str) -> Option<Causes>) -> Order {
        let mut order = Order { stages: Vec::new(), own: Vec::new() };
        for stage in &plan.stages {
            let mut causes = match &stage.base {
                Base::Stage(parent) => order.last(*parent),
                Base::Scratch => Causes::NONE,
                Base::Image(_) | Base::Unknown(_) => Causes::TOOLING,
            };
            let own: Vec<Causes> = stage.steps.iter().map(|step| order.of_step(step, kinds)).collect();
            let mut after = vec![causes];
            for brings in &own {
                causes = causes.and(*brings);
                after.push(causes);
            }
            order.stages.push(after);
            order.own.push(own);
        }
        order
    }

    /// The kinds of change that build the step with that number again: those of what it takes itself, and of every step
    /// before it.
    pub fn causes(&self, stage: usize, step: usize) -> Causes {
        self.stages.get(stage).and_then(|steps| steps.get(step + 1)).copied().unwrap_or_default()
    }

    /// The kinds of change that the step takes by itself.
    pub fn brings(&self, stage: usize, step: usize) -> Causes {
        self.own.get(stage).and_then(|steps| steps.get(step)).copied().unwrap_or_default()
    }

    /// The kinds of change that build the last step of a stage again.
    pub fn last(&self, stage: usize) -> Causes {
        // A stage that needs itself or a later one is a fault of its own.
        self.stages.get(stage).and_then(|steps| steps.last()).copied().unwrap_or_default()
    }

    fn of_step(&self, step: &Step, kinds: &dyn Fn(&str) -> Option<Causes>) -> Causes {
        let of = |input: &Input| match input {
            Input::Context { path, .. } => {
                path.known().and_then(kinds).unwrap_or_else(|| Causes::of_source(path.known()))
            }
            Input::Stage(stage) => self.last(*stage),
            Input::Image(_) | Input::Remote(_) => Causes::TOOLING,
        };
        step.inputs.iter().map(of).fold(Causes::NONE, Causes::and)
    }
}
