//! Work on files by descriptors: nothing is ever looked up by a path from the root of the host.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use nix::dir::Dir;
use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, OpenHow, ResolveFlag, openat, openat2};
use nix::sys::stat::{FileStat, Mode, SFlag, fstat, fstatat};
use nix::unistd::{UnlinkatFlags, unlinkat};
use xattr::FileExt;

use super::error::{Result, TreeError};

/// The longest path that Linux takes in one call.
pub(super) const MOST_PATH: usize = 4_096;

/// Something that a walk comes to.
pub(super) struct Visit<'w> {
    /// The folder that it is in.
    pub(super) folder: BorrowedFd<'w>,
    /// Its name in it.
    pub(super) name: &'w [u8],
    /// Its path from the root of the walk.
    pub(super) path: &'w [u8],
    /// What the system says of it.
    pub(super) stat: FileStat,
}

/// A folder that a walk is in.
struct Level {
    /// What is left to be visited, the next one last.
    names: Vec<Vec<u8>>,
    /// The length of its path.
    length: usize,
    identity: (u64, u64),
}

/// Visits everything below `root`, folders before what is in them, names in the order of their bytes.
///
/// However deep it goes, one folder is open at a time; the way back is `..`, which leads where it should as long as
/// nobody else moves folders, and that is checked.
pub(super) fn walk(root: BorrowedFd<'_>, visit: &mut dyn FnMut(Visit<'_>) -> Result<()>) -> Result<()> {
    let mut folder = open_folder(root, b".", b".")?;
    let mut path = Vec::new();
    let mut levels = vec![level(&folder, &path)?];
    while let Some(last) = levels.last_mut() {
        let Some(name) = last.names.pop() else {
            levels.pop();
            if let Some(above) = levels.last() {
                folder = open_above(&folder, above.identity, &path)?;
            }
            continue;
        };
        path.truncate(last.length);
        if !path.is_empty() {
            path.push(b'/');
        }
        path.extend(&name);
        if path.len() > MOST_PATH {
            return Err(TreeError::Limit { what: "bytes in the path of a file", limit: MOST_PATH as u64 });
        }
        let stat = stat_at(folder.as_fd(), &name, &path)?;
        visit(Visit { folder: folder.as_fd(), name: &name, path: &path, stat })?;
        if is_folder(&stat) {
            folder = open_folder(folder.as_fd(), &name, &path)?;
            levels.push(level(&folder, &path)?);
        }
    }
    Ok(())
}

fn level(folder: &OwnedFd, path: &[u8]) -> Result<Level> {
    let mut names = names(folder.as_fd(), path)?;
    names.sort_unstable_by(|a, b| b.cmp(a));
    Ok(Level { names, length: path.len(), identity: identity(folder, path)? })
}

fn identity(folder: &OwnedFd, path: &[u8]) -> Result<(u64, u64)> {
    let stat = fstat(folder).map_err(|error| TreeError::io(path, "reading", error))?;
    Ok((stat.st_dev, stat.st_ino))
}

fn open_above(folder: &OwnedFd, wanted: (u64, u64), path: &[u8]) -> Result<OwnedFd> {
    let above = open_folder(folder.as_fd(), b"..", path)?;
    if identity(&above, path)? != wanted {
        return Err(TreeError::refused(path, "its folder was moved while it was read"));
    }
    Ok(above)
}

/// The names in a folder, in no order.
pub(super) fn names(folder: BorrowedFd<'_>, path: &[u8]) -> Result<Vec<Vec<u8>>> {
    let failed = |error| TreeError::io(path, "reading the folder", error);
    let mut folder = Dir::from_fd(open_folder(folder, b".", path)?).map_err(failed)?;
    let mut names = Vec::new();
    for entry in folder.iter() {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_bytes();
        if name != b"." && name != b".." {
            names.push(name.to_vec());
        }
    }
    Ok(names)
}

/// Opens the folder `name` in `folder`; `path` names it in errors. A link is none.
pub(super) fn open_folder(folder: BorrowedFd<'_>, name: &[u8], path: &[u8]) -> Result<OwnedFd> {
    let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
    openat(folder, name, flags, Mode::empty()).map_err(|error| TreeError::io(path, "opening the folder", error))
}

/// Opens the file `name` in `folder` to be read.
pub(super) fn open_file(folder: BorrowedFd<'_>, name: &[u8], path: &[u8]) -> Result<File> {
    let flags = OFlag::O_RDONLY | OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC;
    let file = openat(folder, name, flags, Mode::empty()).map_err(|error| TreeError::io(path, "reading", error))?;
    Ok(File::from(file))
}

/// Finds a folder as a process would whose root is `root`: no link, however it is written, leads out of it.
pub(super) fn resolve_folder(root: BorrowedFd<'_>, path: &[u8]) -> nix::Result<OwnedFd> {
    let how = OpenHow::new()
        .flags(OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC)
        .resolve(ResolveFlag::RESOLVE_IN_ROOT | ResolveFlag::RESOLVE_NO_MAGICLINKS | ResolveFlag::RESOLVE_NO_XDEV);
    let path = if path.is_empty() { b"." } else { path };
    loop {
        match openat2(root, path, how) {
            // What is moved elsewhere in the meantime could make a difference, so the kernel asks to try again.
            Err(Errno::EAGAIN | Errno::EINTR) => {}
            other => return other,
        }
    }
}

