//! Checks one file after another, and keeps what it came to know of the files around them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::context::Shared;
use super::dispatch::Dispatch;
use super::document::Document;
use super::engine::{check_one, documents_of};
use super::{Report, Settings};
use crate::model::manifests::Manifests;
use crate::model::project::Project;
use crate::text::{Files, Source};

/// What [`check`](super::check) does anew in each run, kept: for a host that checks the same files over and over.
///
/// It never looks whether a file has changed: whoever changes one says so, and goes on with what comes out. The old
/// one stays as it was, so that work that is under way on another thread puts nothing old into the new one.
pub struct Checker {
    settings: Arc<Settings>,
    dispatch: Arc<Dispatch>,
    shared: Shared,
}

impl Checker {
    /// Knows nothing of any file yet.
    pub fn new(settings: Settings) -> Checker {
        let dispatch = Arc::new(Dispatch::new(&settings));
        let shared = Shared { manifests: Manifests::of_host(), ..Shared::default() };
        Checker { settings: Arc::new(settings), dispatch, shared }
    }

    /// What it looks for.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Lints the file at `path`, as a run over it alone would.
    pub fn check(&self, path: &Path, files: &dyn Files) -> Report {
        // What nobody stops is done.
        self.check_until(path, files, None).unwrap_or_default()
    }

    /// The same, until `stop` is set, which another thread may do at any time: then nothing comes out.
    pub fn check_until(&self, path: &Path, files: &dyn Files, stop: Option<&AtomicBool>) -> Option<Report> {
        check_one(path, files, &self.settings, &self.dispatch, &self.shared, stop)
    }

    /// The documents of a file, with what the files around say of them.
    pub fn documents(&self, source: &Arc<Source>, files: &dyn Files) -> Vec<Document> {
        documents_of(source, files, &self.settings, &self.dispatch, &self.shared)
    }

    /// What is known of other files.
    pub fn project<'a>(&'a self, files: &'a dyn Files) -> Project<'a> {
        Project::new(files, &self.settings.images, &self.shared.projects)
    }

    /// What is known of the folders with manifests.
    pub fn manifests(&self) -> &Manifests {
        &self.shared.manifests
    }

    /// The same after the content of the files at `changed` has become another. Paths are those that [`Files`] is
    /// asked for.
    #[must_use]
    pub fn after_change(&self, changed: &[PathBuf]) -> Checker {
        let shared = self.shared.after_change(changed);
        Checker { settings: self.settings.clone(), dispatch: self.dispatch.clone(), shared }
    }

    /// The same after files came or went: what lies where has to be found out again.
    #[must_use]
    pub fn anew(&self) -> Checker {
        Checker { settings: self.settings.clone(), dispatch: self.dispatch.clone(), shared: self.shared.anew() }
    }
}

impl std::fmt::Debug for Checker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Checker").field("shared", &self.shared).finish_non_exhaustive()
    }
}
