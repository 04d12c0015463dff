//! rlint: a static analyser for Dockerfiles, compose files and Kubernetes manifests.
//!
//! The layers, lowest first; a layer uses only those before it (`tests/suite/tidy.rs` checks it):
//!
//! - [`text`]: spans, sources, line index, edits, regions. Knows no language.
//! - [`syntax`]: text in, tree and errors out. Never fails, does no I/O.
//! - [`model`]: facts that need more than one node: images, stages, scopes, workloads, projects.
//! - [`build`]: what a Dockerfile would build, and what a change of it changes.
//! - [`lint`]: the engine. Does not know any rule by name.
//! - `rules`: the checks, each beside the page that specifies it.
//! - `config`, `emit`: settings in, findings out.
//! - `lsp`: the language server.
//! - `cli`: the command line, and the only place that touches files.

pub mod build;
#[cfg(feature = "cli")]
pub mod cli;
pub mod config;
#[cfg(feature = "cli")]
pub mod emit;
pub mod lint;
#[cfg(feature = "lsp")]
pub mod lsp;
pub mod model;
pub mod syntax;
pub mod text;

#[expect(unreachable_pub, reason = "every rule declares its checks alike")]
#[path = "../rules/catalog.rs"]
mod rules;

/// Every rule of ours, in the order of their ids.
pub fn rules() -> &'static [lint::Rule] {
    rules::ALL
}

/// Our rules as a run chooses from them.
pub fn catalog() -> lint::Catalog {
    lint::Catalog::new(rules()).declining(rules::DECLINED)
}
