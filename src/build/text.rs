//! The words of a Dockerfile as plans compare them.

use crate::model::dockerfile::Instruction;
use crate::model::expand::{self, Environment, Options, Value};
use crate::syntax::dockerfile::{Variable, Word};

/// A word once quotes and escapes are read, its variables named but not replaced, and what it becomes where that is
/// known.
///
/// Two are equal when they say the same or become the same: `"a"` and `a`, `$A` and `"${A}"`, and `$A` and `1` where
/// `A` is known to be 1. That a variable has another value by now is a change of what sets it, not of every word that
/// uses it.
#[derive(Clone, Debug)]
pub struct Text {
    written: Box<str>,
    /// The references to variables.
    variables: Box<[Box<str>]>,
    /// With the variables replaced; `None` when it depends on something unknown.
    value: Option<Box<str>>,
}

/// What stands before the number of a stage where another one is named. The number itself counts for nothing: it changes
/// with any stage in front.
const STAGE: &str = "stage \0";

impl PartialEq for Text {
    fn eq(&self, other: &Text) -> bool {
        let same = self.written == other.written && self.variables == other.variables;
        let plain = |text: &Text| text.variables.is_empty() && text.value.is_none();
        if same || plain(self) && plain(other) {
            return same;
        }
        matches!((self.known(), other.known()), (Some(own), Some(other)) if own == other)
    }
}

impl Text {
    /// Text that the builder leaves as it is.
    pub(super) fn plain(text: impl Into<Box<str>>) -> Text {
        Text { written: text.into(), variables: Box::default(), value: None }
    }

    /// The stage with that number, however it is named.
    pub(super) fn stage(number: usize) -> Text {
        Text::plain(format!("{STAGE}{number}"))
    }

    /// Whether it stands for a stage.
    pub(super) fn is_stage(&self) -> bool {
        self.written.starts_with(STAGE)
    }

    /// A word of `instruction`. With `at_home` its variables have the values that they have where it stands.
    pub(super) fn of(word: &Word, instruction: Instruction<'_>, at_home: bool) -> Text {
        let options = Options::escape(instruction.dockerfile.tree.escape);
        if let Some(text) = expand::unexpanded(&word.raw, options) {
            return Text::plain(text);
        }
        let text = instruction.dockerfile.text();
        let symbols = Symbols::of(word, text);
        let Some(written) = expand::value(&word.raw, &symbols, options) else { return Text::plain(&*word.raw) };
        if word.variables.is_empty() {
            return Text::plain(written);
        }
        let value = if at_home { instruction.value(word) } else { None };
        Text {
            written: written.into(),
            variables: word.variables.iter().map(|variable| reference(variable, text)).collect(),
            value: value.map(String::into_boxed_str),
        }
    }

    /// What it is in a build; `None` when it depends on something unknown.
    pub fn known(&self) -> Option<&str> {
        let written = self.variables.is_empty().then_some(&*self.written);
        self.value.as_deref().or(written)
    }

    /// Its value, or else what is written.
    pub fn shown(&self) -> &str {
        self.known().unwrap_or(&self.written)
    }

    /// The references to variables in it.
    pub(super) fn variables(&self) -> impl Iterator<Item = &str> {
        self.variables.iter().map(|variable| &**variable)
    }

    /// The same, known to become `value`.
    pub(super) fn with_value(self, value: impl Into<Box<str>>) -> Text {
        Text { value: Some(value.into()), ..self }
    }

    /// As it is written and as it becomes, by `change`.
    pub(super) fn map(self, change: impl Fn(&str) -> String) -> Text {
        Text {
            written: change(&self.written).into(),
            value: self.value.map(|value| change(&value).into()),
            variables: self.variables,
        }
    }
}

/// Braces around a name alone mean nothing.
fn reference(variable: &Variable, text: &str) -> Box<str> {
    let written = if variable.operator.is_none() { variable.name } else { variable.span };
    written.of_text(text).into()
}

/// Every variable stands for its own name.
struct Symbols {
    names: Vec<(Box<str>, String)>,
}

impl Symbols {
    fn of(word: &Word, text: &str) -> Symbols {
        let symbol = |name: &str| (name.into(), format!("${{{name}}}"));
        Symbols { names: word.variables.iter().map(|variable| symbol(variable.name.of_text(text))).collect() }
    }
}

impl Environment for Symbols {
    fn get(&self, name: &str) -> Value<'_> {
        let found = self.names.iter().find(|(own, _)| **own == *name);
        found.map_or(Value::Unset, |(_, symbol)| Value::Known(symbol))
    }
}

/// The text of a script with every run of blanks outside of quotes as one blank: to a POSIX shell they are the same.
pub(super) fn single_blanks(script: &str) -> String {
    let script = script.trim();
    let mut result = String::with_capacity(script.len());
    let mut quote = None;
    let mut rest = script;
    // What is nothing special is copied in one piece.
    while let Some(at) = rest.bytes().position(|byte| matches!(byte, b' ' | b'\t' | b'\\' | b'\'' | b'"')) {
        let special = rest.as_bytes()[at];
        let mut end = at + 1;
        match (special, quote) {
            (b' ' | b'\t', None) => {
                result.push_str(&rest[..at]);
                result.push(' ');
                rest = rest[end..].trim_start_matches([' ', '\t']);
                continue;
            }
            (b'\\', None | Some(b'"')) => end += rest[end..].chars().next().map_or(0, char::len_utf8),
            (b'\'' | b'"', None) => quote = Some(special),
            (_, Some(open)) if open == special => quote = None,
            _ => {}
        }
        result.push_str(&rest[..end]);
        rest = &rest[end..];
    }
    result.push_str(rest);
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_count_only_where_a_shell_sees_them() {
        assert_eq!(single_blanks("a   b\t c 'd  e' \"f  \\\"  g\"  "), "a b c 'd  e' \"f  \\\"  g\"");
        assert_eq!(single_blanks("a\\  b"), "a\\  b");
    }
}
