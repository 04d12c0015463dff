//! Following a build of an engine: which steps there were, what they said, and which one takes too long.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use rustc_hash::FxHashMap;

use super::progress::{Place, Reader, StagePlace, Told};
use super::run::{Stream, Watch};
use super::{EngineKind, EngineOptions};
use crate::build::exec::request::Limits;
use crate::build::steps::{Event, StepInfo, StepReport, Tail, one_line};
use crate::model::dockerfile::{Dockerfile, Instruction};
use crate::syntax::dockerfile::InstructionKind;
use crate::text::Span;

/// Lines of the engine that are kept, the last ones.
const MOST_WORDS: usize = 40;

/// What Buildah and Podman say themselves on standard error, where steps say something, too.
const OWN_WORDS: [&str; 7] = [
    "Error: building at STEP",
    "Error: creating build container",
    "error building at STEP",
    "error creating build container",
    "error running container: ",
    "subprocess exited ",
    "time=\"",
];

/// A step that was told of.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) info: StepInfo,
    begun: Instant,
    milliseconds: Option<u64>,
    cached: bool,
    /// The end of its output.
    pub(super) tail: Tail,
    /// Bytes of its output.
    output: u64,
    /// Why it failed, where the engine says it at the step.
    pub(super) failed: Option<String>,
}

impl Seen {
    /// The keyword of its instruction, in capitals.
    pub(super) fn keyword(&self) -> String {
        keyword(&self.info.text)
    }

    fn report(&self) -> StepReport {
        StepReport {
            step: self.info.clone(),
            key: String::new(),
            cached: self.cached,
            bytes: 0,
            entries: 0,
            milliseconds: self.milliseconds.unwrap_or(0),
            networked: false,
        }
    }
}

/// Follows one build.
pub(super) struct Track<'t> {
    kind: EngineKind,
    reader: Reader,
    dockerfile: &'t Dockerfile,
    /// The number of the stage that is built.
    target: usize,
    step_time: Duration,
    end: Instant,
    observer: &'t mut dyn FnMut(&Event<'_>),
    /// In the order in which they began.
    pub(super) steps: Vec<Seen>,
    by_id: FxHashMap<u32, usize>,
    planned: FxHashMap<usize, usize>,
    /// What the engine says itself.
    words: VecDeque<String>,
    /// The step that took too long.
    pub(super) late: Option<usize>,
}

