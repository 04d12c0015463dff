//! Labels, and the selectors that match them.

use super::value::{Effective, is_conditional, member, text};
use crate::syntax::yaml::{Field, Ref};

/// The labels of something. `S` is `&str` in a tree and `Box<str>` in facts that outlive it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels<S> {
    /// Key and value; the value is `None` where a template fills it in.
    pub pairs: Vec<(S, Option<S>)>,
    /// There may be more of them.
    pub open: bool,
}

/// A label selector: `matchLabels` and `matchExpressions`, all of which must hold.
#[derive(Clone, Debug, Default)]
pub struct LabelSelector<'a> {
    /// What is asked for.
    pub requirements: Vec<Requirement<'a>>,
    /// There may be more requirements.
    pub open: bool,
}

/// One condition on one label.
#[derive(Clone, Debug)]
pub struct Requirement<'a> {
    /// The label.
    pub key: &'a str,
    /// What must hold of it.
    pub operator: Operator,
    /// The values it is compared with; `None` where a template fills them in.
    pub values: Option<Vec<&'a str>>,
    /// Where the condition is written: the value in `matchLabels`, the whole item in `matchExpressions`.
    pub node: Ref<'a>,
}

/// What a requirement asks of a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// It is there and has one of the values.
    In,
    /// It has none of the values; a label that is not there has none.
    NotIn,
    /// It is there.
    Exists,
    /// It is not there.
    DoesNotExist,
}

/// What labels say of one key.
enum Label<'s> {
    Value(&'s str),
    UnknownValue,
    Absent,
    Unknown,
}

impl<'a> Labels<&'a str> {
    /// The labels in a mapping. No mapping at all means no labels.
    pub fn of(field: Field<'a>) -> Labels<&'a str> {
        let node = match field {
            Field::Absent => return Labels::default(),
            Field::Unknown => return Labels { pairs: Vec::new(), open: true },
            Field::Present(node) if node.is_null() => return Labels::default(),
            Field::Present(node) => node.follow(),
        };
        let mut labels = Labels { pairs: Vec::new(), open: node.is_open() || !node.is_mapping() };
        for (key, value) in node.merged_entries() {
            let conditional = is_conditional(value);
            let value = text(Field::Present(value));
            match key.as_str().filter(|_| !conditional) {
                None => labels.open = true,
                // A null value is an empty string for the API server.
                Some(key) if value.is_absent() => labels.pairs.push((key, Some(""))),
                Some(key) => labels.pairs.push((key, value.known())),
            }
        }
        labels
    }

    /// The same, owned.
    pub fn to_owned(&self) -> Labels<Box<str>> {
        let pairs = self.pairs.iter().map(|(key, value)| (Box::from(*key), value.map(Box::from))).collect();
        Labels { pairs, open: self.open }
    }
}

impl<S: AsRef<str>> Labels<S> {
    /// Whether there are certainly none.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty() && !self.open
    }

    /// Those whose value is known.
    pub fn known(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().filter_map(|(key, value)| Some((key.as_ref(), value.as_ref()?.as_ref())))
    }

    /// Whether `other` has all of these, as the selector of a Service asks; `None` when that is not known.
    pub fn all_in<T: AsRef<str>>(&self, other: &Labels<T>) -> Option<bool> {
        let parts = self.pairs.iter().map(|(key, value)| match (value, other.find(key.as_ref())) {
            (_, Label::Absent) => Some(false),
            (Some(value), Label::Value(found)) => Some(value.as_ref() == found),
            _ => None,
        });
        all(parts.chain(self.open.then_some(None)))
    }

    fn find(&self, key: &str) -> Label<'_> {
        match self.pairs.iter().find(|(name, _)| name.as_ref() == key) {
            Some((_, Some(value))) => Label::Value(value.as_ref()),
            Some((_, None)) => Label::UnknownValue,
            None if self.open => Label::Unknown,
            None => Label::Absent,
        }
    }
}

impl<'a> LabelSelector<'a> {
    /// The selector in a mapping with `matchLabels` and `matchExpressions`.
    pub fn of(field: Field<'a>) -> LabelSelector<'a> {
        let mut selector = LabelSelector::of_map(member(field, "matchLabels"));
        match member(field, "matchExpressions") {
            Field::Absent => {}
            Field::Unknown => selector.open = true,
            Field::Present(list) => {
                selector.open |= list.is_open();
                for item in list.items() {
                    match Requirement::of(item) {
                        Some(requirement) => selector.requirements.push(requirement),
                        None => selector.open = true,
                    }
                }
            }
        }
        selector
    }

    /// The selector in a plain mapping of labels, as a Service or a ReplicationController has it.
    pub fn of_map(field: Field<'a>) -> LabelSelector<'a> {
        let labels = Labels::of(field);
        let mut selector = LabelSelector { requirements: Vec::new(), open: labels.open };
        let Field::Present(node) = field else { return selector };
        for (key, value) in node.merged_entries() {
            let Some(name) = key.as_str().filter(|_| !is_conditional(value)) else { continue };
            let values = match text(Field::Present(value)) {
                Effective::Known { value, .. } => Some(vec![value]),
                Effective::Unknown => None,
                Effective::Absent => Some(vec![""]),
            };
            selector.requirements.push(Requirement { key: name, operator: Operator::In, values, node: value });
        }
        selector
    }

    /// Whether it asks for nothing, and so matches everything.
    pub fn is_empty(&self) -> bool {
        self.requirements.is_empty() && !self.open
    }

    /// Whether it matches `labels`; `None` when that is not known.
    pub fn matches<S: AsRef<str>>(&self, labels: &Labels<S>) -> Option<bool> {
        let parts = self.requirements.iter().map(|requirement| requirement.matches(labels));
        all(parts.chain(self.open.then_some(None)))
    }
}

impl<'a> Requirement<'a> {
    fn of(item: Ref<'a>) -> Option<Requirement<'a>> {
        let key = text(item.field("key")).known()?;
        let operator = match text(item.field("operator")).known()? {
            "In" => Operator::In,
            "NotIn" => Operator::NotIn,
            "Exists" => Operator::Exists,
            "DoesNotExist" => Operator::DoesNotExist,
            _ => return None,
        };
        let values = match item.field("values") {
            Field::Present(list) if !list.is_open() => {
                list.items().map(|value| text(Field::Present(value)).known()).collect()
            }
            Field::Absent => Some(Vec::new()),
            _ => None,
        };
        Some(Requirement { key, operator, values, node: item })
    }

    /// Whether it holds for `labels`; `None` when that is not known.
    pub fn matches<S: AsRef<str>>(&self, labels: &Labels<S>) -> Option<bool> {
        let label = labels.find(self.key);
        let among = |value: &str| self.values.as_ref().map(|values| values.contains(&value));
        match (self.operator, label) {
            (_, Label::Unknown) => None,
            (Operator::Exists, label) => Some(!matches!(label, Label::Absent)),
            (Operator::DoesNotExist, label) => Some(matches!(label, Label::Absent)),
            (Operator::In, Label::Absent) => Some(false),
            (Operator::NotIn, Label::Absent) => Some(true),
            (_, Label::UnknownValue) => None,
            (Operator::In, Label::Value(value)) => among(value),
            (Operator::NotIn, Label::Value(value)) => among(value).map(|found| !found),
        }
    }
}

/// Whether all hold: one that does not decides, whatever is unknown.
fn all(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut result = Some(true);
    for part in parts {
        match part {
            Some(false) => return Some(false),
            Some(true) => {}
            None => result = None,
        }
    }
    result
}
