//! What labels may be called, and what their values may be.

use super::dockerfile::Instruction;
use crate::syntax::dockerfile::{InstructionKind, Pair};
use crate::text::Span;

/// What is wrong with the name of a label, by Docker's guidelines
/// (<https://docs.docker.com/engine/manage-resources/labels/>); `None` when nothing is. The end of the message
/// "the name of the label `…` …".
pub fn key_fault(key: &str) -> Option<&'static str> {
    const RESERVED: [&str; 3] = ["com.docker.", "io.docker.", "org.dockerproject."];
    if RESERVED.iter().any(|prefix| key.starts_with(prefix)) {
        return Some("lies in a name space that belongs to Docker");
    }
    if key.contains(|c: char| c.is_ascii_uppercase()) {
        return Some("has capitals");
    }
    if !key.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Some("does not start with a letter");
    }
    if !key.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-/".contains(&byte)) {
        return Some("has other characters than letters, digits, `.`, `_`, `-` and `/`");
    }
    if key.contains("..") || key.contains("--") {
        return Some("has the same separator twice");
    }
    key.ends_with(['.', '_', '-', '/']).then_some("ends in a separator")
}

/// A label that a LABEL sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Its name.
    pub key: String,
    /// Where the name stands.
    pub name: Span,
    /// Where the value stands; the name where nothing stands there.
    pub value: Span,
    /// The value; `None` when it is not known.
    pub text: Option<String>,
}

/// The labels that a LABEL sets, those left out whose names only the build knows.
pub fn labels_of(instruction: Instruction<'_>) -> Vec<Label> {
    let InstructionKind::Label(pairs) = &instruction.node.kind else { return Vec::new() };
    let label = |pair: &Pair| {
        let value = if pair.value.span.is_empty() { pair.key.span } else { pair.value.span };
        Some(Label {
            key: instruction.value(&pair.key)?,
            name: pair.key.span,
            value,
            text: instruction.value(&pair.value),
        })
    };
    pairs.pairs.iter().filter_map(label).collect()
}

/// The labels of a LABEL that `schema` calls `kind`, and whose values are known, not empty, and none.
pub fn wrong(instruction: Instruction<'_>, schema: &[Expected], kind: Kind) -> Vec<Label> {
    let expected: Vec<&Expected> = schema.iter().filter(|expected| expected.kind == kind).collect();
    if expected.is_empty() {
        return Vec::new();
    }
    let is_wrong = |label: &Label| {
        expected.iter().any(|expected| expected.name == label.key)
            && label.text.as_deref().is_some_and(|text| !text.is_empty() && !kind.accepts(text))
    };
    labels_of(instruction).into_iter().filter(is_wrong).collect()
}

/// A label that the configuration knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Its name.
    pub name: String,
    /// What its value is.
    pub kind: Kind,
    /// Whether every image has it.
    pub required: bool,
}

/// What the value of a label is. The names are those of hadolint's `label-schema`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Anything.
    Text,
    /// A URI with a scheme (RFC 3986).
    Url,
    /// A version by <https://semver.org>.
    Semver,
    /// The hash of a Git commit: 7, 40 or 64 hexadecimal digits.
    Hash,
    /// Date and time by RFC 3339.
    Rfc3339,
    /// A license expression of SPDX.
    Spdx,
    /// An e-mail address.
    Email,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 7] =
        [Kind::Text, Kind::Url, Kind::Semver, Kind::Hash, Kind::Rfc3339, Kind::Spdx, Kind::Email];

    /// As it is written in a configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Url => "url",
            Kind::Semver => "semver",
            Kind::Hash => "hash",
            Kind::Rfc3339 => "rfc3339",
            Kind::Spdx => "spdx",
            Kind::Email => "email",
        }
    }

    /// The kind of that name; `rawtext` is hadolint's other name for `text`.
    pub fn parse(name: &str) -> Option<Kind> {
        if name == "rawtext" {
            return Some(Kind::Text);
        }
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether `value` is one of it.
    pub fn accepts(self, value: &str) -> bool {
        match self {
            Kind::Text => true,
            Kind::Url => is_url(value),
            Kind::Semver => is_semver(value),
            Kind::Hash => {
                matches!(value.len(), 7 | 40 | 64)
                    && value.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
            }
            Kind::Rfc3339 => is_rfc3339(value),
            Kind::Spdx => is_spdx(value),
            Kind::Email => is_email(value),
        }
    }
}

fn is_url(value: &str) -> bool {
    let Some((scheme, rest)) = value.split_once(':') else { return false };
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
        && !rest.trim_start_matches('/').is_empty()
        && !rest.contains(|c: char| c.is_whitespace() || c.is_control() || "<>\"{}|\\^`".contains(c))
}

fn is_semver(value: &str) -> bool {
    let (value, build) = value.split_once('+').map_or((value, None), |(value, build)| (value, Some(build)));
    let (core, pre) = value.split_once('-').map_or((value, None), |(core, pre)| (core, Some(pre)));
    let is_number = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()) && (part == "0" || !part.starts_with('0'))
    };
    let is_word =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    core.split('.').count() == 3
        && core.split('.').all(is_number)
        && pre.is_none_or(|pre| pre.split('.').all(|part| is_word(part) && (!digits(part) || is_number(part))))
        && build.is_none_or(|build| build.split('.').all(is_word))
}

