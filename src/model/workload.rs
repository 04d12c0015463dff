//! What a file of manifests says to the files beside it: which pods its workloads make, and whether that is all.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::kustomize::{Kustomization, is_kustomization};
use crate::syntax::kind::{Kind, kind_of};
use crate::syntax::kubernetes::{Labels, Object, Service, objects};
use crate::syntax::yaml::{self, Stream};
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

/// What the manifests of one file add to their surroundings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileFacts {
    /// The pods of its workloads, in file order.
    pub pods: Vec<Pods>,
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

/// Files of a folder that are read; in a larger one, not everything is known.
const FILE_LIMIT: usize = 200;

/// Groups of custom resources that make no pods a Service is written for.
const WITHOUT_PODS: [&str; 17] = [
    "acme.cert-manager.io",
    "argoproj.io",
    "bitnami.com",
    "cert-manager.io",
    "cloud.google.com",
    "external-secrets.io",
    "getambassador.io",
    "grafana.integreatly.org",
    "kustomize.config.k8s.io",
    "kyverno.io",
    "networking.gke.io",
    "networking.istio.io",
    "policies.kyverno.io",
    "security.istio.io",
    "split.smi-spec.io",
    "traefik.containo.us",
    "traefik.io",
];

/// Labels that a controller gives to pods beyond those of the template.
const ADDED_LABELS: [&str; 8] = [
    "apps.kubernetes.io/pod-index",
    "batch.kubernetes.io/job-name",
    "controller-revision-hash",
    "job-name",
    "pod-template-hash",
    "rollouts-pod-template-hash",
    "statefulset.kubernetes.io/pod-name",
    "topology.kubernetes.io/zone",
];

impl FileFacts {
    /// The facts of a file that was read.
    pub fn of(stream: &Stream) -> FileFacts {
        let mut facts = FileFacts { pods: Vec::new(), open: stream.templated || !stream.errors.is_empty() };
        for object in stream.documents.iter().flat_map(objects) {
            match object.pod_spec() {
                Some(pod) => {
                    let labels = pod.labels();
                    let span = match labels {
                        yaml::Field::Present(node) => node.span(),
                        _ => object.node.span(),
                    };
                    facts.pods.push(Pods {
                        owner: object.title().into(),
                        namespace: object.namespace().known().map(Box::from),
                        labels: Labels::of(labels).to_owned(),
                        span,
                    });
                }
                None => facts.open |= may_make_pods(object),
            }
        }
        facts
    }
}

impl Folder {
    /// Reads the manifests in `folder`, those of folders below it left out.
    pub fn read(folder: &Path, files: &dyn Files) -> Folder {
        let mut result = Folder::default();
        let Ok(entries) = files.list(folder) else { return Folder { open: true, ..result } };
        result.open = Kustomization::read(folder, files).is_some_and(|found| !found.takes_only_files());
        let names = entries.into_iter().filter(|entry| !entry.is_dir).map(|entry| PathBuf::from(entry.name));
        let manifests = names.filter(|name| {
            let extension = name.extension().and_then(|extension| extension.to_str());
            matches!(extension, Some("yaml" | "yml" | "json")) && !is_kustomization(name)
        });
        for (index, name) in manifests.enumerate() {
            if index == FILE_LIMIT {
                result.open = true;
                break;
            }
            let path = folder.join(name);
            let Some(text) = files.read(&path).ok().and_then(|bytes| String::from_utf8(bytes).ok()) else {
                result.open = true;
                continue;
            };
            if kind_of(&path, &text) == Some(Kind::Kubernetes) {
                let facts = FileFacts::of(&yaml::parse(text));
                result.open |= facts.open;
                result.files.push((path.into(), facts));
            }
        }
        result
    }

    /// The pods of all files.
    pub fn pods(&self) -> impl Iterator<Item = (&Arc<Path>, &Pods)> {
        self.files.iter().flat_map(|(path, facts)| facts.pods.iter().map(move |pods| (path, pods)))
    }
}

/// Whether `service` is certain to find none of `pods`. `false` when something is not known.
pub fn selects_none<'p>(service: Service<'_>, pods: impl Iterator<Item = &'p Pods>) -> bool {
    let mut selector = Labels::of(service.selector());
    if service.is_external_name() || selector.pairs.is_empty() {
        return false;
    }
    // What a controller adds is not in the template, but on the pods.
    selector.pairs.retain(|(key, _)| !ADDED_LABELS.contains(key));
    let namespace = service.object.namespace();
    pods.into_iter().all(|pods| {
        let elsewhere = match (namespace.known(), &pods.namespace) {
            (Some(here), Some(there)) => here != &**there,
            _ => false,
        };
        elsewhere || selector.all_in(&pods.labels) == Some(false)
    })
}

fn may_make_pods(object: Object<'_>) -> bool {
    let Some(group) = object.group() else { return true };
    let harmless_kind = matches!(object.kind(), "ServiceMonitor" | "PodMonitor" | "PrometheusRule" | "Probe");
    !object.is_built_in() && !harmless_kind && !WITHOUT_PODS.contains(&group)
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

    fn none_selected(service: &str, folder: &Folder) -> bool {
        let stream = yaml::parse(format!("apiVersion: v1\nkind: Service\n{service}"));
        let object = objects(&stream.documents[0])[0];
        selects_none(object.service().expect("a Service"), folder.pods().map(|(_, pods)| pods))
    }

    #[test]
    fn a_service_finds_the_pods_of_the_files_beside_it() {
        let folder = folder(&[("k8s/deploy.yaml", DEPLOYMENT), ("k8s/notes.txt", "a"), ("k8s/values.yaml", "a: b")]);
        assert!(!folder.open);
        assert_eq!(folder.pods().map(|(_, pods)| &*pods.owner).collect::<Vec<_>>(), ["Deployment/web"]);
        for (service, none) in [
            ("spec: {selector: {app: web}}", false),
            ("spec: {selector: {app: api}}", true),
            ("spec: {selector: {app: web, tier: back}}", true),
            ("spec: {selector: {}}", false),
            ("spec: {}", false),
            ("spec: {type: ExternalName, selector: {app: api}}", false),
            ("spec: {selector: {app: web, statefulset.kubernetes.io/pod-name: web-0}}", false),
        ] {
            assert_eq!(none_selected(service, &folder), none, "{service}");
        }
    }

    #[test]
    fn only_two_written_namespaces_can_differ() {
        let here = DEPLOYMENT.replace("{name: web}", "{name: web, namespace: prod}");
        let folder = folder(&[("k8s/deploy.yaml", &here)]);
        assert!(none_selected("metadata: {namespace: test}\nspec: {selector: {app: web}}", &folder));
        assert!(!none_selected("spec: {selector: {app: web}}", &folder));
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
