//! The arguments of `rlint store`.

use clap::{Args, ValueEnum};

use crate::cli::build::arguments::BuildFormat;

/// The arguments of `rlint store`.
#[derive(Args, Clone, Debug)]
pub struct StoreArguments {
    /// Remove what steps made and what nothing refers to; with `all`, the images, too. Nothing is asked
    #[arg(long, value_name = "WHAT", num_args = 0..=1, require_equals = true, default_missing_value = "steps")]
    pub prune: Option<PruneArgument>,
    /// With --prune, keep what was used last, up to this size, such as 10g
    #[arg(long, value_name = "SIZE", requires = "prune")]
    pub keep: Option<String>,
    /// With --prune, say what would be removed, and remove nothing
    #[arg(long, requires = "prune")]
    pub dry_run: bool,
    /// How it is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: BuildFormat,
}

/// What is removed from the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PruneArgument {
    /// What steps made, unpacked bases and contexts, and what nothing refers to
    Steps,
    /// The images, too
    All,
}
