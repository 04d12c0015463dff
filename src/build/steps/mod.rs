//! What the instructions of a Dockerfile do when they are built.
//!
//! [`evaluate()`] turns the tree of a Dockerfile into steps, with every variable read; nothing runs there. [`Builder`]
//! carries them out, or takes what they make from what was made before. The facts are those of BuildKit
//! (<https://github.com/moby/buildkit>, Apache-2.0); the files name the functions they follow.

mod bases;
#[cfg(test)]
mod build_tests;
mod builder;
mod command;
mod configure;
mod evaluate;
mod executor;
mod export;
mod git;
mod golang;
mod hash;
mod key;
mod line;
mod made;
mod mounts;
mod network;
mod outcome;
mod perform;
mod problem;
mod remote;
mod remotes;
mod selection;
mod settings;
mod snapshot;
mod snapshot_folder;
mod stage;
mod tail;
#[cfg(test)]
mod tests;
mod time;
mod transfer;
mod variables;
mod worker;

pub use bases::{BaseSource, Bases, Fetch, whole_name};
pub use builder::{BuildOptions, Builder};
pub use command::RunCommand;
pub use evaluate::{Base, Built, Evaluation, Images, Origin, Stage, evaluate};
pub use executor::Executor;
pub(in crate::build) use line::one_line;
pub use mounts::{Mount, MountKind, Sharing, byte_count};
pub(in crate::build) use network::{complains, fetching_program_of};
pub use outcome::{BuiltImage, Event, Failure, FailureReason, Outcome, StepInfo, StepReport};
pub use problem::{Problem, ProblemKind};
pub use remote::{Remote, RemoteFile, Repository};
pub use settings::Settings;
pub use snapshot::{Snapshot, SnapshotError, SnapshotLimits};
pub use stage::{Action, NetworkFlag, Step};
pub(in crate::build) use tail::Tail;
pub use transfer::Transfer;
pub use variables::Variables;
pub use worker::WorkerExecutor;
