//! The folders of the disk, each listed once.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;

use crate::text::{Entry, has, is_normal, normalize};

/// What is in the folders of the disk, kept for as long as a run takes: the walk, the search for configurations and
/// the checks ask for the same folders, and a list answers what else is a question to the system for each name.
#[derive(Debug, Default)]
pub struct Listings {
    current: PathBuf,
    known: Mutex<FxHashMap<OsString, Arc<[Entry]>>>,
}

impl Listings {
    /// Relative paths are taken from `current`.
    pub fn new(current: &Path) -> Listings {
        Listings { current: current.to_path_buf(), known: Mutex::default() }
    }

    /// The names in `folder`, sorted.
    ///
    /// # Errors
    ///
    /// As the file system says. It is asked again the next time.
    pub fn list(&self, folder: &Path) -> io::Result<Arc<[Entry]>> {
        let folder = normalize(&self.current.join(folder));
        if let Some(known) = self.known(&folder) {
            return Ok(known);
        }
        let listed = list_folder(&folder)?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(known.entry(folder.into_os_string()).or_insert(listed).clone())
    }

    /// Whether `path` is missing, by the list of its folder. `false` where that was not listed so far.
    pub fn lacks(&self, path: &Path) -> bool {
        // What `..` after a link means, only the system knows.
        if !is_normal(path) {
            return false;
        }
        let path = normalize(&self.current.join(path));
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return false };
        self.known(folder).is_some_and(|entries| !has(&entries, &name.to_string_lossy()))
    }

    fn known(&self, folder: &Path) -> Option<Arc<[Entry]>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).get(folder.as_os_str()).cloned()
    }
}

/// The names in a folder of the disk, sorted.
///
/// # Errors
///
/// As the file system says.
pub fn list_folder(folder: &Path) -> io::Result<Arc<[Entry]>> {
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        let is_dir = if kind.is_symlink() { entry.path().is_dir() } else { kind.is_dir() };
        entries.push(Entry { name: entry.file_name().to_string_lossy().into_owned(), is_dir });
    }
    entries.sort();
    Ok(entries.into())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_listed_once_and_then_tells_what_it_lacks() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("b"), "").unwrap();
        std::fs::create_dir(folder.path().join("a")).unwrap();
        let listings = Listings::new(folder.path());
        assert!(!listings.lacks(Path::new("missing")), "nothing was listed");
        let names = listings.list(Path::new("")).unwrap();
        assert_eq!(
            names.iter().map(|entry| (entry.name.as_str(), entry.is_dir)).collect::<Vec<_>>(),
            [("a", true), ("b", false)]
        );
        assert!(has(&names, "b") && !has(&names, "c"));
        assert!(listings.lacks(Path::new("missing")));
        assert!(!listings.lacks(Path::new("link/../missing")), "a link may lead elsewhere");
        assert!(!listings.lacks(&folder.path().join("b")));
        std::fs::write(folder.path().join("late"), "").unwrap();
        assert!(listings.lacks(Path::new("late")), "the list is kept");
        assert!(listings.list(Path::new("missing")).is_err());
        std::fs::create_dir(folder.path().join("missing")).unwrap();
        assert!(listings.list(Path::new("missing")).unwrap().is_empty(), "an error is not kept");
    }
}
