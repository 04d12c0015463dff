//! Removing trees that a step has made: as deep as it liked, and with whatever in them.

use std::collections::HashSet;
use std::ffi::CString;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use nix::dir::{Dir, Type};
use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, open, openat, renameat};
use nix::sys::stat::{FileStat, Mode, fstatat};
use nix::unistd::{UnlinkatFlags, unlinkat};

use crate::build::tree::PackOptions;

/// Folders within folders that are gone through on the spot.
const DEPTH: usize = 64;

const FOLDER: OFlag = OFlag::O_DIRECTORY.union(OFlag::O_NOFOLLOW).union(OFlag::O_RDONLY).union(OFlag::O_CLOEXEC);

/// Removes `path` and all in it; one that is not there is no fault. Folders that lie deep are first moved to `trash`, another
/// folder on the same file system, so that no depth costs more than [`DEPTH`] descriptors. What is in `trash` goes, too.
pub(super) fn remove_tree(path: &Path, trash: &Path) -> io::Result<()> {
    let Some(name) = path.file_name().and_then(|name| CString::new(name.as_bytes()).ok()) else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "this is no folder that can be removed"));
    };
    let parent = open(path.parent().unwrap_or(Path::new(".")), FOLDER, Mode::empty())?;
    let mut remover = Remover { trash: open(trash, FOLDER, Mode::empty())?, moved: 0 };
    remover.remove(&parent, &name, 0)?;
    remover.empty_trash()
}

/// Removes what is in a trash.
pub(super) fn empty(trash: &Path) -> io::Result<()> {
    Remover { trash: open(trash, FOLDER, Mode::empty())?, moved: 0 }.empty_trash()
}

struct Remover {
    trash: OwnedFd,
    moved: u64,
}

impl Remover {
    /// What is moved to the trash may be deep itself; each round takes [`DEPTH`] levels off.
    fn empty_trash(&mut self) -> io::Result<()> {
        let trash = self.trash.try_clone()?;
        loop {
            let before = self.moved;
            for (name, _) in names(&trash)? {
                self.remove(&trash, &name, 0)?;
            }
            if self.moved == before {
                return Ok(());
            }
        }
    }

    fn remove(&mut self, parent: &OwnedFd, name: &CString, depth: usize) -> io::Result<()> {
        match unlinkat(parent, name.as_c_str(), UnlinkatFlags::NoRemoveDir) {
            Ok(()) | Err(Errno::ENOENT) => return Ok(()),
            Err(Errno::EISDIR | Errno::EPERM) => {}
            Err(other) => return Err(other.into()),
        }
        if depth > DEPTH {
            return self.move_to_trash(parent, name);
        }
        let folder = match openat(parent, name.as_c_str(), FOLDER, Mode::empty()) {
            Err(Errno::ENOENT) => return Ok(()),
            other => other?,
        };
        for (name, _) in names(&folder)? {
            self.remove(&folder, &name, depth + 1)?;
        }
        match unlinkat(parent, name.as_c_str(), UnlinkatFlags::RemoveDir) {
            Ok(()) | Err(Errno::ENOENT) => Ok(()),
            Err(other) => Err(other.into()),
        }
    }

    /// Other workers use the same trash, so what goes there is called by its number on the file system.
    fn move_to_trash(&mut self, parent: &OwnedFd, name: &CString) -> io::Result<()> {
        let inode = match fstatat(parent, name.as_c_str(), AtFlags::AT_SYMLINK_NOFOLLOW) {
            Err(Errno::ENOENT) => return Ok(()),
            other => other?.st_ino,
        };
        self.moved += 1;
        match renameat(parent, name.as_c_str(), &self.trash, format!("{inode}").as_str()) {
            Ok(()) | Err(Errno::ENOENT) => Ok(()),
            Err(other) => Err(other.into()),
        }
    }
}

/// What is in a folder, read at once: a folder that changes while it is read may otherwise never end.
fn names(folder: &OwnedFd) -> io::Result<Vec<(CString, Option<Type>)>> {
    let mut list = Dir::openat(folder, ".", FOLDER, Mode::empty())?;
    let mut names = Vec::new();
    for entry in list.iter() {
        let entry = entry?;
        if !matches!(entry.file_name().to_bytes(), b"." | b"..") {
            names.push((entry.file_name().to_owned(), entry.file_type()));
        }
    }
    Ok(names)
}

/// What a tree has on the disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Usage {
    /// All but the root.
    pub(super) entries: u64,
    /// Bytes of files as they are read, those with several names once.
    pub(super) bytes: u64,
    /// Bytes that they take on the disk.
    pub(super) disk: u64,
}

/// Folders within folders that are measured. The longest path is 4096 bytes, so that nothing deeper has a path at all.
pub(super) const DEEPEST: usize = 2_048;

/// The least that an entry is held to take: its inode and its name.
const ENTRY: u64 = 512;

/// Measures a tree that may change at the same time. `None` where it is deeper than [`DEEPEST`].
pub(super) fn measure(path: &Path) -> io::Result<Option<Usage>> {
    let mut usage = Usage::default();
    let mut seen = HashSet::new();
    let root = open(path, FOLDER, Mode::empty())?;
    let mut levels = vec![(names(&root)?, root)];
    while let Some((entries, folder)) = levels.last_mut() {
        let Some((name, kind)) = entries.pop() else {
            levels.pop();
            continue;
        };
        // What is gone in the meantime takes no place.
        let Ok(data) = fstatat(&*folder, name.as_c_str(), AtFlags::AT_SYMLINK_NOFOLLOW) else { continue };
        usage.add(&data, &mut seen);
        if kind != Some(Type::Directory) {
            continue;
        }
        match openat(&*folder, name.as_c_str(), FOLDER, Mode::empty()) {
            Ok(inner) => levels.push((names(&inner).unwrap_or_default(), inner)),
            Err(Errno::EMFILE) => return Ok(None),
            Err(_) => {}
        }
        if levels.len() > DEEPEST {
            return Ok(None);
        }
    }
    Ok(Some(usage))
}

/// Why a layer cannot be packed: files with holes can hold more than the disk.
pub(super) fn too_large(usage: &Usage) -> Option<String> {
    let most = PackOptions::default().bytes;
    (usage.bytes > most)
        .then(|| format!("its files hold {} bytes, more than the {most} that a layer can have", usage.bytes))
}

impl Usage {
    fn add(&mut self, data: &FileStat, seen: &mut HashSet<(u64, u64)>) {
        let is_file = data.st_mode & libc::S_IFMT == libc::S_IFREG;
        self.entries += 1;
        self.disk += ENTRY;
        if is_file && data.st_nlink > 1 && !seen.insert((data.st_dev, data.st_ino)) {
            return;
        }
        self.disk += data.st_blocks.unsigned_abs() * 512;
        if is_file {
            self.bytes += data.st_size.unsigned_abs();
        }
    }
}
