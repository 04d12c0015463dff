//! The build: steps are carried out in order, or taken from what was made before.

use std::path::Path;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::bases::Bases;
use super::evaluate::{Base, Evaluation, Origin, evaluate};
use super::executor::{Executor, content, unpack};
use super::export;
use super::key::{self, Input, Surroundings};
use super::made::{Layer, Made, Stack};
use super::outcome::{BuiltImage, Event, Outcome, StepInfo, StepReport};
use super::perform::{Performed, Performer};
use super::problem::Problem;
use super::remotes::{Access, Remotes};
use super::selection;
use super::settings::Settings;
use super::snapshot::{Snapshot, SnapshotError, SnapshotLimits};
use super::stage::{Action, NetworkFlag, Step};
use crate::build::exec::request::{LayerName, Limits, Network};
use crate::build::image::{Image, Platform, Store};
use crate::model::context::IgnoreFile;
use crate::model::dockerfile::Dockerfile;

/// How an image is built.
#[derive(Clone, Debug, Default)]
pub struct BuildOptions {
    /// The arguments, the target and the platform.
    pub settings: Settings,
    /// Whether nothing is taken from what was made before.
    pub no_cache: bool,
    /// What steps can reach.
    pub network: Network,
    /// What each step may cost.
    pub limits: Limits,
    /// Whether a step is not even tried that would fetch something without a network.
    pub anticipate_network: bool,
    /// Whether the image is put together in the store.
    pub export: bool,
}

/// Builds images, one after the other. What they have in common is made once.
pub struct Builder {
    store: Arc<Store>,
    executor: Box<dyn Executor>,
    bases: Bases,
    /// The layers of contexts that are there in this run.
    contexts: FxHashMap<String, LayerName>,
    /// What was fetched in this run.
    remotes: Remotes,
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder").field("bases", &self.bases).field("way", &self.executor.way()).finish_non_exhaustive()
    }
}

/// Why a build ends early.
pub(super) enum Stop {
    /// With this outcome.
    Outcome(Box<Outcome>),
    /// Because the machine stands in the way.
    Broken(String),
}

impl From<String> for Stop {
    fn from(why: String) -> Stop {
        Stop::Broken(why)
    }
}

impl From<Outcome> for Stop {
    fn from(outcome: Outcome) -> Stop {
        Stop::Outcome(Box::new(outcome))
    }
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Stop {
        Outcome::Refused(problem).into()
    }
}

impl Builder {
    /// A builder that keeps what it makes in `store`.
    pub fn new(store: Arc<Store>, executor: Box<dyn Executor>) -> Builder {
        Builder {
            bases: Bases::new(Arc::clone(&store)),
            store,
            executor,
            contexts: FxHashMap::default(),
            remotes: Remotes::default(),
        }
    }

    /// The images that stages can start from.
    pub fn bases(&mut self) -> &mut Bases {
        &mut self.bases
    }

    /// Whoever carries the steps out.
    pub fn executor(&mut self) -> &mut dyn Executor {
        &mut *self.executor
    }

    /// The store.
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// Takes a build context as it is now. All builds may use it.
    ///
    /// # Errors
    ///
    /// See [`SnapshotError`].
    pub fn snapshot(&self, root: &Path, ignore: Option<&IgnoreFile>) -> Result<Snapshot, SnapshotError> {
        Snapshot::take(root, ignore, SnapshotLimits::default())
    }

    /// Builds an image. What happens is told to `observer` as it happens.
    pub fn build(
        &mut self,
        dockerfile: &Dockerfile,
        context: Option<&Snapshot>,
        options: &BuildOptions,
        observer: &mut dyn FnMut(&Event<'_>),
    ) -> Outcome {
        let evaluation = match evaluate(dockerfile, &options.settings, &mut self.bases) {
            Ok(evaluation) => evaluation,
            Err(problem) => return Outcome::Refused(problem),
        };
        let mut build =
            Build { builder: self, evaluation: &evaluation, context, options, stacks: Vec::new(), reports: Vec::new() };
        match build.run(observer) {
            Ok(image) => Outcome::Built(Box::new(image)),
            Err(Stop::Outcome(outcome)) => *outcome,
            Err(Stop::Broken(why)) => Outcome::Broken { step: None, why },
        }
    }
}

struct Build<'b> {
    builder: &'b mut Builder,
    evaluation: &'b Evaluation,
    context: Option<&'b Snapshot>,
    options: &'b BuildOptions,
    /// What each stage is made of, as far as they are built.
    stacks: Vec<Option<Stack>>,
    reports: Vec<StepReport>,
}

