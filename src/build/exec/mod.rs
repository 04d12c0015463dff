//! The sandbox: a worker, which is rlint itself as another process, that works on layers and runs steps.
//!
//! [`Way`] are the ways of being root without being root of the host, [`probe()`] says which of them this machine allows,
//! [`Worker`] is the side of rlint, and [`request`] what can be asked. What a step can and cannot do is decided in `step.rs`.
#![allow(unsafe_code, reason = "system calls that no crate wraps, in `calls.rs`, and few others that say why")]

mod bound;
mod caches;
mod calls;
mod client;
pub mod frame;
mod ids;
mod jail;
mod layers;
mod mounts;
mod network;
mod operator;
mod output;
mod probe;
mod program;
mod remove;
pub mod request;
mod run;
mod seccomp;
mod step;
mod stubs;
mod user;
mod watch;
mod worker;

pub(in crate::build) use bound::end_with_caller;
pub use client::{Canceller, Worker, WorkerError, WorkerOptions};
pub use ids::{Candidate, Way};
pub(in crate::build) use output::Neutralizer;
pub use probe::{Probed, probe};
pub use worker::run_worker;
