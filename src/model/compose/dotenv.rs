//! `.env` files, as compose reads them.

use std::ops::Range;

use super::template::{Environment, Expansion, expand};

/// The variables that the text of a `.env` file sets. Values may refer to `outer` and to those before them. Reading
/// stops at the first line that compose would refuse, as nothing after it can be trusted.
pub fn parse(text: &str, outer: &Environment) -> Environment {
    let mut environment = Environment::default();
    let mut scope = outer.clone();
    for statement in statements(text) {
        let Some(value) = statement.value else { continue };
        if statement.name.starts_with(|c: char| c.is_ascii_digit()) {
            continue;
        }
        let value = match value {
            Value::Literal(value) => Some(value),
            Value::Template(value) => match expand(&value, &scope) {
                Expansion::Known(value) => Some(value.into_owned()),
                Expansion::Unknown => None,
                Expansion::Invalid(_) => return environment,
            },
        };
        scope.set(statement.name, value.clone());
        environment.set(statement.name, value);
    }
    environment
}

/// The names that the text of such a file gives values to, and where they stand, in order.
pub fn names(text: &str) -> Vec<(&str, Range<usize>)> {
    let giving = statements(text).filter(|statement| statement.value.is_some());
    let named = giving.map(|statement| {
        let start = text.len() - statement.from_name;
        (statement.name, start..start + statement.name.len())
    });
    named.collect()
}

/// What stands in a text up to the first line that compose would refuse.
fn statements(text: &str) -> impl Iterator<Item = Statement<'_>> {
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    std::iter::from_fn(move || {
        loop {
            rest = rest.trim_start();
            let Some(comment) = rest.strip_prefix('#') else { break };
            rest = comment.split_once('\n').map_or("", |(_, after)| after);
        }
        let statement = Statement::read(rest).filter(|_| !rest.is_empty())?;
        rest = statement.rest;
        Some(statement)
    })
}

struct Statement<'a> {
    name: &'a str,
    /// The length of the text from the name on.
    from_name: usize,
    /// `None` for a bare name, which hands on what the shell has.
    value: Option<Value>,
    rest: &'a str,
}

enum Value {
    Literal(String),
    Template(String),
}

impl<'a> Statement<'a> {
    /// Reads one; `None` when compose would refuse it.
    fn read(text: &'a str) -> Option<Statement<'a>> {
        let text = match text.strip_prefix("export") {
            Some(after) if after.starts_with(char::is_whitespace) => after.trim_start_matches(is_blank),
            _ => text,
        };
        let end = text.find(['=', ':', '\n']).unwrap_or(text.len());
        let name = text[..end].trim_end();
        let proper = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '[' | ']');
        if name.is_empty() || !name.chars().all(proper) {
            return None;
        }
        if !text[end..].starts_with(['=', ':']) {
            return Some(Statement { name, from_name: text.len(), value: None, rest: &text[end..] });
        }
        let written = text[end + 1..].trim_start_matches(is_blank);
        let (value, rest) = match written.chars().next() {
            Some(quote @ ('"' | '\'')) => quoted(&written[1..], quote)?,
            _ => unquoted(written),
        };
        Some(Statement { name, from_name: text.len(), value: Some(value), rest })
    }
}

fn unquoted(text: &str) -> (Value, &str) {
    let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
    let line = line.split(" #").next().unwrap_or(line);
    (Value::Template(line.trim_end().to_owned()), rest)
}

/// The value of which `text` starts after the opening quote, and what follows it.
fn quoted(text: &str, quote: char) -> Option<(Value, &str)> {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        if character == quote {
            let value = if quote == '"' { Value::Template(unescape(&value)) } else { Value::Literal(value) };
            return Some((value, &text[at + 1..]));
        }
        if character != '\\' {
            value.push(character);
            continue;
        }
        let (_, escaped) = characters.next()?;
        if escaped != quote {
            value.push('\\');
        }
        value.push(escaped);
    }
    None
}

fn unescape(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            result.push(character);
            continue;
        }
        match characters.next() {
            Some('n') => result.push('\n'),
            Some('r') => result.push('\r'),
            Some('t') => result.push('\t'),
            Some('a') => result.push('\u{7}'),
            Some('b') => result.push('\u{8}'),
            Some('f') => result.push('\u{c}'),
            Some('v') => result.push('\u{b}'),
            Some('\\') => result.push('\\'),
            Some('"') => result.push('"'),
            Some('$') => result.push_str("$$"),
            Some(other) => result.extend(['\\', other]),
            None => result.push('\\'),
        }
    }
    result
}

fn is_blank(character: char) -> bool {
    matches!(character, '\t' | '\u{b}' | '\u{c}' | '\r' | ' ' | '\u{85}' | '\u{a0}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_compose_reads_them() {
        let text =
            "# comment\nexport A=1\nB: two words # note\nC='raw $A'\nD=\"x\\n${A}\"\nE=$A$A\nINHERIT\nF=\nG=a#b\n";
        let environment = parse(text, &Environment::default());
        for (name, value) in
            [("A", "1"), ("B", "two words"), ("C", "raw $A"), ("D", "x\n1"), ("E", "11"), ("F", ""), ("G", "a#b")]
        {
            assert_eq!(environment.get(name), Some(value), "{name}");
        }
        assert!(!environment.contains("INHERIT"));
    }

    #[test]
    fn a_value_that_needs_the_shell_is_set_but_unknown() {
        let environment = parse("A=$HOME/x\nB=${A:-y}\n", &Environment::default());
        assert!(environment.contains("A"));
        assert_eq!(environment.get("A"), None);
        assert_eq!(environment.get("B"), None);
    }

    #[test]
    fn reading_stops_where_compose_would_refuse() {
        let environment = parse("A=1\nB C=2\nD=3\n", &Environment::default());
        assert_eq!((environment.get("A"), environment.get("D")), (Some("1"), None));
    }
}
