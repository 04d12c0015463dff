//! Layer 4: the engine. Does not know any rule by name, but for those about the run itself (`rlint/…`).

mod admit;
pub mod baseline;
mod catalog;
mod checker;
mod context;
mod date;
mod diagnostic;
mod dispatch;
pub mod document;
mod engine;
pub mod fix;
mod guard;
pub mod own;
pub mod prelude;
mod rule;
pub mod settings;
pub mod spec;
pub mod suppress;
pub mod verify;
mod walk;

pub use catalog::{Catalog, Declined, UnknownSelector};
pub use checker::Checker;
pub use context::Context;
pub use date::Date;
pub use diagnostic::{Applicability, Diagnostic, Fix, Label, Verdict, Verification};
pub use engine::{Report, check};
pub use rule::{Category, Check, Preset, Rule, RuleOption, Severity};
pub use settings::Settings;
