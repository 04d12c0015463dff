//! The short syntax of volumes: `[source:]target[:options]`.

use std::ops::Range;

/// What is mounted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MountKind {
    /// A path of the host.
    Bind,
    /// A volume with a name.
    Volume,
    /// A volume without a name.
    Anonymous,
    /// `tmpfs`, `npipe`, `cluster` or `image`, in the long syntax.
    Other,
}

/// A mount, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShortMount<'a> {
    /// What is mounted.
    pub kind: MountKind,
    /// The path of the host or the name of the volume; empty for an anonymous one.
    pub source: &'a str,
    /// Where `source` stands in the text.
    pub source_at: Range<usize>,
    /// The path in the container.
    pub target: &'a str,
    /// Where `target` stands in the text.
    pub target_at: Range<usize>,
    /// `ro`, `z`, `rshared` …
    pub options: Vec<&'a str>,
}

/// Reads the short syntax, as the loader does. `None` for a text that it refuses: an empty part or too many.
pub fn parse_mount(text: &str) -> Option<ShortMount<'_>> {
    let parts = split(text)?;
    let at = |index: usize| parts.get(index).cloned().unwrap_or(0..0);
    let (source_at, target_at, options_at) = match parts.len() {
        1 => (0..0, at(0), 0..0),
        2 | 3 => (at(0), at(1), at(2)),
        _ => return None,
    };
    let source = &text[source_at.clone()];
    let kind = match source {
        "" => MountKind::Anonymous,
        _ if is_host_path(source) => MountKind::Bind,
        _ => MountKind::Volume,
    };
    let options = text[options_at].split(',').filter(|option| !option.is_empty()).collect();
    Some(ShortMount { kind, source, source_at, target: &text[target_at.clone()], target_at, options })
}

/// Whether the loader takes the source of a short mount for a path of the host and not for the name of a volume.
pub fn is_host_path(source: &str) -> bool {
    let mut characters = source.chars();
    match characters.next() {
        Some('.' | '/' | '~') => true,
        Some('\\') => source.starts_with("\\\\"),
        Some(first) => first.is_alphabetic() && characters.next() == Some(':'),
        None => false,
    }
}

/// The parts between colons; the colon of a Windows drive does not count.
fn split(text: &str) -> Option<Vec<Range<usize>>> {
    if text.len() <= 2 {
        return (!text.is_empty()).then(|| std::iter::once(0..text.len()).collect());
    }
    let mut parts = Vec::with_capacity(3);
    let mut start = 0;
    for (at, _) in text.match_indices(':') {
        let mut part = text[start..at].chars();
        let drive = part.next().is_some_and(char::is_alphabetic) && part.next().is_none();
        if !drive {
            parts.push(start..at);
            start = at + 1;
        }
    }
    parts.push(start..text.len());
    let proper = parts.len() <= 3 && parts.iter().all(|part| !part.is_empty());
    proper.then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mounts_are_taken_apart() {
        for (text, kind, source, target, options) in [
            ("/data", MountKind::Anonymous, "", "/data", vec![]),
            ("db:/data", MountKind::Volume, "db", "/data", vec![]),
            ("./src:/app:ro,z", MountKind::Bind, "./src", "/app", vec!["ro", "z"]),
            ("~/x:/x", MountKind::Bind, "~/x", "/x", vec![]),
            ("C:\\data:D:\\data:ro", MountKind::Bind, "C:\\data", "D:\\data", vec!["ro"]),
            (
                "\\\\.\\pipe\\docker:\\\\.\\pipe\\docker",
                MountKind::Bind,
                "\\\\.\\pipe\\docker",
                "\\\\.\\pipe\\docker",
                vec![],
            ),
        ] {
            let mount = parse_mount(text).expect(text);
            assert_eq!((mount.kind, mount.source, mount.target, mount.options), (kind, source, target, options));
        }
    }

    #[test]
    fn what_the_loader_refuses_is_no_mount() {
        for text in ["", "db:", ":/data", "vol:/b:ro:x", "db::/data"] {
            assert_eq!(parse_mount(text), None, "{text}");
        }
    }
}
