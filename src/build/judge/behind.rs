//! Builds of one Dockerfile behind different ignore files: the same instructions with another context.
//!
//! The folder has to be gone through for each ignore file, because what one leaves out may be more than anybody wants to
//! read. So what changed on the disk in between is looked for, and never taken for what the ignore file did.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::builds::{Builds, take};
use super::verdict::{Build, BuiltImage, Stop};
use crate::build::steps::Snapshot;
use crate::model::context::IgnoreFile;
use crate::text::Source;

/// Builds a Dockerfile behind the texts of an ignore file. The file itself, where COPY takes it along, stays what it is on
/// the disk, as a Dockerfile does whose fixes are built.
pub struct Behind<'b> {
    builds: &'b mut Builds,
    dockerfile: &'b str,
    root: &'b Path,
    /// Where the ignore file is.
    path: &'b Path,
    taken: FxHashMap<String, Result<Arc<Snapshot>, String>>,
    /// The first context that was taken, and what it was taken behind.
    first: Option<(IgnoreFile, Arc<Snapshot>)>,
}

impl<'b> Behind<'b> {
    /// Builds the text `dockerfile` with `builds`, from the folder `root` behind what is tried of the ignore file at `path`.
    pub fn new(builds: &'b mut Builds, dockerfile: &'b str, root: &'b Path, path: &'b Path) -> Behind<'b> {
        Behind { builds, dockerfile, root, path, taken: FxHashMap::default(), first: None }
    }

    fn context(&mut self, text: &str) -> Result<Arc<Snapshot>, String> {
        if let Some(taken) = self.taken.get(text) {
            return taken.clone();
        }
        let ignore = IgnoreFile::new(Arc::new(Source::new(self.path, text)));
        let taken = take(self.root, Some(&ignore)).and_then(|taken| match &self.first {
            Some((first_ignore, first)) => match changed((first_ignore, first), (&ignore, &taken)) {
                Some(path) => Err(format!("`{}` changed while fixes were built: try again", path.display())),
                None => Ok(taken),
            },
            None => {
                self.first = Some((ignore, Arc::clone(&taken)));
                Ok(taken)
            }
        });
        self.taken.insert(text.to_owned(), taken.clone());
        taken
    }
}

impl Build for Behind<'_> {
    fn build(&mut self, ignore: &str, anew: bool) -> Result<BuiltImage, Stop> {
        self.builds.context = self.context(ignore);
        self.builds.build(self.dockerfile, anew)
    }
}

/// A file that differs between two contexts of one folder for another reason than their ignore files.
fn changed(one: (&IgnoreFile, &Snapshot), other: (&IgnoreFile, &Snapshot)) -> Option<PathBuf> {
    let contents = |snapshot: &Snapshot| -> BTreeMap<PathBuf, String> {
        snapshot.contents().map(|(path, content)| (path.to_owned(), content.to_owned())).collect()
    };
    let (before, after) = (contents(one.1), contents(other.1));
    let kept = |ignore: &IgnoreFile, path: &Path| ignore.ignores(&path.to_string_lossy()) == Some(false);
    let differs = before.iter().find(|(path, content)| match after.get(*path) {
        Some(now) => now != *content,
        None => kept(other.0, path),
    });
    let is_new = |path: &&PathBuf| !before.contains_key(*path) && kept(one.0, path);
    differs.map(|(path, _)| path).or_else(|| after.keys().find(is_new)).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::steps::SnapshotLimits;

    #[test]
    fn what_changes_on_the_disk_is_told_from_what_an_ignore_file_does() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file");
        ["a", "b", "c"].iter().for_each(|name| write(name, name));
        let take = |text: &str| {
            let ignore = IgnoreFile::new(Arc::new(Source::new(".dockerignore", text)));
            let limits = SnapshotLimits::default();
            let snapshot = Snapshot::take(folder.path(), Some(&ignore), limits).expect("it can be taken");
            (ignore, snapshot)
        };
        let changed = |one: &(IgnoreFile, Snapshot), other: &(IgnoreFile, Snapshot)| {
            super::changed((&one.0, &one.1), (&other.0, &other.1)).map(|path| path.display().to_string())
        };
        let (all, narrow) = (take(""), take("a"));
        assert_eq!(changed(&all, &narrow), None);
        assert_eq!(changed(&narrow, &all), None);
        write("a", "other");
        assert_eq!(changed(&narrow, &take("b")), None, "nobody saw it before");
        write("b", "other");
        assert_eq!(changed(&narrow, &take("")).as_deref(), Some("b"));
        std::fs::remove_file(folder.path().join("c")).expect("it is there");
        write("b", "b");
        assert_eq!(changed(&narrow, &take("a")).as_deref(), Some("c"));
        write("c", "c");
        write("d", "");
        assert_eq!(changed(&narrow, &take("a")).as_deref(), Some("d"));
    }
}
