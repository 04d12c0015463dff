//! Stages, and what they start from.

use super::resolve::{StageFacts, last_event, workdir};
use super::scope::{Scope, ancestors};
use super::shell::ShellKind;
use super::variables::{Reference, reference};
use super::{Dockerfile, GlobalScope, Instruction};
use crate::model::base_images::{BaseImage, BaseUser};
use crate::model::expand::{self, Options, Value};
use crate::model::image::{Image, ImageError};
use crate::syntax::dockerfile::{self as ast, InstructionKind, Keyword, Word};

/// A stage: a FROM and what follows it.
#[derive(Clone, Copy, Debug)]
pub struct Stage<'a> {
    /// Where it stands.
    pub dockerfile: &'a Dockerfile,
    /// Its number, from 0.
    pub index: usize,
}

/// The FROM of a stage.
#[derive(Clone, Copy, Debug)]
pub struct From<'a> {
    /// The instruction.
    pub instruction: Instruction<'a>,
    /// Its arguments.
    pub arguments: &'a ast::FromArguments,
}

/// What a stage starts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base {
    /// The earlier stage with this number.
    Stage(usize),
    /// Nothing at all.
    Scratch,
    /// An image, build arguments replaced by their defaults.
    Image(Image),
    /// What the build arguments make of it is no image reference.
    Invalid(ImageError),
    /// It depends on something that only the build knows.
    Unknown,
}

/// Who runs.
#[derive(Clone, Copy, Debug)]
pub enum User<'a> {
    /// A USER instruction says so.
    Declared {
        /// The instruction.
        instruction: Instruction<'a>,
        /// Its argument, expanded; `None` when it depends on something unknown.
        value: Option<&'a str>,
    },
    /// The base image says so.
    Inherited(BaseUser),
    /// The base image is not known well enough.
    Unknown,
}

impl<'a> User<'a> {
    /// Whether it is the superuser; `None` when that is not known. A group does not matter.
    pub fn is_root(self) -> Option<bool> {
        match self {
            User::Declared { value, .. } => Some(is_root(value?)),
            User::Inherited(user) => Some(user.is_root()),
            User::Unknown => None,
        }
    }
}

/// Whether `USER` with this argument means the superuser.
fn is_root(user: &str) -> bool {
    let name = user.split(':').next().unwrap_or(user);
    name == "root" || (!name.is_empty() && name.bytes().all(|byte| byte == b'0'))
}

