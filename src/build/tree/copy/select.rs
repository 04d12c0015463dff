//! What COPY takes of a source: what the key of a step depends on that copies from another stage.

use std::ffi::OsStr;
use std::io::Write;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use nix::fcntl::OFlag;

use super::root::{Kind, Root};
use super::{CopyError, source};
use crate::build::hex::hex;
use crate::build::tree::TreeError;
use crate::build::tree::list::{ListLimits, list, list_one};

/// Writes everything that counts of what COPY takes of `source` from the tree at `from`: the names it has there, because
/// they become names at the destination, and what lies behind each, links at its end followed as COPY follows them. Times
/// do not count, as nowhere in keys. The number of files, folders and links.
///
/// # Errors
///
/// See [`CopyError`].
pub fn select(from: BorrowedFd<'_>, source: &str, out: &mut impl Write) -> Result<u64, CopyError> {
    let from = Root::new(from);
    let limits = ListLimits::default();
    let mut entries = 0;
    for path in source::expand(&from, source)? {
        heading(out, path.file_name(), &path)?;
        let resolved = from.resolve(&path)?;
        let failed = |error: nix::errno::Errno| CopyError::io("read", &resolved, error);
        let Some(stat) = from.stat(&resolved)? else { continue };
        if Kind::of(&stat) == Kind::Folder {
            let folder = from.open(&resolved, OFlag::O_RDONLY | OFlag::O_DIRECTORY).map_err(failed)?;
            entries += list(folder.as_fd(), &mut *out, &limits).map_err(of_tree)?;
        } else {
            let (folder, name) = from.parent(&resolved).map_err(failed)?;
            list_one(folder.as_fd(), name.as_bytes(), stat, &mut *out, &limits).map_err(of_tree)?;
            entries += 1;
        }
    }
    Ok(entries)
}

/// A line before what lies behind a name: its bytes in hexadecimal digits, which no entry begins with.
fn heading(out: &mut impl Write, name: Option<&OsStr>, path: &Path) -> Result<(), CopyError> {
    let digits = hex(name.unwrap_or_default().as_bytes());
    writeln!(out, "source {digits}").map_err(|error| CopyError::io("list", path, error))
}

fn of_tree(error: TreeError) -> CopyError {
    match error {
        TreeError::Malformed { .. } => CopyError::Invalid(error.to_string()),
        TreeError::Refused { .. } | TreeError::Limit { .. } => CopyError::Refused(error.to_string()),
        TreeError::Io { .. } => CopyError::Failed(error.to_string()),
    }
}
