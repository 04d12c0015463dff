//! What a file of manifests says to the files beside it: which pods its workloads make, and whether that is all.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::image::Image;
use super::kustomize::{Kustomization, is_kustomization};
use super::readings::Readings;
use crate::syntax::kind::{Kind, kind_of};
use crate::syntax::kubernetes::{Container, Effective, LabelSelector, Labels, Object, PodSpec, Service, objects};
use crate::syntax::yaml::{self, Field, Ref, Stream};
use crate::text::{Files, Span};

/// The pods that one workload makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pods {
    /// `Deployment/web`: the workload.
    pub owner: Box<str>,
    /// The namespace, where it is written.
    pub namespace: Option<Box<str>>,
    /// The labels of the pods.
    pub labels: Labels<Box<str>>,
    /// Where the labels are written, or the workload where there are none.
    pub span: Span,
}

/// The pods that one Service asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// The namespace, where it is written.
    pub namespace: Option<Box<str>>,
    /// The labels that the pods must have; those that only a controller adds are left out.
    pub labels: Labels<Box<str>>,
}

/// What the manifests of one file add to their surroundings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileFacts {
    /// The pods of its workloads, in file order.
    pub pods: Vec<Pods>,
    /// What its Services select.
    pub selections: Vec<Selection>,
    /// There may be others: a template, a broken line, a custom resource whose operator makes pods.
    pub open: bool,
}

/// What the files of one folder say.
#[derive(Clone, Debug, Default)]
pub struct Folder {
    /// The files with manifests, sorted by path.
    pub files: Vec<(Arc<Path>, FileFacts)>,
    /// There may be pods that no file here shows.
    pub open: bool,
}

/// What is known of files, by their paths.
pub type Notes = FxHashMap<PathBuf, Note>;

/// What is known of one file of a folder, so that it is not read again when another one changes.
#[derive(Clone, Debug)]
pub struct Note {
    bytes: usize,
    is_manifest: bool,
    is_seen_to_be_open: bool,
    /// `None` as long as nobody asked.
    facts: Option<FileFacts>,
}

impl Note {
    fn of(path: &Path, text: &str) -> Note {
        let is_manifest = kind_of(path, text) == Some(Kind::Kubernetes);
        let is_seen_to_be_open = is_manifest && is_seen_to_be_open(text);
        Note { bytes: text.len(), is_manifest, is_seen_to_be_open, facts: None }
    }
}

/// Files of a folder that are read; in a larger one, not everything is known.
const FILE_LIMIT: usize = 200;
/// Bytes of them. A folder beyond that holds bundles, and reading it twice would cost more than it tells.
const BYTE_LIMIT: usize = 1 << 20;

/// Groups of custom resources that make no pods a Service is written for.
const WITHOUT_PODS: [&str; 16] = [
    "acme.cert-manager.io",
    "argoproj.io",
    "bitnami.com",
    "cert-manager.io",
    "cloud.google.com",
    "external-secrets.io",
    "getambassador.io",
    "grafana.integreatly.org",
    "kyverno.io",
    "networking.gke.io",
    "networking.istio.io",
    "policies.kyverno.io",
    "security.istio.io",
    "split.smi-spec.io",
    "traefik.containo.us",
    "traefik.io",
];

/// Monitors and rules of it make no pods, but Prometheus and Alertmanager do.
const MONITORING: &str = "monitoring.coreos.com";

/// Groups of custom resources whose pods are known by their templates.
const OWNING_GROUPS: [&str; 4] = ["apps.kruise.io", "apps.openshift.io", "keda.sh", "serving.knative.dev"];

/// Labels that a controller gives to pods beyond those of the template.
pub(super) const ADDED_LABELS: [&str; 8] = [
    "apps.kubernetes.io/pod-index",
    "batch.kubernetes.io/job-name",
    "controller-revision-hash",
    "job-name",
    "pod-template-hash",
    "rollouts-pod-template-hash",
    "statefulset.kubernetes.io/pod-name",
    "topology.kubernetes.io/zone",
];

