//! Stands in for expressions where the feature `cel` is off.

use super::values::Values;

/// A compiled expression. There is none.
#[derive(Debug)]
pub enum Expression {}

/// What came of an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// A truth value.
    Truth(bool),
    /// Anything else, as text.
    Text(String),
    /// It reads something that is not known, or that is not there.
    Unknown,
    /// It cannot be computed: the reason.
    Failed(String),
}

impl Expression {
    /// Refuses every expression.
    ///
    /// # Errors
    ///
    /// Always.
    pub fn compile(_text: &str, _variables: &[&str]) -> Result<Expression, (Option<usize>, String)> {
        Err((None, "this build of rlint runs no rules of users: its feature `cel` is off".to_owned()))
    }

    /// Computes it.
    pub fn evaluate(&self, _values: &Values) -> Outcome {
        match *self {}
    }
}
