//! One compose model laid over another, key by key as the loader does it.

use super::value::{Entry, List, Map, Value, ValueKind};
use crate::syntax::compose::parse_mount;

/// Where in the model two values meet. Deeper than the array reaches, no key has rules of its own.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Path<'a> {
    keys: [&'a str; 6],
    depth: usize,
}

impl<'a> Path<'a> {
    pub(super) fn of(keys: &[&'a str]) -> Path<'a> {
        keys.iter().fold(Path::default(), |path, key| path.next(key))
    }

    fn next(mut self, key: &'a str) -> Path<'a> {
        if let Some(slot) = self.keys.get_mut(self.depth) {
            *slot = key;
        }
        self.depth += 1;
        self
    }

    fn keys(&self) -> &[&'a str] {
        self.keys.get(..self.depth).unwrap_or(&[])
    }
}

/// How two values at a path become one.
enum Rule {
    /// Mappings deeply, lists one after the other, the later scalar.
    Deep,
    /// The later one.
    Replace,
    /// `NAME=value` in a list or a mapping: by name.
    Pairs,
    /// A list, of which a scalar is a short form.
    Append,
    /// A mapping, of which a list of its keys is a short form.
    Keys,
    /// A mapping, of which its context is the short form.
    Build,
    /// Deeply, unless the drivers differ.
    Logging,
}

fn rule(path: &Path<'_>) -> Rule {
    match path.keys() {
        ["networks" | "volumes", _, "labels"] => Rule::Pairs,
        ["services", _, rest @ ..] => match rest {
            ["command" | "entrypoint"]
            | ["healthcheck", "test"]
            | ["ulimits" | "annotations" | "environment" | "labels" | "sysctls", _]
            | ["build", "args" | "additional_contexts" | "labels", _] => Rule::Replace,
            ["annotations" | "environment" | "labels" | "sysctls"]
            | ["build", "args" | "additional_contexts" | "labels"]
            | ["deploy", "labels"] => Rule::Pairs,
            ["dns" | "dns_opt" | "dns_search" | "env_file" | "label_file" | "tmpfs"] => Rule::Append,
            ["depends_on" | "models" | "networks"] => Rule::Keys,
            ["build"] => Rule::Build,
            ["logging"] => Rule::Logging,
            _ => Rule::Deep,
        },
        _ => Rule::Deep,
    }
}

/// `over` laid over `base`.
pub(super) fn merge(base: Value, over: Value, path: Path<'_>) -> Value {
    if over.replaces || matches!(base.kind, ValueKind::Reset) {
        return over;
    }
    let rule = rule(&path);
    match over.kind {
        ValueKind::Reset => return over,
        ValueKind::Null if !matches!(rule, Rule::Replace) => return base,
        _ => {}
    }
    let (base, over) = match rule {
        Rule::Deep => (base, over),
        Rule::Replace => return over,
        Rule::Pairs => (as_pairs(base), as_pairs(over)),
        Rule::Append => (as_list(base), as_list(over)),
        Rule::Keys => (as_keys(base), as_keys(over)),
        Rule::Build => (as_build(base), as_build(over)),
        Rule::Logging => {
            let differ =
                matches!((base.text("driver").known(), over.text("driver").known()), (Some(a), Some(b)) if a != b);
            if differ {
                return over;
            }
            (base, over)
        }
    };
    let at = over.at;
    match (base.kind, over.kind) {
        (ValueKind::Map(base), ValueKind::Map(over)) => Value::new(at, ValueKind::Map(merge_maps(base, over, path))),
        (ValueKind::List(mut base), ValueKind::List(over)) => {
            base.items.extend(over.items);
            base.open |= over.open;
            Value::new(at, ValueKind::List(base))
        }
        // One of them is not known, so the whole is not, but what it holds is not lost.
        (ValueKind::Unknown, ValueKind::Map(map)) | (ValueKind::Map(map), ValueKind::Unknown) => {
            Value::new(at, ValueKind::Map(Map { open: true, ..map }))
        }
        (ValueKind::Unknown, ValueKind::List(list)) | (ValueKind::List(list), ValueKind::Unknown) => {
            Value::new(at, ValueKind::List(List { open: true, ..list }))
        }
        (_, kind) => Value::new(at, kind),
    }
}

pub(super) fn merge_maps(mut base: Map, over: Map, path: Path<'_>) -> Map {
    base.open |= over.open;
    for entry in over.entries {
        let Some(slot) = base.entries.iter_mut().find(|slot| slot.name == entry.name) else {
            base.entries.push(entry);
            continue;
        };
        let null = Value::new(slot.value.at, ValueKind::Null);
        let old = std::mem::replace(&mut slot.value, null);
        if !matches!(entry.value.kind, ValueKind::Null) {
            slot.at = entry.at;
        }
        slot.value = merge(old, entry.value, path.next(&entry.name));
    }
    base
}

fn as_pairs(value: Value) -> Value {
    let ValueKind::List(list) = value.kind else { return value };
    let mut map = Map { entries: Vec::with_capacity(list.items.len()), open: list.open };
    for item in list.items {
        let Some(text) = item.as_text() else {
            map.open = true;
            continue;
        };
        let (name, kind) = match text.split_once('=') {
            Some((name, value)) => (name.into(), ValueKind::Text(value.into())),
            None => (text.into(), ValueKind::Null),
        };
        map.set(Entry { name, at: item.at, value: Value::new(item.at, kind) });
    }
    Value::new(value.at, ValueKind::Map(map))
}

fn as_list(value: Value) -> Value {
    match value.kind {
        ValueKind::Text(_) => {
            let at = value.at;
            Value::new(at, ValueKind::List(List { items: vec![value], open: false }))
        }
        _ => value,
    }
}

fn as_keys(value: Value) -> Value {
    let ValueKind::List(list) = value.kind else { return value };
    let mut map = Map { entries: Vec::with_capacity(list.items.len()), open: list.open };
    for item in list.items {
        match &item.kind {
            ValueKind::Text(name) => {
                map.set(Entry { name: name.clone(), at: item.at, value: Value::new(item.at, ValueKind::Null) });
            }
            _ => map.open = true,
        }
    }
    Value::new(value.at, ValueKind::Map(map))
}

fn as_build(value: Value) -> Value {
    let at = value.at;
    match value.kind {
        ValueKind::Text(_) | ValueKind::Unknown => {
            let entries = vec![Entry { name: "context".into(), at, value }];
            Value::new(at, ValueKind::Map(Map { entries, open: false }))
        }
        _ => value,
    }
}

/// Leaves the last of the list items of a service that mean the same.
pub(super) fn make_unique(service: &mut Value) {
    let ValueKind::Map(map) = &mut service.kind else { return };
    for entry in &mut map.entries {
        let ValueKind::List(list) = &mut entry.value.kind else { continue };
        let identity: fn(&Value) -> Option<String> = match &*entry.name {
            "cap_add" | "cap_drop" | "dns" | "dns_opt" | "dns_search" | "links" | "profiles" | "tmpfs" | "expose"
            | "environment" | "labels" | "annotations" | "sysctls" => by_name,
            "volumes" => by_target,
            "ports" => by_port,
            "secrets" | "configs" => by_grant,
            "env_file" => by_path,
            _ => continue,
        };
        let mut unique: Vec<(Option<String>, Value)> = Vec::with_capacity(list.items.len());
        for item in list.items.drain(..) {
            let key = identity(&item);
            match unique.iter_mut().find(|(other, _)| key.is_some() && *other == key) {
                Some((_, slot)) => *slot = item,
                None => unique.push((key, item)),
            }
        }
        list.items = unique.into_iter().map(|(_, item)| item).collect();
    }
}

fn by_name(item: &Value) -> Option<String> {
    let text = item.as_text()?;
    Some(text.split_once('=').map_or(text, |(name, _)| name).to_owned())
}

fn by_target(item: &Value) -> Option<String> {
    match item.as_text() {
        Some(text) => parse_mount(text).map(|mount| mount.target.to_owned()),
        None => item.text("target").known().map(str::to_owned),
    }
}

fn by_port(item: &Value) -> Option<String> {
    if let Some(text) = item.as_text() {
        return Some(text.to_owned());
    }
    let part = |key, default| match item.text(key) {
        super::Fact::Known(text) => Some(text),
        super::Fact::Absent => Some(default),
        super::Fact::Unknown => None,
    };
    let target = item.text("target").known()?;
    Some(format!("{}:{}:{target}/{}", part("host_ip", "0.0.0.0")?, part("published", "")?, part("protocol", "tcp")?))
}

fn by_grant(item: &Value) -> Option<String> {
    match item.as_text() {
        Some(text) => Some(text.to_owned()),
        None => item.text("target").known().or(item.text("source").known()).map(str::to_owned),
    }
}

fn by_path(item: &Value) -> Option<String> {
    item.as_text().or(item.text("path").known()).map(str::to_owned)
}
