//! What was asked of files: what hangs on one of them that changes, comes or goes.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use crate::text::{Entry, has};

/// What was asked of files, by absolute paths, since what is known of them was last thrown away. Whoever keeps an answer
/// noted the question here first: a change that is not in here changes nothing that is known.
#[derive(Debug, Default)]
pub(super) struct Dependencies {
    noted: Mutex<Noted>,
}

#[derive(Debug, Default)]
struct Noted {
    /// Files that were read, or would have been.
    read: Paths,
    /// Files and folders that were read, listed, or looked for, with the folders above them.
    looked_for: Paths,
    /// Folders that were listed, with what was found in them.
    listed: HashMap<OsString, Arc<[Entry]>>,
    /// Files and folders that were looked for and are not there.
    missing: Paths,
}

/// Normal paths, compared byte by byte: each check asks for hundreds.
type Paths = HashSet<OsString>;

impl Dependencies {
    /// A file is about to be read.
    pub(super) fn note_read(&self, path: &Path) {
        self.note(|noted| {
            insert(&mut noted.read, path);
            insert_with_folders(&mut noted.looked_for, path);
        });
    }

    /// Somebody asks whether there is something at `path`.
    pub(super) fn note_looked_for(&self, path: &Path) {
        self.note(|noted| insert_with_folders(&mut noted.looked_for, path));
    }

    /// A folder is about to be listed.
    pub(super) fn note_listed(&self, folder: &Path) {
        self.note(|noted| {
            if !noted.listed.contains_key(folder.as_os_str()) {
                noted.listed.insert(folder.as_os_str().to_owned(), Arc::default());
            }
            insert_with_folders(&mut noted.looked_for, folder);
        });
    }

    /// What a folder was found to hold.
    pub(super) fn note_entries(&self, folder: &Path, entries: &Arc<[Entry]>) {
        self.note(|noted| {
            if let Some(known) = noted.listed.get_mut(folder.as_os_str()) {
                *known = entries.clone();
            }
        });
    }

    /// There is nothing at `path`.
    pub(super) fn note_missing(&self, path: &Path) {
        self.note(|noted| insert(&mut noted.missing, path));
    }

    /// Whether something that is known depends on the content of the file at `path`.
    pub(super) fn on_content(&self, path: &Path) -> bool {
        self.note(|noted| noted.read.contains(path.as_os_str()))
    }

    /// Whether something that is known depends on whether there is something at `path`: a file, or a folder with all
    /// that is in it.
    pub(super) fn on_presence(&self, path: &Path) -> bool {
        self.note(|noted| {
            noted.looked_for.contains(path.as_os_str())
                || path.parent().is_some_and(|folder| noted.listed.contains_key(folder.as_os_str()))
        })
    }

    /// Whether something that is known depends on that there is nothing at `path`.
    pub(super) fn on_absence(&self, path: &Path) -> bool {
        self.note(|noted| {
            let is_unlisted = || {
                let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return false };
                let listed = noted.listed.get(folder.as_os_str());
                listed.is_some_and(|entries| !has(entries, &name.to_string_lossy()))
            };
            noted.missing.contains(path.as_os_str()) || is_unlisted()
        })
    }

    fn note<T>(&self, with: impl FnOnce(&mut Noted) -> T) -> T {
        // Whatever happened to another thread, a set of paths is whole.
        with(&mut self.noted.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn insert(paths: &mut Paths, path: &Path) -> bool {
    !paths.contains(path.as_os_str()) && paths.insert(path.as_os_str().to_owned())
}

fn insert_with_folders(paths: &mut Paths, path: &Path) {
    for above in path.ancestors() {
        // Those above one that is known are known.
        if !insert(paths, above) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_comes_or_goes_matters_where_it_was_looked_for() {
        let dependencies = Dependencies::default();
        dependencies.note_read(Path::new("/w/a/Dockerfile"));
        dependencies.note_looked_for(Path::new("/w/b/go.mod"));
        dependencies.note_missing(Path::new("/w/b/go.mod"));
        dependencies.note_listed(Path::new("/w/c"));
        let entry = Entry { name: "old".to_owned(), is_dir: false };
        dependencies.note_entries(Path::new("/w/c"), &[entry].into());
        let on_presence = |path: &str| dependencies.on_presence(Path::new(path));
        for path in ["/w/a/Dockerfile", "/w/a", "/w/b/go.mod", "/w/b", "/w/c", "/w/c/new", "/w"] {
            assert!(on_presence(path), "{path}");
        }
        for path in ["/w/a/other", "/w/a.b", "/w/b/go.sum", "/w/c/d/e", "/x"] {
            assert!(!on_presence(path), "{path}");
        }
        for (path, is_missed) in [("/w/b/go.mod", true), ("/w/c/new", true), ("/w/c/old", false), ("/w/b/x", false)] {
            assert_eq!(dependencies.on_absence(Path::new(path)), is_missed, "{path}");
        }
        assert!(dependencies.on_content(Path::new("/w/a/Dockerfile")));
        assert!(!dependencies.on_content(Path::new("/w/b/go.mod")));
    }
}
