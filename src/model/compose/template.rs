//! Variables in compose files: `$NAME`, `${NAME}`, `${NAME:-default}` and their kin.

use std::borrow::Cow;
use std::ops::Range;

use rustc_hash::FxHashMap;

/// Longer results are not kept: a few lines of `.env` could double each other without end.
const LONGEST: usize = 64 * 1024;
/// How deep defaults may hold variables with defaults.
const DEEPEST: usize = 32;

/// The variables that files give: `.env` and the `env_file` of an `include`. The environment of the process is
/// never looked at, so what is not here is unknown, not empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    variables: FxHashMap<String, Option<String>>,
}

impl Environment {
    /// The value of a variable, if a file gives it a known one.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name)?.as_deref()
    }

    /// Whether a file sets the variable, be it to an unknown value.
    pub fn contains(&self, name: &str) -> bool {
        self.variables.contains_key(name)
    }

    /// Sets a variable; `None` for a value that is not known.
    pub fn set(&mut self, name: impl Into<String>, value: Option<String>) {
        self.variables.insert(name.into(), value);
    }

    /// The variables.
    pub fn into_variables(self) -> impl Iterator<Item = (String, Option<String>)> {
        self.variables.into_iter()
    }

    /// Takes over the variables of `other` that are not set here.
    pub fn fill_from(&mut self, other: &Environment) {
        for (name, value) in &other.variables {
            self.variables.entry(name.clone()).or_insert_with(|| value.clone());
        }
    }
}

/// What a text with variables comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expansion<'a> {
    /// Its value.
    Known(Cow<'a, str>),
    /// It depends on a variable that no file sets.
    Unknown,
    /// Compose refuses it: `${` without a proper end. The byte where that stands.
    Invalid(usize),
}

impl<'a> Expansion<'a> {
    /// The value, if it is known.
    pub fn known(self) -> Option<Cow<'a, str>> {
        match self {
            Expansion::Known(text) => Some(text),
            Expansion::Unknown | Expansion::Invalid(_) => None,
        }
    }
}

/// Replaces the variables in `text` as compose does. A `$` before anything but a name, `{` or `$` stays.
pub fn expand<'a>(text: &'a str, environment: &Environment) -> Expansion<'a> {
    if !text.contains('$') {
        return Expansion::Known(Cow::Borrowed(text));
    }
    let mut writer = Writer { environment, result: String::with_capacity(text.len()), known: true };
    match writer.expand(text, 0) {
        Err(offset) => Expansion::Invalid(offset),
        Ok(()) if writer.known => Expansion::Known(Cow::Owned(writer.result)),
        Ok(()) => Expansion::Unknown,
    }
}

struct Writer<'e> {
    environment: &'e Environment,
    result: String,
    known: bool,
}

impl Writer<'_> {
    /// Appends what `text` comes to. An error is the offset of the `$` that starts no variable.
    fn expand(&mut self, text: &str, depth: usize) -> Result<(), usize> {
        let mut done = 0;
        while let Some(found) = text[done..].find('$') {
            let dollar = done + found;
            self.push(&text[done..dollar]);
            let after = &text[dollar + 1..];
            let name = name_length(after);
            done = if after.starts_with('$') {
                self.push("$");
                dollar + 2
            } else if name > 0 {
                self.variable(&after[..name]);
                dollar + 1 + name
            } else if let Some(inner) = after.strip_prefix('{') {
                let length = self.braced(inner, depth).ok_or(dollar)?;
                dollar + 2 + length
            } else {
                self.push("$");
                dollar + 1
            };
        }
        self.push(&text[done..]);
        Ok(())
    }

    /// Appends `${inner…`; gives the length up to and with the closing brace. `None` when it is malformed.
    fn braced(&mut self, inner: &str, depth: usize) -> Option<usize> {
        let Braced { name, or_empty, operator, word, length, .. } = Braced::read(inner)?;
        let Some(operator) = operator else {
            self.variable(name);
            return Some(length);
        };
        let set = self.environment.contains(name);
        let value = self.environment.get(name);
        let counts = set && !(or_empty && value == Some(""));
        match operator {
            '-' if counts => self.variable(name),
            // Whether the shell sets it is not known; without it there is nothing, or an error.
            '?' | '+' if !set => self.known = false,
            '+' if !counts => {}
            '?' if counts => self.variable(name),
            '?' => self.known = false,
            _ if depth >= DEEPEST => self.known = false,
            _ => self.expand(word, depth + 1).ok()?,
        }
        Some(length)
    }

    fn variable(&mut self, name: &str) {
        match self.environment.get(name) {
            Some(value) if self.result.len() + value.len() <= LONGEST => self.result.push_str(value),
            _ => self.known = false,
        }
    }

    fn push(&mut self, text: &str) {
        if self.known {
            self.result.push_str(text);
        }
    }
}

/// A variable in a text, and what the text says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The bytes of its name.
    pub name: Range<usize>,
    /// All of it.
    pub at: Range<usize>,
    /// What holds where it has no value.
    pub fallback: Fallback,
}

/// What holds where a variable has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fallback {
    /// Nothing is said: an empty text, and compose warns.
    None,
    /// `-`, `:-`: this.
    Default(String),
    /// `?`, `:?`: compose stops and says this.
    Required(String),
    /// `+`, `:+`: nothing; where it has one, this counts instead of it.
    Alternative(String),
}

/// The variables in a text, those in defaults included, in the order in which they are written. Beyond what compose
/// refuses there is nothing.
pub fn references(text: &str) -> Vec<Reference> {
    let mut found = Vec::new();
    collect(text, 0, 0, &mut found);
    found
}

