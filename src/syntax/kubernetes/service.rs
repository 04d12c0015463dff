//! Services.

use super::object::Object;
use super::value::{Effective, text};
use crate::syntax::yaml::Field;

/// A Service of the core group.
#[derive(Clone, Copy, Debug)]
pub struct Service<'a> {
    /// The object.
    pub object: Object<'a>,
}

impl<'a> Service<'a> {
    /// `spec.selector`: the labels of the pods that it sends traffic to.
    pub fn selector(self) -> Field<'a> {
        self.object.spec("selector")
    }

    /// `spec.type`.
    pub fn kind(self) -> Effective<'a, &'a str> {
        text(self.object.spec("type"))
    }

    /// Whether it is only a name for a host elsewhere. Its selector means nothing then.
    pub fn is_external_name(self) -> bool {
        self.kind().known() == Some("ExternalName")
    }
}
