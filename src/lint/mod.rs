//! Layer 4: the engine. Does not know any rule by name.

mod context;
mod diagnostic;
mod rule;

pub use context::Context;
pub use diagnostic::{Applicability, Diagnostic, Fix, Label};
pub use rule::{Category, Check, Preset, Rule, Severity};