fn collect(text: &str, base: usize, depth: usize, found: &mut Vec<Reference>) {
    let mut done = 0;
    while let Some(dollar) = text[done..].find('$').map(|at| done + at) {
        let after = &text[dollar + 1..];
        let name = name_length(after);
        if name > 0 {
            let at = base + dollar..base + dollar + 1 + name;
            found.push(Reference { name: at.start + 1..at.end, at, fallback: Fallback::None });
            done = dollar + 1 + name;
        } else if let Some(inner) = after.strip_prefix('{') {
            let Some(braced) = Braced::read(inner) else { return };
            let start = base + dollar;
            found.push(Reference {
                name: start + 2..start + 2 + braced.name.len(),
                at: start..start + 2 + braced.length,
                fallback: braced.fallback(),
            });
            if braced.operator == Some('-') && depth < DEEPEST {
                collect(braced.word, start + 2 + braced.word_start, depth + 1, found);
            }
            done = dollar + 2 + braced.length;
        } else {
            done = dollar + 1 + usize::from(after.starts_with('$'));
        }
    }
}

/// What stands after `${`, taken apart.
struct Braced<'a> {
    name: &'a str,
    /// Whether an empty value counts as none: `:`.
    or_empty: bool,
    operator: Option<char>,
    word: &'a str,
    word_start: usize,
    /// Up to and with the closing brace.
    length: usize,
}

impl<'a> Braced<'a> {
    /// `None` when it is malformed.
    fn read(inner: &'a str) -> Option<Braced<'a>> {
        let name = name_length(inner);
        if name == 0 {
            return None;
        }
        let (name, rest) = inner.split_at(name);
        if rest.starts_with('}') {
            let length = name.len() + 1;
            return Some(Braced { name, or_empty: false, operator: None, word: "", word_start: name.len(), length });
        }
        let (or_empty, rest) = match rest.strip_prefix(':') {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let operator = rest.chars().next().filter(|c| matches!(c, '-' | '+' | '?'))?;
        let line = inner.split('\n').next().unwrap_or(inner);
        let end = closing_brace(line).or_else(|| line.rfind('}'))?;
        let word_start = name.len() + usize::from(or_empty) + 1;
        let word = inner.get(word_start..end)?;
        Some(Braced { name, or_empty, operator: Some(operator), word, word_start, length: end + 1 })
    }

    fn fallback(&self) -> Fallback {
        let word = self.word.to_owned();
        match self.operator {
            Some('-') => Fallback::Default(word),
            Some('?') => Fallback::Required(word),
            Some(_) => Fallback::Alternative(word),
            None => Fallback::None,
        }
    }
}

/// The offset of the brace that closes `${`, of which `line` is the rest. As in the loader, the byte after an
/// opening brace is not looked at.
fn closing_brace(line: &str) -> Option<usize> {
    let bytes = line.as_bytes();
    let mut open = 1;
    // The first byte stands after an opening brace.
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'}' => {
                open -= 1;
                if open == 0 {
                    return Some(at);
                }
            }
            b'{' => {
                open += 1;
                at += 1;
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// The length of the variable name that `text` starts with.
fn name_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    if !bytes.first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_') {
        return 0;
    }
    bytes.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment() -> Environment {
        let mut environment = Environment::default();
        environment.set("FOO", Some("first".to_owned()));
        environment.set("EMPTY", Some(String::new()));
        environment.set("LATER", None);
        environment
    }

    fn known(text: &str) -> Option<String> {
        expand(text, &environment()).known().map(Cow::into_owned)
    }

    #[test]
    fn variables_are_replaced_as_compose_replaces_them() {
        for (text, expected) in [
            ("plain", "plain"),
            ("$FOO-x", "first-x"),
            ("${FOO}${FOO}", "firstfirst"),
            ("$$FOO $$$FOO", "$FOO $first"),
            ("${NOPE:-a:b}", "a:b"),
            ("${EMPTY:-d}${EMPTY-d}", "d"),
            ("${FOO:-d}", "first"),
            ("${NOPE-${FOO}}", "first"),
            ("${NOPE:-${OTHER:-deep}}/x", "deep/x"),
            ("${NOPE:-{}}", "{}"),
            ("${FOO:+yes}${EMPTY:+no}${EMPTY+set}", "yesset"),
            ("${FOO:?must be set}", "first"),
            ("cost $5 or $ or 5$", "cost $5 or $ or 5$"),
            ("${NOPE:-a}-${NOPE:-b}", "a-b"),
        ] {
            assert_eq!(known(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_variable_that_no_file_sets_is_unknown_unless_there_is_a_default() {
        for text in ["$NOPE", "a${NOPE}b", "${NOPE:?x}", "${NOPE:+x}", "$LATER", "${LATER:-x}", "${EMPTY:?x}"] {
            assert_eq!(expand(text, &environment()), Expansion::Unknown, "{text}");
        }
    }

    #[test]
    fn a_brace_without_a_proper_end_is_refused() {
        for (text, at) in [("${", 0), ("x${FOO", 1), ("${FOO!}", 0), ("${1}", 0), ("ab ${NOPE:-\n}", 3), ("${}", 0)] {
            assert_eq!(expand(text, &environment()), Expansion::Invalid(at), "{text}");
        }
    }

    #[test]
    fn expansion_is_bounded() {
        let mut environment = Environment::default();
        environment.set("X", Some("x".repeat(40_000)));
        assert_eq!(expand("$X$X", &environment), Expansion::Unknown);
        let deep = format!("{}x{}", "${N:-".repeat(5000), "}".repeat(5000));
        assert_eq!(expand(&deep, &environment), Expansion::Unknown);
    }
}
