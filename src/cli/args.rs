//! The command line as clap reads it. Help, completions and the manual page come from here.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::build::arguments::{BackendArgument, BuildArguments, NetworkArgument, PullArgument};
use super::store::arguments::StoreArguments;

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "rlint",
    version,
    about = "A fast, precise linter for Dockerfiles, compose files and Kubernetes manifests",
    after_help = "`rlint PATHS` is short for `rlint check PATHS`. Exit code: 0 when nothing is wrong, 1 when \
                  something was found, 2 when the run itself failed.",
    args_conflicts_with_subcommands = true,
    subcommand_precedence_over_arg = true,
    max_term_width = 100
)]
pub struct Arguments {
    /// What to do; `check` where nothing is said.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The arguments of `check`.
    #[command(flatten)]
    pub check: CheckArguments,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Look for problems, and mend them where asked to
    Check(Box<CheckArguments>),
    /// Explain rules
    #[command(visible_alias = "explain")]
    Rule(RuleArguments),
    /// Show the configuration of a folder, explain a key, or print the JSON Schema
    Config(ConfigArguments),
    /// Run the examples on the pages of rules of your own
    Test(TestArguments),
    /// Show what builds the steps of a Dockerfile again, and how often that was in the history of the repository
    Layers(LayersArguments),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    #[command(hide = true)]
    Man,
    /// Print the version
    Version,
    /// Build an image, without a daemon
    Build(Box<BuildArguments>),
    /// Show what builds keep on this machine, and remove it
    Store(StoreArguments),
    /// Serve an editor, over the Language Server Protocol on standard input and output
    #[cfg(feature = "lsp")]
    Server(ServerArguments),
}

/// The arguments of `rlint server`.
#[cfg(feature = "lsp")]
#[derive(Args, Debug)]
pub struct ServerArguments {
    /// Talk over standard input and output, which it does anyway; many editors say it
    #[arg(long)]
    pub stdio: bool,
}

/// The arguments of `rlint check`.
#[derive(Args, Clone, Debug, Default)]
pub struct CheckArguments {
    /// Files and folders to check; `-` reads standard input [default: .]
    #[arg(value_name = "PATHS")]
    pub paths: Vec<PathBuf>,

    /// Run these rules only: ids, bare names, groups, categories or ids of other tools
    #[arg(long, value_name = "RULES", value_delimiter = ',', help_heading = "Rules")]
    pub select: Option<Vec<String>>,
    /// Run these rules besides
    #[arg(long, value_name = "RULES", value_delimiter = ',', help_heading = "Rules")]
    pub extend_select: Vec<String>,
    /// Do not run these rules
    #[arg(long, value_name = "RULES", value_delimiter = ',', help_heading = "Rules")]
    pub ignore: Vec<String>,
    /// Do not run rules in some files
    #[arg(long, value_name = "GLOB:RULE", value_delimiter = ',', help_heading = "Rules")]
    pub per_file_ignores: Vec<String>,
    /// Start with the rules of this preset: recommended, strict, all, hadolint, buildkit, kube-linter, dclint,
    /// compose-lint
    #[arg(long, value_name = "PRESET", help_heading = "Rules")]
    pub preset: Option<String>,
    /// Whether an installed ShellCheck looks at the scripts in Dockerfiles too
    #[arg(long, value_name = "WHEN", default_value = "off", help_heading = "Rules")]
    pub shellcheck: ShellCheck,
    /// The version of Kubernetes the manifests are meant for
    #[arg(long, value_name = "VERSION", help_heading = "Rules")]
    pub kubernetes_version: Option<String>,

