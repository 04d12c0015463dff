//! The variables of a build, each with a value: nothing is unknown once a build runs.

use rustc_hash::FxHashMap;

use crate::model::expand::{Environment, Value};

/// Variables in the order in which they were set last, as `EnvList` of BuildKit's `client/llb/state.go` keeps them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variables {
    list: Vec<(Box<str>, Box<str>)>,
    places: FxHashMap<Box<str>, usize>,
    /// The bytes of all names and values.
    size: usize,
}

impl Variables {
    /// Sets a variable.
    pub(super) fn set(&mut self, name: &str, value: &str) {
        match self.places.get(name) {
            Some(place) => {
                let own = &mut self.list[*place].1;
                self.size = self.size - own.len() + value.len();
                *own = value.into();
            }
            None => {
                self.places.insert(name.into(), self.list.len());
                self.list.push((name.into(), value.into()));
                self.size += name.len() + value.len();
            }
        }
    }

    /// The value of a variable.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.places.get(name).map(|place| &*self.list[*place].1)
    }

    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.list.iter().map(|(name, value)| (&**name, &**value))
    }

    /// The bytes of all names and values.
    pub(super) fn size(&self) -> usize {
        self.size
    }
}

impl Environment for Variables {
    fn get(&self, name: &str) -> Value<'_> {
        self.value(name).map_or(Value::Unset, Value::Known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_keeps_its_place_and_takes_the_last_value() {
        let mut variables = Variables::default();
        for (name, value) in [("A", "1"), ("B", "22"), ("A", "333")] {
            variables.set(name, value);
        }
        assert_eq!(variables.iter().collect::<Vec<_>>(), [("A", "333"), ("B", "22")]);
        assert_eq!((variables.value("C"), variables.size()), (None, 7));
    }
}
