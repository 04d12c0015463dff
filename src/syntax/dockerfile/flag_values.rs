//! What the values of flags may be, where no variable hides them.

use super::{Flag, MountField, Word};
use crate::syntax::SyntaxError;
use crate::text::Edit;
use crate::text::suggest::nearest;

const MOUNT_TYPES: [&str; 5] = ["bind", "cache", "tmpfs", "secret", "ssh"];
const SHARING: [&str; 3] = ["shared", "private", "locked"];

/// The error in the value of the flag `name`, if there is one.
pub(super) fn check(name: &str, flag: &Flag, value: &Word) -> Option<SyntaxError> {
    let raw = &*value.raw;
    match name {
        "network" => one_of("--network", value, &["default", "none", "host"]),
        "security" => one_of("--security", value, &["insecure", "sandbox"]),
        "interval" | "timeout" | "start-period" | "start-interval" if !raw.is_empty() => duration(name, value),
        "retries" if !raw.is_empty() => match raw.parse::<i32>() {
            Ok(0..) => None,
            _ => Some(SyntaxError::new(value.span, format!("`--retries` takes a number from 0 up, not `{raw}`"))),
        },
        "mount" => mount(flag, value),
        "device" => device(flag, value),
        _ => None,
    }
}

fn one_of(name: &str, value: &Word, allowed: &[&str]) -> Option<SyntaxError> {
    if allowed.contains(&&*value.raw) {
        return None;
    }
    let near = nearest(&value.raw, allowed.iter().copied());
    let meant = near.map(|(near, _)| Edit { span: value.span, text: near.to_owned() });
    let allowed: Vec<String> = allowed.iter().map(|word| format!("`{word}`")).collect();
    Some(SyntaxError {
        span: value.span,
        message: format!("`{name}` cannot be `{}`", value.raw),
        note: Some(format!("it can be {}", allowed.join(", "))),
        meant,
    })
}

/// Nothing under a millisecond but zero.
fn duration(name: &str, value: &Word) -> Option<SyntaxError> {
    let raw = &value.raw;
    match nanoseconds(raw) {
        None => Some(SyntaxError {
            span: value.span,
            message: format!("`{raw}` is no duration"),
            note: Some("a duration is a number with a unit, such as `30s` or `1m30s`".to_owned()),
            meant: None,
        }),
        Some(0.0) => None,
        Some(length) if length < 1e6 => {
            Some(SyntaxError::new(value.span, format!("`--{name}` cannot be less than a millisecond")))
        }
        Some(_) => None,
    }
}

