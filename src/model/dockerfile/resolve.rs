//! One walk over the instructions that finds the stages and what holds where in them.

use rustc_hash::FxHashMap;

use super::scope::{Binding, Bindings, Bound, GlobalScope, Scope, ancestors};
use super::shell::{ShellKind, exec_words};
use super::stage::Base;
use super::{Dockerfile, Instruction};
use crate::model::base_images::{BaseImage, BaseShell};
use crate::model::expand::{self, MAX_LENGTH, Options};
use crate::model::image::{Image, is_of_another_tool};
use crate::syntax::dockerfile::{self as ast, InstructionKind, Pair, Word};

/// What is known about one stage. The events are in file order; each holds after the instruction it names.
#[derive(Debug)]
pub(super) struct StageFacts {
    /// The index of its FROM.
    pub(super) first: usize,
    /// The index after its last instruction.
    pub(super) end: usize,
    pub(super) base: Base,
    /// The first of the earlier stages that have its name.
    pub(super) first_of_name: Option<u32>,
    /// What is known about its image, when that is no stage.
    pub(super) base_image: Option<BaseImage>,
    pub(super) bindings: Bindings,
    pub(super) users: Vec<Event>,
    pub(super) workdirs: Vec<Event>,
    pub(super) shells: Vec<ShellEvent>,
    /// The stages it needs: parent, COPY --from, RUN --mount=from.
    pub(super) needs: Vec<u32>,
    /// Whether the last stage needs it, directly or not, or is it.
    pub(super) needed: bool,
    /// Whether its base is a Windows image, as far as the file shows.
    pub(super) windows: bool,
    /// The first RUN that makes another program of `/bin/sh`.
    pub(super) sh_replaced: Option<usize>,
}

/// USER or WORKDIR.
#[derive(Debug)]
pub(super) struct Event {
    /// The outermost instruction after which it holds.
    pub(super) index: usize,
    /// The instruction that says it: another one when ONBUILD of a parent stage does.
    pub(super) said_by: usize,
    /// The expanded value; `None` when unknown.
    pub(super) value: Option<Box<str>>,
}

/// SHELL, or a comment `# hadolint shell=…`.
#[derive(Debug)]
pub(super) struct ShellEvent {
    pub(super) index: usize,
    /// `None` for a comment.
    pub(super) said_by: Option<usize>,
    pub(super) kind: ShellKind,
}

impl StageFacts {
    pub(super) fn parent(&self) -> Option<usize> {
        match self.base {
            Base::Stage(index) => Some(index),
            _ => None,
        }
    }

    /// Whether the base image sets the variable; `None` when that is not known.
    pub(super) fn base_sets(&self, name: &str) -> Option<bool> {
        if name == "PATH" && !self.windows {
            // BuildKit sets it where the image does not.
            return Some(true);
        }
        match (&self.base, &self.base_image) {
            (Base::Scratch, _) => Some(false),
            (_, Some(image)) if image.variables.contains(&name) => Some(true),
            (_, Some(image)) if image.variables_complete => Some(false),
            _ => None,
        }
    }
}