    /// Apply safe fixes to the files
    #[arg(long, help_heading = "Fixes")]
    pub fix: bool,
    /// With --fix or --diff, also apply fixes that may change what the files do
    #[arg(long, help_heading = "Fixes")]
    pub unsafe_fixes: bool,
    /// Print what --fix would change, as a unified diff, and write nothing
    #[arg(long, help_heading = "Fixes", conflicts_with_all = ["fix", "fix_only", "show_fixes", "add_ignore"])]
    pub diff: bool,
    /// Apply fixes and do not report what remains
    #[arg(long, help_heading = "Fixes")]
    pub fix_only: bool,
    /// List what was fixed
    #[arg(long, help_heading = "Fixes")]
    pub show_fixes: bool,
    /// Say at each fix of a Dockerfile what was verified
    #[arg(long, value_name = "LEVEL", num_args = 0..=1, require_equals = true, default_missing_value = "plan",
          help_heading = "Fixes")]
    pub verify: Option<Verify>,
    /// For --verify=build, the installed engine that builds, by its own rules and with its own images: buildx, buildah
    /// or podman [default: rlint itself]
    #[arg(long, value_name = "ENGINE", help_heading = "Fixes", requires = "verify")]
    pub backend: Option<BackendArgument>,
    /// For --verify=build, where a base image is: `oci:FOLDER[:NAME]` or `archive:FILE[:NAME]`
    #[arg(long, value_name = "IMAGE=PLACE", help_heading = "Fixes", requires = "verify")]
    pub base: Vec<String>,
    /// For --verify=build, get base images from their registries: always, or only those that are missing here
    #[arg(
        long,
        value_name = "WHEN",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "always",
        help_heading = "Fixes",
        requires = "verify"
    )]
    pub pull: Option<PullArgument>,
    /// For --verify=build, a build argument; without a value it is taken from the environment
    #[arg(long, value_name = "NAME[=VALUE]", help_heading = "Fixes", requires = "verify")]
    pub build_arg: Vec<String>,
    /// For --verify=build, what RUN can reach
    #[arg(long, value_name = "NETWORK", default_value = "none", help_heading = "Fixes", requires = "verify")]
    pub network: NetworkArgument,

    /// How findings are written
    #[arg(
        long,
        value_name = "FORMAT",
        env = "RLINT_OUTPUT_FORMAT",
        hide_env_values = true,
        default_value = "full",
        help_heading = "Output"
    )]
    pub output_format: Format,
    /// Write findings to this file instead of standard output
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub output_file: Option<PathBuf>,
    /// Print how often each rule fired instead of the findings
    #[arg(long, help_heading = "Output")]
    pub statistics: bool,
    /// Whether to use colour; NO_COLOR and FORCE_COLOR are honoured
    #[arg(long, value_name = "WHEN", default_value = "auto", help_heading = "Output")]
    pub color: When,
    /// Whether rule ids are links
    #[arg(long, value_name = "WHEN", default_value = "auto", help_heading = "Output")]
    pub hyperlinks: When,
    /// Print findings and errors only
    #[arg(short, long, help_heading = "Output", conflicts_with = "verbose")]
    pub quiet: bool,
    /// Say what is done
    #[arg(short, long, help_heading = "Output")]
    pub verbose: bool,

    /// The least severity that makes the run fail [default: warning]
    #[arg(long, value_name = "SEVERITY", help_heading = "Exit code")]
    pub fail_on: Option<FailOnArgument>,
    /// Exit with 0 whatever was found
    #[arg(long, help_heading = "Exit code", conflicts_with = "fail_on")]
    pub exit_zero: bool,
    /// Exit with 1 when something was fixed, even if nothing remains
    #[arg(long, help_heading = "Exit code")]
    pub exit_non_zero_on_fix: bool,

    /// Files and folders to leave out, instead of the default ones
    #[arg(long, value_name = "GLOBS", value_delimiter = ',', help_heading = "Files")]
    pub exclude: Option<Vec<String>>,
    /// Files and folders to leave out besides
    #[arg(long, value_name = "GLOBS", value_delimiter = ',', help_heading = "Files")]
    pub extend_exclude: Vec<String>,
    /// Leave files out even when they are named
    #[arg(long, help_heading = "Files")]
    pub force_exclude: bool,
    /// Check files that .gitignore leaves out
    #[arg(long, help_heading = "Files")]
    pub no_respect_gitignore: bool,
    /// What files are where their names do not say it: dockerfile, compose, kubernetes, dockerignore, markdown
    #[arg(long, value_name = "GLOB=KIND", help_heading = "Files")]
    pub file_type: Vec<String>,
    /// The name of what comes on standard input
    #[arg(long, value_name = "PATH", help_heading = "Files")]
    pub stdin_filename: Option<PathBuf>,
    /// List the files that would be checked
    #[arg(long, help_heading = "Files")]
    pub show_files: bool,
    /// Print the settings that hold for the paths
    #[arg(long, help_heading = "Files")]
    pub show_settings: bool,
    /// Use so many threads
    #[arg(long, value_name = "NUMBER", help_heading = "Files")]
    pub threads: Option<std::num::NonZeroUsize>,

    /// Use this configuration file for everything
    #[arg(long, value_name = "FILE", help_heading = "Configuration", conflicts_with = "isolated")]
    pub config: Option<PathBuf>,
    /// Use no configuration file
    #[arg(long, help_heading = "Configuration")]
    pub isolated: bool,

    /// Write a comment that ignores it at every finding, with an optional reason
    #[arg(
        long,
        value_name = "REASON",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "",
        help_heading = "Ignoring",
        conflicts_with_all = ["fix", "fix_only"]
    )]
    pub add_ignore: Option<String>,
    /// Report also what comments and annotations ignore
    #[arg(long, help_heading = "Ignoring")]
    pub no_suppressions: bool,
    /// Write also what is held back, marked as such; with the format sarif
    #[arg(long, help_heading = "Ignoring")]
    pub show_suppressed: bool,
    /// Hold back the findings that this file lists
    #[arg(long, value_name = "FILE", help_heading = "Ignoring")]
    pub baseline: Option<PathBuf>,
    /// Write all findings to the baseline
    #[arg(long, help_heading = "Ignoring", conflicts_with_all = ["fix", "fix_only", "diff", "add_ignore"])]
    pub update_baseline: bool,
}

