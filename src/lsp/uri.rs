//! Addresses of documents, and the paths they stand for.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use lsp_types::Uri;
use serde_json::Value;

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

/// Rewrites the addresses in the parameters of a message as the standard has them. Some clients leave characters as they
/// are that it does not allow, such as the brackets of `/pages/[id]/Dockerfile`.
pub(super) fn mend(params: &mut Value) {
    mend_within(params, 0);
}

fn mend_within(value: &mut Value, depth: u32) {
    /// Addresses lie no deeper in what is read.
    const DEEPEST: u32 = 5;
    if depth > DEEPEST {
        return;
    }
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                match value {
                    Value::String(text) if matches!(key.as_str(), "uri" | "rootUri") => {
                        if let Some(mended) = mended(text) {
                            *text = mended;
                        }
                    }
                    value => mend_within(value, depth + 1),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| mend_within(item, depth + 1)),
        _ => {}
    }
}

/// An address with what is not allowed in one written as the standard wants it; `None` where there is nothing to mend.
fn mended(uri: &str) -> Option<String> {
    if Uri::from_str(uri).is_ok() {
        return None;
    }
    let mut mended = String::with_capacity(uri.len() + 8);
    for (at, byte) in uri.bytes().enumerate() {
        let is_code = || uri.get(at + 1..at + 3).is_some_and(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()));
        match byte {
            b'%' if is_code() => mended.push('%'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => mended.push(char::from(byte)),
            byte if b"-._~:/?#@!$&'()*+,;=".contains(&byte) => mended.push(char::from(byte)),
            byte => mended.push_str(&format!("%{byte:02X}")),
        }
    }
    Some(mended)
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
    fn addresses_are_mended_wherever_they_stand() {
        let mut params = serde_json::json!({
            "textDocument": { "uri": "file:///a/[id]/\u{e9} 5%" },
            "changes": [{ "uri": "file:///a%20b^" }, { "uri": "file:///fine%5B" }, { "uri": 3 }],
            "text": "[as it is]",
        });
        mend(&mut params);
        assert_eq!(params["textDocument"]["uri"], "file:///a/%5Bid%5D/%C3%A9%205%25");
        assert_eq!(params["changes"][0]["uri"], "file:///a%20b%5E");
        assert_eq!(params["changes"][1]["uri"], "file:///fine%5B");
        assert_eq!(params["text"], "[as it is]");
        let uri = Uri::from_str(params["textDocument"]["uri"].as_str().expect("a text")).expect("an address");
        assert_eq!(path_of(&uri), Some(PathBuf::from("/a/[id]/\u{e9} 5%")));
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
