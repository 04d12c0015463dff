//! What a scalar means: the same text is a boolean for one tool and a string for another.
//!
//! Facts are those of go-yaml 2.4 (`resolve.go`, read by `sigs.k8s.io/yaml`), go-yaml 4 (read by compose-go) and of
//! the core schema of YAML 1.2.

use std::borrow::Cow;

use super::node::{NodeKind, Ref, ScalarStyle};

/// Whose reading of plain scalars counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// `sigs.k8s.io/yaml`: the booleans `yes`, `no`, `on`, `off`, `y`, `n`; `0777` is octal; no base 60.
    Kubernetes,
    /// compose-go: `true` and `false` only; `0777` is octal; no base 60.
    Compose,
    /// The core schema of YAML 1.2: `0777` is 777.
    Yaml12,
}

/// A scalar as a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// Nothing, `~`, `null`.
    Null,
    /// A boolean.
    Bool(bool),
    /// A whole number, as far as 64 bits with or without a sign reach.
    Integer(i128),
    /// A number with a point, an exponent, or beyond the whole numbers.
    Float(f64),
    /// Everything else; dates too.
    String(Cow<'a, str>),
}

/// Why versions of YAML disagree on a plain scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ambiguity {
    /// `yes`, `no`, `on`, `off`, `y`, `n`: a boolean in 1.1, a string in 1.2.
    Boolean,
    /// `0644`: octal in 1.1, decimal in 1.2. `0o644`: a string in 1.1, octal in 1.2.
    Octal,
    /// `22:22`: a number to base 60 in 1.1, a string in 1.2.
    Sexagesimal,
}

impl<'a> Ref<'a> {
    /// The value as `profile` reads it. `None` for a collection and for a scalar that is not known.
    pub fn value(self, profile: Profile) -> Option<Value<'a>> {
        let target = self.follow();
        let scalar = match &target.node().kind {
            NodeKind::Missing if matches!(target.tag(), Some("!!str" | "!")) => return Some(Value::String("".into())),
            NodeKind::Missing => return Some(Value::Null),
            NodeKind::Scalar(scalar) => scalar,
            _ => return None,
        };
        let text = target.as_str()?;
        let plain = scalar.style == ScalarStyle::Plain;
        Some(match target.tag() {
            None if plain => resolve(text, profile),
            Some("!!null" | "!!bool" | "!!int") => resolve(text, profile),
            Some("!!float") => match resolve(text, profile) {
                Value::Integer(number) => Value::Float(number as f64),
                other => other,
            },
            _ => Value::String(text.into()),
        })
    }

    /// Whether versions of YAML disagree on what is written here.
    pub fn ambiguity(self) -> Option<Ambiguity> {
        let scalar = self.scalar()?;
        if scalar.style != ScalarStyle::Plain || self.tag().is_some() {
            return None;
        }
        ambiguity(self.as_str()?)
    }
}

/// What a plain scalar without a tag means.
pub fn resolve(text: &str, profile: Profile) -> Value<'_> {
    let Some(first) = text.bytes().next() else { return Value::Null };
    let value = match first {
        b'~' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'y' | b'Y' | b'o' | b'O' => word(text, profile),
        b'.' => decimal(text),
        b'0'..=b'9' | b'+' | b'-' if profile == Profile::Yaml12 => core_number(text),
        b'0'..=b'9' | b'+' | b'-' => go_number(text, profile),
        _ => None,
    };
    value.unwrap_or_else(|| Value::String(text.into()))
}

/// As [`Ref::ambiguity`], for the text of a plain scalar.
pub fn ambiguity(text: &str) -> Option<Ambiguity> {
    if old_boolean(text).is_some() {
        return Some(Ambiguity::Boolean);
    }
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (first, rest) = digits.split_at_checked(1)?;
    if first == "0" && !rest.is_empty() {
        let octal = rest.strip_prefix('o').unwrap_or(rest);
        let is_octal = !octal.is_empty() && octal.bytes().all(|byte| matches!(byte, b'0'..=b'7' | b'_'));
        return is_octal.then_some(Ambiguity::Octal);
    }
    is_sexagesimal(digits).then_some(Ambiguity::Sexagesimal)
}

