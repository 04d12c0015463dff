//! The files as a check sees them: what is open in the editor, and below it the disk.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::dependencies::Dependencies;
use super::documents::Documents;
use crate::text::{Entry, Files, has, normalize};

/// The files of a disk, or of something like one.
pub(super) type Disk = Arc<dyn Files + Send + Sync>;

/// What is open, and below it the disk. Relative paths are taken from a folder.
pub(super) struct OpenFiles {
    folder: PathBuf,
    documents: Arc<Documents>,
    disk: Disk,
    dependencies: Arc<Dependencies>,
    /// A file whose first reading is not noted.
    checked: Option<PathBuf>,
    was_read: AtomicBool,
}

impl OpenFiles {
    /// The documents and the disk, seen from `folder`. What is asked of them is noted in `dependencies`.
    pub(super) fn new(
        folder: &Path,
        documents: Arc<Documents>,
        disk: Disk,
        dependencies: Arc<Dependencies>,
    ) -> OpenFiles {
        let (checked, was_read) = (None, AtomicBool::new(false));
        OpenFiles { folder: folder.to_path_buf(), documents, disk, dependencies, checked, was_read }
    }

    /// The same for a check of the file at `path`, which begins by reading it: nothing else hangs on that. When it is
    /// read again, it is for what is kept.
    pub(super) fn for_check_of(self, path: &Path) -> OpenFiles {
        OpenFiles { checked: Some(path.to_path_buf()), ..self }
    }

    fn absolute(&self, path: &Path) -> PathBuf {
        normalize(&self.folder.join(path))
    }
}

impl Files for OpenFiles {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let path = self.absolute(path);
        let is_own = self.checked.as_ref().is_some_and(|checked| *checked == path);
        if !is_own || self.was_read.swap(true, Ordering::Relaxed) {
            self.dependencies.note_read(&path);
        }
        match self.documents.get(&path) {
            Some(document) => Ok(document.text().as_bytes().to_vec()),
            None => self.disk.read(&path).inspect_err(|_| self.dependencies.note_missing(&path)),
        }
    }

    fn list(&self, folder: &Path) -> io::Result<Arc<[Entry]>> {
        let folder = self.absolute(folder);
        self.dependencies.note_listed(&folder);
        let listed = self.disk.list(&folder);
        let known = listed.as_deref().unwrap_or_default();
        let mut new: Vec<Entry> = Vec::new();
        for (name, is_dir) in self.documents.names_in(&folder) {
            if !has(known, &name) && !new.iter().any(|entry| entry.name == name) {
                new.push(Entry { name, is_dir });
            }
        }
        let listed = if new.is_empty() {
            listed?
        } else {
            new.extend(known.iter().cloned());
            new.sort();
            new.into()
        };
        self.dependencies.note_entries(&folder, &listed);
        Ok(listed)
    }

    fn exists(&self, path: &Path) -> bool {
        let path = self.absolute(path);
        self.dependencies.note_looked_for(&path);
        let exists = self.documents.get(&path).is_some()
            || self.disk.exists(&path)
            || !self.documents.names_in(&path).is_empty();
        if !exists {
            self.dependencies.note_missing(&path);
        }
        exists
    }
}

/// `path` as it is written from `folder`; both are absolute.
pub(super) fn relative(folder: &Path, path: &Path) -> PathBuf {
    let mut up = PathBuf::new();
    for above in folder.ancestors() {
        if let Ok(rest) = path.strip_prefix(above) {
            return up.join(rest);
        }
        up.push("..");
    }
    path.to_path_buf()
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use super::super::documents::Document;
    use super::*;
    use crate::text::MemoryFiles;

    #[test]
    fn what_is_open_counts_before_the_disk() {
        let mut disk = MemoryFiles::default();
        disk.insert("/w/a/Dockerfile", "FROM old");
        disk.insert("/w/a/.env", "A=1");
        let mut documents = Documents::default();
        for path in ["/w/a/Dockerfile", "/w/a/new/compose.yaml"] {
            let uri = lsp_types::Uri::from_str(&format!("file://{path}")).expect("an address");
            documents.insert(path.into(), Document::new(uri, 1, 1, "FROM new".to_owned()));
        }
        let noted = Arc::new(Dependencies::default());
        let files = OpenFiles::new(Path::new("/w/a"), Arc::new(documents), Arc::new(disk), noted.clone());
        let files = files.for_check_of(Path::new("/w/a/Dockerfile"));
        assert_eq!(files.read(Path::new("Dockerfile")).expect("it is open"), b"FROM new");
        assert_eq!(files.read(Path::new("../a/.env")).expect("it is there"), b"A=1");
        assert!(files.read(Path::new("none")).is_err());
        assert!(files.exists(Path::new("new")) && !files.exists(Path::new("old")));
        let names: Vec<String> =
            files.list(Path::new("")).expect("a folder").iter().map(|entry| entry.name.clone()).collect();
        assert_eq!(names, [".env", "Dockerfile", "new"]);
        let is_noted = |path: &str| noted.on_content(Path::new(path));
        assert!(is_noted("/w/a/.env") && is_noted("/w/a/none") && !is_noted("/w/a/new"));
        assert!(!is_noted("/w/a/Dockerfile"), "a check begins with its file");
        files.read(Path::new("Dockerfile")).expect("it is open");
        assert!(is_noted("/w/a/Dockerfile"), "and now somebody keeps what is in it");
    }

    #[test]
    fn a_path_elsewhere_goes_up_first() {
        let from = |path: &str| relative(Path::new("/w/a"), Path::new(path));
        assert_eq!(from("/w/a/b/c"), PathBuf::from("b/c"));
        assert_eq!(from("/w/b"), PathBuf::from("../b"));
        assert_eq!(from("/x"), PathBuf::from("../../x"));
    }
}