impl<'a> Stage<'a> {
    fn facts(self) -> &'a StageFacts {
        &self.dockerfile.stages[self.index]
    }

    /// Its FROM.
    pub fn from(self) -> From<'a> {
        let index = self.facts().first;
        let node = &self.dockerfile.tree.instructions[index];
        let InstructionKind::From(arguments) = &node.kind else {
            unreachable!("a stage is made where its first instruction is FROM")
        };
        From { instruction: Instruction { dockerfile: self.dockerfile, index, node, onbuild: false }, arguments }
    }

    /// Its name as written, if it has one.
    pub fn name(self) -> Option<&'a str> {
        Some(self.from().arguments.name?.of_text(self.dockerfile.text()))
    }

    /// The first of the earlier stages that have its name, in any case.
    pub fn first_of_name(self) -> Option<Stage<'a>> {
        self.dockerfile.stage(self.facts().first_of_name? as usize)
    }

    /// Its instructions, FROM first; those that ONBUILD holds back after their ONBUILD.
    pub fn instructions(self) -> impl Iterator<Item = Instruction<'a>> {
        self.outer_instructions().flat_map(Instruction::with_inner)
    }

    /// Its instructions, FROM first, without those that ONBUILD holds back.
    pub fn outer_instructions(self) -> impl Iterator<Item = Instruction<'a>> {
        self.dockerfile.outer_instructions(self.facts().first, self.facts().end)
    }

    /// What it starts from.
    pub fn base(self) -> &'a Base {
        &self.facts().base
    }

    /// The earlier stage it starts from.
    pub fn parent(self) -> Option<Stage<'a>> {
        self.dockerfile.stage(self.facts().parent()?)
    }

    /// The stages it starts from, nearest first.
    pub fn ancestors(self) -> impl Iterator<Item = Stage<'a>> {
        ancestors(self.dockerfile, self.index).map(move |index| Stage { index, ..self })
    }

    /// What the first of its ancestors starts from; a stage only where there are too many of them to follow.
    pub fn root_base(self) -> &'a Base {
        self.root().base()
    }

    /// The image at the bottom of it, if there is one and it is known.
    pub fn root_image(self) -> Option<&'a Image> {
        match self.root_base() {
            Base::Image(image) => Some(image),
            _ => None,
        }
    }

    /// What is known about the image at the bottom of it.
    pub fn base_image(self) -> Option<BaseImage> {
        self.root().facts().base_image
    }

    /// Whether it is the stage that is built when no other one is asked for.
    pub fn is_shipped(self) -> bool {
        self.index + 1 == self.dockerfile.stages.len()
    }

    /// Whether the shipped stage needs it, directly or not, or is it.
    pub fn is_needed(self) -> bool {
        self.facts().needed
    }

    /// Whether its layers are in the image that is built: it is the shipped stage, or that is built on it.
    pub fn ships(self) -> bool {
        let Some(shipped) = self.dockerfile.shipped_stage() else { return false };
        self.is_shipped() || shipped.ancestors().any(|ancestor| ancestor.index == self.index)
    }

    /// Whether a `COPY --from` takes something from it.
    pub fn is_copied_from(self) -> bool {
        let copies = self.dockerfile.instructions().filter(|own| matches!(own.node.kind, InstructionKind::Copy(_)));
        copies
            .flat_map(Instruction::source_words)
            .any(|word| self.dockerfile.stage_named(&word.raw).is_some_and(|stage| stage.index == self.index))
    }

    /// The earlier stages it takes something from: its parent, COPY --from, RUN --mount=from.
    pub fn needs(self) -> impl Iterator<Item = Stage<'a>> {
        self.facts().needs.iter().map(move |index| Stage { index: *index as usize, ..self })
    }

    /// Whether it is a Windows image, as far as the file shows.
    pub fn is_windows(self) -> bool {
        self.facts().windows
    }

    /// Who runs when its image is started.
    pub fn user(self) -> User<'a> {
        self.user_before(usize::MAX)
    }

    /// Whether what it starts as root changes to another user by itself: by the entry point of its base image, or
    /// with a tool that is there for it (gosu, su-exec, setpriv).
    pub fn drops_privileges(self) -> bool {
        let own = || std::iter::once(self).chain(self.ancestors());
        let has_entrypoint = own().any(|stage| stage.keywords().any(|keyword| keyword == Keyword::Entrypoint));
        if !has_entrypoint && self.base_image().is_some_and(|image| image.drops_privileges) {
            return true;
        }
        let text = self.dockerfile.text();
        let mentions = |word: &str| {
            let finder = memchr::memmem::Finder::new(word);
            let mut instructions = own().flat_map(Stage::outer_instructions);
            instructions.any(|instruction| finder.find(instruction.span().of_text(text).as_bytes()).is_some())
        };
        ["gosu", "su-exec", "setpriv"].into_iter().any(mentions)
    }

    /// The keywords of its instructions, without what ONBUILD holds back.
    pub fn keywords(self) -> impl Iterator<Item = Keyword> {
        self.outer_instructions().filter_map(Instruction::keyword)
    }

    /// The keywords of its instructions and of those of the stages it starts from.
    pub fn own_keywords(self) -> impl Iterator<Item = Keyword> {
        std::iter::once(self).chain(self.ancestors()).flat_map(Stage::keywords)
    }

    /// Its instructions of that keyword that a later one of it replaces, each with the next one and the last one: of
    /// CMD, ENTRYPOINT and HEALTHCHECK only the last counts.
    pub fn replaced(self, keyword: Keyword) -> Vec<(Instruction<'a>, Instruction<'a>, Instruction<'a>)> {
        let own = |instruction: &Instruction<'a>| instruction.keyword() == Some(keyword) && !instruction.is_invalid();
        let all: Vec<Instruction<'a>> = self.outer_instructions().filter(own).collect();
        let Some(last) = all.last() else { return Vec::new() };
        all.windows(2).map(|pair| (pair[0], pair[1], *last)).collect()
    }

    /// The folder its image starts in; `None` when it is not known.
    pub fn workdir(self) -> Option<&'a str> {
        workdir(self.dockerfile, self.index, usize::MAX)
    }

    /// The variables at its end.
    pub fn scope(self) -> Scope<'a> {
        Scope::new(self.dockerfile, self.index, usize::MAX)
    }

    pub(super) fn user_before(self, before: usize) -> User<'a> {
        let found = last_event(self.dockerfile, self.index, before, |facts| &facts.users, |event| event.index);
        if let Some((_, event)) = found {
            let Some(instruction) = self.dockerfile.instruction(event.said_by) else { return User::Unknown };
            return User::Declared { instruction, value: event.value.as_deref() };
        }
        match self.root_base() {
            Base::Scratch => User::Inherited(BaseUser { name: "root", uid: Some(0) }),
            _ => self.base_image().and_then(|image| image.user).map_or(User::Unknown, User::Inherited),
        }
    }

    pub(super) fn is_workdir_set_before(self, before: usize) -> bool {
        last_event(self.dockerfile, self.index, before, |facts| &facts.workdirs, |event| event.index).is_some()
    }

    pub(super) fn shell_before(self, before: usize) -> (ShellKind, Option<Instruction<'a>>) {
        let found = last_event(self.dockerfile, self.index, before, |facts| &facts.shells, |event| event.index);
        if let Some((_, event)) = found {
            let kind = match event.kind {
                ShellKind::Sh(super::Sh::Unknown) => self.sh_before(before),
                kind => kind,
            };
            return (kind, event.said_by.and_then(|index| self.dockerfile.instruction(index)));
        }
        let kind = match self.base_image() {
            Some(image) => ShellKind::of_base(image.shell),
            None if self.is_windows() => ShellKind::Other,
            None => ShellKind::Sh(super::Sh::Unknown),
        };
        (if kind.is_posix() { self.sh_before(before) } else { kind }, None)
    }

    /// What `/bin/sh` is before an instruction.
    pub(super) fn sh_before(self, before: usize) -> ShellKind {
        let unknown = ShellKind::Sh(super::Sh::Unknown);
        let own = std::iter::once((self, before)).chain(self.ancestors().map(|stage| (stage, usize::MAX)));
        let mut replaced = own.filter_map(|(stage, end)| Some((self.dockerfile.stages[stage.index].sh_replaced?, end)));
        if replaced.any(|(index, end)| index < end) {
            return unknown;
        }
        let kind = self.base_image().map_or(unknown, |image| ShellKind::of_base(image.shell));
        if kind.is_posix() { kind } else { unknown }
    }

    fn root(self) -> Stage<'a> {
        self.ancestors().last().unwrap_or(self)
    }
}

