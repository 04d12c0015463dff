//! Paths as the outside world wants them: relative to the repository.

use std::path::{Path, PathBuf};

use crate::text::normalize;

/// The folder that SARIF and GitHub paths are relative to.
#[derive(Clone, Debug)]
pub struct Root {
    current: PathBuf,
    repository: PathBuf,
}

impl Root {
    /// `current` is the folder the run was started in, `repository` the one above it with `.git`; both absolute.
    pub fn new(current: PathBuf, repository: PathBuf) -> Root {
        Root { current, repository }
    }

    /// `path` from the repository, with `/`; `None` for one outside of it.
    pub fn relative(&self, path: &Path) -> Option<String> {
        let absolute = self.absolute(path);
        let inside = absolute.strip_prefix(&self.repository).ok()?;
        let parts: Vec<_> = inside.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        Some(parts.join("/"))
    }

    /// `path` as a URI reference: relative to the repository, or a `file:` URI for one outside of it.
    pub fn uri(&self, path: &Path) -> String {
        match self.relative(path) {
            Some(relative) => encode(&relative),
            None => {
                let absolute = self.absolute(path).to_string_lossy().replace('\\', "/");
                format!("file:///{}", encode(absolute.trim_start_matches('/')))
            }
        }
    }

    fn absolute(&self, path: &Path) -> PathBuf {
        normalize(&self.current.join(path))
    }
}

/// Percent-encodes all that is neither unreserved nor `/`.
fn encode(path: &str) -> String {
    let mut result = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            result.push(byte as char);
        } else {
            result.push_str(&format!("%{byte:02X}"));
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_to_the_repository_and_encoded() {
        let root = Root::new("/repo/sub".into(), "/repo".into());
        assert_eq!(root.uri(Path::new("./a b/Dockerfile")), "sub/a%20b/Dockerfile");
        assert_eq!(root.uri(Path::new("../中:x%.yaml")), "%E4%B8%AD%3Ax%25.yaml");
        assert_eq!(root.uri(Path::new("/repo/x.yaml")), "x.yaml");
        assert_eq!(root.uri(Path::new("/else/x y.yaml")), "file:///else/x%20y.yaml");
        assert_eq!(root.relative(Path::new("a,b")).as_deref(), Some("sub/a,b"));
    }
}
