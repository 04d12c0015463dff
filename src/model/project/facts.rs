//! What other files need to know of a Dockerfile.

use std::sync::Arc;

use crate::model::base_images::BaseUser;
use crate::model::dockerfile::{Dockerfile, Stage, User};
use crate::syntax::dockerfile::{self, Healthcheck, InstructionKind};
use crate::text::{Source, Span};

/// What other files need to know of a Dockerfile.
#[derive(Debug)]
pub struct DockerfileFacts {
    /// The file. Spans refer to it.
    pub source: Arc<Source>,
    /// In order.
    pub stages: Vec<StageFacts>,
    /// Whether all of it could be read, so that what is not here does not exist.
    pub complete: bool,
    /// The ARGs before the first FROM.
    pub global_arguments: Vec<String>,
    /// The contexts it was read with.
    pub contexts: Vec<String>,
}

/// What other files need to know of a stage.
#[derive(Debug)]
pub struct StageFacts {
    /// Its name as written.
    pub name: Option<String>,
    /// Its FROM.
    pub from: Span,
    /// Who runs when its image is started.
    pub user: UserFacts,
    /// The HEALTHCHECK with a command that holds for it.
    pub healthcheck: Option<Span>,
    /// Whether its image has a health check; `None` when that depends on a base image.
    pub has_healthcheck: Option<bool>,
    /// What EXPOSE says, variables replaced: `8080`, `53/udp`, `8000-8010`; `None` for what is not known.
    pub exposed: Vec<(Option<String>, Span)>,
    /// The ARGs of it and of the stages it starts from.
    pub arguments: Vec<String>,
}

/// Who runs in an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserFacts {
    /// A USER instruction says so.
    Declared {
        /// Its argument, expanded; `None` when it depends on something unknown.
        value: Option<String>,
        /// The instruction.
        span: Span,
        /// Whether it is the superuser; `None` when that is not known.
        is_root: Option<bool>,
    },
    /// The base image says so.
    Inherited(BaseUser),
    /// The base image is not known well enough.
    Unknown,
}

impl UserFacts {
    /// Whether it is the superuser; `None` when that is not known.
    pub fn is_root(&self) -> Option<bool> {
        match self {
            UserFacts::Declared { is_root, .. } => *is_root,
            UserFacts::Inherited(user) => Some(user.is_root()),
            UserFacts::Unknown => None,
        }
    }
}

impl DockerfileFacts {
    /// Reads a Dockerfile, which is given contexts of these names; its tree is dropped.
    pub fn read(source: Source, contexts: Vec<String>) -> DockerfileFacts {
        let dockerfile = Dockerfile::with_contexts(dockerfile::parse(source.text.clone()), contexts.clone());
        DockerfileFacts {
            contexts,
            stages: dockerfile.stages().map(stage).collect(),
            complete: dockerfile.tree.errors.is_empty(),
            global_arguments: dockerfile.globals().names().map(str::to_owned).collect(),
            source: Arc::new(source),
        }
    }

    /// The stage that a build target means: by name in any case, or by number. Of several of one name, the last.
    pub fn stage(&self, target: &str) -> Option<&StageFacts> {
        let named = |stage: &&StageFacts| stage.name.as_ref().is_some_and(|name| name.eq_ignore_ascii_case(target));
        self.stages.iter().rev().find(named).or_else(|| self.stages.get(target.parse::<usize>().ok()?))
    }
}

fn stage(stage: Stage<'_>) -> StageFacts {
    let chain: Vec<Stage<'_>> = std::iter::once(stage).chain(stage.ancestors()).collect();
    let mut healthcheck = None;
    let mut has_healthcheck = None;
    let mut exposed = Vec::new();
    let mut arguments = Vec::new();
    for stage in &chain {
        for instruction in stage.outer_instructions() {
            match &instruction.node.kind {
                InstructionKind::Expose(ports) => {
                    exposed.extend(ports.iter().map(|port| (instruction.value(port), port.span)));
                }
                InstructionKind::Arg(declarations) => {
                    let text = stage.dockerfile.text();
                    arguments.extend(declarations.iter().map(|argument| argument.name.of_text(text).to_owned()));
                }
                _ => {}
            }
        }
        if has_healthcheck.is_some() {
            continue;
        }
        let last = stage.outer_instructions().filter(|i| matches!(i.node.kind, InstructionKind::Healthcheck(_))).last();
        if let Some(instruction) = last {
            let runs = matches!(instruction.node.kind, InstructionKind::Healthcheck(Healthcheck::Command { .. }));
            healthcheck = runs.then_some(instruction.node.span);
            has_healthcheck = Some(runs);
        }
    }
    if has_healthcheck.is_none() && matches!(stage.root_base(), crate::model::dockerfile::Base::Scratch) {
        has_healthcheck = Some(false);
    }
    StageFacts {
        name: stage.name().map(str::to_owned),
        from: stage.from().instruction.node.span,
        user: user(stage.user()),
        healthcheck,
        has_healthcheck,
        exposed,
        arguments,
    }
}

fn user(user: User<'_>) -> UserFacts {
    match user {
        User::Declared { instruction, value } => UserFacts::Declared {
            value: value.map(str::to_owned),
            span: instruction.node.span,
            is_root: user.is_root(),
        },
        User::Inherited(user) => UserFacts::Inherited(user),
        User::Unknown => UserFacts::Unknown,
    }
}
