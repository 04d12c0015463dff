//! A layer applied to a tree.
//!
//! OCI image specification, `layer.md`, in the way of `archive.Apply` of <https://github.com/containerd/containerd>
//! (`pkg/archive/tar.go`, Apache-2.0): the archive is applied to the file system that is already there, which in a
//! worker is an overlay of the layers below with an empty layer on top. So a name that goes through a link of a lower
//! layer lands where the link leads, folders that the layer does not describe stay as they were, and overlayfs itself
//! notes in the top layer what was removed.
//!
//! What comes out of this rule by rule:
//!
//! | in the layer | what becomes of it |
//! | --- | --- |
//! | absolute names | taken from the root of the tree |
//! | `..` in a name or in the target of a hard link | refused |
//! | a name through a symbolic link | the link is followed, in the tree, as if its root were the root of the machine |
//! | devices | left out and counted: no device can be opened in a user namespace |
//! | sockets, sparse files, unknown kinds | refused |
//! | the same name twice | the last one counts; folders are merged |
//! | attributes | `user.`, `security.capability` and access lists are kept, labels of the machine left out, those of overlayfs refused |
//! | ids that are not mapped | refused by number |

use std::collections::HashSet;
use std::collections::hash_map::RandomState;
use std::fs::File;
use std::hash::BuildHasher;
use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;

use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, openat};
use nix::sys::stat::{FchmodatFlags, Mode, UtimensatFlags, fchmod, fchmodat, futimens, mkdirat, utimensat};
use nix::sys::time::TimeSpec;
use nix::unistd::{Gid, Uid, fchown, fchownat, linkat, mkfifoat, symlinkat};
use xattr::FileExt;

use super::error::{Result, TreeError};
use super::files::{self, AttributeRule, MOST_PATH};
use super::tar_reader::{TarEntry, TarKind, TarLimits, TarReader};

/// How a layer is applied.
#[derive(Clone, Copy, Debug)]
pub struct UnpackOptions {
    /// How much of it is read.
    pub limits: TarLimits,
    /// Whose its files are.
    pub ownership: Ownership,
    /// Whether names that start with `.wh.` remove something. They do in a layer, and do not in any other archive.
    pub whiteouts: bool,
}

/// Whose files are that come out of an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ownership {
    /// Of whom the archive says.
    Kept,
    /// Of this user and group.
    Fixed(u32, u32),
    /// Of whoever unpacks: where only one id is mapped there is nobody else.
    Own,
}

impl Default for UnpackOptions {
    fn default() -> UnpackOptions {
        UnpackOptions { limits: TarLimits::default(), ownership: Ownership::Kept, whiteouts: true }
    }
}

/// What was applied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unpacked {
    /// Entries, removals included.
    pub entries: u64,
    /// Bytes of files.
    pub bytes: u64,
    /// Devices that were left out.
    pub devices: u64,
}

/// Parts of a name in an archive. Every part is a folder that may have to be made.
const MOST_DEPTH: usize = 250;
/// Bytes of one part: Linux has no longer ones.
const MOST_NAME: usize = 255;

/// Applies a layer, a plain archive, to the tree in `root`.
pub fn unpack(archive: impl Read, root: BorrowedFd<'_>, options: &UnpackOptions) -> Result<Unpacked> {
    let mut reader = TarReader::new(archive, options.limits);
    let mut target =
        Target { root, options, seen: Seen::default(), parent: None, times: Vec::new(), unpacked: Unpacked::default() };
    while let Some(entry) = reader.next_entry()? {
        target.apply(&entry, &mut reader)?;
    }
    target.set_folder_times()?;
    Ok(target.unpacked)
}

/// The tree that a layer is applied to.
struct Target<'t> {
    root: BorrowedFd<'t>,
    options: &'t UnpackOptions,
    seen: Seen,
    /// The folder of the last entry: most of the time it is that of the next one, too.
    parent: Option<(Vec<u8>, OwnedFd)>,
    /// When folders were changed. What is put into one later would change it again.
    times: Vec<(Vec<u8>, i64)>,
    unpacked: Unpacked,
}

