//! What somebody meant by an array that is no JSON, and what a command is as one.

use crate::syntax::shell::{Part, SimpleCommand};
use crate::text::Span;

/// An array as it was meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meant {
    /// The array, in JSON; `None` where something else stands behind it.
    pub json: Option<String>,
    /// The first thing that is wrong with it.
    pub mistake: &'static str,
}

/// Reads `text`, which is no JSON. `None` when it is not surely meant as an array of strings: `[` may be the program of
/// that name or a pattern. `certain` says that a `[` after the instruction is hardly anything else.
pub fn meant(text: &str, certain: bool) -> Option<Meant> {
    let mut rest = text.trim().strip_prefix('[')?;
    let tight = !rest.starts_with(char::is_whitespace);
    let mut elements = Vec::new();
    let (mut mistake, mut quoted, mut commas) = (None, 0, 0);
    loop {
        rest = rest.trim_start();
        let Some(first) = rest.chars().next() else {
            mistake.get_or_insert("the `]` at its end is missing");
            break;
        };
        match first {
            ']' => {
                rest = &rest[1..];
                break;
            }
            ',' => {
                commas += 1;
                rest = rest[1..].trim_start();
                if rest.starts_with(']') {
                    mistake.get_or_insert("there is a comma after its last string");
                }
                continue;
            }
            _ => {}
        }
        if elements.len() > commas {
            mistake.get_or_insert("a comma is missing between two strings");
        }
        let element = match first {
            '"' | '\'' => quoted_element(rest, first)?,
            _ => bare_element(rest)?,
        };
        if first == '\'' {
            mistake.get_or_insert("its strings need double quotes");
        } else if first != '"' {
            mistake.get_or_insert("its strings need quotes");
        } else if element.bad_escape {
            mistake.get_or_insert("a backslash must be doubled");
        }
        quoted += usize::from(matches!(first, '"' | '\''));
        elements.push(element.value);
        rest = &rest[element.length..];
    }
    let all_quoted = quoted == elements.len() && quoted > 0;
    let separated = commas > 0 && (quoted > 0 || certain);
    if !(separated || all_quoted && (tight || certain))
        || text.contains(['\u{201c}', '\u{201d}', '\u{2018}', '\u{2019}'])
    {
        return None;
    }
    let behind = rest.trim();
    let json = serde_json::Value::from(elements).to_string().replace("\",\"", "\", \"");
    if behind.is_empty() {
        return Some(Meant { json: Some(json), mistake: mistake? });
    }
    // `[ "a", "b" ] && c` may be anything.
    (behind.starts_with('#') || tight && quoted > 0)
        .then_some(Meant { json: None, mistake: "something stands behind it" })
}

struct Element {
    value: String,
    length: usize,
    bad_escape: bool,
}

/// A string in quotes. Where JSON would not know an escape, no backslash is one.
fn quoted_element(text: &str, quote: char) -> Option<Element> {
    let mut end = None;
    let mut escaped = false;
    let mut bad_escape = false;
    for (at, character) in text.char_indices().skip(1) {
        if escaped {
            bad_escape |= quote == '"' && !"\"\\/bfnrtu".contains(character);
            escaped = false;
        } else if character == '\\' && quote == '"' {
            escaped = true;
        } else if character == quote {
            end = Some(at);
            break;
        }
    }
    let end = end?;
    let inside = &text[1..end];
    let value = if quote == '\'' || bad_escape {
        inside.to_owned()
    } else {
        serde_json::from_str(&text[..=end]).unwrap_or_else(|_| inside.to_owned())
    };
    Some(Element { value, length: end + 1, bad_escape })
}

/// A word without quotes; `None` when it is one of the shell.
fn bare_element(text: &str) -> Option<Element> {
    let length = text.find([',', ']', ' ', '\t', '"', '\'']).unwrap_or(text.len());
    let value = &text[..length];
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@+".contains(c);
    let operator = matches!(value, "=" | "==" | "!=") || value.is_empty();
    (value.chars().all(plain) && !operator).then(|| Element { value: value.to_owned(), length, bad_escape: false })
}

/// The words of a command as a JSON array with what stands between them, if the shell does nothing with them.
pub fn array(command: &SimpleCommand, text: &str) -> Option<String> {
    if !command.assignments.is_empty() || !command.redirections.is_empty() {
        return None;
    }
    let mut array = "[".to_owned();
    for (index, word) in command.words.iter().enumerate() {
        let expands = word.parts.iter().any(|part| match part {
            Part::Literal { value, .. } => value.contains(['*', '?', '[', '{', '~']),
            _ => false,
        });
        if let Some(before) = index.checked_sub(1).map(|before| &command.words[before]) {
            let gap = Span::new(before.span.end, word.span.start).of_text(text);
            array = array + "," + if gap.trim().is_empty() { " " } else { gap };
        }
        array += &serde_json::Value::from(word.text().filter(|_| !expands)?).to_string();
    }
    Some(array + "]")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Option<String> {
        meant(text, false).and_then(|meant| meant.json)
    }

    #[test]
    fn what_was_meant_is_written_as_json() {
        for (text, right) in [
            ("['a', 'b c']", r#"["a", "b c"]"#),
            (r#"["a", "b",]"#, r#"["a", "b"]"#),
            (r#"["a" "b"]"#, r#"["a", "b"]"#),
            (r#"["a", b]"#, r#"["a", "b"]"#),
            (r#"["a", "b""#, r#"["a", "b"]"#),
            (r#"["C:\app\new.exe"]"#, r#"["C:\\app\\new.exe"]"#),
            (r#"['say "x"']"#, r#"["say \"x\""]"#),
        ] {
            assert_eq!(json(text).as_deref(), Some(right), "{text}");
        }
        assert_eq!(
            meant("[node, server.js]", true).and_then(|meant| meant.json).as_deref(),
            Some(r#"["node", "server.js"]"#)
        );
    }

    #[test]
    fn what_may_be_something_else_is_left_alone() {
        for text in [
            r#"[ "$a" = "b" ]"#,
            "[ -f x ]",
            "[a-z]* /x/",
            "[[ -f x ]]",
            r#"[ "$a" = "b" ] && echo "c, d""#,
            "[ 'x' ]",
            "[",
            "",
            "[a, b]",
        ] {
            assert_eq!(meant(text, false), None, "{text}");
        }
    }
}
