//! What a run is told: `.rlint.yaml`, the files of other tools, and flags, resolved to the settings of the engine.

#[cfg(feature = "cli")]
pub mod discover;
#[cfg(feature = "cli")]
mod foreign;
mod globs;
#[cfg(feature = "cli")]
mod hadolint;
pub mod keys;
#[cfg(feature = "cli")]
pub mod listings;
pub mod options;
mod read;
mod resolve;
pub mod schema;
#[cfg(feature = "cli")]
mod write;

#[cfg(feature = "cli")]
pub use discover::reason_text;
#[cfg(feature = "cli")]
pub use foreign::written_as_ours;
pub use globs::{Exclude, absolute};
pub use read::{CONFIG_RULE, page_error};
pub use resolve::{Resolved, resolve};