impl Target<'_> {
    fn apply(&mut self, entry: &TarEntry, content: &mut dyn Read) -> Result<()> {
        let path = clean(&entry.path)?;
        self.unpacked.entries += 1;
        let Some((folder, name)) = split(&path) else {
            return self.apply_to_root(entry);
        };
        if self.options.whiteouts
            && let Some(removed) = name.strip_prefix(b".wh.")
        {
            return self.whiteout(folder, removed, &entry.path);
        }
        let parent = self.parent(folder, &path)?;
        let is_merged = self.make_way(parent.as_fd(), name, &path, entry.kind)?;
        match entry.kind {
            TarKind::Folder => self.folder(parent.as_fd(), name, &path, entry, is_merged)?,
            TarKind::File => self.file(parent.as_fd(), name, &path, entry, content)?,
            TarKind::HardLink => self.hard_link(parent.as_fd(), name, entry)?,
            TarKind::SymbolicLink => self.symbolic_link(parent.as_fd(), name, &path, entry)?,
            TarKind::Fifo => self.fifo(parent.as_fd(), name, &path, entry)?,
            TarKind::CharacterDevice | TarKind::BlockDevice => self.unpacked.devices += 1,
        }
        self.seen.add(&path);
        self.parent = Some((folder.to_vec(), parent));
        Ok(())
    }

    /// The root of the tree is there already.
    fn apply_to_root(&mut self, entry: &TarEntry) -> Result<()> {
        if entry.kind != TarKind::Folder {
            return Err(TreeError::refused(&entry.path, "it would take the place of the root"));
        }
        let root = files::open_folder(self.root, b".", b".")?;
        self.describe(&File::from(root), b".", entry)?;
        self.times.push((Vec::new(), entry.mtime));
        Ok(())
    }

    /// The folder that an entry goes into, made where it is missing.
    fn parent(&mut self, folder: &[u8], path: &[u8]) -> Result<OwnedFd> {
        if let Some((last, open)) = self.parent.take()
            && last == folder
        {
            return Ok(open);
        }
        match files::resolve_folder(self.root, folder) {
            Ok(open) => Ok(open),
            Err(Errno::ENOENT) => self.make_parents(folder, path),
            Err(error) => Err(in_the_way(error, path)),
        }
    }

    fn make_parents(&mut self, folder: &[u8], path: &[u8]) -> Result<OwnedFd> {
        let mut at = 0;
        let mut parent = files::resolve_folder(self.root, b"").map_err(|error| in_the_way(error, path))?;
        while at < folder.len() {
            let end = folder[at..].iter().position(|byte| *byte == b'/').map_or(folder.len(), |slash| at + slash);
            let so_far = &folder[..end];
            parent = match files::resolve_folder(self.root, so_far) {
                Ok(open) => open,
                Err(Errno::ENOENT) => {
                    let name = &folder[at..end];
                    mkdirat(&parent, name, Mode::from_bits_truncate(0o755)).map_err(|error| match error {
                        Errno::EEXIST => TreeError::refused(path, "a link on the way to it leads nowhere"),
                        error => TreeError::io(so_far, "making the folder", error),
                    })?;
                    self.seen.add(so_far);
                    let made = files::open_folder(parent.as_fd(), name, so_far)?;
                    // The mask of the process is not that of the image.
                    let failed = |error| TreeError::io(so_far, "setting the mode of", error);
                    fchmod(&made, Mode::from_bits_truncate(0o755)).map_err(failed)?;
                    made
                }
                Err(error) => return Err(in_the_way(error, path)),
            };
            at = end + 1;
        }
        Ok(parent)
    }

    /// Removes what an entry replaces; says whether there is a folder that it is merged with.
    fn make_way(&mut self, parent: BorrowedFd<'_>, name: &[u8], path: &[u8], kind: TarKind) -> Result<bool> {
        match files::find_at(parent, name, path)? {
            None => Ok(false),
            Some(stat) if files::is_folder(&stat) && kind == TarKind::Folder => Ok(true),
            Some(_) => files::remove(parent, name, path).map(|()| false),
        }
    }

    /// `.wh.NAME` removes NAME of the layers below, `.wh..wh..opq` all that is in its folder. What this layer itself
    /// brings stays, whichever comes first.
    fn whiteout(&mut self, folder: &[u8], removed: &[u8], written: &[u8]) -> Result<()> {
        if matches!(removed, b"" | b"." | b"..") {
            return Err(TreeError::refused(written, "it would remove what is not in its folder"));
        }
        let parent = match files::resolve_folder(self.root, folder) {
            Ok(parent) => parent,
            Err(Errno::ENOENT | Errno::ENOTDIR) => return Ok(()),
            Err(error) => return Err(in_the_way(error, written)),
        };
        // A folder that is kept open may be among what goes.
        self.parent = None;
        match removed {
            b".wh..opq" => self.clear(parent.as_fd(), folder),
            // Notes of aufs, a file system that Docker once had.
            removed if removed.starts_with(b".wh.") => Ok(()),
            removed => {
                let path = if folder.is_empty() { removed.to_vec() } else { [folder, b"/", removed].concat() };
                self.remove_lower(parent.as_fd(), removed, &path)
            }
        }
    }

    /// Removes what the layers below have in a folder.
    fn clear(&self, folder: BorrowedFd<'_>, path: &[u8]) -> Result<()> {
        for name in files::names(folder, path)? {
            let inner = if path.is_empty() { name.clone() } else { [path, b"/", &name].concat() };
            self.remove_lower(folder, &name, &inner)?;
        }
        Ok(())
    }

    fn remove_lower(&self, folder: BorrowedFd<'_>, name: &[u8], path: &[u8]) -> Result<()> {
        if !self.seen.has(path) {
            return files::remove(folder, name, path);
        }
        match files::find_at(folder, name, path)? {
            Some(stat) if files::is_folder(&stat) => {
                let inner = files::open_folder(folder, name, path)?;
                self.clear(inner.as_fd(), path)
            }
            _ => Ok(()),
        }
    }

    fn folder(
        &mut self,
        parent: BorrowedFd<'_>,
        name: &[u8],
        path: &[u8],
        entry: &TarEntry,
        is_merged: bool,
    ) -> Result<()> {
        if !is_merged {
            mkdirat(parent, name, Mode::from_bits_truncate(0o700))
                .map_err(|error| TreeError::io(path, "making the folder", error))?;
        }
        let made = File::from(files::open_folder(parent, name, path)?);
        if is_merged {
            remove_attributes(&made, path, entry)?;
        }
        self.describe(&made, path, entry)?;
        self.times.push((path.to_vec(), entry.mtime));
        Ok(())
    }

    fn file(
        &mut self,
        parent: BorrowedFd<'_>,
        name: &[u8],
        path: &[u8],
        entry: &TarEntry,
        content: &mut dyn Read,
    ) -> Result<()> {
        let flags = OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
        let file = openat(parent, name, flags, Mode::from_bits_truncate(0o600))
            .map_err(|error| TreeError::io(path, "making", error))?;
        let mut file = File::from(file);
        let copied = io::copy(&mut content.take(entry.size), &mut file).map_err(|error| from_reader(path, error))?;
        if copied != entry.size {
            return Err(TreeError::malformed("it ends within an entry"));
        }
        self.unpacked.bytes += copied;
        self.describe(&file, path, entry)?;
        let time = TimeSpec::new(entry.mtime, 0);
        futimens(&file, &time, &time).map_err(|error| TreeError::io(path, "setting the time of", error))
    }

    fn hard_link(&self, parent: BorrowedFd<'_>, name: &[u8], entry: &TarEntry) -> Result<()> {
        let target = clean(&entry.link)?;
        let refused = |why: &str| {
            TreeError::refused(&entry.path, format!("its target `{}` {why}", super::error::show(&entry.link)))
        };
        let Some((folder, target_name)) = split(&target) else { return Err(refused("is the root")) };
        let folder = files::resolve_folder(self.root, folder).map_err(|_| refused("is not there"))?;
        match linkat(&folder, target_name, parent, name, AtFlags::empty()) {
            Ok(()) => Ok(()),
            Err(Errno::ENOENT) => Err(refused("is not there")),
            Err(Errno::EPERM) => Err(refused("cannot have another name")),
            Err(error) => Err(TreeError::io(&entry.path, "linking", error)),
        }
    }

    fn symbolic_link(&self, parent: BorrowedFd<'_>, name: &[u8], path: &[u8], entry: &TarEntry) -> Result<()> {
        if entry.link.is_empty() || entry.link.len() >= MOST_PATH || entry.link.contains(&0) {
            return Err(TreeError::refused(&entry.path, "no link can lead to its target"));
        }
        symlinkat(entry.link.as_slice(), parent, name).map_err(|error| TreeError::io(path, "linking", error))?;
        self.own(parent, name, path, entry)?;
        self.set_time(parent, name, path, entry.mtime)
    }

    fn fifo(&self, parent: BorrowedFd<'_>, name: &[u8], path: &[u8], entry: &TarEntry) -> Result<()> {
        mkfifoat(parent, name, Mode::from_bits_truncate(0o600))
            .map_err(|error| TreeError::io(path, "making the pipe", error))?;
        self.own(parent, name, path, entry)?;
        // It was just made, so it is no link.
        fchmodat(parent, name, Mode::from_bits_truncate(entry.mode), FchmodatFlags::FollowSymlink)
            .map_err(|error| TreeError::io(path, "setting the mode of", error))?;
        self.set_time(parent, name, path, entry.mtime)
    }

    /// Owner, mode and attributes of a file or folder, in this order: a new owner takes away setuid and capabilities.
    fn describe(&self, file: &File, path: &[u8], entry: &TarEntry) -> Result<()> {
        if let Some((uid, gid)) = self.owner(entry)? {
            fchown(file, Some(uid), Some(gid)).map_err(|error| not_owned(error, path, entry))?;
        }
        fchmod(file, Mode::from_bits_truncate(entry.mode))
            .map_err(|error| TreeError::io(path, "setting the mode of", error))?;
        for (name, value) in &entry.xattrs {
            match files::attribute_rule(name) {
                AttributeRule::Keep => file
                    .set_xattr(std::ffi::OsStr::from_bytes(name), value)
                    .map_err(|error| TreeError::io(path, "setting an attribute of", error))?,
                AttributeRule::Drop => {}
                AttributeRule::Refuse => {
                    let name = super::error::show(name);
                    return Err(TreeError::refused(&entry.path, format!("its attribute `{name}` is one of overlayfs")));
                }
            }
        }
        Ok(())
    }

    fn own(&self, parent: BorrowedFd<'_>, name: &[u8], path: &[u8], entry: &TarEntry) -> Result<()> {
        let Some((uid, gid)) = self.owner(entry)? else { return Ok(()) };
        fchownat(parent, name, Some(uid), Some(gid), AtFlags::AT_SYMLINK_NOFOLLOW)
            .map_err(|error| not_owned(error, path, entry))
    }

    fn owner(&self, entry: &TarEntry) -> Result<Option<(Uid, Gid)>> {
        // The largest number means that nothing is to be changed.
        let id = |id: u64| u32::try_from(id).ok().filter(|id| *id != u32::MAX);
        match self.options.ownership {
            Ownership::Own => Ok(None),
            Ownership::Fixed(uid, gid) => Ok(Some((Uid::from_raw(uid), Gid::from_raw(gid)))),
            Ownership::Kept => match (id(entry.uid), id(entry.gid)) {
                (Some(uid), Some(gid)) => Ok(Some((Uid::from_raw(uid), Gid::from_raw(gid)))),
                _ => Err(not_owned(Errno::EINVAL, &entry.path, entry)),
            },
        }
    }

    fn set_time(&self, parent: BorrowedFd<'_>, name: &[u8], path: &[u8], mtime: i64) -> Result<()> {
        let time = TimeSpec::new(mtime, 0);
        utimensat(parent, name, &time, &time, UtimensatFlags::NoFollowSymlink)
            .map_err(|error| TreeError::io(path, "setting the time of", error))
    }

    fn set_folder_times(&self) -> Result<()> {
        for (path, mtime) in &self.times {
            let (folder, name) = split(path).unwrap_or((b"", b"."));
            // It may have been replaced or removed by a later entry.
            let Ok(parent) = files::resolve_folder(self.root, folder) else { continue };
            match files::find_at(parent.as_fd(), name, path)? {
                Some(stat) if files::is_folder(&stat) => self.set_time(parent.as_fd(), name, path, *mtime)?,
                _ => {}
            }
        }
        Ok(())
    }
}

