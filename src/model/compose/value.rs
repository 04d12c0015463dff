//! A compose file with its variables replaced: owned, and every value knows where it is written.

use super::Place;

/// A value and where it is written.
#[derive(Clone, Debug)]
pub struct Value {
    /// Where; for what an alias brings in, the place of the anchor.
    pub at: Place,
    /// What.
    pub kind: ValueKind,
    /// Whether `!override` asks that it replaces what it is laid over.
    pub(super) replaces: bool,
}

/// What a value is.
#[derive(Clone, Debug)]
pub enum ValueKind {
    /// Nothing.
    Null,
    /// A scalar, variables replaced. Numbers and truth values are text too.
    Text(Box<str>),
    /// Something that depends on what no file says.
    Unknown,
    /// A list.
    List(List),
    /// A mapping.
    Map(Map),
    /// `!reset`: takes away what it is laid over. Gone once everything is merged.
    Reset,
}

/// A list.
#[derive(Clone, Debug, Default)]
pub struct List {
    /// Its items.
    pub items: Vec<Value>,
    /// Whether there may be more.
    pub open: bool,
}

/// A mapping.
#[derive(Clone, Debug, Default)]
pub struct Map {
    /// Its entries; no name comes twice.
    pub entries: Vec<Entry>,
    /// Whether there may be more.
    pub open: bool,
}

/// An entry of a mapping.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key.
    pub name: Box<str>,
    /// Where the key is written.
    pub at: Place,
    /// What stands under it.
    pub value: Value,
}

/// What is known of something. Unknown is not absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact<T> {
    /// It is there.
    Known(T),
    /// It may be there, or its value depends on what no file says.
    Unknown,
    /// It is certainly not there.
    Absent,
}

impl<T> Fact<T> {
    /// The value, if it is known.
    pub fn known(self) -> Option<T> {
        match self {
            Fact::Known(value) => Some(value),
            Fact::Unknown | Fact::Absent => None,
        }
    }

    /// Whether it is certainly not there.
    pub fn is_absent(&self) -> bool {
        matches!(self, Fact::Absent)
    }

    /// The fact that follows from the value.
    pub fn and_then<U>(self, follow: impl FnOnce(T) -> Fact<U>) -> Fact<U> {
        match self {
            Fact::Known(value) => follow(value),
            Fact::Unknown => Fact::Unknown,
            Fact::Absent => Fact::Absent,
        }
    }
}

impl Value {
    pub(super) fn new(at: Place, kind: ValueKind) -> Value {
        Value { at, kind, replaces: false }
    }

    /// The text of a scalar whose value is known.
    pub fn as_text(&self) -> Option<&str> {
        match &self.kind {
            ValueKind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The mapping.
    pub fn as_map(&self) -> Option<&Map> {
        match &self.kind {
            ValueKind::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The items of a list; nothing for anything else.
    pub fn items(&self) -> &[Value] {
        match &self.kind {
            ValueKind::List(list) => &list.items,
            _ => &[],
        }
    }

    /// The entries of a mapping; nothing for anything else.
    pub fn entries(&self) -> &[Entry] {
        match &self.kind {
            ValueKind::Map(map) => &map.entries,
            _ => &[],
        }
    }

    /// Whether there may be more in it than is known.
    pub fn is_open(&self) -> bool {
        match &self.kind {
            ValueKind::List(list) => list.open,
            ValueKind::Map(map) => map.open,
            ValueKind::Unknown => true,
            ValueKind::Null | ValueKind::Text(_) | ValueKind::Reset => false,
        }
    }

    /// What is known of a key. What is no mapping has no keys.
    pub fn fact(&self, key: &str) -> Fact<&Value> {
        match &self.kind {
            ValueKind::Map(map) => match map.get(key) {
                Some(Value { kind: ValueKind::Unknown, .. }) => Fact::Unknown,
                Some(Value { kind: ValueKind::Null | ValueKind::Reset, .. }) => Fact::Absent,
                Some(value) => Fact::Known(value),
                None if map.open => Fact::Unknown,
                None => Fact::Absent,
            },
            ValueKind::Unknown => Fact::Unknown,
            _ => Fact::Absent,
        }
    }

    /// What is known of the text under a key; unknown when it is no scalar.
    pub fn text(&self, key: &str) -> Fact<&str> {
        self.fact(key).and_then(|value| value.as_text().map_or(Fact::Unknown, Fact::Known))
    }

    /// [`Value::fact`] for one key after the other.
    pub fn path(&self, keys: &[&str]) -> Fact<&Value> {
        keys.iter().fold(Fact::Known(self), |fact, key| fact.and_then(|value| value.fact(key)))
    }

    /// A list or the keys of a mapping: names and where they are written. A scalar counts as a list of one.
    pub fn names(&self) -> Vec<(&str, Place)> {
        match &self.kind {
            ValueKind::Text(text) => vec![(text, self.at)],
            ValueKind::List(list) => list.items.iter().filter_map(|item| Some((item.as_text()?, item.at))).collect(),
            ValueKind::Map(map) => map.entries.iter().map(|entry| (&*entry.name, entry.at)).collect(),
            ValueKind::Null | ValueKind::Unknown | ValueKind::Reset => Vec::new(),
        }
    }

    /// What is written as a mapping or as a list of `NAME=value`: names, values, and where the values are written.
    /// `None` for a value that is not known or not given.
    pub fn pairs(&self) -> Vec<(&str, Option<&str>, Place)> {
        match &self.kind {
            ValueKind::List(list) => {
                let pair = |item: &'_ Value| match item.as_text() {
                    Some(_) => item.at,
                    None => self.at,
                };
                let split = |item| {
                    Value::as_text(item).map(|text| text.split_once('=').map_or((text, None), |(n, v)| (n, Some(v))))
                };
                list.items
                    .iter()
                    .filter_map(|item| split(item).map(|(name, value)| (name, value, pair(item))))
                    .collect()
            }
            ValueKind::Map(map) => {
                map.entries.iter().map(|entry| (&*entry.name, entry.value.as_text(), entry.value.at)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Takes out what `!reset` left.
    pub(super) fn settle(&mut self) {
        match &mut self.kind {
            ValueKind::Map(map) => {
                map.entries.retain(|entry| !matches!(entry.value.kind, ValueKind::Reset));
                map.entries.iter_mut().for_each(|entry| entry.value.settle());
            }
            ValueKind::List(list) => {
                list.items.retain(|item| !matches!(item.kind, ValueKind::Reset));
                list.items.iter_mut().for_each(Value::settle);
            }
            _ => {}
        }
    }
}

impl Map {
    /// The value under a key.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.entries.iter().find(|entry| &*entry.name == name).map(|entry| &entry.value)
    }

    /// The entry of a key.
    pub fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| &*entry.name == name)
    }

    pub(super) fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        self.entries.iter_mut().find(|entry| &*entry.name == name).map(|entry| &mut entry.value)
    }

    /// Takes an entry out.
    pub(super) fn remove(&mut self, name: &str) -> Option<Value> {
        let at = self.entries.iter().position(|entry| &*entry.name == name)?;
        Some(self.entries.remove(at).value)
    }

    /// Adds an entry, or replaces the one of that name.
    pub(super) fn set(&mut self, entry: Entry) {
        match self.entries.iter_mut().find(|old| old.name == entry.name) {
            Some(old) => *old = entry,
            None => self.entries.push(entry),
        }
    }
}
