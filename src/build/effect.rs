//! What a change of a Dockerfile may change in what it builds.

use std::fmt;

use crate::model::dockerfile::Instruction;
use crate::syntax::dockerfile::{InstructionKind, Keyword};

/// One thing that a fix may change in what is built. A fix names each; what it does not name stays as it is, and the
/// plan holds it to that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// The image or platform that a stage starts from.
    Base,
    /// Which stages there are, and what they are called.
    Stages,
    /// How many steps there are, or their order: merged, split, added, taken out, moved.
    Steps,
    /// What a RUN runs: its words, its shell, its mounts.
    Command,
    /// What COPY and ADD bring, where to, and with which owner and mode.
    Files,
    /// A build argument: its default, or whether it is declared.
    Argument,
    /// The variables of the image.
    Environment,
    /// The labels of the image.
    Labels,
    /// Who runs.
    User,
    /// The folder it starts in.
    Workdir,
    /// The shell of the steps and of the shell forms.
    Shell,
    /// The ENTRYPOINT.
    Entrypoint,
    /// The CMD.
    Cmd,
    /// The HEALTHCHECK.
    Healthcheck,
    /// The exposed ports.
    Ports,
    /// The volumes.
    Volumes,
    /// The signal that stops it.
    StopSignal,
    /// The author, from MAINTAINER.
    Author,
    /// What ONBUILD holds back.
    Triggers,
    /// Files of the caches of package managers are gone from the image. Only a build shows it.
    Caches,
    /// Other packages are installed. Only a build shows it.
    Packages,
    /// Files are left out of the build context, and so of what COPY brings. Only a build shows it.
    Context,
    /// Files have another owner or mode. Only a build shows it.
    Permissions,
}

/// A set of [`Effect`]s.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Effects(u32);

impl Effect {
    /// What a change of the command that an instruction runs changes.
    pub fn of_command(instruction: Instruction<'_>) -> Effect {
        match &instruction.node.kind {
            _ if instruction.onbuild => Effect::Triggers,
            InstructionKind::Cmd(_) => Effect::Cmd,
            InstructionKind::Entrypoint(_) => Effect::Entrypoint,
            InstructionKind::Healthcheck(_) => Effect::Healthcheck,
            _ => Effect::Command,
        }
    }

    /// All of them.
    pub const ALL: [Effect; 23] = [
        Effect::Base,
        Effect::Stages,
        Effect::Steps,
        Effect::Command,
        Effect::Files,
        Effect::Argument,
        Effect::Environment,
        Effect::Labels,
        Effect::User,
        Effect::Workdir,
        Effect::Shell,
        Effect::Entrypoint,
        Effect::Cmd,
        Effect::Healthcheck,
        Effect::Ports,
        Effect::Volumes,
        Effect::StopSignal,
        Effect::Author,
        Effect::Triggers,
        Effect::Caches,
        Effect::Packages,
        Effect::Context,
        Effect::Permissions,
    ];
}

impl Effects {
    /// Nothing changes.
    pub const NONE: Effects = Effects(0);

    /// What an instruction says: the effects of a change in what one of that keyword says, of its coming and going,
    /// a step more or less left out.
    pub fn of(keyword: Keyword) -> Effects {
        Effects::NONE.with(match keyword {
            Keyword::Add | Keyword::Copy => Effect::Files,
            Keyword::Arg => Effect::Argument,
            Keyword::Cmd => Effect::Cmd,
            Keyword::Entrypoint => Effect::Entrypoint,
            Keyword::Env => Effect::Environment,
            Keyword::Expose => Effect::Ports,
            Keyword::From => Effect::Base,
            Keyword::Healthcheck => Effect::Healthcheck,
            Keyword::Label => Effect::Labels,
            Keyword::Maintainer => Effect::Author,
            Keyword::Onbuild => Effect::Triggers,
            Keyword::Run => Effect::Command,
            Keyword::Shell => Effect::Shell,
            Keyword::Stopsignal => Effect::StopSignal,
            Keyword::User => Effect::User,
            Keyword::Volume => Effect::Volumes,
            Keyword::Workdir => Effect::Workdir,
        })
    }

    /// These and those of `other`.
    #[must_use]
    pub fn and(self, other: Effects) -> Effects {
        Effects(self.0 | other.0)
    }

    /// These and `effect`.
    #[must_use]
    pub fn with(self, effect: Effect) -> Effects {
        Effects(self.0 | 1 << effect as u32)
    }

    /// Whether `effect` is among them.
    pub fn contains(self, effect: Effect) -> bool {
        self.0 & 1 << effect as u32 != 0
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The ones in it.
    pub fn iter(self) -> impl Iterator<Item = Effect> {
        Effect::ALL.into_iter().filter(move |effect| self.contains(*effect))
    }

    /// Those that `allowed` has not.
    #[must_use]
    pub fn without(self, allowed: Effects) -> Effects {
        Effects(self.0 & !allowed.0)
    }
}

impl From<Effect> for Effects {
    fn from(effect: Effect) -> Effects {
        Effects::NONE.with(effect)
    }
}

impl FromIterator<Effect> for Effects {
    fn from_iter<I: IntoIterator<Item = Effect>>(effects: I) -> Effects {
        effects.into_iter().fold(Effects::NONE, Effects::with)
    }
}

impl fmt::Debug for Effects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