/// Removes what a folder has and a layer does not say of it: the layer describes all of the folder.
fn remove_attributes(folder: &File, path: &[u8], entry: &TarEntry) -> Result<()> {
    for (name, _) in files::attributes(folder, path)? {
        let is_kept = entry.xattrs.iter().any(|(kept, _)| *kept == name);
        if !is_kept && files::attribute_rule(&name) == AttributeRule::Keep {
            folder
                .remove_xattr(std::ffi::OsStr::from_bytes(&name))
                .map_err(|error| TreeError::io(path, "removing an attribute of", error))?;
        }
    }
    Ok(())
}

/// What this layer itself brings, and the folders on the way to it: hashes of the paths, with a secret that no layer
/// can know.
#[derive(Default)]
struct Seen {
    secret: RandomState,
    paths: HashSet<u64>,
}

impl Seen {
    fn add(&mut self, path: &[u8]) {
        let mut path = path;
        while self.paths.insert(self.secret.hash_one(path)) {
            match path.iter().rposition(|byte| *byte == b'/') {
                Some(slash) => path = &path[..slash],
                None => break,
            }
        }
    }

    fn has(&self, path: &[u8]) -> bool {
        self.paths.contains(&self.secret.hash_one(path))
    }
}

/// A name as a path from the root of the tree: without `.`, without empty parts; empty for the root itself.
pub(super) fn clean(written: &[u8]) -> Result<Vec<u8>> {
    if written.is_empty() || written.contains(&0) {
        return Err(TreeError::refused(written, "it has no name"));
    }
    let mut path = Vec::with_capacity(written.len());
    let mut depth = 0;
    for part in written.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => continue,
            b".." => return Err(TreeError::refused(written, "it leads out of its folder")),
            part if part.len() > MOST_NAME => {
                return Err(TreeError::refused(written, "a part of its name is too long"));
            }
            part => {
                if depth > 0 {
                    path.push(b'/');
                }
                path.extend(part);
                depth += 1;
            }
        }
    }
    if path.len() >= MOST_PATH || depth > MOST_DEPTH {
        return Err(TreeError::refused(written, "its name is too long"));
    }
    Ok(path)
}

