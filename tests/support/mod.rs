//! What the test binaries share.

#![allow(dead_code, reason = "each test binary uses its part")]

pub(crate) mod catalog;
pub(crate) mod corpus;
pub(crate) mod invariants;
pub(crate) mod sample;