pub(super) fn resolve(tree: ast::Tree, contexts: Vec<Box<str>>) -> Dockerfile {
    let count = tree.instructions.len();
    let unread = super::unfinished::unread(&tree);
    let mut dockerfile = Dockerfile {
        tree,
        stages: Vec::new(),
        stage_of: Vec::with_capacity(count),
        shells: Vec::new(),
        globals: Bindings::default(),
        names: FxHashMap::default(),
        contexts,
        unread,
    };
    let mut pragmas = ShellPragmas::default();
    for index in 0..count {
        let pragma = pragmas.before(&dockerfile.tree, index);
        let facts = match &dockerfile.tree.instructions[index].kind {
            InstructionKind::From(arguments) => Some(new_stage(&dockerfile, index, arguments)),
            _ => None,
        };
        if let Some(facts) = facts {
            dockerfile.stages.push(facts);
            let stage = dockerfile.stages.len() - 1;
            dockerfile.stage_of.push(Some(stage as u32));
            let name = dockerfile.stage(stage).and_then(super::Stage::name).map(str::to_ascii_lowercase);
            if let Some(old) = name.and_then(|name| dockerfile.names.insert(name.into_boxed_str(), stage as u32)) {
                let first = dockerfile.stages[old as usize].first_of_name.unwrap_or(old);
                dockerfile.stages[stage].first_of_name = Some(first);
            }
            run_triggers(&mut dockerfile, stage, index);
            continue;
        }
        let stage = dockerfile.stages.len().checked_sub(1);
        dockerfile.stage_of.push(stage.map(|stage| stage as u32));
        match stage {
            Some(stage) => {
                if let Some(kind) = pragma {
                    dockerfile.stages[stage].shells.push(ShellEvent { index: index - 1, said_by: None, kind });
                }
                dockerfile.stages[stage].end = index + 1;
                if dockerfile.stages[stage].sh_replaced.is_none() && replaces_sh(&dockerfile.tree.instructions[index]) {
                    dockerfile.stages[stage].sh_replaced = Some(index);
                }
                let found = Found::of(&dockerfile, stage, index, &dockerfile.tree.instructions[index]);
                found.put(&mut dockerfile, stage, index, index);
            }
            None => global(&mut dockerfile, index),
        }
    }
    find_needs(&mut dockerfile);
    let outer = dockerfile.outer_instructions(0, count);
    dockerfile.shells = outer.map(|own| own.command().map(|_| own.effective_shell())).collect();
    dockerfile
}

/// Reads the comments `# hadolint shell=…`, which say what runs the instructions from there to the end of the stage or to
/// the next one that says it.
#[derive(Default)]
struct ShellPragmas {
    /// How many comments were looked at.
    seen: usize,
}

impl ShellPragmas {
    /// The shell that the comments right before an instruction name. Those between the lines of one say nothing.
    fn before(&mut self, tree: &ast::Tree, index: usize) -> Option<ShellKind> {
        let end = tree.instructions[index].span.start;
        let start = index.checked_sub(1).map_or(0, |last| tree.instructions[last].span.end);
        let mut kind = None;
        while let Some(comment) = tree.comments.get(self.seen).filter(|comment| comment.span.start < end) {
            self.seen += 1;
            if comment.span.start >= start {
                kind = ShellKind::of_pragma(comment.span.of_text(&tree.text)).or(kind);
            }
        }
        kind
    }
}

/// An ARG before the first FROM. Anything else there is a mistake.
fn global(dockerfile: &mut Dockerfile, index: usize) {
    let tree = &dockerfile.tree;
    let InstructionKind::Arg(declarations) = &tree.instructions[index].kind else { return };
    for declaration in declarations {
        let value = match &declaration.default {
            None => Bound::Argument,
            Some(word) => {
                bound(expand::value(&word.raw, &GlobalScope::new(&dockerfile.globals), Options::escape(tree.escape)))
            }
        };
        let name = Some(declaration.name.of_text(&tree.text).into());
        dockerfile.globals.push(Binding { name, value, env: false, index, span: Some(declaration.name) });
    }
}

fn new_stage(dockerfile: &Dockerfile, index: usize, arguments: &ast::FromArguments) -> StageFacts {
    let base = base(dockerfile, &arguments.image);
    let image = match &base {
        Base::Image(image) => Some(image),
        _ => None,
    };
    let base_image = image.and_then(BaseImage::of);
    let parent_windows = match base {
        Base::Stage(stage) => dockerfile.stages[stage].windows,
        _ => false,
    };
    let windows = parent_windows
        || base_image.is_some_and(|image| matches!(image.shell, BaseShell::Cmd | BaseShell::PowerShell))
        || image.is_some_and(is_windows)
        || (matches!(base, Base::Unknown | Base::Invalid(_) | Base::Image(_)) && dockerfile.tree.escape == '`');
    StageFacts {
        first: index,
        end: index + 1,
        base,
        first_of_name: None,
        base_image,
        bindings: Bindings::default(),
        users: Vec::new(),
        workdirs: Vec::new(),
        shells: Vec::new(),
        needs: Vec::new(),
        needed: false,
        windows,
        sh_replaced: None,
    }
}

