//! Typed views of Kubernetes manifests. A view is a node and what it is; nothing is copied and no span is lost.

use super::yaml::Ref;

/// An object: a document, or an item of a `List`.
#[derive(Clone, Copy, Debug)]
pub struct Object<'a> {
    /// Its mapping.
    pub node: Ref<'a>,
}

/// A pod spec and the object that owns it.
#[derive(Clone, Copy, Debug)]
pub struct PodSpec<'a> {
    /// Its mapping.
    pub node: Ref<'a>,
    /// The pod itself, or the workload with the template.
    pub owner: Object<'a>,
    /// The `template` (with `metadata.labels`) or the pod.
    pub template: Ref<'a>,
}

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
