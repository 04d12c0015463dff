//! From the instructions of a Dockerfile to the steps of its plan.

use std::sync::Arc;

use super::plan::{
    Argument, Base, Fault, FormShells, Image, Input, Part, Plan, Setting, Stage, State, Step, StepKind, Trigger,
};
use super::text::{Text, single_blanks};
use crate::model::context::{Glob, path_in_context};
use crate::model::dockerfile::{self as model, Dockerfile, Instruction, Source};
use crate::model::sources::{is_archive, is_remote};
use crate::syntax::dockerfile::{self as ast, Command, Healthcheck, InstructionKind, Keyword, Pairs, Transfer, Word};
use crate::text::Span;

/// More than any sane file takes: what every step runs with is kept once for each change of it.
const LARGEST_STATES: usize = 1 << 20;

/// The paths of the build context that the steps of `dockerfile` name without a pattern, in order. The whole plan is
/// not needed for that.
pub fn named_sources(dockerfile: &Dockerfile) -> Vec<String> {
    let instructions = dockerfile.stages().flat_map(|stage| {
        let own = stage.outer_instructions().skip(1).map(|instruction| (instruction, true));
        triggers(stage).map(|instruction| (instruction, false)).chain(own)
    });
    let inputs = instructions.flat_map(|(instruction, at_home)| local_inputs(instruction, at_home));
    let paths = inputs.filter_map(|input| match input {
        Input::Context { path, .. } => path.known().filter(|path| Glob::is_literal(path)).map(path_in_context),
        _ => None,
    });
    paths.filter(|path| !path.is_empty()).collect()
}

/// What the parent of a stage holds back for it.
fn triggers(stage: model::Stage<'_>) -> impl Iterator<Item = Instruction<'_>> {
    let outer = stage.parent().into_iter().flat_map(model::Stage::outer_instructions);
    outer.filter_map(|outer| match &outer.node.kind {
        InstructionKind::Onbuild(node) => Some(Instruction { node, onbuild: true, ..outer }),
        _ => None,
    })
}

/// Reads one Dockerfile.
pub(super) struct Reader<'a> {
    dockerfile: &'a Dockerfile,
    plan: Plan,
    /// What the states take so far.
    states: usize,
}

