//! Image references: `registry/name:tag@digest`.
//!
//! The grammar is that of <https://github.com/distribution/reference> (`reference.go`, `normalize.go`), which the
//! builder, compose and the container runtimes use.

use std::fmt;

use nom::Parser;
use nom::bytes::complete::{take_while, take_while_m_n, take_while1};
use nom::character::complete::{char, satisfy};
use nom::combinator::{all_consuming, opt, recognize, verify};
use nom::multi::{many0, separated_list1};
use nom::sequence::{delimited, pair, preceded, terminated};

use crate::text::Span;

/// A reference whose parts are known. Spans are those of the parts in the file, or the whole word where a part
/// comes from a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// All of it, where it is written.
    pub span: Span,
    /// Expanded: what the builder or the cluster will pull.
    pub reference: String,
    /// `registry.example.com:5000`; `None` means Docker Hub.
    pub registry: Option<String>,
    /// `library/python` is written `python`: as in the reference, registry, tag and digest left out.
    pub name: String,
    /// Where the registry, if written, and the name stand.
    pub name_span: Span,
    /// The tag, if there is one.
    pub tag: Option<String>,
    /// Where the tag stands; the end of the name when there is none.
    pub tag_span: Span,
    /// `sha256:…`, if there is one.
    pub digest: Option<String>,
}

/// Why a text is no image reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageError {
    /// There is nothing, or nothing before `:` or `@`.
    Empty,
    /// The name has capitals.
    Uppercase,
    /// The registry is no host name with an optional port.
    Registry,
    /// The name is not made of `a-z`, `0-9` and single separators.
    Name,
    /// The name is longer than 255 characters.
    TooLong,
    /// The tag is not made of letters, digits, `_`, `.`, `-`, or longer than 128 characters.
    Tag,
    /// The digest is not `sha256:` and 64 hexadecimal digits, or the like for sha384 and sha512.
    Digest,
    /// 64 hexadecimal digits alone are an id, not a name.
    Id,
}

/// The registry that is meant when none is named.
pub const DOCKER_HUB: &str = "docker.io";

