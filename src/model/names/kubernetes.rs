//! The names of manifests: objects that others name, and pods that selectors select.

use std::path::Path;
use std::sync::Arc;

use super::{At, Names, Use};
use crate::model::project::Project;
use crate::model::workload::{Pods, Selection};
use crate::syntax::kind::{Kind, kind_of};
use crate::syntax::kubernetes::{Labels, Object, objects};
use crate::syntax::yaml::{self, Field, Ref, Stream};
use crate::text::{Files, Source, Span};

/// A file with manifests.
#[derive(Clone, Copy, Debug)]
pub struct Manifest<'a> {
    /// The file, as `Files` knows it; `None` for the text at hand.
    pub file: Option<&'a Arc<Path>>,
    /// What is in it.
    pub stream: &'a Stream,
}

/// Files of a folder that are read; what lies in a larger one is not found.
const FILE_LIMIT: usize = 200;
/// Bytes of them.
const BYTE_LIMIT: usize = 4 << 20;

/// The manifests in the folder of the file at `path`, itself left out.
pub fn beside(path: &Path, files: &dyn Files) -> Vec<(Arc<Path>, Stream)> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut found = Vec::new();
    let mut bytes = 0;
    let entries = files.list(folder).unwrap_or_default();
    let is_yaml = |name: &str| name.ends_with(".yaml") || name.ends_with(".yml");
    for entry in entries.iter().filter(|entry| !entry.is_dir && is_yaml(&entry.name)) {
        let other = folder.join(&entry.name);
        if other == path || found.len() == FILE_LIMIT {
            continue;
        }
        let Ok(content) = files.read(&other) else { continue };
        bytes += content.len();
        if bytes > BYTE_LIMIT {
            break;
        }
        let source = Source::from_bytes(&other, content);
        if kind_of(&other, &source.text) == Some(Kind::Kubernetes) {
            found.push((source.path.clone(), yaml::parse(source.text.clone())));
        }
    }
    found
}

/// The images of manifests that are built here, and the stages that they are built from.
pub fn images_of_manifests(stream: &Stream, path: &Path, project: Project<'_>) -> Vec<Use> {
    let pods = stream.documents.iter().flat_map(objects).filter_map(Object::pod_spec);
    let containers = pods.flat_map(|pod| pod.containers().collect::<Vec<_>>());
    let uses = containers.filter_map(|container| {
        let image = container.image();
        let built = project.dockerfile_of_image(image.known()?, path)?;
        let of = At { file: Some(built.dockerfile.source.path.clone()), span: built.stage()?.from };
        Some(Use { at: At::here(image.node()?.span()), of })
    });
    uses.collect()
}

/// Keys under which an object is named, what stands above them, and the kind of the object. From the API reference of
/// Kubernetes 1.34.
const REFERENCES: [(&str, &str, &str); 19] = [
    ("configMapKeyRef", "name", "ConfigMap"),
    ("configMapRef", "name", "ConfigMap"),
    ("configMap", "name", "ConfigMap"),
    ("secretKeyRef", "name", "Secret"),
    ("secretRef", "name", "Secret"),
    ("secret", "name", "Secret"),
    ("secret", "secretName", "Secret"),
    ("imagePullSecrets", "name", "Secret"),
    ("tls", "secretName", "Secret"),
    ("persistentVolumeClaim", "claimName", "PersistentVolumeClaim"),
    ("service", "name", "Service"),
    ("backend", "serviceName", "Service"),
    ("", "serviceAccountName", "ServiceAccount"),
    ("spec", "serviceName", "Service"),
    ("", "ingressClassName", "IngressClass"),
    ("", "storageClassName", "StorageClass"),
    ("", "priorityClassName", "PriorityClass"),
    ("", "runtimeClassName", "RuntimeClass"),
    ("spec", "volumeName", "PersistentVolume"),
];

/// Keys whose mapping says kind and name itself.
const KINDED: [&str; 4] = ["scaleTargetRef", "roleRef", "subjects", "targetRef"];

/// Kinds that lie in no namespace.
const CLUSTER_WIDE: [&str; 6] =
    ["ClusterRole", "IngressClass", "PersistentVolume", "PriorityClass", "RuntimeClass", "StorageClass"];

/// An object that can be named.
struct Declared<'a> {
    kind: &'a str,
    name: &'a str,
    namespace: Option<&'a str>,
    at: At,
}