fn is_rfc3339(value: &str) -> bool {
    let Some((date, time)) = value.split_once(['T', 't']) else { return false };
    let fields = |text: &str, separator: char| -> Option<Vec<u32>> {
        let parts = text.split(separator);
        parts.map(|part| part.parse().ok().filter(|_| part.bytes().all(|byte| byte.is_ascii_digit()))).collect()
    };
    let Some([year, month, day]) = fields(date, '-').and_then(|fields| <[u32; 3]>::try_from(fields).ok()) else {
        return false;
    };
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    if date.len() != 10 || !(1..=days).contains(&day) {
        return false;
    }
    let Some(zone) = time.find(['Z', 'z', '+', '-']) else { return false };
    let (clock, zone) = time.split_at(zone);
    let (clock, fraction) = clock.split_once('.').map_or((clock, None), |(clock, fraction)| (clock, Some(fraction)));
    let good_clock = clock.len() == 8
        && fields(clock, ':').is_some_and(|parts| matches!(parts[..], [0..=23, 0..=59, 0..=60]))
        && fraction.is_none_or(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    let good_zone = zone.eq_ignore_ascii_case("z")
        || zone.len() == 6 && fields(&zone[1..], ':').is_some_and(|parts| matches!(parts[..], [0..=23, 0..=59]));
    good_clock && good_zone
}

/// `MIT`, `GPL-2.0-or-later WITH Classpath-exception-2.0`, `(MIT OR Apache-2.0) AND BSD-3-Clause`.
fn is_spdx(value: &str) -> bool {
    let spaced = value.replace('(', " ( ").replace(')', " ) ");
    let mut depth = 0usize;
    // Whether a license or an opening parenthesis comes next.
    let mut operand = true;
    let mut words = spaced.split_whitespace().peekable();
    let mut any = false;
    while let Some(word) = words.next() {
        any = true;
        match word {
            "(" if operand => depth += 1,
            ")" if !operand && depth > 0 => depth -= 1,
            "AND" | "OR" if !operand => operand = true,
            _ if operand && is_license(word) => {
                operand = false;
                if words.next_if_eq(&"WITH").is_some() && !words.next().is_some_and(|word| is_listed(word, EXCEPTIONS))
                {
                    return false;
                }
            }
            _ => return false,
        }
    }
    any && depth == 0 && !operand
}

/// Short identifiers of the SPDX License List 3.27.0, <https://spdx.org/licenses/>, one a line.
const LICENSES: &str = include_str!("labels/licenses.txt");
/// Its exceptions, <https://spdx.org/licenses/exceptions-index.html>.
const EXCEPTIONS: &str = include_str!("labels/exceptions.txt");

fn is_license(word: &str) -> bool {
    let name = word.strip_suffix('+').unwrap_or(word);
    let own = name.rsplit_once(':').map_or(
        name,
        |(document, name)| {
            if document.starts_with("DocumentRef-") { name } else { "" }
        },
    );
    own.strip_prefix("LicenseRef-").is_some_and(|name| !name.is_empty()) || is_listed(name, LICENSES)
}

/// Identifiers are matched in any case.
fn is_listed(name: &str, list: &str) -> bool {
    list.lines().any(|known| known.eq_ignore_ascii_case(name))
}

fn is_email(value: &str) -> bool {
    let Some((local, domain)) = value.rsplit_once('@') else { return false };
    let is_atom = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&byte) || byte >= 0x80;
    let good_local = !local.is_empty() && !local.starts_with('.') && !local.ends_with('.') && !local.contains("..");
    let is_label = |label: &str| {
        !label.is_empty()
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte >= 0x80)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    good_local && local.bytes().all(is_atom) && domain.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_held_against_their_kind() {
        for (kind, good, bad) in [
            (Kind::Url, "https://a.b/c?d mailto:a@b urn:x", "a.b /x https:// http://<"),
            (Kind::Semver, "1.2.3 0.0.1-rc.1+b.7 1.2.3-0a", "1.2 v1.2.3 01.2.3 1.2.3- 1.2.3-01 1.2.3.4 1.2.3+"),
            (Kind::Hash, "0123456 0123456789abcdef0123456789abcdef01234567", "012345 ABCDEF0 012345g"),
            (
                Kind::Rfc3339,
                "2020-01-01T00:00:00Z 2020-02-29t23:59:60.5+01:00",
                "2020-01-01 2021-02-29T00:00:00Z 2020-01-01T25:00:00Z 2020-1-01T00:00:00Z 2020-01-01T00:00:00",
            ),
            (Kind::Spdx, "MIT apache-2.0 GPL-2.0-or-later LicenseRef-x", "FOO MIT: LicenseRef- ()"),
            (Kind::Email, "a@b a.b+c@d-e.f", "a @b a@b. A<a@b.c> a@b@c .a@b"),
        ] {
            for value in good.split(' ') {
                assert!(kind.accepts(value), "{kind:?} {value}");
            }
            for value in bad.split(' ') {
                assert!(!kind.accepts(value), "{kind:?} {value}");
            }
            assert!(!kind.accepts(""), "{kind:?}");
        }
        for value in ["MIT OR Apache-2.0", "(MIT AND BSD-3-Clause) OR GPL-2.0-only WITH Classpath-exception-2.0"] {
            assert!(Kind::Spdx.accepts(value), "{value}");
        }
        for value in ["MIT Apache-2.0", "MIT OR", "(MIT", "MIT)", "MIT WITH FOO", "MIT and MIT"] {
            assert!(!Kind::Spdx.accepts(value), "{value}");
        }
    }
}
