//! What was asked of files: what hangs on one of them that changes, comes or goes.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// What was asked of files, by absolute paths, since what is known of them was last thrown away. Whoever keeps an answer
/// noted the question here first: a change that is not in here changes nothing that is known.
#[derive(Debug, Default)]
pub(super) struct Dependencies {
    noted: Mutex<Noted>,
}

#[derive(Debug, Default)]
struct Noted {
    /// Files that were read, or would have been.
    read: BTreeSet<PathBuf>,
    /// Files and folders that were read, listed, or looked for.
    looked_for: BTreeSet<PathBuf>,
    /// Folders that were listed.
    listed: BTreeSet<PathBuf>,
}

impl Dependencies {
    /// A file is about to be read.
    pub(super) fn note_read(&self, path: &Path) {
        self.note(|noted| {
            insert(&mut noted.read, path);
            insert(&mut noted.looked_for, path);
        });
    }

    /// Somebody asks whether there is something at `path`.
    pub(super) fn note_looked_for(&self, path: &Path) {
        self.note(|noted| insert(&mut noted.looked_for, path));
    }

    /// A folder is about to be listed.
    pub(super) fn note_listed(&self, folder: &Path) {
        self.note(|noted| {
            insert(&mut noted.listed, folder);
            insert(&mut noted.looked_for, folder);
        });
    }

    /// Whether something that is known depends on the content of the file at `path`.
    pub(super) fn on_content(&self, path: &Path) -> bool {
        self.note(|noted| noted.read.contains(path))
    }

    /// Whether something that is known depends on whether there is something at `path`: a file, or a folder with all
    /// that is in it.
    pub(super) fn on_presence(&self, path: &Path) -> bool {
        self.note(|noted| {
            // Paths are sorted part by part: what lies below a folder comes right after it.
            let below = noted.looked_for.range(path.to_path_buf()..).next();
            below.is_some_and(|known| known.starts_with(path))
                || path.parent().is_some_and(|folder| noted.listed.contains(folder))
        })
    }

    fn note<T>(&self, with: impl FnOnce(&mut Noted) -> T) -> T {
        // Whatever happened to another thread, a set of paths is whole.
        with(&mut self.noted.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn insert(paths: &mut BTreeSet<PathBuf>, path: &Path) {
    if !paths.contains(path) {
        paths.insert(path.to_path_buf());
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
        dependencies.note_listed(Path::new("/w/c"));
        let on_presence = |path: &str| dependencies.on_presence(Path::new(path));
        for path in ["/w/a/Dockerfile", "/w/a", "/w/b/go.mod", "/w/b", "/w/c", "/w/c/new", "/w"] {
            assert!(on_presence(path), "{path}");
        }
        for path in ["/w/a/other", "/w/a.b", "/w/b/go.sum", "/w/c/d/e", "/x"] {
            assert!(!on_presence(path), "{path}");
        }
        assert!(dependencies.on_content(Path::new("/w/a/Dockerfile")));
        assert!(!dependencies.on_content(Path::new("/w/b/go.mod")));
    }
}