/// The names of some manifests that are applied together.
pub fn of_manifests(manifests: &[Manifest<'_>]) -> Names {
    let mut names = Names::default();
    let mut declared = Vec::new();
    let mut pods = Vec::new();
    for (manifest, object) in all(manifests) {
        if let (Some(name), Field::Present(node)) = (object.name().known(), object.metadata("name")) {
            let namespace = object.namespace().known();
            let at = manifest.at(node.span());
            names.declared.push(at.clone());
            declared.push(Declared { kind: object.kind(), name, namespace, at });
        }
        pods.extend(pods_of(object).map(|pods| (manifest.at(pods.span), pods)));
    }
    for (manifest, object) in all(manifests) {
        let mut named = Vec::new();
        references(object.node, "", 0, &mut named);
        for (kind, node) in named {
            let Some(name) = node.as_str() else { continue };
            let here = object.namespace().known();
            let same = |own: &&Declared<'_>| {
                let apart = matches!((own.namespace, here), (Some(own), Some(here)) if own != here);
                own.kind == kind && own.name == name && (!apart || CLUSTER_WIDE.contains(&kind))
            };
            let found = declared.iter().filter(same);
            names.used.extend(found.map(|own| Use { at: manifest.at(node.span()), of: own.at.clone() }));
        }
        let selection = object.service().and_then(|service| Some((service, Selection::of(service)?)));
        let Some((service, selection)) = selection else { continue };
        let Field::Present(selector) = service.selector() else { continue };
        let selected = pods.iter().filter(|(_, pods)| selection.selects(pods) == Some(true));
        names.used.extend(selected.map(|(at, _)| Use { at: manifest.at(selector.span()), of: at.clone() }));
    }
    names.declared.extend(pods.into_iter().map(|(at, _)| at));
    names
}

impl<'a> Manifest<'a> {
    fn at(self, span: Span) -> At {
        At { file: self.file.cloned(), span }
    }
}

fn all<'a>(manifests: &'a [Manifest<'a>]) -> impl Iterator<Item = (Manifest<'a>, Object<'a>)> {
    manifests.iter().flat_map(|manifest| {
        let objects = manifest.stream.documents.iter().flat_map(objects);
        objects.map(move |object| (*manifest, object))
    })
}

fn pods_of(object: Object<'_>) -> impl Iterator<Item = Pods> {
    let pods = object.pod_spec().and_then(|pod| match pod.labels() {
        Field::Present(node) => Some(Pods {
            owner: object.title().into(),
            namespace: object.namespace().known().map(Box::from),
            labels: Labels::of(pod.labels()).to_owned(),
            span: node.span(),
        }),
        _ => None,
    });
    pods.into_iter()
}

/// Mappings within mappings that are looked into.
const DEPTH_LIMIT: u32 = 24;

/// The names of other objects in a node that stands under `above`, each with the kind it is of.
fn references<'a>(node: Ref<'a>, above: &str, depth: u32, found: &mut Vec<(&'a str, Ref<'a>)>) {
    if depth > DEPTH_LIMIT {
        return;
    }
    node.items().for_each(|item| references(item, above, depth + 1, found));
    if KINDED.contains(&above)
        && let (Some(kind), Some(name)) = (node.get("kind").and_then(Ref::as_str), node.get("name"))
    {
        found.push((kind, name));
    }
    for (key, value) in node.entries() {
        let Some(name) = key.as_str() else { continue };
        // What an object says of itself is no reference.
        let is_own = depth == 0 && name == "metadata";
        let reference = REFERENCES.iter().find(|(of, key, _)| (of.is_empty() || *of == above) && *key == name);
        if let Some((.., kind)) = reference.filter(|_| value.is_scalar()) {
            found.push((kind, value));
        } else if !is_own {
            references(value, name, depth + 1, found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::yaml::parse;

    const TEXT: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\n---\napiVersion: v1\nkind: Service\n\
        metadata: {name: web}\nspec: {selector: {app: web}}\n---\napiVersion: networking.k8s.io/v1\nkind: Ingress\n\
        metadata: {name: web}\nspec: {defaultBackend: {service: {name: web, port: {number: 80}}}}\n";
    const OTHER: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    metadata: {labels: {app: web}}\n    \
        spec: {containers: [{name: a, image: b, envFrom: [{configMapRef: {name: settings}}]}]}\n---\napiVersion: autoscaling/v2\n\
        kind: HorizontalPodAutoscaler\nmetadata: {name: web}\nspec: {scaleTargetRef: {kind: Deployment, name: web}}\n";

    #[test]
    fn objects_and_pods_are_found_in_the_files_beside() {
        let (own, other) = (parse(TEXT.to_owned()), parse(OTHER.to_owned()));
        let file: Arc<Path> = Arc::from(Path::new("deploy.yaml"));
        let manifests = [Manifest { file: None, stream: &own }, Manifest { file: Some(&file), stream: &other }];
        let names = of_manifests(&manifests);
        let shown = |at: &At| {
            let text = if at.file.is_some() { OTHER } else { TEXT };
            let line = text[..at.span.start as usize].matches('\n').count() + 1;
            format!("{}{line} {}", if at.file.is_some() { "other " } else { "" }, at.span.of_text(text))
        };
        let meant = |text: &str| -> Vec<String> {
            let offset = TEXT.find(text).expect("it is there") as u32 + text.len() as u32 - 1;
            names.declarations(offset).into_iter().map(shown).collect()
        };
        assert_eq!(meant("selector: {app"), ["other 6 {app: web}"]);
        assert_eq!(meant("service: {name: w"), ["7 web"]);
        let uses: Vec<String> = names.uses(TEXT.find("settings").expect("one") as u32).into_iter().map(shown).collect();
        assert_eq!(uses, ["other 7 settings"]);
        let targets = names.used.iter().filter(|own| own.of.file.is_some()).count();
        assert_eq!(targets, 2, "the pods, and the Deployment that is scaled");
    }
}
