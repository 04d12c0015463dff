//! Whether fixes hold when they are built: two builds compared, what differs held against what the fixes declare.

pub mod bisect;
mod builds;
pub mod configuration;
mod declared;
mod verdict;

pub use builds::{Builds, Observer};
pub use declared::is_declared;
pub use verdict::{Build, BuiltImage, Candidate, Judged, Measured, Reason, Stop, judge};
