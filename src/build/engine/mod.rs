//! Building by an engine that is installed: `docker buildx`, buildah or podman, here or wherever they are connected to.
//!
//! rlint calls the client of the engine, reads its progress, takes the image from it as an archive, and compares that
//! as it compares its own. Which machine builds, by what isolation and with which images is the engine's own business;
//! it gets the variables of the environment that it knows for that, and no others. Nothing here runs unless the engine
//! was named on the command line.

mod backend;
mod command;
mod environment;
mod failure;
mod progress;
mod run;
#[cfg(test)]
mod tests;
mod track;
mod version;
mod workspace;

use std::fmt;
use std::path::{Path, PathBuf};

pub use backend::{Engine, Request};

use crate::build::exec::request::Network;

/// An engine that can be asked to build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EngineKind {
    /// BuildKit, by `docker buildx`.
    Buildx,
    /// Buildah.
    Buildah,
    /// Podman, which builds with the code of Buildah.
    Podman,
}

impl EngineKind {
    /// What it is called on the command line.
    pub fn name(self) -> &'static str {
        match self {
            EngineKind::Buildx => "buildx",
            EngineKind::Buildah => "buildah",
            EngineKind::Podman => "podman",
        }
    }

    /// The program that is started for it.
    pub fn program(self) -> &'static str {
        match self {
            EngineKind::Buildx => "docker",
            EngineKind::Buildah => "buildah",
            EngineKind::Podman => "podman",
        }
    }
}

impl fmt::Display for EngineKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// When an engine gets base images from their registries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EnginePull {
    /// Never. BuildKit knows no such thing: it asks for what it does not have.
    #[default]
    Never,
    /// Where the engine does not have them.
    Missing,
    /// Whatever the engine has.
    Always,
}

/// What all builds of an engine have in common.
#[derive(Clone, Debug, Default)]
pub struct EngineOptions {
    /// `--build-arg`: names and values.
    pub arguments: Vec<(String, String)>,
    /// `--target`: the stage that is built; the last one where nothing is said.
    pub target: Option<String>,
    /// The platform that is built for; that of the engine where nothing is said.
    pub platform: Option<String>,
    /// Whether every step is carried out, whatever was made before.
    pub no_cache: bool,
    /// What RUN can reach.
    pub network: Network,
    /// When base images are pulled.
    pub pull: EnginePull,
    /// Seconds that each step may take.
    pub step_seconds: u64,
    /// Bytes of memory that each step may take, where the engine is to hold them to it.
    pub memory: Option<u64>,
}

/// Where a build takes its files from.
#[derive(Clone, Debug)]
struct Sources {
    dockerfile: PathBuf,
    context: PathBuf,
    /// Which file leaves something out of the context, where that is not for the engine to find.
    ignore: Option<PathBuf>,
}

impl Sources {
    fn context(&self) -> &Path {
        &self.context
    }
}
