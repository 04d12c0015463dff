//! Real files to test against, where they are at hand: beside the repository, in `../shared`.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rlint::config::listings::list_folder;
use rlint::text::{Entry, Files};

use super::catalog::root;

/// The files below a folder of `../shared`, sorted; `None`, and a word about it, where there is no such folder.
pub(crate) fn files(folder: &str) -> Option<Vec<PathBuf>> {
    let folder = root().join("../shared").join(folder);
    if !folder.is_dir() {
        eprintln!("skipped: {} is not there", folder.display());
        return None;
    }
    let mut found = Vec::new();
    collect(&folder, &mut found);
    found.sort();
    Some(found)
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder can be listed") {
        let entry = entry.expect("the folder can be listed");
        let kind = entry.file_type().expect("the folder can be listed");
        if kind.is_dir() {
            collect(&entry.path(), found);
        } else if kind.is_file() {
            found.push(entry.path());
        }
    }
}

/// The files of the disk.
pub(crate) struct DiskFiles;

impl Files for DiskFiles {
    fn read(&self, path: &Path) -> std::io::Result<Vec<u8>> {
        fs::read(path)
    }

    fn list(&self, folder: &Path) -> std::io::Result<Arc<[Entry]>> {
        list_folder(folder)
    }

    fn exists(&self, path: &Path) -> bool {
        path.exists()
    }
}
