//! Addresses of documents, and the paths they stand for.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use lsp_types::Uri;

use crate::text::normalize;

/// The absolute path of a `file:` address; `None` for all others.
pub(super) fn path_of(uri: &Uri) -> Option<PathBuf> {
    let rest = strip_scheme(uri.as_str(), "file")?;
    let rest = rest.strip_prefix("//").map_or(rest, |rest| &rest[rest.find('/').unwrap_or(rest.len())..]);
    let decoded = decode(rest.split(['?', '#']).next().unwrap_or(rest));
    let text = String::from_utf8(decoded).ok()?;
    if !text.starts_with('/') {
        return None;
    }
    // `/c:/folder` of Windows.
    let drive = text.as_bytes().get(1).is_some_and(u8::is_ascii_alphabetic) && text.as_bytes().get(2) == Some(&b':');
    Some(normalize(Path::new(if cfg!(windows) && drive { &text[1..] } else { &text })))
}

/// The name of a document that is in no file yet, `Untitled-1` of `untitled:Untitled-1`; with the folders it is to lie
/// in, where those are said.
pub(super) fn untitled_name(uri: &Uri) -> Option<PathBuf> {
    let rest = strip_scheme(uri.as_str(), "untitled")?;
    let name = String::from_utf8(decode(rest)).ok()?;
    let parts = name.split(['/', '\\']).filter(|part| !matches!(*part, "" | "." | ".."));
    let name: PathBuf = parts.collect();
    (!name.as_os_str().is_empty()).then_some(name)
}

/// The `file:` address of an absolute path.
pub(super) fn of_path(path: &Path) -> Option<Uri> {
    let text = path.to_str()?.replace('\\', "/");
    let mut uri = String::from(if text.starts_with('/') { "file://" } else { "file:///" });
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    Uri::from_str(&uri).ok()
}

fn strip_scheme<'u>(uri: &'u str, scheme: &str) -> Option<&'u str> {
    let (own, rest) = uri.split_once(':')?;
    own.eq_ignore_ascii_case(scheme).then_some(rest)
}

fn decode(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).filter(|_| *first == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_survives_the_way_to_an_address_and_back() {
        for path in ["/a/Dockerfile", "/a b/%41/\u{e9}\u{1f600}#?x", "/"] {
            let uri = of_path(Path::new(path)).expect("it is an address");
            assert_eq!(path_of(&uri), Some(PathBuf::from(path)), "{uri:?}");
        }
    }

    #[test]
    fn addresses_are_read_as_editors_write_them() {
        let path = |uri: &str| path_of(&Uri::from_str(uri).expect("it is an address"));
        assert_eq!(path("file:///a/./b/../c"), Some(PathBuf::from("/a/c")));
        assert_eq!(path("file://localhost/a"), Some(PathBuf::from("/a")));
        assert_eq!(path("FILE:/a%20b"), Some(PathBuf::from("/a b")));
        assert_eq!(path("untitled:Untitled-1"), None);
        let untitled = |uri: &str| untitled_name(&Uri::from_str(uri).expect("it is an address"));
        assert_eq!(untitled("untitled:Untitled-1"), Some("Untitled-1".into()));
        assert_eq!(untitled("untitled:/x/../Dockerfile"), Some("x/Dockerfile".into()));
        assert_eq!(untitled("untitled:/"), None);
    }
}
