//! Which kinds of change build a step again.

use super::plan::{Base, Input, Plan, Step};
use crate::model::context::path_in_context;
use crate::model::dependencies::{FileKind, file_kind};

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

impl Causes {
    /// Any file of the build context.
    const CONTEXT: Causes = Causes { source: true, manifest: true, lock: true, tooling: false };

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

    fn of(input: &Input, plan: &Plan) -> Causes {
        match input {
            Input::Context { path, .. } => {
                let path = path.known().map(path_in_context);
                match path.as_deref().and_then(file_kind) {
                    Some(FileKind::Manifest) => Causes { manifest: true, ..Causes::default() },
                    Some(FileKind::Lock) => Causes { lock: true, ..Causes::default() },
                    Some(FileKind::Both) => Causes { manifest: true, lock: true, ..Causes::default() },
                    // A file of another name is no manifest; a folder may hold one.
                    None if path.as_deref().is_some_and(|path| path.rsplit('/').next().unwrap_or("").contains('.')) => {
                        Causes { source: true, ..Causes::default() }
                    }
                    None => Causes::CONTEXT,
                }
            }
            Input::Stage(stage) => plan.causes_of_stage(*stage, 0),
            Input::Image(_) | Input::Remote(_) => Causes { tooling: true, ..Causes::default() },
        }
    }
}

/// Stages upon stages that are followed.
const HIGHEST: usize = 64;

impl Plan {
    /// The kinds of change that build the step with that number again: those of what it takes itself, and of every step
    /// before it.
    pub fn causes(&self, stage: usize, step: usize) -> Causes {
        let Some(own) = self.stages.get(stage) else { return Causes::default() };
        self.causes_of_steps(stage, &own.steps[..own.steps.len().min(step + 1)], 0)
    }

    fn causes_of_stage(&self, stage: usize, height: usize) -> Causes {
        match self.stages.get(stage) {
            Some(own) if height < HIGHEST => self.causes_of_steps(stage, &own.steps, height),
            _ => Causes::default(),
        }
    }

    fn causes_of_steps(&self, stage: usize, steps: &[Step], height: usize) -> Causes {
        let base = match &self.stages[stage].base {
            Base::Stage(parent) => self.causes_of_stage(*parent, height + 1),
            Base::Scratch => Causes::default(),
            Base::Image(_) | Base::Unknown(_) => Causes { tooling: true, ..Causes::default() },
        };
        let inputs = steps.iter().flat_map(|step| &step.inputs);
        // A stage that needs itself is a fault of its own.
        let other = inputs.filter(|input| !matches!(input, Input::Stage(other) if *other >= stage));
        other.fold(base, |causes, input| causes.and(Causes::of(input, self)))
    }
}
