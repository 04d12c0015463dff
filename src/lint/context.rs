//! What a rule is given beside the node it looks at.

use std::marker::PhantomData;

use super::Diagnostic;

/// What a rule is given beside the node it looks at: where to report, the settings, the project.
#[derive(Debug)]
pub struct Context<'a> {
    /// What was found so far.
    pub(crate) found: Vec<Diagnostic>,
    marker: PhantomData<&'a ()>,
}
