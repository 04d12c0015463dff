//! Typed views of compose files. A view is a node and what it is; nothing is copied and no span is lost.

use super::yaml::Ref;

/// One service as it is written in one file. What other files and `extends` add is in `model::compose`.
#[derive(Clone, Copy, Debug)]
pub struct Service<'a> {
    /// Its name, where it is written.
    pub key: Ref<'a>,
    /// What is written under the name.
    pub node: Ref<'a>,
}
