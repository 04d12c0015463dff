//! Which variable has which value where.

use rustc_hash::FxHashMap;

use super::Dockerfile;
use crate::model::expand::{Environment, Value};
use crate::text::Span;

/// Declared by the builder before the first FROM; a stage must still name them in an ARG. From
/// `dockerfile2llb/platform.go`.
pub const PREDEFINED_PLATFORM_ARGUMENTS: [&str; 11] = [
    "BUILDPLATFORM",
    "BUILDOS",
    "BUILDOSVERSION",
    "BUILDARCH",
    "BUILDVARIANT",
    "TARGETPLATFORM",
    "TARGETOS",
    "TARGETOSVERSION",
    "TARGETARCH",
    "TARGETVARIANT",
    "TARGETSTAGE",
];

/// May be passed to every RUN without an ARG. From the Dockerfile reference, "Predefined ARGs".
pub const PREDEFINED_PROXY_ARGUMENTS: [&str; 10] = [
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "FTP_PROXY",
    "ftp_proxy",
    "NO_PROXY",
    "no_proxy",
    "ALL_PROXY",
    "all_proxy",
];

/// What a name is bound to.
#[derive(Debug)]
pub(super) struct Binding {
    /// The name; `None` when it comes from a variable that is not known, and may be any.
    pub(super) name: Option<Box<str>>,
    /// The value.
    pub(super) value: Bound,
    /// Whether an ENV binds it, an ARG otherwise.
    pub(super) env: bool,
    /// The outermost instruction after which it holds.
    pub(super) index: usize,
    /// Where an ARG names it.
    pub(super) span: Option<Span>,
}

#[derive(Clone, Debug)]
pub(super) enum Bound {
    Known(Box<str>),
    /// Set, to something unknown.
    Set,
    /// An ARG without a default.
    Argument,
}

/// What the values of one stage may take together, in bytes; further ones count as unknown.
const MAX_VALUES: usize = 1 << 22;

/// The bindings of a stage, or those before the first one, in file order.
#[derive(Debug, Default)]
pub(super) struct Bindings {
    list: Vec<Binding>,
    /// The places in the list, by name.
    by_name: FxHashMap<Box<str>, Vec<u32>>,
    /// The places of those that may have any name.
    wild: Vec<u32>,
    /// The bytes of all values.
    size: usize,
}

impl Bindings {
    pub(super) fn push(&mut self, mut binding: Binding) {
        if let Bound::Known(value) = &binding.value {
            self.size += value.len();
            if self.size > MAX_VALUES {
                binding.value = Bound::Set;
            }
        }
        let place = self.list.len() as u32;
        match &binding.name {
            Some(name) => self.by_name.entry(name.clone()).or_default().push(place),
            None => self.wild.push(place),
        }
        self.list.push(binding);
    }

    /// Those of that name before an instruction, the last one first.
    fn named(&self, name: &str, before: usize) -> impl Iterator<Item = (u32, &Binding)> {
        let places = self.by_name.get(name).map(Vec::as_slice).unwrap_or_default();
        self.before(places, before).iter().rev().map(|place| (*place, &self.list[*place as usize]))
    }

    /// The place of the last one before an instruction that may have any name.
    fn last_wild(&self, before: usize) -> Option<u32> {
        self.before(&self.wild, before).last().copied()
    }

    /// All before an instruction: they stand in its order.
    fn all_before(&self, before: usize) -> &[Binding] {
        &self.list[..self.list.partition_point(|binding| binding.index < before)]
    }

    fn before<'p>(&self, places: &'p [u32], before: usize) -> &'p [u32] {
        &places[..places.partition_point(|place| self.list[*place as usize].index < before)]
    }
}

/// The variables that FROM can use.
#[derive(Clone, Copy, Debug)]
pub struct GlobalScope<'a> {
    bindings: &'a Bindings,
}

impl<'a> GlobalScope<'a> {
    pub(super) fn new(bindings: &'a Bindings) -> GlobalScope<'a> {
        GlobalScope { bindings }
    }

    /// The names that are declared, in order.
    pub fn names(self) -> impl Iterator<Item = &'a str> {
        self.bindings.list.iter().filter_map(|binding| binding.name.as_deref())
    }

    /// Whether an ARG before the first FROM declares it, or the builder does.
    pub fn is_declared(self, name: &str) -> bool {
        self.bindings.by_name.contains_key(name) || PREDEFINED_PLATFORM_ARGUMENTS.contains(&name)
    }

    /// Where an ARG before the first FROM names it last.
    pub fn declaration(self, name: &str) -> Option<Span> {
        self.bindings.named(name, usize::MAX).next()?.1.span
    }

    pub(super) fn bound(self, name: &str) -> Option<&'a Bound> {
        // Without a default an ARG leaves a value from before as it is.
        let own = || self.bindings.named(name, usize::MAX).map(|(_, binding)| &binding.value);
        own().find(|value| !matches!(value, Bound::Argument)).or_else(|| own().next())
    }

    /// What is known about the variable.
    pub fn variable(self, name: &str) -> Value<'a> {
        match self.bound(name) {
            Some(Bound::Known(value)) => Value::Known(value),
            Some(Bound::Set) => Value::Unknown,
            Some(Bound::Argument) => Value::Argument,
            None if name == "TARGETSTAGE" || !PREDEFINED_PLATFORM_ARGUMENTS.contains(&name) => Value::Unset,
            None => Value::Unknown,
        }
    }
}