impl Pods {
    /// The pods that the owner of `pod` makes.
    pub fn of(pod: PodSpec<'_>) -> Pods {
        let labels = pod.labels();
        let span = match labels {
            Field::Present(node) => node.span(),
            Field::Absent | Field::Unknown => pod.owner.node.span(),
        };
        Pods {
            owner: pod.owner.title().into(),
            namespace: pod.owner.namespace().known().map(Box::from),
            labels: Labels::of(labels).to_owned(),
            span,
        }
    }
}

/// The selector by which a workload knows its own pods, and where it is written; `None` for what has none, and for kinds
/// that are not known.
pub fn own_selector(pod: PodSpec<'_>) -> Option<(Ref<'_>, LabelSelector<'_>)> {
    let written = pod.owner.spec("selector");
    let Field::Present(node) = written else { return None };
    let selector = match pod.owner.kind() {
        "ReplicationController" | "DeploymentConfig" => LabelSelector::of_map(written),
        "Deployment" | "ReplicaSet" | "StatefulSet" | "DaemonSet" | "Job" | "Rollout" | "CloneSet" => {
            LabelSelector::of(written)
        }
        _ => return None,
    };
    Some((node, selector))
}

/// Whether two objects may lie in the same namespace: they differ only when both are written.
pub fn may_share_namespace(one: Option<&str>, other: Option<&str>) -> bool {
    !matches!((one, other), (Some(one), Some(other)) if one != other)
}

impl FileFacts {
    /// The facts of a file that was read.
    pub fn of(stream: &Stream) -> FileFacts {
        let open = stream.templated || !stream.errors.is_empty();
        let mut facts = FileFacts { open, ..FileFacts::default() };
        for object in stream.documents.iter().flat_map(objects) {
            match object.pod_spec() {
                Some(pod) => facts.pods.push(Pods::of(pod)),
                None => facts.open |= may_make_pods(object),
            }
            if let Some(selection) = object.service().and_then(Selection::of) {
                facts.selections.push(selection);
            }
        }
        facts
    }
}

impl Folder {
    /// Reads the manifests in `folder`, those of folders below it left out. As soon as something is not known,
    /// nothing more is read: the files of an open folder are of no use.
    pub fn read(folder: &Path, files: &dyn Files) -> Folder {
        Folder::read_with(folder, files, &mut FxHashMap::default(), None)
    }

    /// The same with what is known of its files; what is not is added.
    pub fn read_with(folder: &Path, files: &dyn Files, notes: &mut Notes, readings: Option<&Readings>) -> Folder {
        Folder::read_whole(folder, files, notes, readings).unwrap_or(Folder { files: Vec::new(), open: true })
    }

    fn read_whole(folder: &Path, files: &dyn Files, notes: &mut Notes, readings: Option<&Readings>) -> Option<Folder> {
        let entries = files.list(folder).ok()?;
        if Kustomization::read(folder, files).is_some_and(|found| !found.takes_only_files()) {
            return None;
        }
        let names = entries.iter().filter(|entry| !entry.is_dir).map(|entry| PathBuf::from(&entry.name));
        let is_data = |name: &PathBuf| {
            let extension = name.extension().and_then(|extension| extension.to_str());
            matches!(extension, Some("yaml" | "yml" | "json")) && !is_kustomization(name)
        };
        let mut manifests = Vec::new();
        let mut bytes = 0;
        for path in names.filter(is_data).map(|name| folder.join(name)) {
            let mut text = None;
            if !notes.contains_key(&path) {
                let read = String::from_utf8(files.read(&path).ok()?).ok()?;
                notes.insert(path.clone(), Note::of(&path, &read));
                text = Some(read);
            }
            let note = notes.get(&path)?;
            bytes += note.bytes;
            if manifests.len() == FILE_LIMIT || bytes > BYTE_LIMIT {
                return None;
            }
            if note.is_manifest {
                manifests.push((path, text));
            }
        }
        if manifests.iter().any(|(path, _)| notes.get(path).is_some_and(|note| note.is_seen_to_be_open)) {
            return None;
        }
        let mut result = Folder::default();
        for (path, text) in manifests {
            let note = notes.get_mut(&path)?;
            if note.facts.is_none() {
                let text = text.map_or_else(|| String::from_utf8(files.read(&path).ok()?).ok(), Some)?;
                let stream = match readings {
                    Some(readings) => readings.parse_beside(&path, text),
                    None => yaml::parse(text),
                };
                note.facts = Some(FileFacts::of(&stream));
            }
            let facts = note.facts.clone()?;
            if facts.open {
                return None;
            }
            result.files.push((path.into(), facts));
        }
        Some(result)
    }

