//! The disk and standard input, as the core sees them; and writing files whole.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::config::listings::{Listings, list_folder};
use crate::config::reason_text;
use crate::text::{Entry, Files};

/// Files on the disk, with one of them replaced by what came on standard input.
#[derive(Debug)]
pub(super) struct DiskFiles {
    largest: u64,
    /// `None` asks the disk each time.
    listings: Option<Arc<Listings>>,
    stdin: Option<(PathBuf, Vec<u8>)>,
    reads: AtomicUsize,
}

impl DiskFiles {
    /// Files of at most `largest` bytes.
    pub(super) fn new(largest: u64, listings: Arc<Listings>) -> DiskFiles {
        DiskFiles { largest, listings: Some(listings), stdin: None, reads: AtomicUsize::new(0) }
    }

    /// The same for a host that outlives what is on the disk: every question goes there.
    #[cfg(feature = "lsp")]
    pub(super) fn fresh(largest: u64) -> DiskFiles {
        DiskFiles { largest, listings: None, stdin: None, reads: AtomicUsize::new(0) }
    }

    fn lacks(&self, path: &Path) -> bool {
        self.listings.as_ref().is_some_and(|listings| listings.lacks(path))
    }

    /// `path` reads as `bytes`.
    pub(super) fn with_stdin(mut self, path: PathBuf, bytes: Vec<u8>) -> DiskFiles {
        self.stdin = Some((path, bytes));
        self
    }

    /// What came on standard input is now `bytes`.
    pub(super) fn replace_stdin(&mut self, path: PathBuf, bytes: Vec<u8>) {
        self.stdin = Some((path, bytes));
    }

    fn read_disk(&self, path: &Path) -> io::Result<Vec<u8>> {
        if self.lacks(path) {
            return Err(io::ErrorKind::NotFound.into());
        }
        // Opening a FIFO waits for its other end, so what it is must be known before.
        let metadata = fs::metadata(path)?;
        if !metadata.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"));
        }
        if metadata.len() > self.largest {
            return Err(too_large(self.largest));
        }
        let mut bytes = Vec::with_capacity(metadata.len() as usize + 1);
        // The length of a file in `/proc` is 0, and any file may grow meanwhile.
        File::open(path)?.take(self.largest + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > self.largest { Err(too_large(self.largest)) } else { Ok(bytes) }
    }

    /// How many files were read so far.
    pub(super) fn reads(&self) -> usize {
        self.reads.load(Ordering::Relaxed)
    }
}

impl Files for DiskFiles {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        if let Some((_, bytes)) = self.stdin.as_ref().filter(|(name, _)| name == path) {
            return Ok(bytes.clone());
        }
        self.read_disk(path).map_err(|reason| io::Error::new(reason.kind(), reason_text(&reason)))
    }

    fn list(&self, folder: &Path) -> io::Result<Arc<[Entry]>> {
        match &self.listings {
            Some(listings) => listings.list(folder),
            None => list_folder(if folder.as_os_str().is_empty() { Path::new(".") } else { folder }),
        }
    }

    fn exists(&self, path: &Path) -> bool {
        self.stdin.as_ref().is_some_and(|(name, _)| name == path) || !self.lacks(path) && path.exists()
    }
}

fn too_large(largest: u64) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, format!("it is larger than {} MiB", largest / (1024 * 1024)))
}

/// Writes `bytes` to `path` so that a reader sees the old content or the new, never a part. A link is followed, and
/// owner and permissions of a file that was there stay.
///
/// # Errors
///
/// As the file system says; then what was there is still there.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let before = fs::metadata(&target).ok();
    if before.as_ref().is_some_and(must_stay) {
        return fs::write(&target, bytes);
    }
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".rlint-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // What any new file gets: the umask takes its part.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    if let Some(before) = before {
        fs::set_permissions(file.path(), before.permissions())?;
        keep_owner(file.path(), &before);
    }
    file.persist(&target).map_err(|error| error.error)?;
    Ok(())
}

/// A device or a pipe is no file that could be replaced, and a file with several names would lose the others.
#[cfg(unix)]
fn must_stay(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    !metadata.is_file() || metadata.nlink() > 1
}

#[cfg(not(unix))]
fn must_stay(metadata: &fs::Metadata) -> bool {
    !metadata.is_file()
}

#[cfg(unix)]
fn keep_owner(path: &Path, before: &fs::Metadata) {
    use std::os::unix::fs::{MetadataExt, chown};
    let same = fs::metadata(path).is_ok_and(|now| now.uid() == before.uid() && now.gid() == before.gid());
    if !same {
        // Only a privileged user may; for others the file is theirs anyway or was not.
        let _ = chown(path, Some(before.uid()), Some(before.gid()));
    }
}

#[cfg(not(unix))]
fn keep_owner(_: &Path, _: &fs::Metadata) {}
