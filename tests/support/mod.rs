//! What the test binaries share.

#![allow(dead_code, reason = "each test binary uses its part")]

#[cfg(all(feature = "build", target_os = "linux"))]
pub(crate) mod bases;
pub(crate) mod catalog;
pub(crate) mod corpus;
pub(crate) mod invariants;
pub(crate) mod sample;
