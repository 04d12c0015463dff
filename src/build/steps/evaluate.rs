//! From a Dockerfile to the steps of the stages that a build needs.
//!
//! This is `toDispatchState` of BuildKit's `frontend/dockerfile/dockerfile2llb/convert.go`
//! (<https://github.com/moby/buildkit>, Apache-2.0): which stages there are, what they start from, which of them the
//! target needs, and what their instructions mean one after the other. Nothing runs here.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::line::Line;
use super::mounts;
use super::problem::Problem;
use super::settings::Settings;
use super::stage::{Action, Inherited, State, Step};
use super::transfer;
use super::variables::Variables;
use crate::build::image::{ImageConfig, Platform};
use crate::model::dockerfile::{Dockerfile, Stage as ModelStage};
use crate::model::image::Image;
use crate::syntax::dockerfile::{Instruction, InstructionKind, Keyword, Tree, parse};
use crate::text::Span;

/// Where the images are that stages start from.
pub trait Images {
    /// The configuration of an image.
    ///
    /// # Errors
    ///
    /// In words for the user when it is not to be had.
    fn configuration(&mut self, name: &str, platform: &Platform) -> Result<ImageConfig, String>;
}

/// What a build does.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// All stages of the file, in order.
    pub stages: Vec<Stage>,
    /// The one that becomes the image.
    pub target: usize,
}

/// A stage of an [`Evaluation`].
#[derive(Clone, Debug)]
pub struct Stage {
    /// As it is written after AS.
    pub name: Option<String>,
    /// The FROM.
    pub span: Span,
    /// What it starts from.
    pub base: Base,
    /// The platform it is for.
    pub platform: Platform,
    /// What is known of it if the target needs it.
    pub built: Option<Built>,
}

/// What a stage of a build becomes.
#[derive(Clone, Debug)]
pub struct Built {
    /// What makes its layers, in order.
    pub steps: Vec<Step>,
    /// The configuration of its image. The layers are those of the base, and times are not known.
    pub config: ImageConfig,
}

/// What a stage starts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base {
    /// Nothing.
    Scratch,
    /// The stage with that number, which comes before it.
    Stage(usize),
    /// An image, by the name that the file gives it.
    Image(String),
}

/// Where files come from that COPY and mounts bring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The build context.
    Context,
    /// The stage with that number, which comes before it.
    Stage(usize),
    /// An image.
    Image(String),
}

/// Finds out what a build of `dockerfile` does.
///
/// # Errors
///
/// The first reason why it cannot be built.
pub fn evaluate(dockerfile: &Dockerfile, settings: &Settings, images: &mut dyn Images) -> Result<Evaluation, Problem> {
    refuse(dockerfile)?;
    let mut evaluator = Evaluator::new(dockerfile, settings)?;
    let needed = evaluator.find_needed(images)?;
    evaluator.read_stages(&needed)
}

impl Evaluation {
    /// The stage that becomes the image.
    pub fn target(&self) -> &Stage {
        &self.stages[self.target]
    }

    /// Where `from` of a COPY or a mount leads.
    pub fn origin(&self, from: Option<&str>, number: bool) -> Origin {
        let Some(from) = from else { return Origin::Context };
        let stage = find(from, number, self.stages.iter().map(|stage| stage.name.as_deref()));
        stage.map_or_else(|| Origin::Image(from.to_owned()), Origin::Stage)
    }
}

/// The last stage of that name, or with that number where numbers count.
fn find<'n>(
    from: &str,
    number: bool,
    names: impl DoubleEndedIterator<Item = Option<&'n str>> + ExactSizeIterator,
) -> Option<usize> {
    if number && let Ok(number) = from.parse::<usize>() {
        return Some(number).filter(|number| *number < names.len());
    }
    let mut names = names.enumerate().rev();
    names.find(|(_, name)| name.is_some_and(|name| name.eq_ignore_ascii_case(from))).map(|(index, _)| index)
}