/// A stage while it is read.
struct Open {
    steps: Vec<Step>,
    state: Arc<State>,
    image: Image,
    form_shells: FormShells,
    /// Whether a CMD of this very stage is set: an ENTRYPOINT takes others away.
    own_cmd: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(dockerfile: &'a Dockerfile) -> Reader<'a> {
        let plan = Plan { globals: Vec::new(), stages: Vec::new(), faults: Vec::new() };
        Reader { dockerfile, plan, states: 0 }
    }

    pub(super) fn read(mut self) -> Plan {
        let first = self.dockerfile.stages().next().map_or(usize::MAX, |stage| stage.from().instruction.index);
        for instruction in self.dockerfile.instructions().take_while(|instruction| instruction.index < first) {
            if let InstructionKind::Arg(declarations) = &instruction.node.kind {
                let arguments = declarations.iter().map(|own| self.argument(own, instruction, true));
                let arguments: Vec<Argument> = arguments.collect();
                self.plan.globals.extend(arguments);
            }
        }
        for stage in self.dockerfile.stages() {
            self.stage(stage);
        }
        self.find_cycles();
        self.plan
    }

    fn stage(&mut self, stage: model::Stage<'a>) {
        let from = stage.from();
        let parent = stage.parent().and_then(|parent| self.plan.stages.get(parent.index));
        let mut open = parent.map_or_else(Open::empty, Open::on);
        if let model::Base::Invalid(error) = stage.base() {
            let message = error.to_string();
            self.plan.faults.push(Fault { span: from.arguments.image.span, message });
        }
        for instruction in triggers(stage) {
            // It runs here, but is written there: what its variables are here is not looked at.
            self.instruction(instruction, false, &mut open);
        }
        for instruction in stage.outer_instructions().skip(1) {
            self.instruction(instruction, true, &mut open);
        }
        open.image.state = open.state;
        self.plan.stages.push(Stage {
            name: stage.name().map(|name| name.to_ascii_lowercase().into()),
            base: base(stage, from),
            platform: self.platform(from),
            steps: open.steps,
            image: open.image,
            form_shells: open.form_shells,
        });
    }

    /// The platform of a FROM. That of the target is what there is without the flag.
    fn platform(&self, from: model::From<'a>) -> Option<Text> {
        let value = from.instruction.flag("platform")?.value.as_ref()?;
        let target = matches!(&*value.raw, "$TARGETPLATFORM" | "${TARGETPLATFORM}");
        (!target).then(|| Text::of(value, from.instruction, true))
    }

    fn instruction(&mut self, instruction: Instruction<'a>, at_home: bool, open: &mut Open) {
        let text = |word: &Word| Text::of(word, instruction, at_home);
        match &instruction.node.kind {
            InstructionKind::Run(_) | InstructionKind::Copy(_) | InstructionKind::Add(_) => {
                let parts = parts(instruction, at_home);
                let inputs = inputs(instruction, at_home);
                open.step(instruction, parts, inputs);
            }
            InstructionKind::Workdir(word) => {
                let path = text(word);
                let whole = path.known().and_then(|path| at_home.then(|| instruction.absolute(path)).flatten());
                let path = match whole {
                    Some(whole) => path.with_value(whole),
                    None => path,
                };
                if self.may_grow(open) {
                    Arc::make_mut(&mut open.state).workdir = Setting::Set(path.clone());
                }
                open.step(instruction, vec![Part::new("folder", [path])], Vec::new());
            }
            InstructionKind::Env(pairs) if self.may_grow(open) => {
                let state = Arc::make_mut(&mut open.state);
                for (key, value) in texts(pairs, instruction, at_home) {
                    put(&mut state.environment, key, value);
                }
            }
            InstructionKind::Arg(declarations) if self.may_grow(open) => {
                for declaration in declarations {
                    let own = self.argument(declaration, instruction, at_home);
                    let state = Arc::make_mut(&mut open.state);
                    state.arguments.retain(|other| other.name != own.name || own.default.is_none());
                    state.arguments.push(own);
                }
            }
            InstructionKind::User(word) if self.may_grow(open) => {
                Arc::make_mut(&mut open.state).user = Setting::Set(text(word));
            }
            InstructionKind::Shell(Command::Exec(form)) if self.may_grow(open) => {
                let words = form.words.iter().map(|word| word.value.clone()).collect();
                Arc::make_mut(&mut open.state).shell = Setting::Set(words);
            }
            _ => open.configure(instruction, at_home),
        }
    }

    /// Whether another state may be kept. A file with more than that is not built by anybody.
    fn may_grow(&mut self, open: &Open) -> bool {
        self.states += 1 + open.state.environment.len() + open.state.arguments.len();
        if self.states == LARGEST_STATES || self.states > LARGEST_STATES && self.plan.faults.is_empty() {
            let message = "has more variables than are followed".to_owned();
            self.plan.faults.push(Fault { span: Span::empty(0), message });
        }
        self.states < LARGEST_STATES
    }

    fn argument(&self, own: &ast::ArgDeclaration, instruction: Instruction<'a>, at_home: bool) -> Argument {
        let name = own.name.of_text(self.dockerfile.text()).into();
        Argument { name, default: own.default.as_ref().map(|word| Text::of(word, instruction, at_home)) }
    }

    /// Stages that need themselves, and numbers of stages that are not there.
    fn find_cycles(&mut self) {
        let fault = |span| Fault { span, message: "the stage needs itself".to_owned() };
        self.plan.faults.extend(cycles(self.dockerfile).map(fault));
        let outer = self.dockerfile.stages().flat_map(model::Stage::outer_instructions);
        for (instruction, word) in outer.flat_map(|own| own.source_words().map(move |word| (own, word))) {
            let is_number = word.raw.bytes().all(|byte| byte.is_ascii_digit()) && !word.raw.is_empty();
            if is_number && !matches!(instruction.source(word), Source::Stage(_)) {
                let message = format!("there is no stage {}", word.raw);
                self.plan.faults.push(Fault { span: word.span, message });
            }
        }
    }
}

/// Where stages need themselves.
pub(super) fn cycles(dockerfile: &Dockerfile) -> impl Iterator<Item = Span> {
    let count = dockerfile.stages().len();
    let all = dockerfile.stages().flat_map(|stage| stage.outer_instructions().map(move |own| (stage, own)));
    all.flat_map(move |(stage, instruction)| {
        let closes = move |word: &&Word| match instruction.source(word) {
            Source::Stage(other) => needs(other, stage.index, count),
            _ => false,
        };
        instruction.source_words().filter(closes).map(|word| word.span)
    })
}

/// Whether `stage` is or needs the stage with the number `wanted`.
fn needs(stage: model::Stage<'_>, wanted: usize, count: usize) -> bool {
    let mut seen = vec![false; count];
    let mut open = vec![stage];
    while let Some(next) = open.pop() {
        if next.index == wanted {
            return true;
        }
        if !std::mem::replace(&mut seen[next.index], true) {
            open.extend(next.needs());
        }
    }
    false
}

impl Open {
    fn empty() -> Open {
        Open {
            steps: Vec::new(),
            state: Arc::default(),
            image: Image::default(),
            form_shells: FormShells::default(),
            own_cmd: false,
        }
    }

