//! What `--mount` puts into the file system of a RUN.

use super::Instruction;
use crate::syntax::dockerfile::Flag;

/// A `--mount` of a RUN.
#[derive(Clone, Debug)]
pub struct Mount<'a> {
    /// The flag.
    pub flag: &'a Flag,
    /// What it is.
    pub kind: MountKind,
    /// Where it is put, as an absolute path; `None` when that is not known or not said.
    pub target: Option<Box<str>>,
}

/// The type of a [`Mount`]: `type=` of the Dockerfile reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MountKind {
    /// Files of the context, a stage or an image.
    Bind,
    /// A folder that is kept between builds and is in no layer.
    Cache,
    /// A folder in memory.
    Tmpfs,
    /// A file with a secret.
    Secret,
    /// A socket of an SSH agent.
    Ssh,
    /// Not known.
    Unknown,
}

impl<'a> Instruction<'a> {
    /// Its mounts.
    pub fn mounts(self) -> impl Iterator<Item = Mount<'a>> {
        let text = self.dockerfile.text();
        let flags = self.node.flags.iter().filter(move |flag| flag.name(text) == "mount");
        flags.map(move |flag| self.mount(flag))
    }

    fn mount(self, flag: &'a Flag) -> Mount<'a> {
        let text = self.dockerfile.text();
        let field = |names: &[&str]| {
            let named = |key: &str| names.iter().any(|name| key.eq_ignore_ascii_case(name));
            flag.fields.iter().find(|field| named(field.key.of_text(text)))
        };
        let value = |names: &[&str]| self.value(field(names)?.value.as_ref()?);
        let kind = match (field(&["type"]).is_some(), value(&["type"]).as_deref()) {
            (false, _) | (true, Some("bind")) => MountKind::Bind,
            (true, Some("cache")) => MountKind::Cache,
            (true, Some("tmpfs")) => MountKind::Tmpfs,
            (true, Some("secret")) => MountKind::Secret,
            (true, Some("ssh")) => MountKind::Ssh,
            _ => MountKind::Unknown,
        };
        let target = value(&["target", "dst", "destination"]).and_then(|path| self.absolute(&path));
        Mount { flag, kind, target }
    }
}

impl Mount<'_> {
    /// Whether `path` lies in what is mounted.
    pub fn holds(&self, path: &str) -> bool {
        let Some(target) = self.target.as_deref() else { return false };
        path.strip_prefix(target.trim_end_matches('/')).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Whether what is written there stays out of the layer.
    pub fn is_outside_of_layer(&self) -> bool {
        matches!(self.kind, MountKind::Cache | MountKind::Tmpfs)
    }
}