/// What keeps the whole file from being built, whichever stage is asked for.
fn refuse(dockerfile: &Dockerfile) -> Result<(), Problem> {
    let tree = &dockerfile.tree;
    if dockerfile.has_other_frontend() {
        let text = dockerfile.text();
        let named = tree.directives.iter().find(|own| own.name.of_text(text).eq_ignore_ascii_case("syntax"));
        let span = named.map_or(Span::empty(0), |directive| directive.span);
        return Err(Problem::unsupported(span, "the file is in the language of another frontend than Docker's own"));
    }
    if let Some(error) = tree.errors.iter().find(|error| !is_held_back(tree, error.span)) {
        return Err(Problem::wrong(error.span, error.message.clone()));
    }
    for node in &tree.instructions {
        let held = match &node.kind {
            InstructionKind::Onbuild(held) => Some(&**held),
            _ => None,
        };
        if let Some(held) = held
            && matches!(held.keyword(), Some(Keyword::From | Keyword::Onbuild | Keyword::Maintainer))
        {
            let keyword = held.keyword.of_text(&tree.text);
            return Err(Problem::wrong(held.span, format!("`ONBUILD` cannot hold back `{keyword}`")));
        }
        if is_unusable(node) {
            let keyword = node.keyword.of_text(&tree.text);
            return Err(Problem::wrong(node.keyword, format!("`{keyword}` is no instruction")));
        }
    }
    let Some(first) = dockerfile.stages().next() else {
        return Err(Problem::wrong(Span::empty(0), "there is no `FROM`"));
    };
    let before = tree.instructions.iter().take(first.from().instruction.index);
    if let Some(node) = before.into_iter().find(|node| !matches!(node.kind, InstructionKind::Arg(_))) {
        return Err(Problem::wrong(node.span, "stands before the first `FROM`, where only `ARG` can"));
    }
    match crate::build::read::cycles(dockerfile).next() {
        Some(span) => Err(Problem::wrong(span, "the stage needs itself")),
        None => Ok(()),
    }
}

/// Whether ONBUILD holds back what stands there: it is read when it is built. Heredocs must end all the same.
fn is_held_back(tree: &Tree, span: Span) -> bool {
    let next = tree.instructions.partition_point(|node| node.span.end < span.start);
    tree.instructions.get(next).is_some_and(|node| match &node.kind {
        InstructionKind::Onbuild(held) => {
            held.span.encloses(span) && held.heredocs.iter().all(|heredoc| heredoc.end.is_some())
        }
        _ => false,
    })
}

fn is_unusable(node: &Instruction) -> bool {
    matches!(node.kind, InstructionKind::Unknown | InstructionKind::Invalid(_))
}

struct Evaluator<'a> {
    dockerfile: &'a Dockerfile,
    settings: &'a Settings,
    globals: Variables,
    stages: Vec<Stage>,
    target: usize,
    /// What the bases of stages held back for them, each with its tree.
    triggers: Vec<Vec<Tree>>,
    /// The configurations of the images that stages start from.
    images: FxHashMap<usize, ImageConfig>,
}