/// The arguments of `rlint rule`.
#[derive(Args, Debug)]
pub struct RuleArguments {
    /// Ids, bare names, groups, categories or ids of other tools
    #[arg(value_name = "RULES")]
    pub rules: Vec<String>,
    /// All rules
    #[arg(long, conflicts_with = "rules")]
    pub all: bool,
    /// How they are written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub output_format: RuleFormat,
}

/// The arguments of `rlint config`.
#[derive(Args, Debug)]
pub struct ConfigArguments {
    /// A key to explain, or a path to show the settings of [default: .]
    #[arg(value_name = "KEY or PATH")]
    pub subject: Option<PathBuf>,
    /// Print the JSON Schema of the configuration
    #[arg(long, conflicts_with = "subject")]
    pub schema: bool,
    /// Print the configuration of another tool, `.hadolint.yaml` or `.kube-linter.yaml`, as one of ours
    #[arg(long, value_name = "FILE", conflicts_with_all = ["subject", "schema"])]
    pub from: Option<PathBuf>,
}

/// The arguments of `rlint test`.
#[derive(Args, Debug)]
pub struct TestArguments {
    /// Pages of rules, and folders with them [default: those of `rule-paths`]
    #[arg(value_name = "PATHS")]
    pub paths: Vec<PathBuf>,
    /// Write into the pages what the examples print
    #[arg(long)]
    pub update: bool,
}

/// The arguments of `rlint layers`.
#[derive(Args, Debug)]
pub struct LayersArguments {
    /// A Dockerfile, or the folder it lies in [default: .]
    #[arg(value_name = "DOCKERFILE or FOLDER")]
    pub path: Option<PathBuf>,
    /// The stage that is built [default: the last one]
    #[arg(long, value_name = "STAGE")]
    pub target: Option<String>,
    /// The folder it is built with [default: what the project says, else where the sources of the Dockerfile are]
    #[arg(long, value_name = "DIR")]
    pub context: Option<PathBuf>,
    /// Go through the last commits of the repository, with the installed Git
    #[arg(long, value_name = "COMMITS")]
    pub history: Option<std::num::NonZeroUsize>,
    /// How it is written
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub format: LayersFormat,
    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub output_file: Option<PathBuf>,
    /// Whether to use colour; NO_COLOR and FORCE_COLOR are honoured
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: When,
}

/// How layers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LayersFormat {
    /// A table for the terminal
    Table,
    /// One object
    Json,
    /// A picture, self-contained
    Svg,
    /// A page, self-contained
    Html,
}

/// How findings are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// With the lines they are about
    #[default]
    Full,
    /// One line each
    Concise,
    /// One object
    Json,
    /// SARIF 2.1.0
    Sarif,
    /// Workflow commands of GitHub Actions
    Github,
}

/// How far fixes are verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Verify {
    /// What would be built changes as the fix says; nothing is run
    Plan,
    /// With --fix or --diff, keep those fixes of Dockerfiles that hold when they are built: this runs the commands of
    /// the Dockerfiles, in a sandbox
    Build,
}

/// When ShellCheck is run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ShellCheck {
    /// Never
    #[default]
    Off,
    /// Where it is installed
    Auto,
    /// Always; without it the run fails
    On,
}

/// How rules are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RuleFormat {
    /// For reading
    Text,
    /// An array of objects
    Json,
    /// The pages
    Markdown,
}

/// When something is done that depends on the terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// Where the terminal can show it
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// A severity or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[expect(missing_docs, reason = "each is the word it is, and shows in the help")]
pub enum FailOnArgument {
    Error,
    Warning,
    Info,
    None,
}