impl Image {
    /// Reads `text`, which stands at `span`. When the span is as long as the text the parts get their exact places;
    /// otherwise (variables, quotes) all of them get the whole span.
    ///
    /// # Errors
    ///
    /// When `text` is no reference that could be pulled.
    pub fn parse(text: &str, span: Span) -> Result<Image, ImageError> {
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(checked_digest(digest)?)),
            None => (text, None),
        };
        // A colon after the last slash starts a tag; one before it a port.
        let path_start = rest.rfind('/').map_or(0, |slash| slash + 1);
        let (full_name, tag) = match rest[path_start..].find(':') {
            Some(colon) => {
                let colon = path_start + colon;
                (&rest[..colon], Some(checked_tag(&rest[colon + 1..])?))
            }
            None => (rest, None),
        };
        let (registry, name) = checked_name(full_name)?;
        if registry.is_none() && is_id(name) {
            return Err(ImageError::Id);
        }
        let place = |start: usize, end: usize| {
            if span.len() as usize == text.len() { span.slice(start as u32, end as u32) } else { span }
        };
        let tag_start = full_name.len() + usize::from(tag.is_some());
        Ok(Image {
            span,
            reference: text.to_owned(),
            registry: registry.map(str::to_owned),
            name: name.to_owned(),
            name_span: place(0, full_name.len()),
            tag: tag.map(str::to_owned),
            tag_span: place(tag_start, tag_start + tag.map_or(0, str::len)),
            digest: digest.map(str::to_owned),
        })
    }

    /// Reads what the word `raw` at `span` expands to. What stands in front of its first variable has its exact place;
    /// a tag that comes after that has all the rest.
    ///
    /// # Errors
    ///
    /// As [`Image::parse`].
    pub fn parse_expanded(reference: &str, raw: &str, span: Span) -> Result<Image, ImageError> {
        let mut image = Image::parse(reference, Span::new(0, reference.len() as u32))?;
        image.span = span;
        let same = raw.bytes().zip(reference.bytes()).take_while(|(left, right)| left == right).count() as u32;
        let exact = span.len() as usize == raw.len();
        let whole = raw == reference;
        let place = |part: Span| match part {
            _ if !exact => span,
            Span { start, end } if whole || end < same => span.slice(start, end),
            Span { start, .. } if start <= same && image.digest.is_none() => span.slice(start, span.len()),
            _ => span,
        };
        (image.name_span, image.tag_span) = (place(image.name_span), place(image.tag_span));
        Ok(image)
    }

    /// The registry, also when it is not written.
    pub fn registry(&self) -> &str {
        self.registry.as_deref().unwrap_or(DOCKER_HUB)
    }

    /// Whether it comes from Docker Hub.
    pub fn is_docker_hub(&self) -> bool {
        matches!(self.registry(), DOCKER_HUB | "index.docker.io" | "registry-1.docker.io")
    }

    /// Whether its registry is one of `registries`. A `*` at an end of one stands for anything; one with a slash also
    /// names the first parts of the name.
    pub fn comes_from(&self, registries: &[String]) -> bool {
        let own = if self.is_docker_hub() { DOCKER_HUB } else { self.registry() };
        registries.iter().any(|pattern| match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
            (None, None) if pattern.contains('/') => {
                let rest = self.canonical_name();
                let rest = rest.strip_prefix(pattern.trim_end_matches('/')).unwrap_or("-");
                rest.is_empty() || rest.starts_with('/')
            }
            (None, None) if pattern == "hub.docker.com" => own == DOCKER_HUB,
            (Some(end), Some(_)) => own.contains(end.trim_end_matches('*')),
            (Some(end), None) => own.ends_with(end),
            (None, Some(start)) => own.starts_with(start),
            (None, None) => own == pattern,
        })
    }

    /// Whether one of `patterns` means it: by its short name or written out, with or without tag and digest. A `*`
    /// stands for anything.
    pub fn is_one_of(&self, patterns: &[String]) -> bool {
        let tag = self.tag.as_deref().map(|tag| format!(":{tag}")).unwrap_or_default();
        let digest = self.digest.as_deref().map(|digest| format!("@{digest}")).unwrap_or_default();
        let names = [self.familiar_name(), self.canonical_name()];
        names.iter().any(|name| {
            let forms =
                [name.clone(), format!("{name}{tag}"), format!("{name}{digest}"), format!("{name}{tag}{digest}")];
            patterns.iter().any(|pattern| forms.iter().any(|form| matches_stars(pattern, form)))
        })
    }

    /// Whether it is one of Docker's official images.
    pub fn is_official(&self) -> bool {
        self.is_docker_hub() && !self.repository().contains('/')
    }

    /// The name without registry, and without `library/` where that is implied.
    pub fn repository(&self) -> &str {
        if self.is_docker_hub() { self.name.strip_prefix("library/").unwrap_or(&self.name) } else { &self.name }
    }

    /// The shortest name that means the same: `python`, `bitnami/redis`, `ghcr.io/owner/app`.
    pub fn familiar_name(&self) -> String {
        if self.is_docker_hub() { self.repository().to_owned() } else { format!("{}/{}", self.registry(), self.name) }
    }

    /// What the name means, written out: `docker.io/library/python`.
    pub fn canonical_name(&self) -> String {
        if self.is_official() {
            return format!("{DOCKER_HUB}/library/{}", self.repository());
        }
        let registry = if self.is_docker_hub() { DOCKER_HUB } else { self.registry() };
        format!("{registry}/{}", self.repository())
    }

    /// Whether neither tag nor digest is given, so that `latest` is meant.
    pub fn is_untagged(&self) -> bool {
        self.tag.is_none() && self.digest.is_none()
    }
}

impl fmt::Display for ImageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ImageError::Empty => "the image has no name",
            ImageError::Uppercase => "the name of an image is in lower case",
            ImageError::Registry => "the registry is no host name with an optional port",
            ImageError::Name => {
                "the name of an image is made of `a`-`z`, `0`-`9` and single separators `.`, `_`, `-` between them"
            }
            ImageError::TooLong => "the name of an image has at most 255 characters",
            ImageError::Tag => {
                "a tag is made of at most 128 letters, digits, `_`, `.` and `-`, not starting with `.` or `-`"
            }
            ImageError::Digest => "a digest is `sha256:` and 64 hexadecimal digits in lower case",
            ImageError::Id => "64 hexadecimal digits are an image id, not a name",
        })
    }
}

impl std::error::Error for ImageError {}

/// Whether a reference names the transport it comes by, as Podman and Buildah allow: what stands behind it is no name of a
/// registry. From `containers-transports(5)`.
pub fn is_of_another_tool(reference: &str) -> bool {
    let Some((transport, rest)) = reference.split_once(':') else { return false };
    match transport {
        "docker" | "atomic" => rest.starts_with("//"),
        "docker-archive" | "docker-daemon" | "oci-archive" | "containers-storage" | "ostree" | "sif" => true,
        "dir" | "oci" => rest.contains('/') || rest.starts_with('.'),
        _ => false,
    }
}

/// Whether `text` is `pattern`, in which a `*` stands for anything.
fn matches_stars(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('*');
    let Some(mut rest) = pieces.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let Some(last) = pieces.next_back() else { return rest.is_empty() };
    for piece in pieces {
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
    }
    rest.ends_with(last)
}

