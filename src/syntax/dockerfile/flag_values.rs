//! What the values of flags may be, where no variable hides them.

use super::{Flag, Word};
use crate::syntax::SyntaxError;

const MOUNT_TYPES: [&str; 5] = ["bind", "cache", "tmpfs", "secret", "ssh"];
const SHARING: [&str; 3] = ["shared", "private", "locked"];

/// The error in the value of the flag `name`, if there is one.
pub(super) fn check(name: &str, flag: &Flag, value: &Word) -> Option<SyntaxError> {
    let raw = &*value.raw;
    match name {
        "network" => one_of(value, &["default", "none", "host"]),
        "security" => one_of(value, &["insecure", "sandbox"]),
        "interval" | "timeout" | "start-period" | "start-interval" if !raw.is_empty() => duration(name, value),
        "retries" if !raw.is_empty() => match raw.parse::<i32>() {
            Ok(0..) => None,
            _ => Some(SyntaxError::new(value.span, format!("`--retries` takes a number from 0 up, not `{raw}`"))),
        },
        "mount" => mount(flag, value),
        _ => None,
    }
}

fn one_of(value: &Word, allowed: &[&str]) -> Option<SyntaxError> {
    if allowed.contains(&&*value.raw) {
        return None;
    }
    let allowed: Vec<String> = allowed.iter().map(|word| format!("`{word}`")).collect();
    Some(SyntaxError::new(value.span, format!("this takes {}, not `{}`", allowed.join(" or "), value.raw)))
}

/// Nothing under a millisecond but zero.
fn duration(name: &str, value: &Word) -> Option<SyntaxError> {
    let raw = &value.raw;
    match nanoseconds(raw) {
        None => Some(SyntaxError {
            span: value.span,
            message: format!("`{raw}` is no duration"),
            note: Some("a duration is a number with a unit, such as `30s` or `1m30s`".to_owned()),
        }),
        Some(0.0) => None,
        Some(length) if length < 1e6 => {
            Some(SyntaxError::new(value.span, format!("`--{name}` cannot be less than a millisecond")))
        }
        Some(_) => None,
    }
}

/// The length of a duration as Go writes them, in nanoseconds; `None` when it is none or does not fit 64 bits.
pub(super) fn nanoseconds(text: &str) -> Option<f64> {
    const UNITS: [(&str, f64); 8] = [
        ("ns", 1.0),
        ("us", 1e3),
        ("\u{b5}s", 1e3),
        ("\u{3bc}s", 1e3),
        ("ms", 1e6),
        ("s", 1e9),
        ("m", 60e9),
        ("h", 3600e9),
    ];
    let (sign, mut rest) = match text.as_bytes().first()? {
        b'-' => (-1.0, &text[1..]),
        b'+' => (1.0, &text[1..]),
        _ => (1.0, text),
    };
    if rest == "0" {
        return Some(0.0);
    }
    let mut total = 0.0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let number = rest.find(|c: char| !c.is_ascii_digit() && c != '.').filter(|length| *length > 0)?;
        let value: f64 = rest[..number].parse().ok()?;
        rest = &rest[number..];
        let length = rest.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(rest.len());
        let (_, unit) = UNITS.iter().find(|(name, _)| *name == &rest[..length])?;
        total += value * unit;
        rest = &rest[length..];
    }
    (total < 9.3e18).then_some(sign * total)
}

fn mount(flag: &Flag, value: &Word) -> Option<SyntaxError> {
    let keys = mount_keys(value);
    // The fields and their keys are read from the same text, and a flag with a value has at least one.
    if keys.is_empty() || keys.len() != flag.fields.len() {
        return Some(SyntaxError::new(value.span, "the quotes in this mount are broken"));
    }
    let mut kind = Some("bind".to_owned());
    for (index, key) in keys.iter().enumerate() {
        let field = &flag.fields[index];
        let Some(word) = &field.value else {
            match &**key {
                "readonly" | "ro" | "readwrite" | "rw" => {}
                "required" if kind.as_deref().is_none_or(|kind| matches!(kind, "secret" | "ssh")) => {}
                _ => return Some(SyntaxError::new(field.span, format!("`{key}` needs a value, as `{key}=…`"))),
            }
            continue;
        };
        let value = word.raw.to_ascii_lowercase();
        if key == "from" && word.raw.find('$').is_some_and(|at| at + 1 < word.raw.len()) {
            return Some(SyntaxError {
                span: word.span,
                message: "variables are not expanded in `from`".to_owned(),
                note: Some("name the image in a stage, `FROM … AS name`, and use that name".to_owned()),
            });
        }
        if word.raw.contains('$') {
            if key == "type" {
                kind = None;
            }
            continue;
        }
        let allowed: &[&str] = match &**key {
            "type" => {
                kind = Some(value.clone());
                &MOUNT_TYPES
            }
            "sharing" => &SHARING,
            "readonly" | "ro" | "readwrite" | "rw" | "required" => {
                if !is_boolean(&word.raw) {
                    return Some(SyntaxError::new(word.span, format!("`{key}` takes `true` or `false`")));
                }
                continue;
            }
            "uid" | "gid" if word.raw.parse::<u32>().is_err() => {
                return Some(SyntaxError::new(word.span, format!("`{key}` takes a number")));
            }
            "mode" if u32::from_str_radix(&word.raw, 8).is_err() => {
                return Some(SyntaxError::new(word.span, "`mode` takes an octal number such as `0644`"));
            }
            "from" | "source" | "src" | "target" | "dst" | "destination" | "id" | "size" | "mode" | "uid" | "gid"
            | "env" => continue,
            _ => return Some(SyntaxError::new(field.key, format!("a mount has no field `{key}`"))),
        };
        if !allowed.contains(&value.as_str()) {
            return one_of(word, allowed);
        }
    }
    None
}

/// The keys of the fields, in lower case.
fn mount_keys(value: &Word) -> Vec<String> {
    super::flags::split_fields(&value.raw)
        .into_iter()
        .map(|field| field.split('=').next().unwrap_or("").to_ascii_lowercase())
        .collect()
}

/// What Go takes for a boolean.
fn is_boolean(text: &str) -> bool {
    matches!(text, "1" | "t" | "T" | "TRUE" | "true" | "True" | "0" | "f" | "F" | "FALSE" | "false" | "False")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_those_of_go() {
        assert_eq!(nanoseconds("1m30s"), Some(90e9));
        assert_eq!(nanoseconds("1.5h"), Some(5400e9));
        assert_eq!(nanoseconds("0"), Some(0.0));
        for text in ["", "5", "s", "5 s", "1.2.3s", "5x", "9999999h"] {
            assert_eq!(nanoseconds(text), None, "{text}");
        }
    }
}
