//! Everything that is no unit test and no rule example, in one binary.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

#[path = "../support/mod.rs"]
mod support;

mod breakage;
#[cfg(all(feature = "build", target_os = "linux"))]
mod build;
mod catalog;
mod checker;
mod cli;
mod documentation;
mod engine;
mod fixes;
mod foreign_config;
mod foreign_ids;
mod hadolint;
mod kubernetes;
mod large;
#[cfg(unix)]
mod layers;
#[cfg(all(feature = "lsp", unix))]
mod lsp;
mod names;
mod oracle;
mod parse;
mod peers;
mod positions;
mod sarif;
mod seeds;
mod shell;
mod shellcheck;
mod suppressions;
mod tidy;
mod yaml;
mod yaml_recovery;