impl<'a> Evaluator<'a> {
    fn new(dockerfile: &'a Dockerfile, settings: &'a Settings) -> Result<Evaluator<'a>, Problem> {
        let models: Vec<ModelStage<'a>> = dockerfile.stages().collect();
        let names: Vec<Option<&str>> = models.iter().map(|stage| stage.name()).collect();
        let target = match settings.target.as_deref().filter(|name| !name.is_empty()) {
            None => models.len() - 1,
            Some(name) => find(name, false, names.iter().copied()).ok_or_else(|| {
                let known: Vec<&str> = names.iter().copied().flatten().collect();
                let known = if known.is_empty() { "none has a name".to_owned() } else { known.join(", ") };
                Problem::wrong(Span::empty(0), format!("there is no stage `{name}` to build; those there are: {known}"))
            })?,
        };
        let name = settings.target.clone().filter(|name| !name.is_empty());
        let name = name.or_else(|| names[target].map(str::to_ascii_lowercase));
        let mut globals = settings.platform_arguments(name.as_deref());
        let first = models.first().map_or(0, |stage| stage.from().instruction.index);
        for node in dockerfile.tree.instructions.iter().take(first) {
            if let InstructionKind::Arg(declarations) = &node.kind {
                let line = Line { tree: &dockerfile.tree, node, brought_by: None };
                settings.read_global(line, declarations, &mut globals)?;
            }
        }
        let mut evaluator = Evaluator {
            dockerfile,
            settings,
            globals,
            stages: Vec::with_capacity(models.len()),
            target,
            triggers: models.iter().map(|_| Vec::new()).collect(),
            images: FxHashMap::default(),
        };
        for model in models {
            let stage = evaluator.start(model)?;
            evaluator.stages.push(stage);
        }
        Ok(evaluator)
    }

    /// What a FROM says.
    fn start(&self, model: ModelStage<'a>) -> Result<Stage, Problem> {
        let from = model.from();
        let line = self.line(from.instruction.index);
        let word = &from.arguments.image;
        let name = line.value(word, &self.globals)?;
        if name.is_empty() {
            return Err(Problem::wrong(word.span, format!("`{}` names no image: it is empty here", word.raw)));
        }
        // Names are kept in lower case, and looked up here as they are written.
        let earlier = self
            .stages
            .iter()
            .rposition(|stage| stage.name.as_deref().is_some_and(|own| own.to_ascii_lowercase() == name));
        let base = match earlier {
            Some(stage) => Base::Stage(stage),
            None if name == "scratch" => Base::Scratch,
            None => match Image::parse(&name, word.span) {
                Ok(_) => Base::Image(name),
                Err(error) => return Err(Problem::wrong(word.span, format!("`{name}` is no image: {error}"))),
            },
        };
        let platform = match (line.flag("platform").and_then(|flag| flag.value.as_ref()), &base) {
            // BuildKit takes over that of the stage, whatever is said.
            (_, Base::Stage(stage)) => self.stages[*stage].platform.clone(),
            (None, _) => self.settings.platform.clone(),
            (Some(word), _) => {
                let text = line.value(word, &self.globals)?;
                platform(&text, &self.settings.platform)
                    .ok_or_else(|| Problem::wrong(word.span, format!("`{text}` is no platform")))?
            }
        };
        if platform.os != "linux" {
            return Err(Problem::unsupported(line.span(), format!("images for {} are not supported", platform.os)));
        }
        Ok(Stage { name: model.name().map(str::to_owned), span: line.span(), base, platform, built: None })
    }

    fn line(&self, instruction: usize) -> Line<'a> {
        Line { tree: &self.dockerfile.tree, node: &self.dockerfile.tree.instructions[instruction], brought_by: None }
    }

    /// The stages that the target needs; fetches what their bases are on the way.
    fn find_needed(&mut self, images: &mut dyn Images) -> Result<Vec<bool>, Problem> {
        let mut needed = vec![false; self.stages.len()];
        let mut open = vec![self.target];
        while let Some(index) = open.pop() {
            if std::mem::replace(&mut needed[index], true) {
                continue;
            }
            self.find_triggers(index, images)?;
            if let Base::Stage(base) = self.stages[index].base {
                open.push(base);
            }
            for line in self.lines(index).map(|(line, _)| line) {
                for (from, number, span) in sources(line)? {
                    match find(&from, number, self.stages.iter().map(|stage| stage.name.as_deref())) {
                        Some(other) if other < index => open.push(other),
                        Some(_) => {
                            let message = format!("the stage `{from}` comes after this one, or is it");
                            return Err(Problem::wrong(span, message));
                        }
                        None if number && from.bytes().all(|byte| byte.is_ascii_digit()) => {
                            return Err(Problem::wrong(span, format!("there is no stage with the number {from}")));
                        }
                        None if from == "scratch" => {}
                        None => {
                            let image = Image::parse(&from, span).map_err(|error| {
                                Problem::wrong(span, format!("`{from}` is no stage, and no image either: {error}"))
                            });
                            image?;
                        }
                    }
                }
            }
        }
        Ok(needed)
    }

    /// Reads what the base of a stage holds back for it.
    fn find_triggers(&mut self, index: usize, images: &mut dyn Images) -> Result<(), Problem> {
        let stage = &self.stages[index];
        let texts = match &stage.base {
            Base::Scratch => Vec::new(),
            Base::Stage(base) => {
                let own = self.lines_of_file(*base).filter_map(|(line, _)| match &line.node.kind {
                    InstructionKind::Onbuild(inner) => Some(super::configure::trigger(line, inner)),
                    _ => None,
                });
                own.collect()
            }
            Base::Image(name) => {
                let config = images.configuration(name, &stage.platform);
                let config = config.map_err(|message| Problem::missing(stage.span, message))?;
                if config.os != "linux" {
                    let message = format!("`{name}` is an image for {}, which is not supported", config.os);
                    return Err(Problem::unsupported(stage.span, message));
                }
                let texts = config.config.on_build.clone();
                self.images.insert(index, config);
                texts
            }
        };
        let span = self.stages[index].span;
        for text in texts {
            let tree = parse(text.as_str());
            let single = tree.errors.is_empty() && tree.instructions.len() == 1;
            let usable = tree.instructions.first().is_some_and(|node| {
                let forbidden = matches!(node.kind, InstructionKind::From(_) | InstructionKind::Onbuild(_));
                !is_unusable(node) && !forbidden
            });
            if !single || !usable {
                return Err(Problem::wrong(span, format!("its base holds back `{text}`, which cannot be built")));
            }
            self.triggers[index].push(tree);
        }
        Ok(())
    }

    /// The instructions of a stage, what its base held back first.
    fn lines(&self, index: usize) -> impl Iterator<Item = (Line<'_>, usize)> {
        let stage = &self.stages[index];
        let from = self.dockerfile.stage(index).map_or(0, |stage| stage.from().instruction.index);
        let triggers = self.triggers[index].iter().flat_map(move |tree| {
            tree.instructions.iter().map(move |node| (Line { tree, node, brought_by: Some(stage.span) }, from))
        });
        triggers.chain(self.lines_of_file(index))
    }

    /// The instructions of a stage that stand in the file.
    fn lines_of_file(&self, index: usize) -> impl Iterator<Item = (Line<'_>, usize)> {
        let model = self.dockerfile.stage(index);
        let own = model.into_iter().flat_map(|stage| stage.outer_instructions().skip(1));
        own.map(|instruction| (self.line(instruction.index), instruction.index))
    }

    /// Reads the instructions of the stages that are needed, in the order of the file.
    fn read_stages(mut self, needed: &[bool]) -> Result<Evaluation, Problem> {
        let mut ends: Vec<Option<Inherited>> = Vec::with_capacity(self.stages.len());
        for (index, needed) in needed.iter().enumerate() {
            if !needed {
                ends.push(None);
                continue;
            }
            let base = self.base(index, &ends);
            let mut state = State::new(base, self.settings, &self.globals);
            for (line, instruction) in self.lines(index) {
                state.read(line, instruction)?;
            }
            let (end, steps) = state.finish();
            self.refuse_foreign(index, &end.config, &steps)?;
            self.stages[index].built = Some(Built { steps, config: end.config.clone() });
            ends.push(Some(end));
        }
        Ok(Evaluation { stages: self.stages, target: self.target })
    }

    fn base(&self, index: usize, ends: &[Option<Inherited>]) -> Inherited {
        let stage = &self.stages[index];
        let config = match &stage.base {
            // A stage that is needed needs its base, which comes first.
            Base::Stage(base) => match &ends[*base] {
                Some(end) => return end.clone(),
                None => empty(&stage.platform),
            },
            Base::Image(_) => self.images.get(&index).cloned().unwrap_or_else(|| empty(&stage.platform)),
            Base::Scratch => empty(&self.settings.platform),
        };
        Inherited { variables: Arc::default(), declared: Vec::new(), config }
    }

    /// Programs of other machines cannot be run.
    fn refuse_foreign(&self, index: usize, config: &ImageConfig, steps: &[Step]) -> Result<(), Problem> {
        let (here, own) = (Platform::here(), config.platform());
        let run = steps.iter().find(|step| matches!(step.action, Action::Run(..)));
        match run {
            Some(step) if own.architecture != here.architecture => Err(Problem::unsupported(
                step.span,
                format!("the stage is for {own}, whose programs do not run on {here}"),
            )),
            _ if self.stages[index].platform.os != "linux" => {
                Err(Problem::unsupported(self.stages[index].span, "only images for Linux are supported"))
            }
            _ => Ok(()),
        }
    }
}

