//! What a single line of YAML looks like, without its context: what recovery judges by.

/// `key:` or `-` with nothing behind it, or with a tag, an anchor or the header of a block of text.
pub(super) fn is_parent(content: &str) -> bool {
    content.ends_with(':') || content == "-" || content.ends_with(['|', '>']) || content.ends_with("|-")
}

pub(super) fn is_item(content: &str) -> bool {
    content == "-" || content.starts_with("- ")
}

pub(super) fn lacks_colon(content: &str) -> bool {
    !content.contains(": ") && !content.ends_with(':') && !is_item(content)
}

/// How long the string in quotes is that `text` starts with.
pub(super) fn quoted_length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let quote = *bytes.first().filter(|byte| matches!(byte, b'"' | b'\''))?;
    let mut at = 1;
    loop {
        at += memchr::memchr2(quote, b'\\', &bytes[at..])?;
        if bytes[at] == b'\\' {
            at += if quote == b'"' { 2 } else { 1 };
        } else if quote == b'\'' && bytes.get(at + 1) == Some(&quote) {
            at += 2;
        } else {
            return Some(at + 1);
        }
        if at >= bytes.len() {
            return None;
        }
    }
}

pub(super) fn missing_colon(content: &str) -> Option<String> {
    lacks_colon(content).then(|| "mapping key has no `:`".to_owned())
}

/// Where in `- key: value` the key starts, and where the value, if there is a key.
pub(super) fn parts(content: &str) -> (usize, Option<usize>) {
    let mut key = 0;
    while content[key..].starts_with("- ") {
        key += 2 + content[key + 2..].len() - content[key + 2..].trim_start().len();
    }
    let rest = &content[key..];
    let colon = match rest.chars().next() {
        Some(quote @ ('"' | '\'')) => {
            rest[1..].find(quote).map(|end| end + 2).filter(|end| rest[*end..].starts_with(':'))
        }
        _ => rest.find(": "),
    };
    let value = colon.map(|colon| {
        let start = key + colon + 1;
        start + content[start..].len() - content[start..].trim_start().len()
    });
    (key, value)
}

pub(super) fn unclosed_message(value: &str) -> Option<String> {
    let first = value.chars().next()?;
    let partner = match first {
        '[' => ']',
        '{' => '}',
        '"' | '\'' => first,
        _ => return None,
    };
    (!value[1..].contains(partner)).then(|| format!("this `{first}` is never closed"))
}

pub(super) fn count(columns: u32) -> String {
    if columns == 1 { "1 space".to_owned() } else { format!("{columns} spaces") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_and_value_of_a_line_are_told_apart() {
        assert_eq!(parts("a: b"), (0, Some(3)));
        assert_eq!(parts("- - a:   b"), (4, Some(9)));
        assert_eq!(parts("\"a: b\": c"), (0, Some(8)));
        assert_eq!(parts("- a b"), (2, None));
        assert_eq!(parts("a:"), (0, None));
    }

    #[test]
    fn a_quoted_string_ends_at_its_quote() {
        assert_eq!(quoted_length("'it''s' x"), Some(7));
        assert_eq!(quoted_length("\"a\\\"b\" x"), Some(6));
        assert_eq!(quoted_length("'open"), None);
        assert_eq!(quoted_length("plain"), None);
    }

    #[test]
    fn what_is_opened_and_not_closed_is_named() {
        assert_eq!(unclosed_message("[a, b").as_deref(), Some("this `[` is never closed"));
        assert_eq!(unclosed_message("[a, b]"), None);
        assert_eq!(unclosed_message("plain"), None);
    }
}
