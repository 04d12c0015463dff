//! A service of a resolved project.

use std::path::{Path, PathBuf};

use super::value::{Entry, Fact, Value, ValueKind};
use super::{Place, Project};
use crate::syntax::compose::{MountKind, is_host_path, parse_mount};

/// A service, with all that `extends`, `include` and overrides make of it.
#[derive(Clone, Copy, Debug)]
pub struct ServiceFacts<'a> {
    /// Its name.
    pub name: &'a str,
    /// Where the name is written.
    pub at: Place,
    /// Its definition.
    pub value: &'a Value,
    project: &'a Project,
}

/// How a service is built.
#[derive(Clone, Debug)]
pub struct BuildFacts<'a> {
    /// The folder of the context, as `Files` knows it. Unknown for a remote one.
    pub context: Fact<PathBuf>,
    /// The Dockerfile, as `Files` knows it. Absent when it is written inline.
    pub dockerfile: Fact<PathBuf>,
    /// The Dockerfile itself, where it is written inline.
    pub dockerfile_inline: Fact<&'a Value>,
    /// The stage.
    pub target: Fact<&'a Value>,
    /// The long form, or the context.
    pub value: &'a Value,
}

impl BuildFacts<'_> {
    /// The names of the contexts beside the main one, as far as they are known.
    pub fn additional_contexts(&self) -> Vec<String> {
        match self.value.fact("additional_contexts") {
            Fact::Known(contexts) => contexts.pairs().into_iter().map(|(name, ..)| name.to_owned()).collect(),
            Fact::Absent | Fact::Unknown => Vec::new(),
        }
    }
}

/// A service that another one waits for.
#[derive(Clone, Copy, Debug)]
pub struct DependencyFacts<'a> {
    /// Its name.
    pub service: &'a str,
    /// Where the name is written.
    pub at: Place,
    /// `service_started` (also where nothing is said), `service_healthy` …
    pub condition: Fact<&'a str>,
    /// Whether it may be missing.
    pub optional: bool,
}

/// A mount.
#[derive(Clone, Copy, Debug)]
pub struct MountFacts<'a> {
    /// What is mounted.
    pub kind: MountKind,
    /// The path of the host or the name of the volume.
    pub source: Fact<&'a str>,
    /// The path in the container.
    pub target: Fact<&'a str>,
    /// Where it is written.
    pub at: Place,
}