/// `true`, `null` and their like.
fn word(text: &str, profile: Profile) -> Option<Value<'_>> {
    match text {
        "~" | "null" | "Null" | "NULL" => Some(Value::Null),
        "true" | "True" | "TRUE" => Some(Value::Bool(true)),
        "false" | "False" | "FALSE" => Some(Value::Bool(false)),
        _ if profile == Profile::Kubernetes => old_boolean(text).map(Value::Bool),
        _ => None,
    }
}

/// The booleans of YAML 1.1 that 1.2 dropped.
fn old_boolean(text: &str) -> Option<bool> {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Some(true),
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Some(false),
        _ => None,
    }
}

/// Numbers as Go's `strconv.ParseInt` with base 0 and `ParseFloat` read them, underscores left out.
fn go_number(text: &str, profile: Profile) -> Option<Value<'_>> {
    if profile == Profile::Compose && matches!(text, "-0" | "-0.0") {
        return Some(Value::Float(-0.0));
    }
    let plain: Cow<'_, str> = if text.contains('_') { text.replace('_', "").into() } else { text.into() };
    let digits = plain.strip_prefix(['+', '-']).unwrap_or(&plain);
    let lower = digits.get(..2).map(str::to_ascii_lowercase);
    let (radix, digits) = match lower.as_deref() {
        Some("0x") => (16, &digits[2..]),
        Some("0o") => (8, &digits[2..]),
        Some("0b") => (2, &digits[2..]),
        Some(_) if digits.starts_with('0') => (8, &digits[1..]),
        _ => (10, digits),
    };
    integer(&plain, digits, radix).or_else(|| decimal(&plain))
}

fn core_number(text: &str) -> Option<Value<'_>> {
    let (radix, digits) = match text.get(..2) {
        Some("0x") => (16, &text[2..]),
        Some("0o") => (8, &text[2..]),
        _ => (10, text.strip_prefix(['+', '-']).unwrap_or(text)),
    };
    integer(text, digits, radix).or_else(|| decimal(text))
}

/// A whole number of at most 64 bits, with the sign that `written` starts with.
fn integer<'a>(written: &str, digits: &str, radix: u32) -> Option<Value<'a>> {
    if !digits.starts_with(|c: char| c.is_digit(radix)) {
        return None;
    }
    let magnitude = i128::from(u64::from_str_radix(digits, radix).ok()?);
    let value = if written.starts_with('-') { -magnitude } else { magnitude };
    (value >= i128::from(i64::MIN)).then_some(Value::Integer(value))
}

/// A number with a point or an exponent, `.inf` and `.nan`.
fn decimal<'a>(text: &str) -> Option<Value<'a>> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    match unsigned {
        ".inf" | ".Inf" | ".INF" if text.starts_with('-') => return Some(Value::Float(f64::NEG_INFINITY)),
        ".inf" | ".Inf" | ".INF" => return Some(Value::Float(f64::INFINITY)),
        ".nan" | ".NaN" | ".NAN" => return (unsigned.len() == text.len()).then_some(Value::Float(f64::NAN)),
        _ => {}
    }
    // Rust reads `inf`, `nan` and `infinity` too.
    if !unsigned.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-')) {
        return None;
    }
    if !unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    text.parse::<f64>().ok().filter(|number| number.is_finite()).map(Value::Float)
}