impl Build<'_> {
    fn run(&mut self, observer: &mut dyn FnMut(&Event<'_>)) -> Result<BuiltImage, Stop> {
        let steps = self.evaluation.stages.iter().filter_map(|stage| stage.built.as_ref());
        observer(&Event::Planned { steps: steps.map(|built| built.steps.len()).sum() });
        let mut number = 0;
        let alone = self.evaluation.stages.len() == 1;
        for (index, stage) in self.evaluation.stages.iter().enumerate() {
            let Some(built) = &stage.built else {
                self.stacks.push(None);
                continue;
            };
            let mut stack = self.base(index, observer)?;
            for (place, step) in built.steps.iter().enumerate() {
                number += 1;
                let info = StepInfo {
                    number,
                    stage: index,
                    stage_name: stage.name.clone().or_else(|| alone.then(String::new)),
                    place: place + 1,
                    of: built.steps.len(),
                    span: step.span,
                    text: step.text.clone(),
                };
                self.step(step, &info, &stage.platform, &mut stack, observer)?;
            }
            self.stacks.push(Some(stack));
        }
        self.finish(observer)
    }

    fn finish(&mut self, observer: &mut dyn FnMut(&Event<'_>)) -> Result<BuiltImage, Stop> {
        let target = self.evaluation.target;
        let stack = self.stacks[target].take().ok_or_else(|| "the target was not built".to_owned())?;
        let built = self.evaluation.target().built.as_ref();
        let mut config =
            built.map(|built| built.config.clone()).ok_or_else(|| "the target was not built".to_owned())?;
        let image = if self.options.export {
            observer(&Event::Working("packing layers"));
            let Builder { store, executor, .. } = &mut *self.builder;
            Some(export::image(store, &mut **executor, &stack, &mut config)?)
        } else {
            None
        };
        let steps = std::mem::take(&mut self.reports);
        Ok(BuiltImage { layers: stack.names(), config, steps, target, image })
    }

    /// What a stage starts on.
    fn base(&mut self, index: usize, observer: &mut dyn FnMut(&Event<'_>)) -> Result<Stack, Stop> {
        let stage = &self.evaluation.stages[index];
        match &stage.base {
            Base::Scratch => Ok(Stack::empty()),
            Base::Stage(base) => match &self.stacks[*base] {
                Some(stack) => Ok(stack.clone()),
                None => Err(Stop::Broken("a stage was not built before the one that starts from it".to_owned())),
            },
            Base::Image(name) => {
                let image = self.image(name, &stage.platform).map_err(|why| Problem::missing(stage.span, why))?;
                self.unpacked(name, &image, observer)
            }
        }
    }

    fn image(&mut self, name: &str, platform: &Platform) -> Result<Image, String> {
        self.builder.bases.image(name, platform)
    }

    /// The layers of an image, unpacked where they are not yet.
    fn unpacked(&mut self, name: &str, image: &Image, observer: &mut dyn FnMut(&Event<'_>)) -> Result<Stack, Stop> {
        let Builder { store, executor, .. } = &mut *self.builder;
        let way = executor.way();
        let chain = image.config.chain_ids().last().map_or_else(String::new, ToString::to_string);
        let mut stack = Stack::of_image(key::of_origin("layer", &chain), image);
        let mut below: Option<String> = None;
        // The same layer on other layers is another one.
        for (number, chain) in image.config.chain_ids().iter().enumerate() {
            let own = key::of_origin("layer", &chain.to_string());
            let made = Made::new(store, &way, &own);
            let layer = match made.find(&**executor)? {
                Some(found) => found.layer,
                None => {
                    observer(&Event::Working(&format!("unpacking {name}")));
                    let layer = made.new_layer("base")?;
                    let write = |target: &mut dyn std::io::Write| {
                        let mut reader = image.layer(store, number).map_err(|error| error.to_string())?;
                        std::io::copy(&mut reader, target).map(drop).map_err(|error| error.to_string())
                    };
                    let done = unpack(&mut **executor, stack.names(), &layer, write)
                        .map_err(|why| format!("unpacking `{name}`: {why}"))?;
                    let report = made.base_report(done);
                    made.keep(Some(&layer), below.as_deref(), None, &report)?;
                    Some(layer)
                }
            };
            stack.set_base_layer(number, layer);
            below = Some(own);
        }
        Ok(stack)
    }

    /// The stack that an origin is.
    fn origin(
        &mut self,
        from: Option<&str>,
        number: bool,
        platform: &Platform,
        observer: &mut dyn FnMut(&Event<'_>),
    ) -> Result<Vec<LayerName>, Stop> {
        match self.evaluation.origin(from, number) {
            Origin::Context => Ok(vec![self.context_layer(observer)?]),
            Origin::Stage(stage) => match &self.stacks[stage] {
                Some(stack) => Ok(stack.names()),
                None => Err(Stop::Broken("a stage was not built before the one that copies from it".to_owned())),
            },
            Origin::Image(name) if name == "scratch" => Ok(Vec::new()),
            Origin::Image(name) => {
                let image = self.image(&name, platform)?;
                Ok(self.unpacked(&name, &image, observer)?.names())
            }
        }
    }

    fn context_layer(&mut self, observer: &mut dyn FnMut(&Event<'_>)) -> Result<LayerName, Stop> {
        let context = self.context.ok_or_else(|| "there is no build context to copy from".to_owned())?;
        if let Some(layer) = self.builder.contexts.get(context.digest()) {
            return Ok(layer.clone());
        }
        let Builder { store, executor, contexts, .. } = &mut *self.builder;
        let made = Made::new(store, &executor.way(), &key::of_origin("context", context.digest()));
        let layer = match made.find(&**executor)?.and_then(|found| found.layer) {
            Some(layer) => layer,
            None => {
                observer(&Event::Working("taking over the build context"));
                let layer = made.new_layer("context")?;
                let write = |target: &mut dyn std::io::Write| context.write(target).map_err(|error| error.to_string());
                let done = unpack(&mut **executor, Vec::new(), &layer, write)?;
                made.keep(Some(&layer), None, None, &made.base_report(done))?;
                layer
            }
        };
        contexts.insert(context.digest().to_owned(), layer.clone());
        Ok(layer)
    }

    /// What a path of an origin is, for the key of a step.
    fn input(&mut self, input: &Input<'_>, platform: &Platform) -> Result<String, String> {
        match self.evaluation.origin(input.from, input.number) {
            Origin::Context => {
                let context = self.context.ok_or_else(|| "there is no build context to copy from".to_owned())?;
                Ok(key::of_origin("context", &context.digest_of(input.path)))
            }
            Origin::Stage(stage) => {
                let stack = self.stacks[stage].as_ref();
                let stack =
                    stack.ok_or_else(|| "a stage was not built before the one that copies from it".to_owned())?;
                if input.selects {
                    let Builder { store, executor, .. } = &mut *self.builder;
                    return selection::of_stage(store, &mut **executor, stack, input.path);
                }
                Ok(key::of_origin("stage", &stack.key))
            }
            Origin::Image(name) if name == "scratch" => Ok(key::of_origin("scratch", "")),
            Origin::Image(name) => {
                let image = self.image(&name, platform)?;
                let chain = image.config.chain_ids().last().map_or_else(String::new, ToString::to_string);
                Ok(key::of_origin("image", &chain))
            }
        }
    }

    fn step(
        &mut self,
        step: &Step,
        info: &StepInfo,
        platform: &Platform,
        stack: &mut Stack,
        observer: &mut dyn FnMut(&Event<'_>),
    ) -> Result<(), Stop> {
        let network = self.network(step)?;
        let way = self.builder.executor.way();
        let text = platform.to_string();
        let access = Access::of(self.options, &self.builder.store);
        let remotes = self.builder.remotes.keys(step, &access, observer)?;
        let surroundings = Surroundings { parent: &stack.key, way: &way, platform: &text, network, remotes: &remotes };
        let own = key::of_step(step, surroundings, &mut |input| self.input(input, platform))
            .map_err(|why| Problem::missing(step.span, why))?;
        let found = {
            let Builder { store, executor, .. } = &*self.builder;
            let made = Made::new(store, &way, &own);
            if self.options.no_cache { None } else { made.find(&**executor)? }
        };
        let (layer, content, report) = match found {
            Some(found) => {
                observer(&Event::Cached(info));
                let report = found.report(info, &own);
                (found.layer.clone(), found.content(), report)
            }
            None => {
                observer(&Event::Started(info));
                let made = self.perform(step, info, platform, stack, &own, network, &remotes, observer)?;
                observer(&Event::Finished { step: info, record: &made.2 });
                made
            }
        };
        let next = match &step.action {
            Action::Run(..) => own.clone(),
            Action::Transfer(_) | Action::Folder => key::of_content(&stack.key, content.as_deref()),
        };
        stack.push(next, Layer::Step { key: own, layer, history: step.history });
        self.reports.push(report);
        Ok(())
    }

    #[expect(clippy::too_many_arguments, reason = "all of them are what one step is about")]
    fn perform(
        &mut self,
        step: &Step,
        info: &StepInfo,
        platform: &Platform,
        stack: &Stack,
        own: &str,
        network: Network,
        remotes: &[String],
        observer: &mut dyn FnMut(&Event<'_>),
    ) -> Result<(Option<LayerName>, Option<String>, StepReport), Stop> {
        let way = self.builder.executor.way();
        let layer = Made::new(&self.builder.store, &way, own).new_layer("step")?;
        let lowers = if key::is_linked(step) { Vec::new() } else { stack.names() };
        let mut origins = Vec::new();
        for (from, number) in origins_of(step) {
            origins.push(self.origin(from.as_deref(), number, platform, observer)?);
        }
        if !remotes.is_empty() {
            let access = Access::of(self.options, &self.builder.store);
            let Builder { store, executor, remotes: fetched, .. } = &mut *self.builder;
            origins.push(vec![fetched.layer(store, &mut **executor, step, remotes, &access)?]);
        }
        let performer = Performer { step, info, options: self.options, lowers, layer: &layer, origins, network };
        let Builder { store, executor, .. } = &mut *self.builder;
        let Performed { done, milliseconds } = performer.perform(&mut **executor, observer)?;
        let made = Made::new(store, &way, own);
        let layer = done.changed.then_some(layer);
        let report = StepReport {
            step: info.clone(),
            key: own.to_owned(),
            cached: false,
            bytes: done.bytes,
            entries: done.entries,
            milliseconds,
            networked: network == Network::Host,
        };
        let content = match (&step.action, &layer) {
            (Action::Transfer(_) | Action::Folder, Some(layer)) => Some(content(&mut **executor, layer)?),
            _ => None,
        };
        made.keep(layer.as_ref(), stack.top.as_deref(), content.as_deref(), &report)?;
        Ok((layer, content, report))
    }

    /// What a step can reach.
    fn network(&self, step: &Step) -> Result<Network, Stop> {
        match &step.action {
            Action::Run(_, _, NetworkFlag::Default) => Ok(self.options.network),
            Action::Run(_, _, NetworkFlag::Host) if self.options.network != Network::Host => {
                let message = "`--network=host` of a RUN needs a build with `--network host`";
                Err(Problem::unsupported(step.span, message).into())
            }
            Action::Run(_, _, NetworkFlag::Host) => Ok(Network::Host),
            _ => Ok(Network::None),
        }
    }
}

/// What a step takes files from, in the order in which it is asked for them: `--from`, and whether a number can be a
/// stage.
fn origins_of(step: &Step) -> Vec<(Option<String>, bool)> {
    match &step.action {
        // Inline files come from nowhere.
        Action::Transfer(transfer) if transfer.sources.is_empty() => Vec::new(),
        Action::Transfer(transfer) => vec![(transfer.from.clone(), true)],
        Action::Run(_, mounts, _) => mounts.iter().filter_map(|mount| Some((mount.origin()?, false))).collect(),
        Action::Folder => Vec::new(),
    }
}
