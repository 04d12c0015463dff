//! Typed views of Kubernetes manifests. A view is a node and what it is; nothing is copied and no span is lost.
//!
//! What a field says is read in three values ([`Effective`]): known, absent, or unknown. A template action, an open
//! mapping or a value of the wrong shape makes it unknown, and a rule that needs to know stays silent.

mod container;
mod object;
mod pod;
mod selector;
mod service;
mod value;

#[cfg(test)]
mod tests;

pub use container::{Container, ContainerRole, Probe};
pub use object::{Object, objects};
pub use pod::{Lifetime, PodSpec};
pub use selector::{LabelSelector, Labels, Operator, Requirement};
pub use service::Service;
pub use value::{Effective, boolean, integer, member, presence, text};
