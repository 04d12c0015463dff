//! The language server, spoken to as an editor speaks to it.

mod actions;
mod client;
mod freshness;
mod knowing;
mod lifecycle;
mod logging;
mod names;
mod renaming;
mod together;
mod typing;
mod workspace;