fn base(dockerfile: &Dockerfile, word: &Word) -> Base {
    let options = Options::escape(dockerfile.tree.escape);
    let Some(reference) = expand::value(&word.raw, &dockerfile.globals(), options) else { return Base::Unknown };
    // Names of stages are stored in lower case and looked up as written. A later stage hides an earlier one.
    if let Some(stage) = dockerfile.names.get(&*reference) {
        return Base::Stage(*stage as usize);
    }
    if reference == "scratch" {
        return Base::Scratch;
    }
    if is_of_another_tool(&reference) || dockerfile.is_context(&reference) {
        return Base::Unknown;
    }
    match Image::parse_expanded(&reference, &word.raw, word.span) {
        Ok(image) => Base::Image(image),
        Err(error) => Base::Invalid(error),
    }
}

/// Whether a RUN puts something else in the place of `/bin/sh`.
fn replaces_sh(node: &ast::Instruction) -> bool {
    let InstructionKind::Run(ast::Command::Shell(form)) = &node.kind else { return false };
    if !form.text.contains("bin/sh") && !form.text.contains("dash") {
        return false;
    }
    form.script.commands().into_iter().any(|command| {
        let arguments = || command.arguments().iter().filter_map(|word| word.literal());
        let names_sh = arguments().any(|word| matches!(word, "/bin/sh" | "/usr/bin/sh"));
        let links = ["ln", "mv", "cp", "rm", "install", "update-alternatives"].iter().any(|name| command.is(name));
        links && names_sh || command.is("dpkg-reconfigure") && arguments().any(|word| word == "dash")
    })
}

/// By the names Microsoft and the official images give them.
fn is_windows(image: &Image) -> bool {
    let name = image.name.as_str();
    let tag = image.tag.as_deref().unwrap_or("");
    ["windowsservercore", "nanoserver", "windows/"].iter().any(|part| name.contains(part))
        || ["windowsservercore", "nanoserver"].iter().any(|part| tag.contains(part))
        || name.starts_with("dotnet/framework/")
}

/// A stage first runs what ONBUILD held back in its parent.
fn run_triggers(dockerfile: &mut Dockerfile, stage: usize, from: usize) {
    let Some(parent) = dockerfile.stages[stage].parent() else { return };
    for said_by in dockerfile.stages[parent].first..dockerfile.stages[parent].end {
        let InstructionKind::Onbuild(inner) = &dockerfile.tree.instructions[said_by].kind else { continue };
        let found = Found::of(dockerfile, stage, from + 1, inner);
        found.put(dockerfile, stage, from, said_by);
    }
}

/// What one instruction adds to its stage.
#[derive(Default)]
struct Found {
    bindings: Vec<(Option<Box<str>>, Bound, bool)>,
    user: Option<Option<Box<str>>>,
    workdir: Option<Option<Box<str>>>,
    shell: Option<ShellKind>,
}

impl Found {
    fn of(dockerfile: &Dockerfile, stage: usize, before: usize, node: &ast::Instruction) -> Found {
        let tree = &dockerfile.tree;
        let scope = Scope::new(dockerfile, stage, before);
        let value =
            |word: &Word| expand::value(&word.raw, &scope, Options::escape(tree.escape)).map(String::into_boxed_str);
        let mut found = Found::default();
        match &node.kind {
            InstructionKind::Env(pairs) => {
                let binding = |pair: &Pair| (value(&pair.key), bound(value(&pair.value).map(String::from)), true);
                found.bindings = pairs.pairs.iter().map(binding).collect();
            }
            InstructionKind::Arg(declarations) => {
                for declaration in declarations {
                    let name = declaration.name.of_text(&tree.text);
                    let value = match &declaration.default {
                        // An earlier name of the same ARG is visible: rare, and then the value counts as unknown.
                        Some(word) if word.variables.iter().any(|v| found.binds(v.name.of_text(&tree.text))) => {
                            Bound::Set
                        }
                        Some(word) => bound(value(word).map(String::from)),
                        None => match dockerfile.globals().bound(name) {
                            Some(value) => value.clone(),
                            None if PLATFORM.contains(&name) => Bound::Set,
                            None => Bound::Argument,
                        },
                    };
                    found.bindings.push((Some(name.into()), value, false));
                }
            }
            InstructionKind::User(word) => found.user = Some(value(word)),
            InstructionKind::Workdir(word) => {
                found.workdir = Some(value(word).and_then(|path| join(dockerfile, stage, before, &path)));
            }
            InstructionKind::Shell(command) => {
                let words = exec_words(command).unwrap_or_default();
                found.shell = Some(ShellKind::of_words(words.iter().map(|word| &*word.value)));
            }
            _ => {}
        }
        found
    }

