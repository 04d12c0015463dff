//! Containers, and what is in force for them.

use super::pod::{Lifetime, PodSpec};
use super::value::{Effective, boolean, integer, member, presence, text};
use crate::syntax::yaml::{Field, Ref};
use crate::text::Span;

/// A container of a pod spec.
#[derive(Clone, Copy, Debug)]
pub struct Container<'a> {
    /// Its mapping.
    pub node: Ref<'a>,
    /// Where it lies.
    pub pod: PodSpec<'a>,
    /// Which list it comes from.
    pub role: ContainerRole,
}

/// What a container is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContainerRole {
    /// In `containers`.
    Main,
    /// In `initContainers`.
    Init,
    /// In `initContainers`, with `restartPolicy: Always`: runs beside the main containers.
    Sidecar,
    /// In `ephemeralContainers`.
    Ephemeral,
}

/// What the kubelet asks a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Probe {
    /// Restart it?
    Liveness,
    /// Send it traffic?
    Readiness,
    /// Has it started?
    Startup,
}

impl Probe {
    /// The field of the container.
    pub fn key(self) -> &'static str {
        match self {
            Probe::Liveness => "livenessProbe",
            Probe::Readiness => "readinessProbe",
            Probe::Startup => "startupProbe",
        }
    }
}

impl<'a> Container<'a> {
    pub(super) fn new(node: Ref<'a>, pod: PodSpec<'a>, list: ContainerRole) -> Container<'a> {
        let stays = list == ContainerRole::Init && text(node.field("restartPolicy")).known() == Some("Always");
        Container { node, pod, role: if stays { ContainerRole::Sidecar } else { list } }
    }

    /// What it says of `key`.
    pub fn field(self, key: &str) -> Field<'a> {
        self.node.field(key)
    }

    /// Its name.
    pub fn name(self) -> Effective<'a, &'a str> {
        text(self.field("name"))
    }

    /// Its image, as written.
    pub fn image(self) -> Effective<'a, &'a str> {
        text(self.field("image"))
    }

    /// Whether it runs as long as its pod does: a main container or a sidecar.
    pub fn stays(self) -> bool {
        matches!(self.role, ContainerRole::Main | ContainerRole::Sidecar)
    }

    /// Whether it serves until its pod is replaced, so that its health matters: a main container, of a workload that
    /// does not end, in a manifest that is not only a part.
    pub fn is_serving(self) -> bool {
        self.role == ContainerRole::Main && self.pod.lifetime == Lifetime::Serving && self.pod.is_whole()
    }

    /// The first port it says it listens on, as written.
    pub fn port(self) -> Option<&'a str> {
        let Field::Present(ports) = self.field("ports") else { return None };
        text(ports.items().next()?.field("containerPort")).known()
    }

    /// The probe, where one is written.
    pub fn probe(self, probe: Probe) -> Effective<'a, ()> {
        presence(self.field(probe.key()))
    }

    /// What is written under `resources.<section>.<resource>`: `("limits", "memory")`.
    pub fn resource(self, section: &str, resource: &str) -> Effective<'a, &'a str> {
        text(member(member(self.field("resources"), section), resource))
    }

    /// What its own `securityContext` says of `key`.
    pub fn security(self, key: &str) -> Field<'a> {
        member(self.field("securityContext"), key)
    }

    /// What is in force of a setting that a container takes from its pod when it has none itself: `runAsUser`,
    /// `runAsNonRoot`, `seccompProfile` …
    pub fn inherited(self, key: &str) -> Field<'a> {
        match presence(self.security(key)) {
            Effective::Absent => self.pod.security(key),
            _ => self.security(key),
        }
    }

    /// `runAsNonRoot` in force.
    pub fn run_as_non_root(self) -> Effective<'a, bool> {
        boolean(self.inherited("runAsNonRoot"))
    }

    /// `runAsUser` in force.
    pub fn run_as_user(self) -> Effective<'a, i64> {
        integer(self.inherited("runAsUser"))
    }

    /// `privileged`.
    pub fn privileged(self) -> Effective<'a, bool> {
        boolean(self.security("privileged"))
    }

    /// `allowPrivilegeEscalation`.
    pub fn allow_privilege_escalation(self) -> Effective<'a, bool> {
        boolean(self.security("allowPrivilegeEscalation"))
    }

    /// The capabilities it adds, as written.
    pub fn added_capabilities(self) -> impl Iterator<Item = Ref<'a>> {
        let Field::Present(list) = member(self.security("capabilities"), "add") else {
            return None.into_iter().flatten();
        };
        Some(list.items()).into_iter().flatten()
    }

    /// The amount of `resource` that is set in `section` for this container, or for its pod as a whole where the
    /// API server knows that (`pod_level`: from 1.34 on).
    pub fn amount(self, section: &str, resource: &str, pod_level: bool) -> Effective<'a, &'a str> {
        let own = self.resource(section, resource);
        if !pod_level {
            return own;
        }
        own.or_else(|| text(member(member(self.pod.field("resources"), section), resource)))
    }

    /// Where it is named; its image or all of it where it has no name. A name that a template fills in is a place, too.
    pub fn place(self) -> Span {
        let written = ["name", "image"].into_iter().find_map(|key| self.node.get(key).filter(|node| node.is_scalar()));
        written.unwrap_or(self.node).span()
    }

    /// Its name in backticks, or which list it is in: for messages.
    pub fn title(self) -> String {
        match self.name().known() {
            Some(name) => format!("container `{name}`"),
            None => "the container".to_owned(),
        }
    }
}
