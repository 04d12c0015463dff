//! Everything that is no unit test and no rule example, in one binary.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod oracle;
mod yaml_recovery;