    /// A stage that starts from another one. What that held back with ONBUILD is done with.
    fn on(parent: &Stage) -> Open {
        Open {
            state: parent.image.state.clone(),
            image: Image { triggers: Vec::new(), ..parent.image.clone() },
            form_shells: parent.form_shells.clone(),
            ..Open::empty()
        }
    }

    fn step(&mut self, instruction: Instruction<'_>, parts: Vec<Part>, inputs: Vec<Input>) {
        let kind = match instruction.node.kind {
            InstructionKind::Run(_) => StepKind::Run,
            InstructionKind::Workdir(_) => StepKind::Workdir,
            _ => StepKind::Transfer,
        };
        self.steps.push(Step {
            index: instruction.index,
            span: instruction.span(),
            kind,
            parts,
            state: self.state.clone(),
            inputs,
        });
    }

    /// What only the configuration of the image knows.
    fn configure(&mut self, instruction: Instruction<'_>, at_home: bool) {
        let image = &mut self.image;
        let own = || parts(instruction, at_home);
        match &instruction.node.kind {
            InstructionKind::Label(pairs) => {
                for (key, value) in texts(pairs, instruction, at_home) {
                    put(&mut image.labels, key, value);
                }
            }
            InstructionKind::Cmd(_) => {
                image.cmd = Setting::Set(own());
                self.form_shells.cmd = self.state.shell.clone();
                self.own_cmd = true;
            }
            InstructionKind::Entrypoint(_) => {
                image.entrypoint = Setting::Set(own());
                self.form_shells.entrypoint = self.state.shell.clone();
                if !self.own_cmd {
                    image.cmd = Setting::Cleared;
                }
            }
            InstructionKind::Healthcheck(_) => {
                image.healthcheck = Setting::Set(own());
                self.form_shells.healthcheck = self.state.shell.clone();
            }
            InstructionKind::Expose(words) => {
                for word in words {
                    add(&mut image.ports, port(Text::of(word, instruction, at_home)));
                }
            }
            InstructionKind::Volume(words) => {
                for word in words {
                    add(&mut image.volumes, Text::of(word, instruction, at_home));
                }
            }
            InstructionKind::Stopsignal(word) => image.stop_signal = Some(Text::of(word, instruction, at_home)),
            InstructionKind::Maintainer(word) => image.author = Some(Text::plain(&*word.raw)),
            InstructionKind::Onbuild(inner) => {
                let inner = Instruction { node: inner, onbuild: true, ..instruction };
                if let Some(keyword) = inner.keyword() {
                    // What only ADD does is among the parts.
                    let keyword = if keyword == Keyword::Add { Keyword::Copy } else { keyword };
                    image.triggers.push(Trigger { keyword, parts: parts(inner, false) });
                }
            }
            _ => {}
        }
    }
}

fn base(stage: model::Stage<'_>, from: model::From<'_>) -> Base {
    match stage.base() {
        model::Base::Stage(index) => Base::Stage(*index),
        model::Base::Scratch => Base::Scratch,
        model::Base::Image(image) => {
            let tag = image.tag.as_deref().or(image.digest.is_none().then_some("latest"));
            let tag = tag.map(|tag| format!(":{tag}")).unwrap_or_default();
            let digest = image.digest.as_ref().map(|digest| format!("@{digest}")).unwrap_or_default();
            Base::Image(format!("{}{tag}{digest}", image.canonical_name()).into())
        }
        model::Base::Invalid(_) | model::Base::Unknown => {
            Base::Unknown(Text::of(&from.arguments.image, from.instruction, true))
        }
    }
}

/// Sets a variable or a label, where it was set before if it was.
fn put(list: &mut Vec<Arc<(Text, Text)>>, key: Text, value: Text) {
    match list.iter_mut().find(|own| own.0 == key) {
        Some(own) => *own = Arc::new((own.0.clone(), value)),
        None => list.push(Arc::new((key, value))),
    }
}

fn add(list: &mut Vec<Text>, text: Text) {
    if !list.contains(&text) {
        list.push(text);
    }
}

/// A port and its protocol; what is said about the host has no meaning.
fn port(text: Text) -> Text {
    text.map(|port| {
        let port = port.rsplit(':').next().unwrap_or(port).to_ascii_lowercase();
        if port.contains('/') { port } else { format!("{port}/tcp") }
    })
}

fn texts<'p>(
    pairs: &'p Pairs,
    instruction: Instruction<'p>,
    at_home: bool,
) -> impl Iterator<Item = (Text, Text)> + use<'p> {
    let text = move |word| Text::of(word, instruction, at_home);
    pairs.pairs.iter().map(move |pair| (text(&pair.key), text(&pair.value)))
}

