//! A compose file as a whole.

use super::Service;
use crate::syntax::yaml::{Field, Ref};

/// One document of a compose file, as it is written.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// Its outermost mapping.
    pub root: Ref<'a>,
}

impl<'a> File<'a> {
    /// The obsolete `version`.
    pub fn version(self) -> Field<'a> {
        self.root.field("version")
    }

    /// The name of the project.
    pub fn name(self) -> Field<'a> {
        self.root.field("name")
    }

    /// The services, those that `<<` brings in included.
    pub fn services(self) -> impl Iterator<Item = Service<'a>> {
        self.resources("services").map(|(key, node)| Service { key, node })
    }

    /// The service of that name.
    pub fn service(self, name: &str) -> Option<Service<'a>> {
        let (key, node) = self.root.get("services")?.entry(name)?;
        Some(Service { key, node })
    }

    /// Names and definitions under `networks`, `volumes`, `secrets`, `configs`, `models` or `services`.
    pub fn resources(self, section: &str) -> impl Iterator<Item = (Ref<'a>, Ref<'a>)> + use<'a> {
        self.root.get(section).map(Ref::merged_entries).unwrap_or_default().into_iter()
    }

    /// Whether it is of the first format, in which the services stand at the outermost level.
    pub fn is_version_1(self) -> bool {
        let runs = |node: Ref<'_>| ["image", "build", "extends"].iter().any(|key| node.has_key(key));
        let known = |key: Ref<'_>| key.as_str().is_some_and(|key| super::schema::FILE.key(key).is_some());
        !self.root.entries().any(|(key, _)| known(key)) && self.root.entries().any(|(_, node)| runs(node))
    }
}
