use crate::lint::prelude::*;

/// None: the engine itself reports it.
pub const CHECKS: &[Check] = &[];
