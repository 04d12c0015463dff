//! Where files are put that an engine is to read or writes.

use std::fs;
use std::path::{Path, PathBuf};

use super::Sources;
use crate::build::image::{Store, unlock};
use crate::build::steps::Snapshot;

/// An ignore file that leaves out nothing: what was to be left out is not there. An empty one would be looked past.
const IGNORE: &str = "# Nothing is left out.\n";

/// Contexts that are kept: those behind the texts of an ignore file that are tried take turns.
const MOST_CONTEXTS: usize = 4;

/// A folder in the store of rlint, gone when it is dropped.
#[derive(Debug)]
pub(super) struct Workspace {
    folder: tempfile::TempDir,
    /// The images that came out of the engine.
    images: Store,
    /// The contexts that are there, by what they are known by; the newest last.
    contexts: Vec<(String, PathBuf)>,
    /// How many there were.
    count: usize,
}

impl Workspace {
    /// Makes one below the folder for what is not whole in `store`.
    ///
    /// # Errors
    ///
    /// In words for the user.
    pub(super) fn new(store: &Store) -> Result<Workspace, String> {
        let place = store.folder().join("tmp");
        let folder = tempfile::Builder::new()
            .prefix("engine-")
            .tempdir_in(&place)
            .map_err(|error| format!("cannot make a folder in {}: {error}", place.display()))?;
        let images = Store::open(&folder.path().join("images")).map_err(|error| error.to_string())?;
        Ok(Workspace { folder, images, contexts: Vec::new(), count: 0 })
    }

    /// The images that came out of the engine.
    pub(super) fn images(&self) -> &Store {
        &self.images
    }

    /// A file in it.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Puts the files of a context there, in a folder of its own, where they are not yet.
    ///
    /// # Errors
    ///
    /// In words for the user.
    pub(super) fn take(&mut self, snapshot: &Snapshot) -> Result<PathBuf, String> {
        if let Some((_, folder)) = self.contexts.iter().find(|(digest, _)| digest == snapshot.digest()) {
            return Ok(folder.clone());
        }
        if self.contexts.len() == MOST_CONTEXTS {
            let (_, oldest) = self.contexts.remove(0);
            remove(&oldest);
        }
        self.count += 1;
        let folder = self.path(&format!("context-{}", self.count));
        fs::create_dir(&folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
        // What was begun is to be removed, too.
        self.contexts.push((String::new(), folder.clone()));
        snapshot.copy_to(&folder).map_err(|error| error.to_string())?;
        if let Some((digest, _)) = self.contexts.last_mut() {
            snapshot.digest().clone_into(digest);
        }
        Ok(folder)
    }

    /// A Dockerfile of this text, for a context that has everything that belongs in it and nothing else.
    ///
    /// # Errors
    ///
    /// In words for the user.
    pub(super) fn sources(&self, text: &str, context: &Path) -> Result<Sources, String> {
        let (dockerfile, ignore) = (self.path("Dockerfile"), self.path("Dockerfile.dockerignore"));
        for (path, text) in [(&dockerfile, text), (&ignore, IGNORE)] {
            fs::write(path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))?;
        }
        Ok(Sources { dockerfile, context: context.to_owned(), ignore: Some(ignore) })
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        self.contexts.iter().for_each(|(_, folder)| remove(folder));
    }
}

/// Removes a folder, what nobody may write to in it included.
fn remove(folder: &Path) {
    unlock(folder);
    // What stays is found by the next pruning of the store.
    let _ = fs::remove_dir_all(folder);
}
