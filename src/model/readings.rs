//! What was read of files, for hosts that have the same ones read over and over.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::syntax::yaml::{Kept, Stream, parse, parse_again};

/// What was read of the files that are read over and over: the documents of a bundle that are word for word as before
/// are not read again.
#[derive(Debug, Default)]
pub struct Readings {
    /// The latest last.
    files: Mutex<Vec<(PathBuf, Kept)>>,
}

/// As many files as a person works at.
const MOST_FILES: usize = 8;

impl Readings {
    /// Reads the file at `path`, which holds `text`.
    pub fn parse(&self, path: &Path, text: impl Into<Arc<str>>) -> Stream {
        // Whoever reads it at the same time reads all of it: nobody waits.
        let mut kept = self.take(path).unwrap_or_default();
        let stream = parse_again(text, &mut kept);
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.retain(|(known, _)| known != path);
        if files.len() == MOST_FILES {
            files.remove(0);
        }
        files.push((path.to_owned(), kept));
        stream
    }

    /// As [`Readings::parse`], for a file that is read for the sake of others: nothing is kept of one that is not
    /// known already.
    pub fn parse_beside(&self, path: &Path, text: impl Into<Arc<str>>) -> Stream {
        if self.is_known(path) { self.parse(path, text) } else { parse(text) }
    }

    fn is_known(&self, path: &Path) -> bool {
        self.files.lock().unwrap_or_else(PoisonError::into_inner).iter().any(|(known, _)| known == path)
    }

    fn take(&self, path: &Path) -> Option<Kept> {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let known = files.iter().position(|(known, _)| known == path)?;
        Some(files.remove(known).1)
    }
}
