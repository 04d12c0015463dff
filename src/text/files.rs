//! The one way in which the core sees files.

use std::collections::BTreeMap;
use std::io;
use std::path::{Component, Path, PathBuf};

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
    fn list(&self, folder: &Path) -> io::Result<Vec<Entry>>;

    /// Whether there is such a file or folder.
    fn exists(&self, path: &Path) -> bool;
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

    fn list(&self, folder: &Path) -> io::Result<Vec<Entry>> {
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
        if entries.is_empty() { Err(io::ErrorKind::NotFound.into()) } else { Ok(entries) }
    }

    fn exists(&self, path: &Path) -> bool {
        let path = normalize(path);
        self.files.contains_key(&path) || self.files.keys().any(|file| file.starts_with(&path))
    }
}

/// Removes `.` and resolves `..` by the names alone; links are not followed.
pub fn normalize(path: &Path) -> PathBuf {
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
