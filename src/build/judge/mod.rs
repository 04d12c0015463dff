//! Whether fixes hold when they are built: two builds compared, what differs held against what the fixes declare.

pub mod bisect;
pub mod configuration;