/// `emptyImage` of BuildKit's `dockerfile2llb/image.go`; the `PATH` comes with the stage.
fn empty(platform: &Platform) -> ImageConfig {
    let mut config = ImageConfig::empty(platform);
    config.config.working_dir = "/".to_owned();
    config
}

/// The stages and images that an instruction names, whether a number can be a stage, and where.
fn sources(line: Line<'_>) -> Result<Vec<(String, bool, Span)>, Problem> {
    match &line.node.kind {
        InstructionKind::Copy(_) => {
            let span = line.flag("from").map_or(line.span(), |flag| line.place(flag.span));
            Ok(transfer::from(line)?.into_iter().map(|from| (from, true, span)).collect())
        }
        InstructionKind::Run(_) => {
            Ok(mounts::sources(line).map(|(from, span)| (from.to_owned(), false, span)).collect())
        }
        _ => Ok(Vec::new()),
    }
}

/// `linux/arm64/v8`, `arm64`, `linux`: parts that are not said are those of the machine.
fn platform(text: &str, target: &Platform) -> Option<Platform> {
    if let Some(platform) = Platform::parse(text) {
        return crate::model::dockerfile::Platform::parse(text).map(|_| platform);
    }
    let parts = crate::model::dockerfile::Platform::parse(text)?;
    let here = Platform::here();
    let os = parts.os.unwrap_or_else(|| target.os.clone());
    Some(match parts.architecture {
        Some(architecture) => Platform::new(&os, &architecture, None).normal(),
        None => Platform::new(&os, &here.architecture, here.variant.as_deref()).normal(),
    })
}
