//! Pod specs, and the kinds that own one.

use super::container::{Container, ContainerRole};
use super::object::Object;
use super::value::{Effective, boolean, member, text};
use crate::syntax::yaml::{Field, Ref};

/// A pod spec and the object that owns it.
#[derive(Clone, Copy, Debug)]
pub struct PodSpec<'a> {
    /// Its mapping.
    pub node: Ref<'a>,
    /// The pod itself, or the workload with the template.
    pub owner: Object<'a>,
    /// The `template` (with `metadata.labels`) or the pod.
    pub template: Ref<'a>,
    /// How long its pods live.
    pub lifetime: Lifetime,
}

/// How long the pods of an owner live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifetime {
    /// They serve until they are replaced.
    Serving,
    /// They end when their work is done: jobs, pods that are not restarted, test hooks.
    Finite,
    /// They serve, and their controller adds probes and scaling of its own (Knative).
    Managed,
    /// It depends on who uses the template, or on something that is not known.
    Unknown,
}

/// A kind with a pod template.
struct Owner {
    /// API groups that serve the kind.
    groups: &'static [&'static str],
    kind: &'static str,
    /// The keys from the object to the template.
    path: &'static [&'static str],
    lifetime: Lifetime,
}

const TEMPLATE: &[&str] = &["spec", "template"];
const CRON: &[&str] = &["spec", "jobTemplate", "spec", "template"];

const fn owner(
    groups: &'static [&'static str],
    kind: &'static str,
    path: &'static [&'static str],
    lifetime: Lifetime,
) -> Owner {
    Owner { groups, kind, path, lifetime }
}

/// Those of Kubernetes come first: a kind whose group is not known is taken as the first of its name.
static OWNERS: &[Owner] = &[
    owner(&[""], "Pod", &[], Lifetime::Serving),
    owner(&["apps", "extensions"], "Deployment", TEMPLATE, Lifetime::Serving),
    owner(&["apps", "extensions"], "DaemonSet", TEMPLATE, Lifetime::Serving),
    owner(&["apps", "extensions"], "ReplicaSet", TEMPLATE, Lifetime::Serving),
    owner(&["apps"], "StatefulSet", TEMPLATE, Lifetime::Serving),
    owner(&[""], "ReplicationController", TEMPLATE, Lifetime::Serving),
    owner(&[""], "PodTemplate", &["template"], Lifetime::Unknown),
    owner(&["batch", "extensions"], "Job", TEMPLATE, Lifetime::Finite),
    owner(&["batch"], "CronJob", CRON, Lifetime::Finite),
    owner(&["apps.openshift.io", ""], "DeploymentConfig", TEMPLATE, Lifetime::Serving),
    owner(&["argoproj.io"], "Rollout", TEMPLATE, Lifetime::Serving),
    owner(&["keda.sh"], "ScaledJob", &["spec", "jobTargetRef", "template"], Lifetime::Finite),
    owner(&["serving.knative.dev"], "Service", TEMPLATE, Lifetime::Managed),
    owner(&["serving.knative.dev"], "Configuration", TEMPLATE, Lifetime::Managed),
    owner(&["serving.knative.dev"], "Revision", &[], Lifetime::Managed),
    owner(&["apps.kruise.io"], "CloneSet", TEMPLATE, Lifetime::Serving),
    owner(&["apps.kruise.io"], "StatefulSet", TEMPLATE, Lifetime::Serving),
    owner(&["apps.kruise.io"], "DaemonSet", TEMPLATE, Lifetime::Serving),
    owner(&["apps.kruise.io"], "BroadcastJob", TEMPLATE, Lifetime::Finite),
    owner(
        &["apps.kruise.io"],
        "AdvancedCronJob",
        &["spec", "template", "jobTemplate", "spec", "template"],
        Lifetime::Finite,
    ),
];

