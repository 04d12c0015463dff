//! Names that are used, and those of them that are nowhere declared.

use super::value::{Fact, Value};
use super::{Place, Project, ServiceFacts};
use crate::syntax::compose::MountKind;

/// A use of a name that is declared in a section of the project, or should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reference<'a> {
    /// What it is the name of.
    pub kind: ReferenceKind,
    /// The name.
    pub name: &'a str,
    /// Where it is used.
    pub at: Place,
    /// The service that uses it.
    pub service: &'a str,
    /// The key of the service that uses it.
    pub key: &'static str,
}

/// What a name is the name of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is the word it is")]
pub enum ReferenceKind {
    Network,
    Volume,
    Secret,
    Config,
    Model,
    Service,
}

impl ReferenceKind {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            ReferenceKind::Network => "network",
            ReferenceKind::Volume => "volume",
            ReferenceKind::Secret => "secret",
            ReferenceKind::Config => "config",
            ReferenceKind::Model => "model",
            ReferenceKind::Service => "service",
        }
    }

    /// The top-level key it is declared under.
    pub fn section(self) -> &'static str {
        match self {
            ReferenceKind::Network => "networks",
            ReferenceKind::Volume => "volumes",
            ReferenceKind::Secret => "secrets",
            ReferenceKind::Config => "configs",
            ReferenceKind::Model => "models",
            ReferenceKind::Service => "services",
        }
    }
}

impl Project {
    /// The names that are used and certainly nowhere declared in the whole project. Nothing when parts of the
    /// project could not be read.
    pub fn undefined(&self) -> Vec<Reference<'_>> {
        if !self.complete {
            return Vec::new();
        }
        let is_undefined = |own: &Reference<'_>| self.declares(own.kind.section(), own.name) == Some(false);
        self.references().into_iter().filter(is_undefined).collect()
    }

    /// The names that services use of what the sections of the project declare.
    pub fn references(&self) -> Vec<Reference<'_>> {
        let mut found = Vec::new();
        for service in self.services() {
            let mut search = Search { service, found: &mut found };
            search.resources();
            search.services();
        }
        found
    }
}

struct Search<'a, 'f> {
    service: ServiceFacts<'a>,
    found: &'f mut Vec<Reference<'a>>,
}

impl<'a> Search<'a, '_> {
    fn resources(&mut self) {
        if let Fact::Known(networks) = self.service.fact("networks") {
            for (name, at) in networks.names() {
                if name != "default" {
                    self.check(ReferenceKind::Network, "networks", name, at);
                }
            }
        }
        for mount in self.service.mounts() {
            if let (MountKind::Volume, Fact::Known(name)) = (mount.kind, mount.source) {
                self.check(ReferenceKind::Volume, "volumes", name, mount.at);
            }
        }
        self.grants(ReferenceKind::Secret, "secrets", self.service.fact("secrets"));
        self.grants(ReferenceKind::Config, "configs", self.service.fact("configs"));
        self.grants(ReferenceKind::Secret, "build.secrets", self.service.value.path(&["build", "secrets"]));
        if let Fact::Known(models) = self.service.fact("models") {
            for (name, at) in models.names() {
                self.check(ReferenceKind::Model, "models", name, at);
            }
        }
    }

    fn services(&mut self) {
        for dependency in self.service.depends_on() {
            // Also what is not `required` must exist: it may only be off.
            self.check(ReferenceKind::Service, "depends_on", dependency.service, dependency.at);
        }
        for (key, separated) in [("links", true), ("volumes_from", true)] {
            let Fact::Known(value) = self.service.fact(key) else { continue };
            for (text, at) in value.names() {
                let name = if separated { text.split(':').next().unwrap_or(text) } else { text };
                if name != "container" {
                    self.check(ReferenceKind::Service, key, name, at);
                }
            }
        }
        for key in ["network_mode", "ipc", "pid"] {
            let Fact::Known(value) = self.service.fact(key) else { continue };
            if let Some(name) = value.as_text().and_then(|text| text.strip_prefix("service:")) {
                self.check(ReferenceKind::Service, key, name, value.at);
            }
        }
        if let Fact::Known(contexts) = self.service.value.path(&["build", "additional_contexts"]) {
            for (_, value, at) in contexts.pairs() {
                if let Some(name) = value.and_then(|value| value.strip_prefix("service:")) {
                    self.check(ReferenceKind::Service, "additional_contexts", name, at);
                }
            }
        }
    }

    fn grants(&mut self, kind: ReferenceKind, key: &'static str, list: Fact<&'a Value>) {
        let Fact::Known(list) = list else { return };
        for item in list.items() {
            let source = if item.as_text().is_some() { Fact::Known(item) } else { item.fact("source") };
            let Fact::Known(source) = source else { continue };
            if let Some(name) = source.as_text() {
                self.check(kind, key, name, source.at);
            }
        }
    }

    fn check(&mut self, kind: ReferenceKind, key: &'static str, name: &'a str, at: Place) {
        if !name.is_empty() {
            self.found.push(Reference { kind, name, at, service: self.service.name, key });
        }
    }
}
