//! The state of everything at one moment, for work on another thread.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lsp_types::{Location, Uri};

use super::check::Checked;
use super::client::Client;
use super::dependencies::Dependencies;
use super::documents::{Document, Documents};
use super::files::{Disk, OpenFiles, relative};
use super::positions::Lines;
use super::root::{Holding, Root};
use super::uri;
use crate::text::{Source, Span};

/// The state of everything at one moment. Cheap to make: nothing is copied that is large.
#[derive(Clone)]
pub(super) struct Snapshot {
    /// What the client can do.
    pub(super) client: Arc<Client>,
    /// What is open.
    pub(super) documents: Arc<Documents>,
    /// The folders, the innermost of two first.
    pub(super) roots: Arc<Vec<Arc<Root>>>,
    /// What was found in documents, some of it in older states of them.
    pub(super) checked: Arc<BTreeMap<PathBuf, Arc<Checked>>>,
    /// The files below.
    pub(super) disk: Disk,
    /// What was asked of files.
    pub(super) dependencies: Arc<Dependencies>,
    /// The number of changes before it.
    pub(super) epoch: u64,
}

/// A document at one moment, with what belongs to it.
#[derive(Clone)]
pub(super) struct At {
    /// All else.
    pub(super) snapshot: Snapshot,
    /// The absolute path.
    pub(super) path: PathBuf,
    /// The path from the folder of its root: what the core knows it by.
    pub(super) name: PathBuf,
    /// The document.
    pub(super) document: Arc<Document>,
    /// The root it lies in.
    pub(super) root: Arc<Root>,
}

impl Snapshot {
    /// The root that a path lies in: the innermost.
    pub(super) fn root_of(&self, path: &Path) -> Option<&Arc<Root>> {
        self.roots.iter().find(|root| path.starts_with(&root.folder))
    }

    /// The document at `path`, where it is open.
    pub(super) fn at(&self, path: &Path) -> Option<At> {
        let document = self.documents.get(path)?.clone();
        let root = self.root_of(path)?.clone();
        let name = relative(&root.folder, path);
        Some(At { snapshot: self.clone(), path: path.to_path_buf(), name, document, root })
    }

    /// The address of a file: as the client writes it, where it is open.
    pub(super) fn uri(&self, path: &Path) -> Option<Uri> {
        self.documents.get(path).map(|document| document.uri.clone()).or_else(|| uri::of_path(path))
    }

    /// A place in a source whose path is taken from `folder`.
    pub(super) fn location(&self, folder: &Path, source: &Source, span: Span) -> Option<Location> {
        let path = crate::text::normalize(&folder.join(&source.path));
        let range = match self.documents.get(&path).filter(|document| document.text() == &*source.text) {
            Some(document) => document.range(span, self.client.encoding),
            None => Lines::new(&source.text).range(&source.text, span, self.client.encoding),
        };
        Some(Location { uri: self.uri(&path)?, range })
    }
}

impl At {
    /// A file that is not open, as it is on the disk; `None` when it cannot be read.
    pub(super) fn of_file(snapshot: &Snapshot, path: &Path, uri: Uri) -> Option<At> {
        let root = snapshot.root_of(path)?.clone();
        // What is no UTF-8 is said of it; offsets are those of the file.
        let source = Source::from_bytes(path, snapshot.disk.read(path).ok()?);
        let text = source.text.to_string();
        let name = relative(&root.folder, path);
        let document = Arc::new(Document::new(uri, 0, 0, text));
        Some(At { snapshot: snapshot.clone(), path: path.to_path_buf(), name, document, root })
    }

    /// The files around it.
    pub(super) fn files(&self) -> OpenFiles {
        let Snapshot { documents, disk, dependencies, .. } = &self.snapshot;
        OpenFiles::new(&self.root.folder, documents.clone(), disk.clone(), dependencies.clone())
    }

    /// The same for a check of it.
    pub(super) fn files_for_check(&self) -> OpenFiles {
        self.files().for_check_of(&self.path)
    }

    /// What holds for it.
    pub(super) fn holding(&self) -> Arc<Holding> {
        self.root.holding(&self.path, &self.snapshot.disk).0
    }

    /// Its text as a source.
    pub(super) fn source(&self) -> Arc<Source> {
        self.document.source(&self.name)
    }

    /// Where a span of it begins and ends.
    pub(super) fn range(&self, span: Span) -> lsp_types::Range {
        self.document.range(span, self.snapshot.client.encoding)
    }

    /// The offset of a position in it.
    pub(super) fn offset(&self, position: lsp_types::Position) -> u32 {
        self.document.offset(position, self.snapshot.client.encoding)
    }

    /// What is found in it: what was found before, where nothing has changed since, else by looking.
    pub(super) fn checked(&self) -> Arc<Checked> {
        let known = self.snapshot.checked.get(&self.path).filter(|checked| checked.stamp == self.document.stamp);
        known.cloned().unwrap_or_else(|| Arc::new(Checked::new(self)))
    }
}
