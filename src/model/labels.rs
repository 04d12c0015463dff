//! What labels may be called, and what their values may be.

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
