//! The kinds of node that a rule of a user may look at.

use serde_json::Value;

use super::values::{self, Values};
use crate::model::dockerfile::{Dockerfile, Instruction, ShellCommand, Stage};
use crate::model::image::Image;
use crate::syntax::compose::Service;
use crate::syntax::kind::Kind;
use crate::syntax::kubernetes::{Container, Object, PodSpec};
use crate::syntax::yaml::{Profile, Ref};
use crate::text::Span;

/// The kind of node that a rule of a user looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// A whole Dockerfile.
    Dockerfile,
    /// Each stage of a Dockerfile.
    Stage,
    /// Each instruction of a Dockerfile.
    Instruction,
    /// Each command that a POSIX-like shell runs in a Dockerfile.
    Command,
    /// Each image that is pulled: FROM, `COPY --from`, mounts, `image:` of compose services and of containers.
    Image,
    /// A compose file.
    Compose,
    /// Each service of a compose file.
    Service,
    /// Each Kubernetes object.
    Object,
    /// Each pod spec.
    PodSpec,
    /// Each container.
    Container,
}

/// A node, as the walk meets it.
#[derive(Clone, Copy)]
pub(in crate::lint) enum Node<'a> {
    Dockerfile(&'a Dockerfile),
    Stage(Stage<'a>),
    Instruction(Instruction<'a>),
    Command(ShellCommand<'a>),
    Image(&'a Image),
    Compose(Ref<'a>),
    Service(Service<'a>),
    Object(Object<'a>),
    PodSpec(PodSpec<'a>),
    Container(Container<'a>),
}

impl On {
    /// All of them.
    pub const ALL: [On; 10] = [
        On::Dockerfile,
        On::Stage,
        On::Instruction,
        On::Command,
        On::Image,
        On::Compose,
        On::Service,
        On::Object,
        On::PodSpec,
        On::Container,
    ];

    /// As it is written after `on:`.
    pub const fn name(self) -> &'static str {
        match self {
            On::Dockerfile => "dockerfile",
            On::Stage => "stage",
            On::Instruction => "instruction",
            On::Command => "command",
            On::Image => "image",
            On::Compose => "compose",
            On::Service => "service",
            On::Object => "object",
            On::PodSpec => "pod-spec",
            On::Container => "container",
        }
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<On> {
        On::ALL.into_iter().find(|on| on.name() == name)
    }

    /// Whether there are such nodes in files of that kind.
    pub fn is_in(self, kind: Kind) -> bool {
        match self {
            On::Dockerfile | On::Stage | On::Instruction | On::Command => kind == Kind::Dockerfile,
            On::Image => !matches!(kind, Kind::Markdown | Kind::Dockerignore),
            On::Compose | On::Service => kind == Kind::Compose,
            On::Object | On::PodSpec | On::Container => kind == Kind::Kubernetes,
        }
    }

    /// The variables of its expressions, the node itself first.
    pub const fn variables(self) -> &'static [&'static str] {
        match self {
            On::Dockerfile => &["dockerfile", "file"],
            On::Stage => &["stage", "file"],
            On::Instruction => &["instruction", "stage", "file"],
            On::Command => &["command", "instruction", "stage", "file"],
            On::Image => &["image", "file"],
            On::Compose => &["compose", "file"],
            On::Service => &["service", "name", "file"],
            On::Object => &["object", "file"],
            On::PodSpec => &["pod", "object", "file"],
            On::Container => &["container", "pod", "object", "file"],
        }
    }
}

impl Node<'_> {
    pub(super) fn on(&self) -> On {
        match self {
            Node::Dockerfile(_) => On::Dockerfile,
            Node::Stage(_) => On::Stage,
            Node::Instruction(_) => On::Instruction,
            Node::Command(_) => On::Command,
            Node::Image(_) => On::Image,
            Node::Compose(_) => On::Compose,
            Node::Service(_) => On::Service,
            Node::Object(_) => On::Object,
            Node::PodSpec(_) => On::PodSpec,
            Node::Container(_) => On::Container,
        }
    }

    /// The variables of expressions about it.
    pub(super) fn values(&self) -> Values {
        let kubernetes = |node: Ref<'_>| values::of_yaml(node, Profile::Kubernetes);
        let stage = |instruction: Instruction<'_>| instruction.stage().map_or(Value::Null, values::of_stage);
        match *self {
            Node::Dockerfile(dockerfile) => Values::from([("dockerfile", values::of_dockerfile(dockerfile))]),
            Node::Stage(stage) => Values::from([("stage", values::of_stage(stage))]),
            Node::Instruction(instruction) => {
                Values::from([("instruction", values::of_instruction(instruction)), ("stage", stage(instruction))])
            }
            Node::Command(command) => Values::from([
                ("command", values::of_command(command)),
                ("instruction", values::of_instruction(command.instruction)),
                ("stage", stage(command.instruction)),
            ]),
            Node::Image(image) => Values::from([("image", values::of_image(image))]),
            Node::Compose(root) => Values::from([("compose", values::of_yaml(root, Profile::Compose))]),
            Node::Service(service) => Values::from([
                ("service", values::of_yaml(service.node, Profile::Compose)),
                ("name", service.name().into()),
            ]),
            Node::Object(object) => Values::from([("object", kubernetes(object.node))]),
            Node::PodSpec(pod) => Values::from([("pod", kubernetes(pod.node)), ("object", kubernetes(pod.owner.node))]),
            Node::Container(container) => Values::from([
                ("container", kubernetes(container.node)),
                ("pod", kubernetes(container.pod.node)),
                ("object", kubernetes(container.pod.owner.node)),
            ]),
        }
    }

    /// Where a finding about it stands: at the field that `at` leads to, as far as it is written.
    pub(super) fn place(&self, at: &[String]) -> Span {
        match *self {
            Node::Dockerfile(dockerfile) => {
                dockerfile.shipped_stage().map_or(Span::empty(0), |stage| stage.from().instruction.span())
            }
            Node::Stage(stage) => stage.from().instruction.span(),
            Node::Instruction(instruction) => match at.first().map(String::as_str) {
                Some("keyword") => instruction.node.keyword,
                _ => instruction.span(),
            },
            Node::Command(command) => match (at.first().map(String::as_str), command.node.words.first()) {
                (Some("name"), Some(word)) => word.span,
                _ => command.node.span,
            },
            Node::Image(image) => match at.first().map(String::as_str) {
                Some("tag") if !image.tag_span.is_empty() => image.tag_span,
                Some("name" | "registry") => image.name_span,
                _ => image.span,
            },
            Node::Compose(root) => field(root, at).unwrap_or_else(|| first_key(root)),
            Node::Service(service) => field(service.node, at).unwrap_or_else(|| service.key.span()),
            Node::Object(object) => field(object.node, at).unwrap_or_else(|| kind(object)),
            Node::PodSpec(pod) => field(pod.node, at).unwrap_or_else(|| kind(pod.owner)),
            Node::Container(container) => field(container.node, at).unwrap_or_else(|| container.place()),
        }
    }

    /// What people call it.
    pub(super) fn title(&self) -> String {
        match *self {
            Node::Dockerfile(_) => "the Dockerfile".to_owned(),
            Node::Stage(stage) => stage.name().map_or_else(|| stage.index.to_string(), str::to_owned),
            Node::Instruction(instruction) => {
                instruction.node.keyword.of_text(instruction.dockerfile.text()).to_owned()
            }
            Node::Command(command) => command.node.span.of_text(command.instruction.dockerfile.text()).to_owned(),
            Node::Image(image) => image.reference.clone(),
            Node::Compose(_) => "the compose file".to_owned(),
            Node::Service(service) => service.name().to_owned(),
            Node::Object(object) => title(object),
            Node::PodSpec(pod) => title(pod.owner),
            Node::Container(container) => container.name().known().unwrap_or("container").to_owned(),
        }
    }
}

/// The value that a chain of keys leads to, or the key where it has none.
fn field(node: Ref<'_>, at: &[String]) -> Option<Span> {
    let (last, before) = at.split_last()?;
    let holder = before.iter().try_fold(node, |node, key| node.get(key))?;
    let (key, value) = holder.entry(last)?;
    let span = value.span();
    Some(if span.is_empty() || !value.is_scalar() { key.span() } else { span })
}

fn first_key(node: Ref<'_>) -> Span {
    node.entries().next().map_or_else(|| node.span(), |(key, _)| key.span())
}

fn kind(object: Object<'_>) -> Span {
    object.node.get("kind").map_or_else(|| object.node.span(), Ref::span)
}

fn title(object: Object<'_>) -> String {
    match object.name().known() {
        Some(name) if !name.is_empty() => format!("{}/{name}", object.kind()),
        _ => object.kind().to_owned(),
    }
}