/// `1:30`, `190:20:30.15`.
fn is_sexagesimal(digits: &str) -> bool {
    let mut parts = digits.split(':');
    let first = parts.next().unwrap_or("");
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !number(first) || first.starts_with('0') {
        return false;
    }
    let mut count = 0;
    for part in parts {
        let whole = part.split('.').next().unwrap_or("");
        if !number(whole) || whole.len() > 2 || whole.parse::<u32>().is_ok_and(|value| value > 59) {
            return false;
        }
        count += 1;
    }
    count > 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::yaml::parse;

    fn all(text: &str) -> [Value<'_>; 3] {
        [Profile::Kubernetes, Profile::Compose, Profile::Yaml12].map(|profile| resolve(text, profile))
    }

    fn string(text: &str) -> Value<'_> {
        Value::String(text.into())
    }

    #[test]
    fn only_kubernetes_reads_the_old_booleans() {
        for text in ["yes", "On", "y"] {
            assert_eq!(all(text), [Value::Bool(true), string(text), string(text)]);
        }
        assert_eq!(all("off"), [Value::Bool(false), string("off"), string("off")]);
        assert_eq!(all("TRUE"), [Value::Bool(true), Value::Bool(true), Value::Bool(true)]);
        assert_eq!(all("tRUE"), [string("tRUE"), string("tRUE"), string("tRUE")]);
    }

    #[test]
    fn a_leading_zero_is_octal_for_go() {
        assert_eq!(all("0644"), [Value::Integer(420), Value::Integer(420), Value::Integer(644)]);
        assert_eq!(all("0o644"), [Value::Integer(420), Value::Integer(420), Value::Integer(420)]);
        assert_eq!(all("089"), [Value::Float(89.0), Value::Float(89.0), Value::Integer(89)]);
        assert_eq!(all("0b11"), [Value::Integer(3), Value::Integer(3), string("0b11")]);
        assert_eq!(all("0"), [Value::Integer(0), Value::Integer(0), Value::Integer(0)]);
    }

    #[test]
    fn underscores_and_base_60_are_told_apart() {
        assert_eq!(all("1_000"), [Value::Integer(1000), Value::Integer(1000), string("1_000")]);
        assert_eq!(all("22:22"), [string("22:22"), string("22:22"), string("22:22")]);
    }

    #[test]
    fn numbers_keep_their_kind() {
        assert_eq!(all("-12")[0], Value::Integer(-12));
        assert_eq!(all("+0x1F")[0], Value::Integer(31));
        assert_eq!(all("18446744073709551615")[0], Value::Integer(i128::from(u64::MAX)));
        assert_eq!(all("1e3")[2], Value::Float(1000.0));
        assert_eq!(all(".5")[0], Value::Float(0.5));
        assert_eq!(all("-.INF")[1], Value::Float(f64::NEG_INFINITY));
        assert_eq!(all("1.2.3")[0], string("1.2.3"));
        assert_eq!(all("-")[0], string("-"));
        assert_eq!(all("1e999")[0], string("1e999"));
        assert_eq!(all("+-1")[2], string("+-1"));
        assert_eq!(all("2024-01-02")[0], string("2024-01-02"));
    }

    #[test]
    fn quotes_and_tags_decide_before_the_text() {
        let stream = parse("[yes, 'yes', !!str yes, !!int \"7\", !custom 7, !!float 1, , ~]".replace(", ,", ", '',"));
        let root = stream.documents[0].root().expect("one document");
        let values: Vec<_> = root.items().filter_map(|item| item.value(Profile::Kubernetes)).collect();
        let expected = [
            Value::Bool(true),
            string("yes"),
            string("yes"),
            Value::Integer(7),
            string("7"),
            Value::Float(1.0),
            string(""),
            Value::Null,
        ];
        assert_eq!(values, expected);
    }

    #[test]
    fn what_versions_of_yaml_read_differently_is_ambiguous() {
        let expected = [
            ("no", Some(Ambiguity::Boolean)),
            ("0644", Some(Ambiguity::Octal)),
            ("0o17", Some(Ambiguity::Octal)),
            ("22:22", Some(Ambiguity::Sexagesimal)),
            ("1:30:00", Some(Ambiguity::Sexagesimal)),
            ("8080:80", None),
            ("0", None),
            ("0x1f", None),
            ("true", None),
            ("089", None),
            ("", None),
            ("éé", None),
        ];
        for (text, ambiguous) in expected {
            assert_eq!(ambiguity(text), ambiguous, "{text}");
        }
    }
}