impl<'t> Track<'t> {
    pub(super) fn new(
        kind: EngineKind,
        options: &EngineOptions,
        dockerfile: &'t Dockerfile,
        observer: &'t mut dyn FnMut(&Event<'_>),
    ) -> Track<'t> {
        let named = options.target.as_ref().and_then(|name| dockerfile.stage_named(name));
        let target = named.or_else(|| dockerfile.shipped_stage()).map_or(0, |stage| stage.index);
        // Images may have to come over a network; and a step that pretends to be several does not last for ever.
        let phases = u32::try_from(dockerfile.instructions().count()).unwrap_or(u32::MAX).saturating_add(2);
        let step_time = Duration::from_secs(options.step_seconds);
        Track {
            kind,
            reader: Reader::new(kind),
            dockerfile,
            target,
            step_time,
            end: Instant::now() + step_time.saturating_mul(phases),
            observer,
            steps: Vec::new(),
            by_id: FxHashMap::default(),
            planned: FxHashMap::default(),
            words: VecDeque::new(),
            late: None,
        }
    }

    /// The number of the stage that is built.
    pub(super) fn target(&self) -> usize {
        self.target
    }

    /// What the engine said itself, the last first.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.words.iter().rev().map(String::as_str)
    }

    /// The steps that make layers, as rlint counts them.
    pub(super) fn reports(&self) -> Vec<StepReport> {
        let makes_layer = |step: &&Seen| matches!(step.keyword().as_str(), "RUN" | "COPY" | "ADD" | "WORKDIR");
        self.steps.iter().filter(makes_layer).map(Seen::report).collect()
    }

    /// Whatever runs is done.
    pub(super) fn finish(&mut self) {
        (0..self.steps.len()).for_each(|at| self.done(at));
    }

    /// The step that failed, where one did: that of which it is said, or the last one that runs.
    pub(super) fn failing(&self) -> Option<&Seen> {
        let told = self.steps.iter().find(|step| step.failed.is_some());
        let running = || self.steps.iter().rev().find(|step| step.milliseconds.is_none());
        match self.kind {
            EngineKind::Buildx => told,
            EngineKind::Buildah | EngineKind::Podman => running().or_else(|| self.steps.last()),
        }
    }

    fn begin(&mut self, id: u32, place: Place<'_>, text: &str) {
        if self.by_id.contains_key(&id) {
            return;
        }
        if self.kind != EngineKind::Buildx {
            self.finish();
        }
        let stage = match place.stage {
            StagePlace::Only => self.target,
            StagePlace::Number(number) => number,
            StagePlace::Name(name) => self.dockerfile.stage_named(name).map_or(self.target, |stage| stage.index),
        };
        self.planned.insert(stage, place.of);
        (self.observer)(&Event::Planned { steps: self.planned.values().sum() });
        let name = self.dockerfile.stage(stage).and_then(|stage| stage.name()).map(str::to_owned);
        let alone = self.dockerfile.stages().len() == 1;
        let info = StepInfo {
            number: self.steps.len() + 1,
            stage,
            stage_name: name.or_else(|| alone.then(String::new)),
            place: place.place,
            of: place.of,
            span: self.find(stage, place, text),
            text: text.to_owned(),
        };
        (self.observer)(&Event::Started(&info));
        self.by_id.insert(id, self.steps.len());
        self.steps.push(Seen {
            info,
            begun: Instant::now(),
            milliseconds: None,
            cached: false,
            tail: Tail::default(),
            output: 0,
            failed: None,
        });
    }

    /// Where the Dockerfile says it: by its text, or else, where its variables were read, by its place. Nothing where
    /// neither tells.
    fn find(&self, stage: usize, place: Place<'_>, text: &str) -> Span {
        let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let wanted = plain(text);
        let own: Vec<Instruction<'_>> = self
            .dockerfile
            .instructions()
            .filter(|instruction| instruction.stage().is_some_and(|own| own.index == stage))
            .collect();
        let says = |instruction: &&Instruction<'_>| {
            plain(&one_line(&self.dockerfile.tree, instruction.node)).eq_ignore_ascii_case(&wanted)
        };
        if let Some(found) = own.iter().find(says) {
            return found.span();
        }
        let counted: Vec<&Instruction<'_>> = match self.kind {
            EngineKind::Buildx => own.iter().filter(|own| makes_layer(own)).collect(),
            EngineKind::Buildah | EngineKind::Podman => own.iter().collect(),
        };
        // BuildKit counts FROM where it is an image.
        let skipped = counted.len().saturating_sub(place.of);
        let found = counted.get(place.place - 1 + skipped);
        let found = found.filter(|found| keyword(found.text()) == keyword(text));
        found.map_or(Span::empty(0), |found| found.span())
    }

    fn done(&mut self, at: usize) {
        let step = &mut self.steps[at];
        if step.milliseconds.is_some() || step.failed.is_some() {
            return;
        }
        step.milliseconds = Some(u64::try_from(step.begun.elapsed().as_millis()).unwrap_or(u64::MAX));
        let record = step.report();
        (self.observer)(&Event::Finished { step: &self.steps[at].info, record: &record });
    }

    fn cached(&mut self, at: usize) {
        let step = &mut self.steps[at];
        if step.milliseconds.is_none() {
            (step.milliseconds, step.cached) = (Some(0), true);
            (self.observer)(&Event::Cached(&self.steps[at].info));
        }
    }

    fn output(&mut self, at: usize, line: &str) {
        let line = format!("{line}\n");
        let step = &mut self.steps[at];
        step.tail.push(&line);
        if step.output < Limits::default().output {
            (self.observer)(&Event::Output { step: &step.info, text: &line });
        }
        step.output += line.len() as u64;
    }

    fn keep(&mut self, line: &str) {
        if !line.trim().is_empty() {
            if self.words.len() == MOST_WORDS {
                self.words.pop_front();
            }
            self.words.push_back(line.to_owned());
        }
    }
}

impl Watch for Track<'_> {
    fn line(&mut self, stream: Stream, line: &str) {
        let is_own = stream == Stream::Error
            && self.kind != EngineKind::Buildx
            && OWN_WORDS.iter().any(|own| line.starts_with(own));
        if stream == Stream::Error && line.starts_with("Error: ") && !is_own {
            // Of a step or of the engine: nobody can tell.
            self.keep(line);
        }
        let told = if is_own { Told::Engine(line) } else { self.reader.read(stream, line) };
        let at = |id: u32| self.by_id.get(&id).copied();
        match told {
            Told::Step { id, place, text } => self.begin(id, place, text),
            Told::Working(what) => (self.observer)(&Event::Working(what)),
            Told::Cached(id) => drop(at(id).map(|at| self.cached(at))),
            Told::Done(id) => drop(at(id).map(|at| self.done(at))),
            Told::Output(id, text) => drop(at(id).map(|at| self.output(at, text))),
            Told::Failed(id, why) => match at(id) {
                Some(at) => self.steps[at].failed = Some(why.to_owned()),
                None => self.keep(why),
            },
            Told::Engine(line) => self.keep(line),
            Told::Nothing => {}
        }
    }

    fn overdue(&mut self) -> Option<String> {
        let late = |step: &Seen| step.milliseconds.is_none() && step.begun.elapsed() > self.step_time;
        self.late = self.steps.iter().position(late);
        if self.late.is_some() {
            return Some("a step took too long".to_owned());
        }
        (Instant::now() > self.end).then(|| "the build took too long".to_owned())
    }
}

/// What BuildKit counts as a step.
fn makes_layer(instruction: &Instruction<'_>) -> bool {
    use InstructionKind::{Add, Copy, From, Run, Workdir};
    matches!(instruction.node.kind, Run(_) | Copy(_) | Add(_) | Workdir(_) | From(_))
}

fn keyword(text: &str) -> String {
    text.split_whitespace().next().unwrap_or_default().to_ascii_uppercase()
}
