//! The names of manifests: objects that others name, pods that selectors select, ports, volumes and keys.

mod around;
mod ports;
mod references;

use std::path::Path;
use std::sync::Arc;

pub use around::around;
use rustc_hash::FxHashMap;

use references::{CLUSTER_WIDE, Reference, references};

use super::{At, Names, PathName, Use};
use crate::model::kustomize;
use crate::model::project::Project;
use crate::model::selectors::{Namespaces, Picks, Selector, selectors_of};
use crate::model::workload::{Pods, may_share_namespace};
use crate::syntax::kubernetes::{Labels, Object, PodSpec, objects};
use crate::syntax::yaml::{Field, Ref, Stream};
use crate::text::{Files, Span, normalize};

/// A file with manifests.
#[derive(Clone, Copy, Debug)]
pub struct Manifest<'a> {
    /// The file, as `Files` knows it; `None` for the text at hand.
    pub file: Option<&'a Arc<Path>>,
    /// What is in it.
    pub stream: &'a Stream,
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

/// Uses after which no more selectors are followed: where each of thousands picks all of thousands, nobody looks.
const MOST_USES: usize = 200_000;

/// An object that can be named.
struct Declared<'a> {
    kind: &'a str,
    name: &'a str,
    namespace: Option<&'a str>,
    at: At,
    /// The file it lies in, and the object; `None` for one that a kustomization makes.
    object: Option<(Manifest<'a>, Object<'a>)>,
}

/// Pods that a workload makes, and where they are labelled.
struct Made<'a> {
    manifest: Manifest<'a>,
    pod: PodSpec<'a>,
    pods: Pods,
    at: At,
}

/// Everything that can be named in some manifests.
#[derive(Default)]
struct World<'a> {
    declared: Vec<Declared<'a>>,
    /// By kind and name, where that is in `declared`.
    named: FxHashMap<(&'a str, &'a str), Vec<usize>>,
    made: Vec<Made<'a>>,
    /// By a label, its key and its value, where that is in `made`.
    labelled: FxHashMap<String, Vec<usize>>,
    namespaces: Namespaces<'a>,
    names: Names,
}