/// What an instruction says.
fn parts(instruction: Instruction<'_>, at_home: bool) -> Vec<Part> {
    let text = |word: &Word| Text::of(word, instruction, at_home);
    let mut parts = match &instruction.node.kind {
        InstructionKind::Run(command) | InstructionKind::Cmd(command) | InstructionKind::Entrypoint(command) => {
            vec![command_part(command, instruction)]
        }
        InstructionKind::Healthcheck(Healthcheck::Command { command, .. }) => vec![command_part(command, instruction)],
        InstructionKind::Healthcheck(Healthcheck::None(_)) => vec![Part::new("none", [])],
        InstructionKind::Copy(transfer) | InstructionKind::Add(transfer) => transfer_parts(transfer, instruction, text),
        InstructionKind::Env(pairs) | InstructionKind::Label(pairs) => {
            texts(pairs, instruction, at_home).map(|(key, value)| Part::new("pair", [key, value])).collect()
        }
        InstructionKind::Arg(declarations) => {
            let name = |own: &ast::ArgDeclaration| Text::plain(own.name.of_text(instruction.dockerfile.text()));
            let part = |own| Part::new("argument", std::iter::once(name(own)).chain(own.default.as_ref().map(text)));
            declarations.iter().map(part).collect()
        }
        InstructionKind::Expose(words) => vec![Part::new("ports", words.iter().map(|word| port(text(word))))],
        InstructionKind::Volume(words) => vec![Part::new("volumes", words.iter().map(text))],
        InstructionKind::User(word) | InstructionKind::Workdir(word) | InstructionKind::Stopsignal(word) => {
            vec![Part::new("word", [text(word)])]
        }
        InstructionKind::Maintainer(word) => vec![Part::new("word", [Text::plain(&*word.raw)])],
        InstructionKind::Shell(command) => vec![command_part(command, instruction)],
        _ => Vec::new(),
    };
    let mut flags: Vec<Part> =
        instruction.node.flags.iter().map(|flag| flag_part(flag, instruction, at_home)).collect();
    flags.sort_by(|a, b| a.name.cmp(&b.name));
    parts.extend(flags);
    parts.extend(instruction.node.heredocs.iter().map(|heredoc| heredoc_part(heredoc, instruction)));
    parts
}

fn command_part(command: &Command, instruction: Instruction<'_>) -> Part {
    match command {
        Command::Exec(form) => Part::new("exec", form.words.iter().map(|word| Text::plain(word.value.clone()))),
        Command::Shell(form) => {
            let blanks = instruction.shell().is_posix() && instruction.node.heredocs.is_empty();
            let text = if blanks { single_blanks(&form.text).into() } else { form.text.clone() };
            Part::new("shell", [Text::plain(text)])
        }
    }
}

fn transfer_parts(transfer: &Transfer, instruction: Instruction<'_>, text: impl Fn(&Word) -> Text) -> Vec<Part> {
    let sources: Vec<Text> = transfer.sources.iter().map(text_of_path(&text)).collect();
    let plain = |source: &Text| source.known().is_some_and(|path| !is_remote(path) && !is_archive(path));
    let is_add = matches!(instruction.node.kind, InstructionKind::Add(_));
    // ADD of what is neither downloaded nor unpacked is COPY.
    let unpacks = is_add && !sources.iter().all(plain);
    let mut parts = vec![Part::new("from", sources), Part::new("to", [text(&transfer.destination)])];
    if unpacks {
        parts.push(Part::new("unpacks", []));
    }
    parts
}

/// A source as BuildKit cleans it: without `./` in front and slashes at its ends. A pivot of `--parents` stays.
fn text_of_path(text: &impl Fn(&Word) -> Text) -> impl Fn(&Word) -> Text {
    move |word| {
        text(word).map(|path| {
            if is_remote(path) || path.contains("/./") {
                return path.to_owned();
            }
            let clean = path.trim_start_matches("./").trim_matches('/');
            if clean.is_empty() { ".".to_owned() } else { clean.to_owned() }
        })
    }
}

