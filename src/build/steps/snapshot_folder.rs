//! A build context as it was, as a folder: for whoever can read nothing else.

use std::fs::{self, File, Permissions};
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use nix::sys::stat::Mode;
use sha2::{Digest, Sha256};

use super::snapshot::{Hashing, Snapshot, SnapshotEntry, SnapshotError, open};
use crate::build::hex::hex;
use crate::build::tree::TarKind;

impl Snapshot {
    /// Copies it into the folder `target`, which is there and empty: contents, modes and times, all of it owned by who
    /// copies.
    ///
    /// # Errors
    ///
    /// [`SnapshotError::Changed`] where a file is not what it was, [`SnapshotError::Io`] where it cannot be written.
    pub fn copy_to(&self, target: &Path) -> Result<(), SnapshotError> {
        for (path, entry) in &self.entries {
            self.copy(path, entry, target)?;
        }
        // A folder is closed once everything is in it, the deepest first.
        for (path, entry) in self.entries.iter().rev().filter(|(_, entry)| entry.kind == TarKind::Folder) {
            let folder = target.join(path);
            let set = || {
                File::open(&folder)?.set_modified(time(entry.mtime))?;
                fs::set_permissions(&folder, Permissions::from_mode(entry.mode))
            };
            set().map_err(|error| SnapshotError::Io { path: path.clone(), error })?;
        }
        Ok(())
    }

    fn copy(&self, path: &Path, entry: &SnapshotEntry, target: &Path) -> Result<(), SnapshotError> {
        let to = target.join(path);
        let failed = |error: io::Error| SnapshotError::Io { path: path.to_owned(), error };
        let link = Path::new(std::ffi::OsStr::from_bytes(&entry.link));
        match entry.kind {
            TarKind::Folder => fs::create_dir(&to).map_err(failed),
            TarKind::SymbolicLink => symlink(link, &to).map_err(failed),
            TarKind::HardLink => fs::hard_link(target.join(link), &to).map_err(failed),
            TarKind::Fifo => {
                nix::unistd::mkfifo(&to, Mode::from_bits_truncate(entry.mode)).map_err(|error| failed(error.into()))
            }
            TarKind::File => self.copy_file(path, entry, &to),
            TarKind::CharacterDevice | TarKind::BlockDevice => {
                Err(SnapshotError::Refused(format!("`{}` of the build context is a device", path.display())))
            }
        }
    }

    fn copy_file(&self, path: &Path, entry: &SnapshotEntry, to: &Path) -> Result<(), SnapshotError> {
        let failed = |error: io::Error| SnapshotError::Io { path: path.to_owned(), error };
        let from = open(&self.root.join(path)).map_err(|_| SnapshotError::Changed(path.to_owned()))?;
        // One byte more tells a file that has grown.
        let mut reader = Hashing { inner: from.take(entry.size + 1), hasher: Sha256::new() };
        let mut file = File::create_new(to).map_err(failed)?;
        let copied = io::copy(&mut reader, &mut file).map_err(failed)?;
        if copied != entry.size || hex(&reader.hasher.finalize()) != entry.content {
            return Err(SnapshotError::Changed(path.to_owned()));
        }
        file.set_modified(time(entry.mtime)).map_err(failed)?;
        file.set_permissions(Permissions::from_mode(entry.mode)).map_err(failed)
    }
}

fn time(seconds: i64) -> SystemTime {
    let away = Duration::from_secs(seconds.unsigned_abs());
    let time = if seconds < 0 { UNIX_EPOCH.checked_sub(away) } else { UNIX_EPOCH.checked_add(away) };
    time.unwrap_or(UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::steps::SnapshotLimits;

    #[test]
    fn a_copy_is_the_same_context() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        fs::create_dir_all(from.join("closed/deep")).expect("a folder");
        fs::create_dir(&to).expect("a folder");
        fs::write(from.join("closed/deep/file"), "text").expect("a file");
        fs::write(from.join("run"), "#!/bin/sh").expect("a file");
        fs::set_permissions(from.join("run"), Permissions::from_mode(0o4755)).expect("ours");
        fs::hard_link(from.join("run"), from.join("walk")).expect("a link");
        symlink("/etc/passwd", from.join("out")).expect("a link");
        for path in ["closed/deep", "closed"] {
            fs::set_permissions(from.join(path), Permissions::from_mode(0o555)).expect("ours");
        }
        let take = |root: &Path| Snapshot::take(root, None, SnapshotLimits::default()).expect("it can be taken");
        let snapshot = take(&from);
        snapshot.copy_to(&to).expect("it is as it was");
        assert_eq!(take(&to).digest(), snapshot.digest());
        let times = |root: &Path| {
            ["closed", "closed/deep/file", "run"].map(|path| {
                let modified = fs::metadata(root.join(path)).and_then(|data| data.modified()).expect("it is there");
                modified.duration_since(UNIX_EPOCH).expect("it is later").as_secs()
            })
        };
        assert_eq!(times(&to), times(&from));
        fs::write(from.join("run"), "longer than before").expect("a file");
        fs::create_dir(folder.path().join("other")).expect("a folder");
        let changed = snapshot.copy_to(&folder.path().join("other"));
        assert!(matches!(changed, Err(SnapshotError::Changed(path)) if path == Path::new("run")));
        for root in [from, to, folder.path().join("other")] {
            for path in ["closed", "closed/deep"] {
                fs::set_permissions(root.join(path), Permissions::from_mode(0o755)).expect("ours");
            }
        }
    }
}