type Tokens<'t> = nom::IResult<&'t str, &'t str>;

fn checked_digest(text: &str) -> Result<&str, ImageError> {
    let component =
        || recognize(pair(satisfy(|c| c.is_ascii_alphabetic()), take_while(|c: char| c.is_ascii_alphanumeric())));
    let algorithm = recognize(separated_list1(satisfy(|c| "+.-_".contains(c)), component()));
    let hex = take_while1(|c: char| matches!(c, '0'..='9' | 'a'..='f'));
    let parsed: nom::IResult<&str, (&str, &str)> = all_consuming((terminated(algorithm, char(':')), hex)).parse(text);
    let (_, (algorithm, hex)) = parsed.map_err(|_| ImageError::Digest)?;
    let length = match algorithm {
        "sha256" => 64,
        "sha384" => 96,
        "sha512" => 128,
        _ => return Err(ImageError::Digest),
    };
    if hex.len() == length { Ok(text) } else { Err(ImageError::Digest) }
}

fn checked_tag(text: &str) -> Result<&str, ImageError> {
    let first = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let parsed: Tokens<'_> = all_consuming(recognize(pair(
        satisfy(first),
        take_while_m_n(0, 127, move |c| first(c) || c == '.' || c == '-'),
    )))
    .parse(text);
    parsed.map(|(_, tag)| tag).map_err(|_| ImageError::Tag)
}

/// Splits the registry off and checks both.
fn checked_name(text: &str) -> Result<(Option<&str>, &str), ImageError> {
    let (registry, name) = split_registry(text);
    if name.is_empty() {
        return Err(ImageError::Empty);
    }
    if name.contains(|c: char| c.is_ascii_uppercase()) {
        return Err(ImageError::Uppercase);
    }
    if let Some(registry) = registry {
        all_consuming(host).parse(registry).map_err(|_| ImageError::Registry)?;
    }
    all_consuming(path).parse(name).map_err(|_| ImageError::Name)?;
    if name.len() > 255 {
        return Err(ImageError::TooLong);
    }
    Ok((registry, name))
}

/// The part before the first slash is a registry when it cannot be a part of a name on Docker Hub.
fn split_registry(text: &str) -> (Option<&str>, &str) {
    let Some((first, rest)) = text.split_once('/') else { return (None, text) };
    let is_host = first == "localhost" || first.contains(|c: char| c == '.' || c == ':' || c.is_ascii_uppercase());
    if is_host { (Some(first), rest) } else { (None, text) }
}

fn host(text: &str) -> Tokens<'_> {
    let component = || {
        verify(take_while1(|c: char| c.is_ascii_alphanumeric() || c == '-'), |part: &str| {
            !part.starts_with('-') && !part.ends_with('-')
        })
    };
    let names = recognize(separated_list1(char('.'), component()));
    let ipv6 = recognize(delimited(char('['), take_while1(|c: char| c.is_ascii_hexdigit() || c == ':'), char(']')));
    let port = preceded(char(':'), take_while1(|c: char| c.is_ascii_digit()));
    recognize(pair(nom::branch::alt((names, ipv6)), opt(port))).parse(text)
}

fn path(text: &str) -> Tokens<'_> {
    let alphanumeric = || take_while1(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    let separator = || {
        verify(take_while1(|c| matches!(c, '.' | '_' | '-')), |separator: &str| {
            matches!(separator, "." | "_" | "__") || separator.bytes().all(|byte| byte == b'-')
        })
    };
    let component = || recognize(pair(alphanumeric(), many0(pair(separator(), alphanumeric()))));
    recognize(separated_list1(char('/'), component())).parse(text)
}

