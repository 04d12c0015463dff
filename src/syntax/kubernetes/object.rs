//! Objects: what has an `apiVersion` and a `kind`.

use super::pod::{self, PodSpec};
use super::service::Service;
use super::value::{Effective, member, text};
use crate::syntax::yaml::{Document, Field, Ref};

/// An object: a document, or an item of a `List`.
#[derive(Clone, Copy, Debug)]
pub struct Object<'a> {
    /// Its mapping.
    pub node: Ref<'a>,
}

/// Lists within lists that are looked into.
const DEPTH_LIMIT: u32 = 4;

/// The objects of a document in file order: itself, or the items where it is a list.
pub fn objects(document: &Document) -> Vec<Object<'_>> {
    let mut found = Vec::new();
    if let Some(root) = document.root() {
        collect(root, DEPTH_LIMIT, &mut found);
    }
    found
}

fn collect<'a>(node: Ref<'a>, depth: u32, found: &mut Vec<Object<'a>>) {
    let Some(object) = Object::of(node) else { return };
    let items = object.node.get("items").filter(|_| object.is_list());
    match items {
        Some(items) if depth > 0 => items.items().for_each(|item| collect(item, depth - 1, found)),
        _ => found.push(object),
    }
}

impl<'a> Object<'a> {
    /// The object that `node` is: a mapping with an `apiVersion` and a `kind` that is a word. An `apiVersion` that
    /// a template fills in is unknown, but the object is one.
    pub fn of(node: Ref<'a>) -> Option<Object<'a>> {
        let kind = text(Field::Present(node.get("kind")?)).known()?;
        let version = text(Field::Present(node.get("apiVersion")?));
        (!kind.is_empty() && !version.is_absent()).then_some(Object { node })
    }

    /// `group/version`, or `version` alone for the core group; `None` when a template fills it in.
    pub fn api_version(self) -> Option<&'a str> {
        text(self.node.field("apiVersion")).known()
    }

    /// The group of [`Object::api_version`]: empty for the core group.
    pub fn group(self) -> Option<&'a str> {
        self.api_version().map(|version| version.rsplit_once('/').map_or("", |(group, _)| group))
    }

    /// Its kind.
    pub fn kind(self) -> &'a str {
        text(self.node.field("kind")).known().unwrap_or_default()
    }

    /// Whether its API is one that Kubernetes itself serves, by the name of its group. An unknown group counts.
    pub fn is_built_in(self) -> bool {
        self.group().is_none_or(|group| !group.contains('.') || group.ends_with(".k8s.io"))
    }

    /// What `metadata` says of `key`.
    pub fn metadata(self, key: &str) -> Field<'a> {
        member(self.node.field("metadata"), key)
    }

    /// `metadata.name`.
    pub fn name(self) -> Effective<'a, &'a str> {
        text(self.metadata("name"))
    }

    /// `metadata.namespace`.
    pub fn namespace(self) -> Effective<'a, &'a str> {
        text(self.metadata("namespace"))
    }

    /// What `metadata.labels` says of `key`.
    pub fn label(self, key: &str) -> Effective<'a, &'a str> {
        text(member(self.metadata("labels"), key))
    }

    /// What `metadata.annotations` says of `key`.
    pub fn annotation(self, key: &str) -> Effective<'a, &'a str> {
        text(member(self.metadata("annotations"), key))
    }

    /// What `spec` says of `key`.
    pub fn spec(self, key: &str) -> Field<'a> {
        member(self.node.field("spec"), key)
    }

    /// The pod spec it owns, where it is of a kind that has one and the spec is written.
    pub fn pod_spec(self) -> Option<PodSpec<'a>> {
        pod::of(self)
    }

    /// It as a Service of the core group.
    pub fn service(self) -> Option<Service<'a>> {
        (self.kind() == "Service" && self.group().is_none_or(str::is_empty)).then_some(Service { object: self })
    }

    /// `Deployment/web`, or the kind alone where it has no known name: for messages.
    pub fn title(self) -> String {
        match self.name().known() {
            Some(name) => format!("{}/{name}", self.kind()),
            None => self.kind().to_owned(),
        }
    }

    fn is_list(self) -> bool {
        self.kind() == "List" || self.kind().ends_with("List") && self.is_built_in()
    }
}