/// The names of some manifests that are applied together.
pub fn of_manifests(manifests: &[Manifest<'_>]) -> Names {
    let mut world = World::default();
    for (manifest, object) in all(manifests) {
        world.declare(manifest, object);
    }
    for manifest in manifests {
        world.declare_generated(*manifest);
    }
    for (manifest, object) in all(manifests) {
        for reference in references(object.node) {
            world.follow_reference(manifest, object, &reference);
        }
        for selector in selectors_of(object) {
            world.follow_selector(manifest, object, &selector);
        }
        if let Some(pod) = object.pod_spec() {
            for (used, meant) in ports::within_pod(pod) {
                world.note(manifest.at(used.span()), manifest.at(meant.span()));
            }
        }
    }
    world.names
}

impl<'a> World<'a> {
    fn note(&mut self, at: At, of: At) {
        self.names.used.push(Use { at, of });
    }

    fn push(&mut self, declared: Declared<'a>) {
        self.names.declared.push(declared.at.clone());
        self.named.entry((declared.kind, declared.name)).or_default().push(self.declared.len());
        self.declared.push(declared);
    }

    fn declare(&mut self, manifest: Manifest<'a>, object: Object<'a>) {
        let (name, Field::Present(node)) = (object.name().known(), object.metadata("name")) else { return };
        let at = manifest.at(node.span());
        if let Some(name) = name {
            // There are Services of other groups; nobody means them by the word alone.
            let kind = if object.service().is_none() && object.kind() == "Service" { "" } else { object.kind() };
            let namespace = object.namespace().known();
            if kind == "Namespace" {
                self.namespaces.push((name, Labels::of(object.metadata("labels"))));
            }
            self.push(Declared { kind, name, namespace, at: at.clone(), object: Some((manifest, object)) });
        }
        if let Some(pod) = object.pod_spec() {
            let pods = Pods::of(pod);
            let labelled = matches!(pod.labels(), Field::Present(_));
            let place = if labelled { manifest.at(pods.span) } else { at.clone() };
            if labelled {
                self.names.declared.push(place.clone());
                self.names.parts.push(Use { at: place.clone(), of: at });
            }
            for (key, value) in pods.labels.known() {
                self.labelled.entry(label(key, value)).or_default().push(self.made.len());
            }
            self.made.push(Made { manifest, pod, pods, at: place });
        }
    }

    fn declare_generated(&mut self, manifest: Manifest<'a>) {
        // Nothing else has a generator as an outermost key.
        for (kind, node) in manifest.stream.roots().flat_map(kustomize::generated) {
            let Some(name) = node.as_str() else { continue };
            let at = manifest.at(node.span());
            self.push(Declared { kind, name, namespace: None, at, object: None });
        }
    }

    fn follow_reference(&mut self, manifest: Manifest<'a>, object: Object<'a>, reference: &Reference<'a>) {
        let Some(name) = reference.name.as_str() else { return };
        let here = reference.namespace.or(object.namespace().known());
        let is_near =
            |own: &&Declared<'a>| CLUSTER_WIDE.contains(&own.kind) || may_share_namespace(own.namespace, here);
        let named = self.named.get(&(reference.kind, name)).map(Vec::as_slice).unwrap_or_default();
        for own in named.iter().filter_map(|at| self.declared.get(*at)).filter(is_near) {
            self.names.used.push(Use { at: manifest.at(reference.name.span()), of: own.at.clone() });
            let Some((there, target)) = own.object else { continue };
            let keys = reference.keys.iter().filter_map(|key| Some((*key, data_key(target, key.as_str()?)?)));
            let port = reference.port.and_then(|port| Some((port, ports::service_port(target, port)?)));
            let inner = keys.chain(port).map(|(at, of)| Use { at: manifest.at(at.span()), of: there.at(of.span()) });
            self.names.used.extend(inner);
        }
    }

    fn follow_selector(&mut self, manifest: Manifest<'a>, object: Object<'a>, selector: &Selector<'a>) {
        if self.names.used.len() > MOST_USES {
            return;
        }
        let at = manifest.at(selector.node.span());
        match selector.picks {
            Picks::Pods => {
                let asked = ports::asked_of_pods(object, selector.node);
                let is_picked = |made: &&Made<'a>| {
                    selector.picks(made.pods.namespace.as_deref(), &made.pods.labels, &self.namespaces)
                };
                let candidates = self.candidates(selector);
                for made in candidates.iter().filter_map(|at| self.made.get(*at)).filter(is_picked) {
                    self.names.used.push(Use { at: at.clone(), of: made.at.clone() });
                    let opened = asked.iter().filter_map(|port| Some((*port, ports::pod_port(made.pod, *port)?)));
                    let opened =
                        opened.map(|(port, of)| Use { at: manifest.at(port.span()), of: made.manifest.at(of.span()) });
                    self.names.used.extend(opened);
                }
            }
            Picks::Services | Picks::Namespaces => {
                let kind = if selector.picks == Picks::Services { "Service" } else { "Namespace" };
                for own in self.declared.iter().filter(|own| own.kind == kind) {
                    let Some((there, target)) = own.object else { continue };
                    let labels = Labels::of(target.metadata("labels"));
                    let namespace = own.namespace.or((kind == "Namespace").then_some(own.name));
                    if !selector.picks(namespace, &labels, &self.namespaces) {
                        continue;
                    }
                    self.names.used.push(Use { at: at.clone(), of: own.at.clone() });
                    let asked = ports::asked_of_services(object).filter(|_| kind == "Service");
                    let had = asked.filter_map(|port| Some((port, ports::service_port(target, port)?)));
                    let had = had.map(|(port, of)| Use { at: manifest.at(port.span()), of: there.at(of.span()) });
                    self.names.used.extend(had);
                }
            }
        }
    }
}

impl World<'_> {
    /// The pods that a selector may pick, by their places in `made`: those with the rarest of the labels that it asks for.
    fn candidates(&self, selector: &Selector<'_>) -> Vec<usize> {
        let with = |(key, value): &(&str, &str)| self.labelled.get(&label(key, value)).into_iter().flatten().copied();
        let lists = selector.alternatives().map(|pairs| pairs.iter().flat_map(with).collect::<Vec<usize>>());
        match lists.min_by_key(Vec::len) {
            Some(mut rarest) => {
                rarest.sort_unstable();
                rarest.dedup();
                rarest
            }
            None => (0..self.made.len()).collect(),
        }
    }
}

/// A label as one text; neither part may hold the break between the two.
fn label(key: &str, value: &str) -> String {
    format!("{key}\n{value}")
}

/// Where a ConfigMap or a Secret has a key.
fn data_key<'a>(object: Object<'a>, key: &str) -> Option<Ref<'a>> {
    let parts = ["data", "stringData", "binaryData"].into_iter().filter_map(|part| object.node.get(part));
    parts.filter_map(|part| part.entry(key)).map(|(key, _)| key).next()
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

/// The files and folders that a kustomization names, as far as they are there; of a folder, the kustomization in it.
pub fn paths_of_kustomization(path: &Path, stream: &Stream, files: &dyn Files) -> Vec<PathName> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let named = stream.roots().flat_map(kustomize::paths_in);
    let found = named.filter_map(|(node, written)| {
        let target = normalize(&folder.join(written));
        let file = kustomize::file_in(&target, files).or_else(|| files.read(&target).is_ok().then_some(target))?;
        Some(PathName { at: node.span(), path: file })
    });
    found.collect()
}

#[cfg(test)]
mod tests;