impl Environment for GlobalScope<'_> {
    fn get(&self, name: &str) -> Value<'_> {
        self.variable(name)
    }
}

/// The variables at one place of a stage.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    dockerfile: &'a Dockerfile,
    stage: usize,
    /// Instructions from this one on do not count.
    before: usize,
}

/// What is found in the parents of a stage.
enum Inherited<'a> {
    Bound(&'a Bound),
    Argument,
    /// Nothing bound it, and nothing unknown can have.
    Nothing,
    Unknown,
    /// Set by the base image.
    Set,
}

impl<'a> Scope<'a> {
    pub(super) fn new(dockerfile: &'a Dockerfile, stage: usize, before: usize) -> Scope<'a> {
        Scope { dockerfile, stage, before }
    }

    /// What is known about the variable.
    pub fn variable(self, name: &str) -> Value<'a> {
        match self.find(name) {
            Inherited::Bound(Bound::Known(value)) => Value::Known(value),
            Inherited::Bound(Bound::Argument) | Inherited::Argument => Value::Argument,
            Inherited::Bound(Bound::Set) | Inherited::Unknown | Inherited::Set => Value::Unknown,
            Inherited::Nothing => Value::Unset,
        }
    }

    /// Whether it is set; `None` when that is not known. An ARG without a default counts as set: the builder is
    /// expected to pass it.
    pub fn is_set(self, name: &str) -> Option<bool> {
        match self.find(name) {
            Inherited::Bound(_) | Inherited::Argument | Inherited::Set => Some(true),
            Inherited::Nothing => Some(false),
            Inherited::Unknown => None,
        }
    }

    /// The names that ARG and ENV bind here, nearest first; some more than once.
    pub fn names(self) -> impl Iterator<Item = &'a str> {
        let own = self.dockerfile.stages[self.stage].bindings.all_before(self.before).iter().rev();
        let inherited = ancestors(self.dockerfile, self.stage)
            .flat_map(|stage| self.dockerfile.stages[stage].bindings.list.iter().rev());
        own.chain(inherited).filter_map(|binding| binding.name.as_deref())
    }

    /// Whether an ARG or ENV names it, in the stage or one that it is built from.
    pub fn is_declared(self, name: &str) -> bool {
        let bindings = |stage: usize| &self.dockerfile.stages[stage].bindings;
        let own = bindings(self.stage).named(name, self.before).next().is_some();
        let mut above = ancestors(self.dockerfile, self.stage);
        own || above.any(|stage| bindings(stage).named(name, usize::MAX).next().is_some())
    }

    fn find(self, name: &str) -> Inherited<'a> {
        let bindings = &self.dockerfile.stages[self.stage].bindings;
        let wild = bindings.last_wild(self.before);
        let mut argument = false;
        for (place, binding) in bindings.named(name, self.before) {
            match &binding.value {
                _ if wild > Some(place) => return Inherited::Unknown,
                Bound::Argument => argument = true,
                value => return Inherited::Bound(value),
            }
        }
        if wild.is_some() {
            return Inherited::Unknown;
        }
        match self.inherited(name) {
            Inherited::Nothing | Inherited::Argument if argument => Inherited::Argument,
            Inherited::Unknown if argument => Inherited::Argument,
            other => other,
        }
    }

    /// At its start a stage has the ENVs of all its ancestors, and the ARGs of those where no ENV has the name.
    fn inherited(self, name: &str) -> Inherited<'a> {
        let parents = || ancestors(self.dockerfile, self.stage).map(|stage| &self.dockerfile.stages[stage].bindings);
        for bindings in parents() {
            let env = bindings.named(name, usize::MAX).find(|(_, binding)| binding.env);
            let wild = bindings.last_wild(usize::MAX);
            match env {
                Some((place, binding)) if wild < Some(place) => return Inherited::Bound(&binding.value),
                _ if wild.is_some() => return Inherited::Unknown,
                _ => {}
            }
        }
        let mut argument = false;
        for (_, binding) in parents().flat_map(|bindings| bindings.named(name, usize::MAX)) {
            match &binding.value {
                Bound::Argument => argument = true,
                value => return Inherited::Bound(value),
            }
        }
        let root = ancestors(self.dockerfile, self.stage).last().unwrap_or(self.stage);
        match self.dockerfile.stages[root].base_sets(name) {
            Some(true) => Inherited::Set,
            _ if argument => Inherited::Argument,
            Some(false) => Inherited::Nothing,
            None => Inherited::Unknown,
        }
    }
}

impl Environment for Scope<'_> {
    fn get(&self, name: &str) -> Value<'_> {
        self.variable(name)
    }
}

/// Stages upon stages that are followed; nobody builds higher, and each rule may follow them for each instruction.
const HIGHEST: usize = 64;

/// The stages that a stage is built from, nearest first.
pub(super) fn ancestors(dockerfile: &Dockerfile, stage: usize) -> impl Iterator<Item = usize> + '_ {
    std::iter::successors(dockerfile.stages[stage].parent(), move |stage| dockerfile.stages[*stage].parent())
        .take(HIGHEST)
}