impl<'a> ServiceFacts<'a> {
    pub(super) fn new(project: &'a Project, entry: &'a Entry) -> ServiceFacts<'a> {
        ServiceFacts { name: &entry.name, at: entry.at, value: &entry.value, project }
    }

    /// What is known of a key.
    pub fn fact(self, key: &str) -> Fact<&'a Value> {
        self.value.fact(key)
    }

    /// What is known of the text under a key.
    pub fn text(self, key: &str) -> Fact<&'a str> {
        self.value.text(key)
    }

    /// The image.
    pub fn image(self) -> Fact<&'a str> {
        self.text("image")
    }

    /// How it is built.
    pub fn build(self) -> Fact<BuildFacts<'a>> {
        self.fact("build").and_then(|value| Fact::Known(self.build_of(value)))
    }

    fn build_of(self, value: &'a Value) -> BuildFacts<'a> {
        let written = match value.as_text() {
            Some(_) => Fact::Known(value),
            None => value.fact("context"),
        };
        let folder = |place| self.project.file(place).map(|file| file.folder.as_path()).unwrap_or(Path::new(""));
        let context = match written {
            Fact::Known(context) => match context.as_text().filter(|text| !is_remote_context(text)) {
                Some(text) => Fact::Known(super::load::join(folder(context.at), text)),
                None => Fact::Unknown,
            },
            Fact::Unknown => Fact::Unknown,
            // Without a context, it is the folder of the project.
            Fact::Absent => Fact::Known(folder(value.at).to_owned()),
        };
        let dockerfile_inline = value.fact("dockerfile_inline");
        let dockerfile = match (&context, value.text("dockerfile")) {
            _ if !dockerfile_inline.is_absent() => Fact::Absent,
            (Fact::Known(context), Fact::Absent) => Fact::Known(super::load::join(context, "Dockerfile")),
            (Fact::Known(context), Fact::Known(name)) => Fact::Known(super::load::join(context, name)),
            _ => Fact::Unknown,
        };
        BuildFacts { context, dockerfile, dockerfile_inline, target: value.fact("target"), value }
    }

    /// The services it waits for, as far as they are known.
    pub fn depends_on(self) -> Vec<DependencyFacts<'a>> {
        let Fact::Known(value) = self.fact("depends_on") else { return Vec::new() };
        let short = value.items().iter().filter_map(|item| {
            let condition = Fact::Known("service_started");
            Some(DependencyFacts { service: item.as_text()?, at: item.at, condition, optional: false })
        });
        let long = value.entries().iter().map(|entry| DependencyFacts {
            service: &entry.name,
            at: entry.at,
            condition: match entry.value.text("condition") {
                Fact::Absent => Fact::Known("service_started"),
                fact => fact,
            },
            optional: !matches!(entry.value.text("required"), Fact::Absent | Fact::Known("true")),
        });
        short.chain(long).collect()
    }

    /// The mounts of `volumes`, as far as they are known.
    pub fn mounts(self) -> Vec<MountFacts<'a>> {
        let Fact::Known(value) = self.fact("volumes") else { return Vec::new() };
        value.items().iter().filter_map(mount).collect()
    }

    /// Whether a health check is defined and not disabled. `None` when that is not known.
    pub fn has_healthcheck(self) -> Option<bool> {
        let check = match self.fact("healthcheck") {
            Fact::Known(check) => check,
            Fact::Unknown => return None,
            Fact::Absent => return Some(false),
        };
        match check.text("disable") {
            Fact::Known("true") => return Some(false),
            Fact::Unknown => return None,
            Fact::Known(_) | Fact::Absent => {}
        }
        match check.fact("test") {
            Fact::Known(test) => Some(test.names().first().is_none_or(|(first, _)| *first != "NONE")),
            Fact::Unknown => None,
            // Only intervals are set: the check is that of the image.
            Fact::Absent => None,
        }
    }

    /// Whether its health check is switched off, whatever the image has.
    pub fn disables_healthcheck(self) -> bool {
        let Fact::Known(check) = self.fact("healthcheck") else { return false };
        check.text("disable") == Fact::Known("true")
            || check
                .fact("test")
                .known()
                .is_some_and(|test| test.names().first().is_some_and(|(first, _)| *first == "NONE"))
    }

    /// Whether it says what it runs: an image, a build or a provider. `None` when that is not known.
    pub fn is_runnable(self) -> Option<bool> {
        let facts = ["image", "build", "provider"].map(|key| self.fact(key));
        if facts.iter().any(|fact| matches!(fact, Fact::Known(_))) {
            return Some(true);
        }
        facts.iter().all(Fact::is_absent).then_some(false)
    }
}

fn mount(item: &Value) -> Option<MountFacts<'_>> {
    if let ValueKind::Text(text) = &item.kind {
        let mount = parse_mount(text)?;
        let source = if mount.source.is_empty() { Fact::Absent } else { Fact::Known(mount.source) };
        return Some(MountFacts { kind: mount.kind, source, target: Fact::Known(mount.target), at: item.at });
    }
    let source = item.text("source");
    let kind = match (item.text("type").known()?, source) {
        ("bind", _) => MountKind::Bind,
        ("volume", Fact::Absent) => MountKind::Anonymous,
        ("volume", Fact::Known(source)) if is_host_path(source) => MountKind::Bind,
        ("volume", _) => MountKind::Volume,
        _ => MountKind::Other,
    };
    let at = item.fact("source").known().map_or(item.at, |source| source.at);
    Some(MountFacts { kind, source, target: item.text("target"), at })
}

/// Whether the builder fetches the context from elsewhere.
fn is_remote_context(text: &str) -> bool {
    ["http://", "https://", "git://", "ssh://", "git@", "github.com/"].iter().any(|prefix| text.starts_with(prefix))
        || text.contains("://")
}