pub(super) fn of(object: Object<'_>) -> Option<PodSpec<'_>> {
    let kind = object.kind();
    let group = object.group();
    // Only the kinds that Kubernetes itself has are common enough to be believed without a group.
    let same_group = |owner: &Owner| match group {
        Some(group) => owner.groups.contains(&group),
        None => owner.groups.iter().all(|group| !group.contains('.')),
    };
    let owner = OWNERS.iter().find(|owner| owner.kind == kind && same_group(owner))?;
    let template = owner.path.iter().try_fold(object.node, |node, key| node.get(key))?;
    let node = template.get("spec")?.follow();
    let mut pod = PodSpec { node, owner: object, template, lifetime: owner.lifetime };
    pod.lifetime = pod.lifetime_here();
    (!node.is_null()).then_some(pod)
}

impl<'a> PodSpec<'a> {
    /// What the spec says of `key`.
    pub fn field(self, key: &str) -> Field<'a> {
        self.node.field(key)
    }

    /// All its containers: main, init and sidecar, ephemeral.
    pub fn containers(self) -> impl Iterator<Item = Container<'a>> {
        let lists = [
            ("containers", ContainerRole::Main),
            ("initContainers", ContainerRole::Init),
            ("ephemeralContainers", ContainerRole::Ephemeral),
        ];
        lists.into_iter().flat_map(move |(key, role)| {
            let items = self.node.get(key).into_iter().flat_map(|list| list.items());
            items.map(move |node| Container::new(node.follow(), self, role))
        })
    }

    /// What the labels of its pods are: `template.metadata.labels`, or those of the pod.
    pub fn labels(self) -> Field<'a> {
        member(self.template.field("metadata"), "labels")
    }

    /// What the pod's `securityContext` says of `key`.
    pub fn security(self, key: &str) -> Field<'a> {
        member(self.field("securityContext"), key)
    }

    /// Whether its pods are known to run on Windows: `os.name` says so, or the usual node selector does.
    pub fn is_windows(self) -> bool {
        let selector = self.field("nodeSelector");
        let os = text(member(self.field("os"), "name"))
            .or_else(|| text(member(selector, "kubernetes.io/os")))
            .or_else(|| text(member(selector, "beta.kubernetes.io/os")));
        os.known().is_some_and(|name| name.eq_ignore_ascii_case("windows"))
    }

    /// `hostUsers: false`: root inside is nobody on the node.
    pub fn has_user_namespace(self) -> bool {
        boolean(self.field("hostUsers")).known() == Some(false)
    }

    /// Its volumes.
    pub fn volumes(self) -> impl Iterator<Item = Ref<'a>> {
        self.node.get("volumes").into_iter().flat_map(|list| list.items()).map(Ref::follow)
    }

    /// Whether it lacks what every pod must have, so that it can only be a part: no containers, or one without an
    /// image.
    pub fn is_partial(self) -> bool {
        let Field::Present(containers) = self.field("containers") else {
            return matches!(self.field("containers"), Field::Absent);
        };
        // An image that is unknown because a line was lost may never have been there.
        let has_image = |container: Ref<'_>| match container.field("image") {
            Field::Present(image) => !image.is_null(),
            Field::Absent | Field::Unknown => false,
        };
        !containers.items().all(has_image)
    }

    /// Whether it can be blamed for what it lacks: it is no part of something, and no test of a chart, which runs once.
    pub fn is_whole(self) -> bool {
        let is_test = match self.owner.annotation("helm.sh/hook") {
            Effective::Known { value, .. } => value.contains("test"),
            Effective::Unknown => self.owner.kind() == "Pod",
            Effective::Absent => false,
        };
        !is_test && !self.is_partial()
    }

    fn lifetime_here(self) -> Lifetime {
        if self.lifetime != Lifetime::Serving {
            return self.lifetime;
        }
        match text(self.field("restartPolicy")) {
            Effective::Known { value: "Never" | "OnFailure", .. } => Lifetime::Finite,
            // Only a pod by itself may say something else than `Always`.
            Effective::Unknown if self.owner.kind() == "Pod" => Lifetime::Unknown,
            _ if self.owner.annotation("helm.sh/hook").is_known() => Lifetime::Finite,
            _ => Lifetime::Serving,
        }
    }
}
