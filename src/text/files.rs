//! The one way in which the core sees files.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// One name in a folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The name, without the folder.
    pub name: String,
    /// Whether it is a folder (a link to one counts).
    pub is_dir: bool,
}

/// Reads files for the core: from the disk, from an editor's open documents, or from memory. A relative path is
/// taken from the folder the run was started in.
pub trait Files: Sync {
    /// The bytes of the file.
    ///
    /// # Errors
    ///
    /// As the file system says; `InvalidInput` when it is no regular file or too large to lint.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// The names in a folder, sorted.
    ///
    /// # Errors
    ///
    /// As the file system says.
    fn list(&self, folder: &Path) -> io::Result<Arc<[Entry]>>;

    /// Whether there is such a file or folder.
    fn exists(&self, path: &Path) -> bool;
}

/// Whether `name` is among the sorted `entries`.
pub fn has(entries: &[Entry], name: &str) -> bool {
    entries.binary_search_by(|entry| entry.name.as_str().cmp(name)).is_ok()
}

/// Files that are only in memory: for tests, standard input and hosts without a disk.
#[derive(Clone, Debug, Default)]
pub struct MemoryFiles {
    files: BTreeMap<PathBuf, Vec<u8>>,
}

impl MemoryFiles {
    /// Adds or replaces a file.
    pub fn insert(&mut self, path: impl AsRef<Path>, content: impl Into<Vec<u8>>) {
        self.files.insert(normalize(path.as_ref()), content.into());
    }
}

impl Files for MemoryFiles {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.files.get(&normalize(path)).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn list(&self, folder: &Path) -> io::Result<Arc<[Entry]>> {
        let folder = normalize(folder);
        let mut entries: Vec<Entry> = Vec::new();
        for path in self.files.keys() {
            let Ok(rest) = path.strip_prefix(&folder) else { continue };
            let mut parts = rest.components();
            let Some(name) = parts.next() else { continue };
            let name = name.as_os_str().to_string_lossy().into_owned();
            let entry = Entry { name, is_dir: parts.next().is_some() };
            if !entries.contains(&entry) {
                entries.push(entry);
            }
        }
        if entries.is_empty() { Err(io::ErrorKind::NotFound.into()) } else { Ok(entries.into()) }
    }

    fn exists(&self, path: &Path) -> bool {
        let path = normalize(path);
        self.files.contains_key(&path) || self.files.keys().any(|file| file.starts_with(&path))
    }
}

/// Other files, of which is noted what is read.
pub struct Recording<'a> {
    files: &'a dyn Files,
    read: &'a Mutex<BTreeSet<PathBuf>>,
}

impl<'a> Recording<'a> {
    /// Notes in `read` the normal path of everything that is read from `files`, or would be if it were there.
    pub fn new(files: &'a dyn Files, read: &'a Mutex<BTreeSet<PathBuf>>) -> Recording<'a> {
        Recording { files, read }
    }
}

impl Files for Recording<'_> {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        // Whatever happened to another thread, a set of paths is whole.
        self.read.lock().unwrap_or_else(PoisonError::into_inner).insert(normalize(path));
        self.files.read(path)
    }

    fn list(&self, folder: &Path) -> io::Result<Arc<[Entry]>> {
        self.files.list(folder)
    }

    fn exists(&self, path: &Path) -> bool {
        self.files.exists(path)
    }
}

/// Removes `.` and resolves `..` by the names alone; links are not followed.
pub fn normalize(path: &Path) -> PathBuf {
    if is_normal(path) {
        return path.to_path_buf();
    }
    let mut result = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if result.file_name().is_some() => {
                result.pop();
            }
            // There is nothing above the root.
            Component::ParentDir if result.has_root() => {}
            other => result.push(other),
        }
    }
    result
}

/// Whether there is nothing to remove: nearly always, and told without taking the path apart. `false` is never wrong.
pub(crate) fn is_normal(path: &Path) -> bool {
    let path = path.as_os_str().as_encoded_bytes();
    let below = path.strip_prefix(b"/").unwrap_or_else(|| {
        // Folders above the one that a relative path is taken from stay.
        let mut rest = path;
        while let Some(below) = rest.strip_prefix(b"../") {
            rest = below;
        }
        rest
    });
    cfg!(unix) && below.split(|byte| *byte == b'/').all(|part| !matches!(part, b"" | b"." | b".."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_and_doubled_slashes_are_taken_out_of_a_path() {
        for (path, plain) in [
            ("a/.b/c..d", "a/.b/c..d"),
            ("/a/b", "/a/b"),
            ("../../a", "../../a"),
            ("", ""),
            (".", ""),
            ("./a", "a"),
            ("a/.", "a"),
            ("a//b/", "a/b"),
            ("a/../../b", "../b"),
            ("../a/../b", "../b"),
            ("..//b", "../b"),
            ("..", ".."),
            ("/", "/"),
            ("/../a", "/a"),
        ] {
            assert_eq!(normalize(Path::new(path)).as_os_str(), plain, "{path}");
            assert!(path == plain || !is_normal(Path::new(path)), "{path}");
        }
    }
}
