//! What the instructions of a Dockerfile do when they are built.
//!
//! [`evaluate()`] turns the tree of a Dockerfile into steps, with every variable read; nothing runs there. The facts are
//! those of BuildKit (<https://github.com/moby/buildkit>, Apache-2.0); the files name the functions they follow.

mod command;
mod configure;
mod evaluate;
mod golang;
mod line;
mod mounts;
mod problem;
mod settings;
mod stage;
#[cfg(test)]
mod tests;
mod transfer;
mod variables;

pub use command::RunCommand;
pub use evaluate::{Base, Built, Evaluation, Images, Origin, Stage, evaluate};
pub use mounts::{Mount, MountKind, Sharing};
pub use problem::{Problem, ProblemKind};
pub use settings::Settings;
pub use stage::{Action, NetworkFlag, Step};
pub use transfer::Transfer;
pub use variables::Variables;
