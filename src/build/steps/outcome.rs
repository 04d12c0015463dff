//! What comes of a build, and what is told while it runs.

use std::fmt;

use super::problem::Problem;
use crate::build::exec::request::{ExitStatus, LayerName, Limit};
use crate::build::image::{Image, ImageConfig};
use crate::text::Span;

/// A step of a build, as it is told about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepInfo {
    /// Its number among all steps of the build, from 1.
    pub number: usize,
    /// The number of its stage, from 0.
    pub stage: usize,
    /// The name of its stage, if it has one; nothing for the only stage of a file.
    pub stage_name: Option<String>,
    /// Its place among the steps of its stage, from 1.
    pub place: usize,
    /// How many steps its stage has.
    pub of: usize,
    /// Where the Dockerfile says it.
    pub span: Span,
    /// The instruction on one line.
    pub text: String,
}

/// Something that is told while a build runs.
#[derive(Clone, Debug)]
pub enum Event<'e> {
    /// So many steps are to be done.
    Planned {
        /// The steps of all stages that are needed.
        steps: usize,
    },
    /// Something that takes time and is no step: an image is unpacked, the context is taken over, layers are packed.
    Working(&'e str),
    /// A step begins.
    Started(&'e StepInfo),
    /// What a step makes was made before.
    Cached(&'e StepInfo),
    /// A step says something.
    Output {
        /// The step.
        step: &'e StepInfo,
        /// Whole characters, in which nothing can move a cursor or change a colour.
        text: &'e str,
    },
    /// A step is done.
    Finished {
        /// The step.
        step: &'e StepInfo,
        /// What it made.
        record: &'e StepReport,
    },
}

/// What is known of a step that is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepReport {
    /// The step.
    pub step: StepInfo,
    /// What it is known by: everything that it depends on.
    pub key: String,
    /// Whether it was made before.
    pub cached: bool,
    /// Bytes of the files in its layer.
    pub bytes: u64,
    /// Files and folders in its layer.
    pub entries: u64,
    /// How long it took when it was made.
    pub milliseconds: u64,
    /// Whether it could reach the network when it was made: what it made may be something else today.
    pub networked: bool,
}

/// What comes of a build.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// An image.
    Built(Box<BuiltImage>),
    /// A step failed, as it would for every builder.
    Failed(Failure),
    /// The Dockerfile cannot be built, by nobody or not here; the problem says which.
    Refused(Problem),
    /// A step failed, or was not tried, because it has no network.
    NeedsNetwork {
        /// The step.
        step: StepInfo,
        /// What it would fetch with, where that is known.
        program: Option<String>,
        /// The end of its output.
        tail: String,
    },
    /// A step went beyond a limit.
    Limit {
        /// The step.
        step: StepInfo,
        /// Which limit.
        limit: Limit,
        /// The end of its output.
        tail: String,
    },
    /// The machine stood in the way; nothing is known about the build.
    Broken {
        /// The step at which it happened, if it was one.
        step: Option<StepInfo>,
        /// Why, in words for the user.
        why: String,
    },
}

/// What a build made.
#[derive(Clone, Debug)]
pub struct BuiltImage {
    /// The stack of its layers, bottom first, for the worker.
    pub layers: Vec<LayerName>,
    /// The configuration of the image. Its layers and times are only there once it is packed.
    pub config: ImageConfig,
    /// The steps of all stages that were needed.
    pub steps: Vec<StepReport>,
    /// The number of the stage that became the image.
    pub target: usize,
    /// The image in the store, if it was asked for.
    pub image: Option<Image>,
}

/// A step that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The step.
    pub step: StepInfo,
    /// Why.
    pub reason: FailureReason,
    /// The end of its output.
    pub tail: String,
}

/// Why a step failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FailureReason {
    /// Its command ended so.
    Exit(ExitStatus),
    /// It is wrong: a file to be copied is not there, a user is not known.
    Invalid(String),
}

impl BuiltImage {
    /// How many steps were done and not found made.
    pub fn executed(&self) -> usize {
        self.steps.iter().filter(|step| !step.cached).count()
    }

    /// Bytes of the files in the layers of the steps of the target, its base left out.
    pub fn bytes(&self) -> u64 {
        self.steps.iter().filter(|step| step.step.stage == self.target).map(|step| step.bytes).sum()
    }
}

impl fmt::Display for FailureReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FailureReason::Exit(status) => write!(f, "the command ended with {status}"),
            FailureReason::Invalid(what) => f.write_str(what),
        }
    }
}

impl StepInfo {
    /// `build 2/5`: the stage, and the place in it.
    pub fn label(&self) -> String {
        let stage = self.stage_name.clone().unwrap_or_else(|| format!("stage-{}", self.stage));
        format!("{stage} {}/{}", self.place, self.of).trim_start().to_owned()
    }
}
