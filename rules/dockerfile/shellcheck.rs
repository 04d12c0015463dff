use crate::lint::prelude::*;

/// What ShellCheck finds is brought along by the command line.
pub const CHECKS: &[Check] = &[];