/// The folder of a path and the name in it; `None` for the root.
pub(super) fn split(path: &[u8]) -> Option<(&[u8], &[u8])> {
    match path.iter().rposition(|byte| *byte == b'/') {
        Some(slash) => Some((&path[..slash], &path[slash + 1..])),
        None if path.is_empty() => None,
        None => Some((b"", path)),
    }
}

fn in_the_way(error: Errno, path: &[u8]) -> TreeError {
    match error {
        Errno::ENOTDIR => TreeError::refused(path, "something on the way to it is no folder"),
        Errno::ELOOP => TreeError::refused(path, "links on the way to it go round in a circle"),
        Errno::EXDEV => TreeError::refused(path, "something on the way to it leads out of the tree"),
        error => TreeError::io(path, "opening the folder of", error),
    }
}

fn not_owned(error: Errno, path: &[u8], entry: &TarEntry) -> TreeError {
    match error {
        Errno::EINVAL => {
            let why = format!("its owner {}:{} is not among the ids that there are here", entry.uid, entry.gid);
            TreeError::refused(path, why)
        }
        error => TreeError::io(path, "setting the owner of", error),
    }
}

/// An error of the archive comes out of a copy as it was.
fn from_reader(path: &[u8], error: io::Error) -> TreeError {
    match error.downcast::<TreeError>() {
        Ok(error) => error,
        Err(error) => TreeError::io(path, "writing", error),
    }
}
