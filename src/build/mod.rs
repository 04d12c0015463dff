//! What a Dockerfile would build, and what a change of it changes. Only [`exec`] runs a command of the Dockerfile, and
//! [`engine`] has one run.

mod carrier;
mod compare;
mod effect;
#[cfg(all(feature = "build", target_os = "linux"))]
pub mod engine;
#[cfg(all(feature = "build", target_os = "linux"))]
pub mod exec;
#[cfg(all(feature = "build", target_os = "linux"))]
mod hex;
pub mod history;
#[cfg(all(feature = "build", target_os = "linux"))]
pub mod image;
#[cfg(all(feature = "build", target_os = "linux"))]
pub mod judge;
mod keys;
mod order;
pub mod plan;
mod read;
mod rebuild;
mod reorder;
#[cfg(all(feature = "build", target_os = "linux"))]
pub mod steps;
#[cfg(test)]
mod tests;
mod text;
#[cfg(all(feature = "build", target_os = "linux"))]
pub mod tree;
mod waste;
#[cfg(test)]
mod waste_tests;

pub use compare::{Change, compare, effects, new_faults};
pub use effect::{Effect, Effects};
pub use keys::{Key, Keys, content};
pub use order::{Causes, Order};
pub use plan::Plan;
pub use read::named_sources;
pub use rebuild::{Rebuild, Rebuilds};
pub use reorder::Reordering;
pub use text::Text;
pub use waste::{Around, Brings, Installing, Waste};