    fn binds(&self, name: &str) -> bool {
        self.bindings.iter().any(|(own, ..)| own.as_deref() == Some(name))
    }

    fn put(self, dockerfile: &mut Dockerfile, stage: usize, index: usize, said_by: usize) {
        let facts = &mut dockerfile.stages[stage];
        for (name, value, env) in self.bindings {
            facts.bindings.push(Binding { name, value, env, index, span: None });
        }
        facts.users.extend(self.user.map(|value| Event { index, said_by, value }));
        facts.workdirs.extend(self.workdir.map(|value| Event { index, said_by, value }));
        facts.shells.extend(self.shell.map(|kind| ShellEvent { index, said_by: Some(said_by), kind }));
    }
}

const PLATFORM: [&str; 11] = super::PREDEFINED_PLATFORM_ARGUMENTS;

fn bound(value: Option<String>) -> Bound {
    match value {
        Some(value) if value.len() <= MAX_LENGTH => Bound::Known(value.into()),
        _ => Bound::Set,
    }
}

/// A path, taken from the WORKDIR before `before` where it is relative, without `.` and `..`.
pub(super) fn join(dockerfile: &Dockerfile, stage: usize, before: usize, path: &str) -> Option<Box<str>> {
    if dockerfile.stages[stage].windows {
        return None;
    }
    let base = if path.starts_with('/') { "/" } else { workdir(dockerfile, stage, before)? };
    let mut parts: Vec<&str> = Vec::new();
    for part in base.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let joined = format!("/{}", parts.join("/"));
    (joined.len() <= MAX_LENGTH).then(|| joined.into())
}

/// The folder before an instruction; `None` when it is not known.
pub(super) fn workdir(dockerfile: &Dockerfile, stage: usize, before: usize) -> Option<&str> {
    match last_event(dockerfile, stage, before, |facts| &facts.workdirs, |event| event.index) {
        Some((_, event)) => event.value.as_deref(),
        None => {
            let root = &dockerfile.stages[ancestors(dockerfile, stage).last().unwrap_or(stage)];
            match root.base {
                Base::Scratch => Some("/"),
                _ => root.base_image?.workdir,
            }
        }
    }
}

/// The last event before an instruction, in its stage or those it is built from, and the stage it is in.
pub(super) fn last_event<'a, T>(
    dockerfile: &'a Dockerfile,
    stage: usize,
    before: usize,
    events: impl Fn(&'a StageFacts) -> &'a Vec<T>,
    index: impl Fn(&T) -> usize,
) -> Option<(usize, &'a T)> {
    let own = events(&dockerfile.stages[stage]).iter().rev().find(|event| index(event) < before);
    own.map(|event| (stage, event)).or_else(|| {
        ancestors(dockerfile, stage).find_map(|stage| Some((stage, events(&dockerfile.stages[stage]).last()?)))
    })
}

/// Fills `needs` and `needed`.
fn find_needs(dockerfile: &mut Dockerfile) {
    for stage in 0..dockerfile.stages.len() {
        let facts = &dockerfile.stages[stage];
        let mut needs: Vec<u32> = facts.parent().map(|parent| parent as u32).into_iter().collect();
        for index in facts.first..facts.end {
            let Some(instruction) = dockerfile.instruction(index) else { continue };
            needs.extend(sources(instruction).filter(|source| *source as usize != stage));
        }
        dockerfile.stages[stage].needs = needs;
    }
    let mut open: Vec<usize> = dockerfile.stages.len().checked_sub(1).into_iter().collect();
    while let Some(stage) = open.pop() {
        if std::mem::replace(&mut dockerfile.stages[stage].needed, true) {
            continue;
        }
        open.extend(dockerfile.stages[stage].needs.iter().map(|stage| *stage as usize));
    }
}

/// The stages that `--from` and `--mount=from=` of an instruction name.
fn sources(instruction: Instruction<'_>) -> impl Iterator<Item = u32> {
    instruction.source_words().filter_map(move |word| Some(instruction.dockerfile.stage_named(&word.raw)?.index as u32))
}
