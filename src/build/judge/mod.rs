//! Whether fixes hold when they are built: two builds compared, what differs held against what the fixes declare.

mod backend;
mod behind;
pub mod bisect;
mod builds;
pub mod configuration;
mod declared;
mod noise;
mod several;
mod verdict;

pub use backend::{Backend, InProcess};
pub use behind::Behind;
pub use builds::{Builds, Observer};
pub use declared::is_declared;
pub use several::{JudgedOfAll, judge_all};
pub use verdict::{Build, BuiltImage, Candidate, Judged, Measured, Reason, Stop, judge};
