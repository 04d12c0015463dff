//! Keys that no compose file has.

use rustc_hash::FxHashSet;

use super::schema::{FILE, Key, Mapping, SERVICE, Shape};
use crate::syntax::yaml::{NodeId, Ref};

/// Mappings within mappings that are looked at; aliases may lead in circles.
const DEEPEST: usize = 32;

/// A key that its mapping does not have.
#[derive(Clone, Copy, Debug)]
pub struct UnknownKey<'a> {
    /// The key.
    pub key: Ref<'a>,
    /// Its name.
    pub name: &'a str,
    /// What stands under it.
    pub value: Ref<'a>,
    /// The mapping it is written in.
    pub parent: Ref<'a>,
    /// What that mapping is.
    pub mapping: &'static Mapping,
    /// What to write instead, when an earlier format had the key.
    pub replaced_by: Option<&'static str>,
}

impl UnknownKey<'_> {
    /// What has a key of that name, where something else than its mapping does: "a service", "`deploy`".
    pub fn belongs_to(&self) -> Option<&'static str> {
        let below = |shape: &Shape| shape.mapping;
        let inside = |mapping: &'static Mapping| mapping.keys.iter().filter_map(move |key| below(&key.shape));
        let places = [&FILE, &SERVICE].into_iter().chain(inside(&SERVICE)).chain(inside(&SERVICE).flat_map(inside));
        let mut places = places.filter(|place| !std::ptr::eq(*place, self.mapping));
        places.find(|place| place.key(self.name).is_some_and(|key| key.replaced_by.is_none())).map(|place| place.name)
    }

    /// Whether what stands under it could stand under `key`.
    pub fn fits(&self, key: &Key) -> bool {
        let value = self.value;
        match () {
            () if value.is_mapping() => key.shape.mapping.is_some(),
            () if value.is_sequence() => key.shape.items.is_some(),
            () if value.is_scalar() => key.shape.scalars != super::schema::Scalars::NONE,
            () => true,
        }
    }
}

/// The keys of a compose file that no compose file has, in the order in which they are found. Each is told once,
/// however often an alias or `<<` brings it in.
pub fn unknown_keys(root: Ref<'_>) -> Vec<UnknownKey<'_>> {
    let mut search = Search { seen: FxHashSet::default(), found: Vec::new() };
    search.mapping(root, &FILE, 0);
    search.found
}

struct Search<'a> {
    seen: FxHashSet<(NodeId, *const Mapping)>,
    found: Vec<UnknownKey<'a>>,
}

impl<'a> Search<'a> {
    fn mapping(&mut self, node: Ref<'a>, mapping: &'static Mapping, depth: usize) {
        let node = node.follow();
        if depth > DEEPEST || !self.seen.insert((node.id, mapping)) {
            return;
        }
        for (key, value) in node.entries() {
            if key.is_merge_key() {
                self.mapping(value, mapping, depth + 1);
                value.items().for_each(|item| self.mapping(item, mapping, depth + 1));
                continue;
            }
            // Variables are not replaced in keys; but a file that is made from a template may have them.
            let Some(name) = key.as_str().filter(|name| !name.contains('$')) else { continue };
            if mapping.extensions && name.starts_with("x-") {
                continue;
            }
            let known = mapping.key(name);
            match (known, mapping.others) {
                (Some(Key { replaced_by: None, shape, .. }), _) | (None, Some(shape)) => {
                    self.shape(value, shape, depth + 1);
                }
                _ => self.found.push(UnknownKey {
                    key,
                    name,
                    value,
                    parent: node,
                    mapping,
                    replaced_by: known.and_then(|key| key.replaced_by),
                }),
            }
        }
    }

    fn shape(&mut self, value: Ref<'a>, shape: &'static Shape, depth: usize) {
        if let Some(mapping) = shape.mapping {
            self.mapping(value, mapping, depth);
        }
        if let Some(items) = shape.items.and_then(|items| items.mapping) {
            value.items().for_each(|item| self.mapping(item, items, depth));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::yaml;

    fn unknown(text: &str) -> Vec<(String, &'static str)> {
        let stream = yaml::parse(text);
        let root = stream.documents[0].root().expect("a root");
        unknown_keys(root).into_iter().map(|key| (key.name.to_owned(), key.mapping.name)).collect()
    }

    #[test]
    fn unknown_keys_are_found_wherever_they_stand() {
        let text = "x-a: {b: 1}\nservice: {}\nservices:\n  web:\n    imagee: a\n    x-b: 1\n    build: {contxt: .}\n    \
                    ports: [80, {traget: 80}]\n    environment: {anything: 1}\n    deploy: {resources: {limits: {mem: 1}}}\n    \
                    networks: {front: {alias: [a]}}\n    ulimits: {nofile: {hard: 1, soft: 1}}\n";
        let expected = [
            ("service", "a compose file"),
            ("imagee", "a service"),
            ("contxt", "`build`"),
            ("traget", "a port"),
            ("mem", "`limits`"),
            ("alias", "a network of a service"),
        ];
        assert_eq!(unknown(text), expected.map(|(name, mapping)| (name.to_owned(), mapping)));
    }

    #[test]
    fn what_an_anchor_brings_in_is_told_once() {
        let text = "x-base: &base {imagee: a}\nservices:\n  a: {<<: *base}\n  b: *base\n";
        assert_eq!(unknown(text), [("imagee".to_owned(), "a service")]);
    }

    #[test]
    fn a_key_of_another_place_is_known_to_be_that() {
        let stream = yaml::parse("services: {a: {replicas: 2, volume: x, memory: 1}}\n");
        let keys = unknown_keys(stream.documents[0].root().expect("a root"));
        let places: Vec<_> = keys.iter().map(UnknownKey::belongs_to).collect();
        assert_eq!(places, [Some("`deploy`"), None, None]);
    }
}
