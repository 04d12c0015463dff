//! What a Dockerfile would build, and what a change of it changes. Nothing here runs a command of the Dockerfile.

mod effect;

pub use effect::{Effect, Effects};