fn flag_part(flag: &ast::Flag, instruction: Instruction<'_>, at_home: bool) -> Part {
    let text = instruction.dockerfile.text();
    let name = flag.name(text);
    if flag.fields.is_empty() {
        let value = flag.value.as_ref().map(|word| match name {
            "from" => source_text(word, instruction, at_home),
            _ => Text::of(word, instruction, at_home),
        });
        return Part::new(name, value);
    }
    let mut fields: Vec<(String, Option<Text>)> = flag
        .fields
        .iter()
        .map(|field| {
            let key = field.key.of_text(text).to_ascii_lowercase();
            let value = field.value.as_ref().map(|word| match &*key {
                "from" => source_text(word, instruction, at_home),
                _ => Text::of(word, instruction, at_home),
            });
            let key = match &*key {
                "dst" | "destination" => "target".to_owned(),
                "src" => "source".to_owned(),
                "ro" => "readonly".to_owned(),
                "rw" => "readwrite".to_owned(),
                _ => key,
            };
            (key, value)
        })
        .collect();
    fields.sort_by(|(a, _), (b, _)| a.cmp(b));
    Part::new(name, fields.into_iter().flat_map(|(key, value)| std::iter::once(Text::plain(key)).chain(value)))
}

/// What `--from` names: a stage by its number, however it is written.
fn source_text(word: &Word, instruction: Instruction<'_>, at_home: bool) -> Text {
    match instruction.source(word) {
        Source::Stage(stage) => Text::stage(stage.index),
        _ => Text::of(word, instruction, at_home),
    }
}

fn heredoc_part(heredoc: &ast::Heredoc, instruction: Instruction<'_>) -> Part {
    let body = heredoc.body.of_text(instruction.dockerfile.text());
    let lines = body.lines().map(|line| if heredoc.strip_tabs { line.trim_start_matches('\t') } else { line });
    let body: Vec<&str> = lines.collect();
    let kind = if heredoc.expand { "expanded" } else { "literal" };
    Part::new("heredoc", [Text::plain(&*heredoc.name), Text::plain(kind), Text::plain(body.join("\n"))])
}

/// What a step takes from elsewhere.
fn inputs(instruction: Instruction<'_>, at_home: bool) -> Vec<Input> {
    let text = |word: &Word| Text::of(word, instruction, at_home);
    let mut inputs: Vec<Input> = instruction
        .source_words()
        .map(|word| match instruction.source(word) {
            Source::Stage(stage) => Input::Stage(stage.index),
            _ => Input::Image(text(word)),
        })
        .collect();
    inputs.extend(local_inputs(instruction, at_home));
    inputs
}

/// What a step takes from the build context, or downloads.
fn local_inputs(instruction: Instruction<'_>, at_home: bool) -> Vec<Input> {
    match &instruction.node.kind {
        InstructionKind::Copy(transfer) | InstructionKind::Add(transfer) if instruction.flag("from").is_none() => {
            let input = |word: &Word| {
                let path = Text::of(word, instruction, at_home);
                let remote = path.known().is_some_and(is_remote) && instruction.keyword() == Some(Keyword::Add);
                if remote { Input::Remote(path) } else { Input::Context { path, span: word.span } }
            };
            transfer.sources.iter().map(input).collect()
        }
        InstructionKind::Run(_) => {
            instruction.node.flags.iter().filter_map(|flag| mounted(flag, instruction)).collect()
        }
        _ => Vec::new(),
    }
}

/// What a bind mount takes from the build context.
fn mounted(flag: &ast::Flag, instruction: Instruction<'_>) -> Option<Input> {
    let text = instruction.dockerfile.text();
    let field = |names: &[&str]| {
        flag.fields.iter().find(|field| names.contains(&&*field.key.of_text(text).to_ascii_lowercase()))
    };
    if flag.name(text) != "mount" || field(&["from"]).is_some() {
        return None;
    }
    let kind = field(&["type"]).and_then(|field| field.value.as_ref());
    if kind.is_some_and(|kind| &*kind.raw != "bind") {
        return None;
    }
    let source = field(&["source", "src"]).and_then(|field| field.value.as_ref());
    Some(match source {
        Some(word) => Input::Context { path: Text::of(word, instruction, true), span: word.span },
        None => Input::Context { path: Text::plain("."), span: flag.span },
    })
}

impl Part {
    fn new(name: impl Into<Box<str>>, texts: impl IntoIterator<Item = Text>) -> Part {
        Part { name: name.into(), texts: texts.into_iter().collect() }
    }
}