/// The length of a duration as Go writes them, in nanoseconds; `None` when it is none or does not fit 64 bits.
pub fn nanoseconds(text: &str) -> Option<f64> {
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

/// The fields of a mount as far as they are known.
#[derive(Default)]
struct Mount {
    /// `None` once a variable is in it.
    kind: Option<String>,
    /// The keys that were given, under one name each.
    keys: Vec<&'static str>,
}

fn mount(flag: &Flag, value: &Word) -> Option<SyntaxError> {
    let keys = keys(value);
    // The fields and their keys are read from the same text, and a flag with a value has at least one.
    if keys.is_empty() || keys.len() != flag.fields.len() {
        return Some(SyntaxError::new(value.span, "the quotes in this mount are broken"));
    }
    let mut mount = Mount { kind: Some("bind".to_owned()), ..Mount::default() };
    let fields = keys.iter().zip(&flag.fields);
    // BuildKit looks at `from` before everything else.
    let from = fields.clone().filter(|(key, _)| *key == "from").find_map(|(_, field)| {
        let word = field.value.as_ref()?;
        word.raw.find('$').filter(|at| at + 1 < word.raw.len()).map(|_| SyntaxError {
            span: word.span,
            message: "variables are not expanded in `from`".to_owned(),
            note: Some("name the image in a stage, `FROM … AS name`, and use that name".to_owned()),
            meant: None,
        })
    });
    from.or_else(|| fields.clone().find_map(|(key, field)| mount_field(&mut mount, key, field)))
        .or_else(|| mount.contradiction().map(|message| SyntaxError::new(value.span, message)))
}

fn mount_field(mount: &mut Mount, key: &str, field: &MountField) -> Option<SyntaxError> {
    let error = |message: String| Some(SyntaxError::new(field.span, message));
    let Some(word) = &field.value else {
        return match key {
            "readonly" | "ro" | "readwrite" | "rw" => None,
            "required" if mount.may_be(&["secret", "ssh"]) => None,
            "required" => error(format!("a `{}` mount has no `required`", mount.kind.as_deref().unwrap_or(""))),
            _ => error(format!("`{key}` needs a value, as `{key}=…`")),
        };
    };
    let unknown = !word.variables.is_empty();
    let raw = &*word.raw;
    let lower = raw.to_ascii_lowercase();
    let set = unknown || !raw.is_empty();
    let (key, wrong) = match key {
        "type" if unknown => {
            mount.kind = None;
            return None;
        }
        "type" if !MOUNT_TYPES.contains(&lower.as_str()) => return one_of("type", word, &MOUNT_TYPES),
        "type" => {
            mount.kind = Some(lower);
            return None;
        }
        "sharing" if !unknown && !SHARING.contains(&lower.as_str()) => return one_of("sharing", word, &SHARING),
        "sharing" => ("sharing", false),
        "readonly" | "ro" | "readwrite" | "rw" => ("readonly", !is_boolean(raw)),
        "required" if !mount.may_be(&["secret", "ssh"]) => {
            return error(format!("a `{}` mount has no `required`", mount.kind.as_deref().unwrap_or("")));
        }
        "required" => ("required", !is_boolean(raw)),
        "size" if !mount.may_be(&["tmpfs"]) => {
            return error(format!("a `{}` mount has no `size`", mount.kind.as_deref().unwrap_or("")));
        }
        "size" => ("size", !raw.starts_with(|c: char| c.is_ascii_digit())),
        "mode" => ("mode", u32::from_str_radix(raw, 8).is_err()),
        "uid" => ("uid", raw.parse::<u32>().is_err()),
        "gid" => ("gid", raw.parse::<u32>().is_err()),
        "from" if set => ("from", false),
        "source" | "src" if set => ("source", false),
        "id" if set => ("id", false),
        "target" | "dst" | "destination" if set => ("target", false),
        // An empty value takes back an earlier one.
        "from" | "source" | "src" | "id" | "target" | "dst" | "destination" => {
            let name = match key {
                "src" => "source",
                "dst" | "destination" => "target",
                other => other,
            };
            mount.keys.retain(|key| *key != name);
            return None;
        }
        "env" => return None,
        _ => return Some(SyntaxError::new(field.key, format!("a mount has no field `{key}`"))),
    };
    mount.keys.push(key);
    if wrong && !unknown {
        return Some(SyntaxError::new(word.span, format!("`{key}` cannot be `{raw}`")));
    }
    None
}

impl Mount {
    fn may_be(&self, kinds: &[&str]) -> bool {
        self.kind.as_deref().is_none_or(|kind| kinds.contains(&kind))
    }

    fn has(&self, key: &str) -> bool {
        self.keys.contains(&key)
    }

    /// What its fields together cannot mean.
    fn contradiction(&self) -> Option<String> {
        let kind = self.kind.as_deref()?;
        if !matches!(kind, "secret" | "ssh" | "cache")
            && let Some(key) = ["mode", "uid", "gid"].into_iter().find(|key| self.has(key))
        {
            return Some(format!("a `{kind}` mount has no `{key}`"));
        }
        if kind != "cache" && self.has("sharing") {
            return Some(format!("a `{kind}` mount has no `sharing`"));
        }
        if kind != "secret" {
            return None;
        }
        if self.has("from") {
            return Some("a `secret` mount has no `from`".to_owned());
        }
        if !["id", "source", "target"].into_iter().any(|key| self.has(key)) {
            return Some("a `secret` mount needs an `id` or a `target`".to_owned());
        }
        (self.has("source") && self.has("id")).then(|| "`source` and `id` of a secret are the same thing".to_owned())
    }
}

/// `--device=vendor/class=name,required`.
fn device(flag: &Flag, value: &Word) -> Option<SyntaxError> {
    let keys = keys(value);
    if keys.is_empty() || keys.len() != flag.fields.len() || value.raw.is_empty() {
        return Some(SyntaxError::new(value.span, "this names no device"));
    }
    let mut named = false;
    for (key, field) in keys.iter().zip(&flag.fields) {
        let message = match (&**key, &field.value) {
            ("required", None) => continue,
            ("required", Some(word)) if is_boolean(&word.raw) => continue,
            ("required", Some(word)) => format!("`required` takes `true` or `false`, not `{}`", word.raw),
            ("name", Some(_)) if named => "the device has two names".to_owned(),
            (_, _) if !named => {
                named = true;
                continue;
            }
            (_, None) => format!("`{key}` needs a value, as `{key}=…`"),
            (_, Some(_)) => format!("a device has no field `{key}`"),
        };
        return Some(SyntaxError::new(field.span, message));
    }
    None
}

/// The keys of the fields, in lower case.
fn keys(value: &Word) -> Vec<String> {
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