/// What is at `name` in `folder`, links not followed.
pub(super) fn stat_at(folder: BorrowedFd<'_>, name: &[u8], path: &[u8]) -> Result<FileStat> {
    fstatat(folder, name, AtFlags::AT_SYMLINK_NOFOLLOW).map_err(|error| TreeError::io(path, "reading", error))
}

/// The same, where nothing may be there.
pub(super) fn find_at(folder: BorrowedFd<'_>, name: &[u8], path: &[u8]) -> Result<Option<FileStat>> {
    match fstatat(folder, name, AtFlags::AT_SYMLINK_NOFOLLOW) {
        Ok(stat) => Ok(Some(stat)),
        Err(Errno::ENOENT) => Ok(None),
        Err(error) => Err(TreeError::io(path, "reading", error)),
    }
}

/// What kind of file it is.
pub(super) fn kind(stat: &FileStat) -> SFlag {
    SFlag::from_bits_truncate(stat.st_mode & SFlag::S_IFMT.bits())
}

pub(super) fn is_folder(stat: &FileStat) -> bool {
    kind(stat) == SFlag::S_IFDIR
}

/// Whether it is how overlayfs notes that something was removed.
pub(super) fn is_whiteout(stat: &FileStat) -> bool {
    kind(stat) == SFlag::S_IFCHR && stat.st_rdev == 0
}

/// Removes `name` from `folder`, and what is in it, however deep that goes. It need not be there.
pub(super) fn remove(folder: BorrowedFd<'_>, name: &[u8], path: &[u8]) -> Result<()> {
    let failed = |error| TreeError::io(path, "removing", error);
    match unlinkat(folder, name, UnlinkatFlags::NoRemoveDir) {
        Ok(()) | Err(Errno::ENOENT) => return Ok(()),
        Err(Errno::EISDIR | Errno::EPERM) => {}
        Err(error) => return Err(failed(error)),
    }
    let mut current = open_folder(folder, name, path)?;
    // For each folder on the way its name and the folders in it that are left.
    let mut open = vec![(name.to_vec(), remove_files(&current, path)?)];
    while let Some((_, folders)) = open.last_mut() {
        if let Some(inner) = folders.pop() {
            current = open_folder(current.as_fd(), &inner, path)?;
            open.push((inner, remove_files(&current, path)?));
            continue;
        }
        let Some((name, _)) = open.pop() else { break };
        if open.is_empty() {
            unlinkat(folder, name.as_slice(), UnlinkatFlags::RemoveDir).map_err(failed)?;
        } else {
            current = open_folder(current.as_fd(), b"..", path)?;
            unlinkat(&current, name.as_slice(), UnlinkatFlags::RemoveDir).map_err(failed)?;
        }
    }
    Ok(())
}

/// Removes what is no folder, and says which folders are left.
fn remove_files(folder: &OwnedFd, path: &[u8]) -> Result<Vec<Vec<u8>>> {
    let mut folders = Vec::new();
    for name in names(folder.as_fd(), path)? {
        match unlinkat(folder, name.as_slice(), UnlinkatFlags::NoRemoveDir) {
            Ok(()) => {}
            Err(Errno::EISDIR | Errno::EPERM) => folders.push(name),
            Err(error) => return Err(TreeError::io(path, "removing what is in", error)),
        }
    }
    Ok(folders)
}

/// What becomes of an extended attribute in a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AttributeRule {
    /// It belongs to the file.
    Keep,
    /// It belongs to the machine: labels of a security module, notes of the administrator.
    Drop,
    /// It would steer the file system that layers are stacked by.
    Refuse,
}

/// Which extended attributes belong to layers: `security.capability`, those of users, and access lists. Engines keep
/// the same, and overlayfs keeps its own notes under `user.overlay.`.
pub(super) fn attribute_rule(name: &[u8]) -> AttributeRule {
    const KEPT: [&[u8]; 3] = [b"security.capability", b"system.posix_acl_access", b"system.posix_acl_default"];
    if name.starts_with(b"user.overlay.") || name.starts_with(b"trusted.overlay.") {
        AttributeRule::Refuse
    } else if name.starts_with(b"user.") || KEPT.contains(&name) {
        AttributeRule::Keep
    } else {
        AttributeRule::Drop
    }
}

/// The extended attributes of a file or folder, by name, those of overlayfs among them.
pub(super) fn attributes(file: &File, path: &[u8]) -> Result<Vec<(Vec<u8>, Vec<u8>)>> {
    use std::os::unix::ffi::OsStrExt;
    let failed = |error: io::Error| TreeError::io(path, "reading the attributes of", error);
    let names = match file.list_xattr() {
        Ok(names) => names,
        // A file system without any.
        Err(error) if error.raw_os_error() == Some(Errno::ENOTSUP as i32) => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    };
    let mut found = Vec::new();
    for name in names {
        if let Some(value) = file.get_xattr(&name).map_err(failed)? {
            found.push((name.as_bytes().to_vec(), value));
        }
    }
    found.sort_unstable();
    Ok(found)
}
