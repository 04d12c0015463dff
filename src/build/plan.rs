//! What a Dockerfile would build, step by step, without running anything.
//!
//! The steps are those that BuildKit makes (`frontend/dockerfile/dockerfile2llb/convert.go` of
//! <https://github.com/moby/buildkit>, Apache-2.0): RUN, COPY and ADD, and WORKDIR, which makes its folder. Every other
//! instruction changes what later steps run with, or the configuration of the image.

use std::sync::Arc;

use super::read::Reader;
use super::text::Text;
use crate::model::dockerfile::Dockerfile;
use crate::syntax::dockerfile::Keyword;
use crate::text::Span;

/// What a Dockerfile would build.
#[derive(Debug)]
pub struct Plan {
    /// The build arguments before the first FROM.
    pub(super) globals: Vec<Argument>,
    /// In file order.
    pub stages: Vec<Stage>,
    /// What the builder refuses, as far as the file shows.
    pub faults: Vec<Fault>,
}

/// A stage of a [`Plan`].
#[derive(Debug)]
pub struct Stage {
    /// In lower case: that is how names are looked up.
    pub name: Option<Box<str>>,
    /// What it starts from.
    pub base: Base,
    /// The platform, where it is not that of the target.
    pub(super) platform: Option<Text>,
    /// In the order in which they are built, what ONBUILD holds back in the parent first.
    pub steps: Vec<Step>,
    /// What holds at its end, and so in its image.
    pub image: Image,
    /// The shell that the shell forms of its image run in.
    pub(super) form_shells: FormShells,
}

/// What a stage starts from.
#[derive(Clone, Debug, PartialEq)]
pub enum Base {
    /// The earlier stage with this number.
    Stage(usize),
    /// Nothing.
    Scratch,
    /// An image, by its whole name.
    Image(Box<str>),
    /// What only the build knows.
    Unknown(Text),
}

/// Something that takes time and makes a layer.
#[derive(Clone, Debug)]
pub struct Step {
    /// The outermost instruction that says it.
    pub index: usize,
    /// All of that instruction.
    pub span: Span,
    /// What it is.
    pub kind: StepKind,
    /// What it says, in an order that does not depend on how it is written.
    pub(super) parts: Vec<Part>,
    /// What holds where it runs.
    pub(super) state: Arc<State>,
    /// What it takes from elsewhere.
    pub inputs: Vec<Input>,
}

/// What makes a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StepKind {
    /// RUN.
    Run,
    /// COPY and ADD.
    Transfer,
    /// WORKDIR.
    Workdir,
}

/// Something a step takes from elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// Files of the build context: a path or a pattern, as the instruction has it.
    Context {
        /// The path.
        path: Text,
        /// Where it is written.
        span: Span,
    },
    /// Files of another stage.
    Stage(usize),
    /// Files of an image, or of a context that is named on the command line.
    Image(Text),
    /// What is downloaded.
    Remote(Text),
}

/// One thing that a step says.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Part {
    pub(super) name: Box<str>,
    pub(super) texts: Vec<Text>,
}

/// A build argument and its default.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Argument {
    pub(super) name: Box<str>,
    pub(super) default: Option<Text>,
}

/// What an instruction sets, or what the base image says.
#[derive(Clone, Debug, PartialEq, Default)]
pub enum Setting<T> {
    /// As in the base image.
    #[default]
    Inherited,
    /// Nothing, whatever the base image says.
    Cleared,
    /// This.
    Set(T),
}

/// What holds at one place of a stage.
#[derive(Clone, Debug, PartialEq, Default)]
pub(super) struct State {
    pub(super) arguments: Vec<Argument>,
    /// In the order in which they were set first. Each is shared by the states after it.
    pub(super) environment: Vec<Arc<(Text, Text)>>,
    pub(super) user: Setting<Text>,
    pub(super) workdir: Setting<Text>,
    pub(super) shell: Setting<Vec<Box<str>>>,
}

/// The configuration of an image, beside what it starts from.
#[derive(Clone, Debug, Default)]
pub struct Image {
    pub(super) state: Arc<State>,
    pub(super) labels: Vec<Arc<(Text, Text)>>,
    pub(super) entrypoint: Setting<Vec<Part>>,
    pub(super) cmd: Setting<Vec<Part>>,
    pub(super) healthcheck: Setting<Vec<Part>>,
    pub(super) ports: Vec<Text>,
    pub(super) volumes: Vec<Text>,
    pub(super) stop_signal: Option<Text>,
    pub(super) author: Option<Text>,
    pub(super) triggers: Vec<Trigger>,
}

/// The shells of the shell forms.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct FormShells {
    pub(super) entrypoint: Setting<Vec<Box<str>>>,
    pub(super) cmd: Setting<Vec<Box<str>>>,
    pub(super) healthcheck: Setting<Vec<Box<str>>>,
}

/// What ONBUILD holds back.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Trigger {
    pub(super) keyword: Keyword,
    pub(super) parts: Vec<Part>,
}

/// Something that the builder refuses.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// Where.
    pub span: Span,
    /// What, starting in lower case.
    pub message: String,
}

impl Plan {
    /// What `dockerfile` would build, with the defaults of its build arguments.
    pub fn new(dockerfile: &Dockerfile) -> Plan {
        Reader::new(dockerfile).read()
    }

    /// For each stage whether it is built when the stage with the number `target` is asked for.
    pub fn needed_for(&self, target: usize) -> Vec<bool> {
        let mut needed = vec![false; self.stages.len()];
        let mut open = vec![target];
        while let Some(index) = open.pop() {
            let Some(stage) = self.stages.get(index).filter(|_| !needed[index]) else { continue };
            needed[index] = true;
            let parent = if let Base::Stage(parent) = stage.base { Some(parent) } else { None };
            let inputs = stage.steps.iter().flat_map(|step| &step.inputs);
            let copied = inputs.filter_map(|input| if let Input::Stage(other) = input { Some(*other) } else { None });
            open.extend(parent.into_iter().chain(copied));
        }
        needed
    }
}

impl Step {
    /// Whether it makes a layer that does not depend on what is below it: `--link`, unless there is a mode to give, which
    /// BuildKit does on the spot.
    pub(super) fn is_linked(&self) -> bool {
        let flag = |name: &str| self.parts.iter().find(|part| &*part.name == name);
        let is_off = |part: &Part| part.texts.iter().any(|text| text.known() == Some("false"));
        self.kind == StepKind::Transfer && flag("link").is_some_and(|part| !is_off(part)) && flag("chmod").is_none()
    }
}

impl Stage {
    /// The variables of its image, by name; `None` for a value that only the build knows. Those of the base image are
    /// not among them.
    pub fn environment(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.image.state.environment.iter().map(|pair| (pair.0.shown(), pair.1.known()))
    }
}

impl<T> Setting<T> {
    /// What is set.
    pub fn set(&self) -> Option<&T> {
        match self {
            Setting::Set(value) => Some(value),
            Setting::Inherited | Setting::Cleared => None,
        }
    }
}