fn is_id(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Image, ImageError> {
        Image::parse(text, Span::new(10, 10 + text.len() as u32))
    }

    #[test]
    fn parts_are_found_with_their_places() {
        let image = parse("ghcr.io:443/owner/app:1.2").expect("legal");
        assert_eq!((image.registry.as_deref(), image.name.as_str()), (Some("ghcr.io:443"), "owner/app"));
        assert_eq!((image.tag.as_deref(), image.tag_span), (Some("1.2"), Span::new(32, 35)));
        assert_eq!(image.name_span, Span::new(10, 31));
        let image = parse("python").expect("legal");
        assert_eq!((image.tag, image.tag_span), (None, Span::empty(16)));
    }

    #[test]
    fn names_are_understood_as_docker_does() {
        for (text, familiar, canonical) in [
            ("python:3", "python", "docker.io/library/python"),
            ("library/python", "python", "docker.io/library/python"),
            ("docker.io/python", "python", "docker.io/library/python"),
            ("index.docker.io/bitnami/redis", "bitnami/redis", "docker.io/bitnami/redis"),
            ("localhost/app", "localhost/app", "localhost/app"),
            ("registry:5000/app", "registry:5000/app", "registry:5000/app"),
            ("gcr.io/distroless/static", "gcr.io/distroless/static", "gcr.io/distroless/static"),
        ] {
            let image = parse(text).expect("legal");
            assert_eq!((image.familiar_name(), image.canonical_name()), (familiar.to_owned(), canonical.to_owned()));
        }
    }

    #[test]
    fn registries_are_matched_whole_but_for_a_star_at_an_end() {
        for (text, pattern, trusted) in [
            ("python", "docker.io", true),
            ("index.docker.io/a/b", "docker.io", true),
            ("eu.gcr.io/a/b", "gcr.io", false),
            ("eu.gcr.io/a/b", "*.gcr.io", true),
            ("registry:5000/a", "registry", false),
            ("registry:5000/a", "registry:*", true),
            ("quay.io/a/b", "*", true),
            ("quay.io/a/b", "*docker*", false),
        ] {
            let image = parse(text).expect("legal");
            assert_eq!(image.comes_from(&[pattern.to_owned()]), trusted, "{text} from {pattern}");
        }
    }

    #[test]
    fn a_digest_is_checked() {
        let hex = "0123456789abcdef".repeat(4);
        let image = parse(&format!("alpine:3@sha256:{hex}")).expect("legal");
        assert_eq!((image.tag.as_deref(), image.digest), (Some("3"), Some(format!("sha256:{hex}"))));
        assert_eq!(parse("alpine@sha256:abc"), Err(ImageError::Digest));
        assert_eq!(parse(&format!("alpine@md5:{hex}")), Err(ImageError::Digest));
        assert_eq!(parse(&hex), Err(ImageError::Id));
    }

    #[test]
    fn what_cannot_be_pulled_is_refused() {
        for (text, error) in [
            ("", ImageError::Empty),
            (":1", ImageError::Empty),
            ("ghcr.io/", ImageError::Empty),
            ("Python", ImageError::Uppercase),
            ("python:", ImageError::Tag),
            ("python:-1", ImageError::Tag),
            ("python:a b", ImageError::Tag),
            ("a//b", ImageError::Name),
            ("a...b", ImageError::Name),
            ("-a", ImageError::Name),
            ("my_-app", ImageError::Name),
            ("-host.io/app", ImageError::Registry),
        ] {
            assert_eq!(parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn what_comes_from_a_variable_has_the_place_of_the_variable() {
        let parse = |reference: &str, raw: &str| {
            let image = Image::parse_expanded(reference, raw, Span::new(5, 5 + raw.len() as u32)).expect("legal");
            (image.name_span, image.tag_span)
        };
        assert_eq!(parse("a:12", "a:12"), (Span::new(5, 6), Span::new(7, 9)));
        assert_eq!(parse("python:3.13-slim", "python:${V}-slim"), (Span::new(5, 11), Span::new(12, 21)));
        assert_eq!(parse("golang", "${IMG}"), (Span::new(5, 11), Span::new(5, 11)));
        assert_eq!(parse("golang:1", "gol${IMG}"), (Span::new(5, 14), Span::new(5, 14)));
    }

    #[test]
    fn a_word_from_a_variable_has_one_place() {
        let image = Image::parse("python:3", Span::new(5, 12)).expect("legal");
        assert_eq!((image.tag_span, image.name_span), (Span::new(5, 12), Span::new(5, 12)));
    }

    #[test]
    fn patterns_mean_images_with_and_without_their_parts() {
        for (text, pattern, meant) in [
            ("python:3.13", "python", true),
            ("python:3.13", "python:3.*", true),
            ("python:3.13", "python:2.*", false),
            ("python", "docker.io/library/*", true),
            ("ghcr.io/a/b:1", "ghcr.io/*", true),
            ("ghcr.io/a/b:1", "ghcr.io/*/b", true),
            ("ghcr.io/a/b:1", "*/c", false),
            ("ghcr.io/a/b:1", "ghcr.io/a", false),
        ] {
            let image = Image::parse(text, Span::empty(0)).expect("legal");
            assert_eq!(image.is_one_of(&[pattern.to_owned()]), meant, "{text} is {pattern}");
        }
        let from = |pattern: &str| {
            let image = Image::parse("ghcr.io/acme/b:1", Span::empty(0)).expect("legal");
            image.comes_from(&[pattern.to_owned()])
        };
        assert_eq!([from("ghcr.io/acme"), from("ghcr.io/ac"), from("ghcr.io/acme/")], [true, false, true]);
    }
}