    /// What the file at `path` says, when it lies in this folder and holds manifests.
    pub fn file(&self, path: &Path) -> Option<&FileFacts> {
        self.files.iter().find(|(known, _)| **known == *path).map(|(_, facts)| facts)
    }

    /// The pods of all files.
    pub fn pods(&self) -> impl Iterator<Item = (&Arc<Path>, &Pods)> {
        self.files.iter().flat_map(|(path, facts)| facts.pods.iter().map(move |pods| (path, pods)))
    }

    /// The pods that `selection` must have been written for, when it certainly selects none at all: those that share
    /// a label name with it and that no Service here selects. Without such pods it may well be meant for some that
    /// are written elsewhere.
    pub fn missed_by(&self, selection: &Selection) -> Option<(&Arc<Path>, &Pods)> {
        if self.open || self.pods().any(|(_, pods)| selection.selects(pods) != Some(false)) {
            return None;
        }
        let selections = self.files.iter().flat_map(|(_, facts)| &facts.selections);
        self.pods().find(|(_, pods)| {
            selection.is_near(pods) && !selections.clone().any(|other| other.selects(pods) != Some(false))
        })
    }
}

impl Selection {
    /// What `service` selects; `None` when it selects by no labels.
    pub fn of(service: Service<'_>) -> Option<Selection> {
        let mut labels = Labels::of(service.selector());
        if service.is_external_name() || labels.is_empty() {
            return None;
        }
        // What a controller adds is not in the template, but on the pods.
        labels.pairs.retain(|(key, _)| !ADDED_LABELS.contains(key));
        let namespace = service.object.namespace().known().map(Box::from);
        Some(Selection { namespace, labels: labels.to_owned() })
    }

    /// Whether it selects `pods`; `None` when that is not known. Namespaces differ only when both are written.
    pub fn selects(&self, pods: &Pods) -> Option<bool> {
        if self.is_elsewhere(pods) { Some(false) } else { self.labels.all_in(&pods.labels) }
    }

    fn is_elsewhere(&self, pods: &Pods) -> bool {
        !may_share_namespace(self.namespace.as_deref(), pods.namespace.as_deref())
    }

    fn is_near(&self, pods: &Pods) -> bool {
        let has = |key: &str| pods.labels.pairs.iter().any(|(name, _)| &**name == key);
        !self.is_elsewhere(pods) && self.labels.pairs.iter().any(|(key, _)| has(key))
    }
}

/// The image of a container, where it is known and can be read.
pub fn image_of(container: Container<'_>) -> Option<Image> {
    let Effective::Known { value, node } = container.image() else { return None };
    let span = node.span();
    // Inside quotes without escapes the text stands as it is.
    let quoted = span.len() as usize == value.len() + 2;
    Image::parse(value, if quoted { span.slice(1, span.len() - 1) } else { span }).ok()
}

fn may_make_pods(object: Object<'_>) -> bool {
    let Some(group) = object.group() else { return true };
    let is_monitor = matches!(object.kind(), "ServiceMonitor" | "PodMonitor" | "PrometheusRule" | "Probe");
    !(object.is_built_in() || WITHOUT_PODS.contains(&group) || group == MONITORING && is_monitor)
}

