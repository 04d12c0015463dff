//! Rules of users: a page like ours, with a condition in its front matter instead of a check in Rust.

#[cfg(feature = "cel")]
mod condition;
#[cfg(not(feature = "cel"))]
#[path = "without.rs"]
mod condition;
mod message;
mod nodes;
mod page;
mod values;

pub use condition::Expression;
pub use nodes::On;
pub use page::read;
pub use values::Values;

use message::Message;
pub(super) use nodes::Node;

use super::Context;
use crate::text::Span;

/// The group of the rules of users.
pub const GROUP: &str = "custom";

/// A rule of a user, compiled.
#[derive(Debug)]
pub struct OwnCheck {
    /// What it wants to see.
    pub on: On,
    /// Where it is true, there is a finding.
    condition: Expression,
    message: Message,
    /// The field that the finding is located at, where there is one.
    at: Vec<String>,
}

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

impl OwnCheck {
    /// Looks at one node whose variables are `values`.
    fn check(&self, node: &Node<'_>, values: &Values, cx: &mut Context<'_>) {
        match self.condition.evaluate(values) {
            Outcome::Truth(true) => {
                let Some(message) = self.message.fill(node, values) else { return };
                cx.report(node.place(&self.at), message);
            }
            Outcome::Truth(false) | Outcome::Unknown => {}
            Outcome::Text(text) => self.fail(node.place(&[]), &format!("it gives `{text}`, no truth value"), cx),
            Outcome::Failed(reason) => self.fail(node.place(&[]), &reason, cx),
        }
    }

    /// A policy that cannot be judged must not pass for one that holds.
    fn fail(&self, span: Span, reason: &str, cx: &mut Context<'_>) {
        cx.report(span, format!("the condition of this rule cannot be judged here: {reason}"));
    }
}

/// Calls the rules of users that want a node of the kind of `node`.
pub(super) fn call(checks: &[(usize, &'static OwnCheck)], node: Node<'_>, cx: &mut Context<'_>) {
    let on = node.on();
    if !checks.iter().any(|(_, check)| check.on == on) {
        return;
    }
    let mut values = node.values();
    values.insert("file", cx.path().to_string_lossy().replace('\\', "/").into());
    for (rule, check) in checks.iter().filter(|(_, check)| check.on == on) {
        cx.enter(*rule);
        check.check(&node, &values, cx);
    }
}
