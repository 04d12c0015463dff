use crate::lint::prelude::*;

/// None: the reader of configurations reports it.
pub const CHECKS: &[Check] = &[];