/// Whether a look at the text is enough to know that its facts will be open: a template, or a custom resource that may
/// make pods. Far cheaper than reading the folder in vain.
fn is_seen_to_be_open(text: &str) -> bool {
    const KEY: &str = "\napiVersion: ";
    let mut versions = memchr::memmem::find_iter(text.as_bytes(), KEY).map(|at| &text[at + KEY.len()..]);
    let is_custom = |rest: &str| {
        let version = rest.lines().next().unwrap_or("").trim();
        let group = version.rsplit_once('/').map_or("", |(group, _)| group);
        let is_name = group.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
        let known = group.ends_with(".k8s.io") || group == MONITORING || WITHOUT_PODS.contains(&group);
        is_name && group.contains('.') && !known && !OWNING_GROUPS.contains(&group)
    };
    text.contains("{{") || versions.any(is_custom)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::MemoryFiles;

    const DEPLOYMENT: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    \
                              metadata: {labels: {app: web, tier: front}}\n    spec: {containers: [{name: a, image: b}]}\n";

    fn folder(files: &[(&str, &str)]) -> Folder {
        let mut memory = MemoryFiles::default();
        for (path, text) in files {
            memory.insert(path, *text);
        }
        Folder::read(Path::new("k8s"), &memory)
    }

    /// The workload whose pods a Service misses.
    fn missed(service: &str, folder: &Folder) -> Option<String> {
        let stream = yaml::parse(format!("apiVersion: v1\nkind: Service\n{service}"));
        let object = objects(&stream.documents[0])[0];
        let selection = Selection::of(object.service()?)?;
        folder.missed_by(&selection).map(|(_, pods)| pods.owner.to_string())
    }

    #[test]
    fn a_service_finds_the_pods_of_the_files_beside_it() {
        let folder = folder(&[("k8s/deploy.yaml", DEPLOYMENT), ("k8s/notes.txt", "a"), ("k8s/values.yaml", "a: b")]);
        assert!(!folder.open);
        for (service, is_missed) in [
            ("spec: {selector: {app: web}}", false),
            ("spec: {selector: {app: api}}", true),
            ("spec: {selector: {app: web, tier: back}}", true),
            ("spec: {selector: {name: api}}", false),
            ("spec: {selector: {}}", false),
            ("spec: {}", false),
            ("spec: {type: ExternalName, selector: {app: api}}", false),
            ("spec: {selector: {app: web, statefulset.kubernetes.io/pod-name: web-0}}", false),
        ] {
            let expected = is_missed.then(|| "Deployment/web".to_owned());
            assert_eq!(missed(service, &folder), expected, "{service}");
        }
    }

    #[test]
    fn pods_that_another_service_selects_are_not_missed() {
        let service = "apiVersion: v1\nkind: Service\nspec: {selector: {tier: front}}\n";
        let folder = folder(&[("k8s/deploy.yaml", DEPLOYMENT), ("k8s/service.yaml", service)]);
        assert_eq!(missed("spec: {selector: {app: api}}", &folder), None);
    }

    #[test]
    fn only_two_written_namespaces_can_differ() {
        let other = |namespace: &str| {
            DEPLOYMENT.replace("{name: web}", &format!("{{name: {namespace}, namespace: {namespace}}}"))
        };
        let folder = folder(&[("k8s/a.yaml", &other("prod")), ("k8s/b.yaml", DEPLOYMENT)]);
        assert_eq!(
            missed("metadata: {namespace: prod}\nspec: {selector: {app: api}}", &folder).as_deref(),
            Some("Deployment/prod")
        );
        assert_eq!(missed("metadata: {namespace: test}\nspec: {selector: {app: web}}", &folder), None);
        assert_eq!(
            missed("metadata: {namespace: test}\nspec: {selector: {app: api}}", &folder).as_deref(),
            Some("Deployment/web")
        );
    }

    #[test]
    fn a_folder_is_open_where_pods_may_come_from_elsewhere() {
        for (path, text, open) in [
            ("k8s/a.yaml", "apiVersion: v1\nkind: ConfigMap\n", false),
            ("k8s/a.yaml", "apiVersion: acme.example/v1\nkind: Database\n", true),
            ("k8s/a.yaml", "apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\n", false),
            ("k8s/a.yaml", "apiVersion: cert-manager.io/v1\nkind: Certificate\n", false),
            ("k8s/kustomization.yaml", "resources: [deploy.yaml]\n", false),
            ("k8s/kustomization.yaml", "resources: [../base]\n", true),
        ] {
            assert_eq!(folder(&[("k8s/deploy.yaml", DEPLOYMENT), (path, text)]).open, open, "{text}");
        }
    }
}