impl<'a> From<'a> {
    /// The stage it begins.
    pub fn stage(self) -> Option<Stage<'a>> {
        self.instruction.stage()
    }

    /// The image, build arguments replaced by their defaults; `None` for a stage, `scratch`, what is no legal
    /// reference, and what only the build knows.
    pub fn image(self) -> Option<&'a Image> {
        match self.stage()?.base() {
            Base::Image(image) => Some(image),
            _ => None,
        }
    }

    /// The value of `--platform`.
    pub fn platform(self) -> Option<&'a Word> {
        self.instruction.flag("platform")?.value.as_ref()
    }

    /// What the image comes to when the build is given no arguments at all; `None` when it depends on something else
    /// that only the build knows, or is refused with a message of its own (`${NAME:?message}`).
    pub fn default_reference(self) -> Option<String> {
        let dockerfile = self.instruction.dockerfile;
        let defaults = Defaults(dockerfile.globals());
        expand::value(&self.arguments.image.raw, &defaults, Options::escape(dockerfile.tree.escape))
    }

    /// The variables that the builder replaces in it.
    pub fn references(self) -> impl Iterator<Item = Reference<'a>> {
        let platform = self.platform().into_iter().flat_map(|word| &word.variables);
        let text = self.instruction.dockerfile.text();
        self.arguments.image.variables.iter().chain(platform).filter_map(move |variable| reference(variable, text))
    }
}

/// The variables of FROM when the build is given no arguments. The platform is that of most builds.
struct Defaults<'a>(GlobalScope<'a>);

impl expand::Environment for Defaults<'_> {
    fn get(&self, name: &str) -> Value<'_> {
        match self.0.variable(name) {
            Value::Argument => Value::Unset,
            Value::Unknown if !self.0.names().any(|own| own == name) => match name {
                "BUILDPLATFORM" | "TARGETPLATFORM" => Value::Known("linux/amd64"),
                "BUILDOS" | "TARGETOS" => Value::Known("linux"),
                "BUILDARCH" | "TARGETARCH" => Value::Known("amd64"),
                "BUILDVARIANT" | "TARGETVARIANT" | "BUILDOSVERSION" | "TARGETOSVERSION" => Value::Known(""),
                _ => Value::Unknown,
            },
            other => other,
        }
    }
}
