//! The arguments of `rlint build`. They are called what they are called by `docker build`, where that has them.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cli::args::When;

/// The arguments of `rlint build`.
#[derive(Args, Clone, Debug)]
pub struct BuildArguments {
    /// The build context: the folder that COPY and ADD take files from
    #[arg(value_name = "CONTEXT")]
    pub context: Option<PathBuf>,

    /// The Dockerfile [default: CONTEXT/Dockerfile]; `-` reads standard input
    #[arg(short, long, value_name = "FILE", help_heading = "Build")]
    pub file: Option<PathBuf>,
    /// The stage to build [default: the last one]
    #[arg(long, value_name = "STAGE", help_heading = "Build")]
    pub target: Option<String>,
    /// A build argument; without a value it is taken from the environment
    #[arg(long, value_name = "NAME[=VALUE]", help_heading = "Build")]
    pub build_arg: Vec<String>,
    /// The platform to build for, such as linux/amd64 [default: that of this machine]
    #[arg(long, value_name = "PLATFORM", help_heading = "Build")]
    pub platform: Option<String>,
    /// Where a base image is: `oci:FOLDER[:NAME]` or `archive:FILE[:NAME]`, the latter of `docker save` or `skopeo copy`
    #[arg(long, value_name = "IMAGE=PLACE", help_heading = "Build")]
    pub base: Vec<String>,
    /// Get base images from their registries: always, or only those that are missing here
    #[arg(
        long,
        value_name = "WHEN",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "always",
        help_heading = "Build"
    )]
    pub pull: Option<PullArgument>,
    /// Have an installed engine build, by its own rules and with its own images: buildx, buildah or podman
    #[arg(long, value_name = "ENGINE", help_heading = "Build")]
    pub backend: Option<BackendArgument>,
    /// Carry out every step, whatever was made before
    #[arg(long, help_heading = "Build")]
    pub no_cache: bool,

    /// A name for the image in the store of rlint, so that other builds can start from it
    #[arg(short, long, value_name = "NAME[:TAG]", help_heading = "Result")]
    pub tag: Vec<String>,
    /// Write the image: type=oci or type=docker, with dest=FILE; for a folder, type=oci,tar=false,dest=FOLDER
    #[arg(short, long, value_name = "TYPE,DEST", help_heading = "Result")]
    pub output: Vec<String>,

    /// What RUN can reach
    #[arg(long, value_name = "NETWORK", default_value = "none", help_heading = "Sandbox")]
    pub network: NetworkArgument,
    /// Seconds that each step may take
    #[arg(long, value_name = "SECONDS", default_value_t = 600, help_heading = "Sandbox")]
    pub step_timeout: u64,
    /// Memory that each step may take, such as 2g [default: 4g; with --backend, what the engine gives]
    #[arg(long, value_name = "SIZE", help_heading = "Sandbox")]
    pub memory: Option<String>,
    /// Disk that the layer of each step may take, such as 2g [default: 8g; with --backend, what the engine gives]
    #[arg(long, value_name = "SIZE", help_heading = "Sandbox")]
    pub disk: Option<String>,

    /// How the result is written
    #[arg(long, value_name = "FORMAT", default_value = "text", help_heading = "Output")]
    pub format: BuildFormat,
    /// How progress is shown
    #[arg(long, value_name = "HOW", default_value = "auto", help_heading = "Output")]
    pub progress: ProgressArgument,
    /// Whether to use colour; NO_COLOR and FORCE_COLOR are honoured
    #[arg(long, value_name = "WHEN", default_value = "auto", help_heading = "Output")]
    pub color: When,
    /// Print errors and the digest of the image only
    #[arg(short, long, help_heading = "Output")]
    pub quiet: bool,
}

/// What RUN can reach.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum NetworkArgument {
    /// Nothing
    #[default]
    None,
    /// What this machine can, its own services included
    Host,
}

/// An engine that builds in the place of rlint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum BackendArgument {
    /// BuildKit, by `docker buildx`
    Buildx,
    /// Buildah
    Buildah,
    /// Podman
    Podman,
}

/// When images are pulled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PullArgument {
    /// Whatever is here
    Always,
    /// What is not here
    Missing,
}

/// How the result is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum BuildFormat {
    /// For reading
    Text,
    /// One object
    Json,
}

/// How progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ProgressArgument {
    /// Live on a terminal, in lines elsewhere
    Auto,
    /// In lines
    Plain,
    /// Live
    Tty,
}
