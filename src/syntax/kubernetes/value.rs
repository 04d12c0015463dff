//! What a field says, in three values.

use crate::syntax::yaml::{Field, NodeKind, Profile, Ref, Value};
use crate::text::Span;

/// What a manifest says of a value, after everything that counts was looked at (the container, then its pod).
#[derive(Clone, Copy, Debug)]
pub enum Effective<'a, T> {
    /// It is written, here.
    Known {
        /// What it means.
        value: T,
        /// Where it is written.
        node: Ref<'a>,
    },
    /// It is not known whether or what: a template, an open mapping, a value of the wrong type.
    Unknown,
    /// It is certainly not written; an explicit `null` counts as that, as it does for the API server.
    Absent,
}

impl<'a, T> Effective<'a, T> {
    /// The value, when it is known.
    pub fn known(self) -> Option<T> {
        match self {
            Effective::Known { value, .. } => Some(value),
            Effective::Unknown | Effective::Absent => None,
        }
    }

    /// Where it is written, when it is known.
    pub fn node(&self) -> Option<Ref<'a>> {
        match self {
            Effective::Known { node, .. } => Some(*node),
            Effective::Unknown | Effective::Absent => None,
        }
    }

    /// Where it is written, when it is known.
    pub fn span(&self) -> Option<Span> {
        self.node().map(|node| node.span())
    }

    /// Whether it is certainly not written.
    pub fn is_absent(&self) -> bool {
        matches!(self, Effective::Absent)
    }

    /// Whether it is known.
    pub fn is_known(&self) -> bool {
        matches!(self, Effective::Known { .. })
    }

    /// What `fallback` says where this is absent.
    #[must_use]
    pub fn or_else(self, fallback: impl FnOnce() -> Effective<'a, T>) -> Effective<'a, T> {
        match self {
            Effective::Absent => fallback(),
            other => other,
        }
    }

    /// The same with another value; `None` makes it unknown.
    pub fn and_then<U>(self, read: impl FnOnce(T) -> Option<U>) -> Effective<'a, U> {
        match self {
            Effective::Known { value, node } => match read(value) {
                Some(value) => Effective::Known { value, node },
                None => Effective::Unknown,
            },
            Effective::Unknown => Effective::Unknown,
            Effective::Absent => Effective::Absent,
        }
    }
}

/// What `field`, a mapping, says of `key`. A field that is absent or null has no members; of one that a template
/// writes only under a condition nothing is known.
pub fn member<'a>(field: Field<'a>, key: &str) -> Field<'a> {
    match field {
        Field::Present(node) if is_conditional(node) || may_be_lost(node) => Field::Unknown,
        Field::Present(node) => node.field(key),
        other => other,
    }
}

/// Whether something other than null is written.
pub fn presence(field: Field<'_>) -> Effective<'_, ()> {
    match field {
        Field::Absent => Effective::Absent,
        Field::Unknown => Effective::Unknown,
        Field::Present(node) if may_be_lost(node) => Effective::Unknown,
        Field::Present(node) if node.is_null() => Effective::Absent,
        // A template action may render to nothing, or to null.
        Field::Present(node) if node.is_unknown() || is_conditional(node) => Effective::Unknown,
        Field::Present(node) => Effective::Known { value: (), node },
    }
}

/// The text of a scalar, whatever type it resolves to.
pub fn text(field: Field<'_>) -> Effective<'_, &str> {
    read(field, |node| node.as_str())
}

/// A boolean as the API server's YAML reader takes it: also `yes`, `on`, `n` … as YAML 1.1 has it. A quoted word is
/// a string and no boolean, so it is unknown here.
pub fn boolean(field: Field<'_>) -> Effective<'_, bool> {
    read(field, |node| match node.value(Profile::Kubernetes)? {
        Value::Bool(value) => Some(value),
        _ => None,
    })
}

/// An integer as the API server's YAML reader takes it: `017` is octal.
pub fn integer(field: Field<'_>) -> Effective<'_, i64> {
    read(field, |node| match node.value(Profile::Kubernetes)? {
        Value::Integer(value) => i64::try_from(value).ok(),
        _ => None,
    })
}

/// Whether nothing is written behind its key, but something near by was lost that may belong there.
fn may_be_lost(node: Ref<'_>) -> bool {
    matches!(node.node().kind, NodeKind::Missing) && node.parent().is_some_and(Ref::is_open)
}

/// Whether it stands in a branch of a template that the mapping around it does not stand in.
pub(super) fn is_conditional(node: Ref<'_>) -> bool {
    node.document.branches && node.entry_of().is_some_and(|entry| entry.branch != 0)
}

fn read<'a, T>(field: Field<'a>, read: impl FnOnce(Ref<'a>) -> Option<T>) -> Effective<'a, T> {
    let written = presence(field);
    let Some(node) = written.node() else { return written.and_then(|()| None) };
    read(node).map_or(Effective::Unknown, |value| Effective::Known { value, node })
}
