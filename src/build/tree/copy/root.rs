//! Paths inside of a tree that may be hostile.
//!
//! A path is first resolved by the names alone, link by link, with the root of the tree as `/`; it is then opened with
//! `openat2(2)` and `RESOLVE_NO_SYMLINKS`, so that a link that was not seen is an error and never a way out.

use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Component, Path, PathBuf};

use nix::dir::Dir;
use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, OpenHow, ResolveFlag, openat2, readlinkat};
use nix::sys::stat::{FchmodatFlags, FileStat, Mode, SFlag, fchmodat, fstatat, mkdirat};
use nix::unistd::{Gid, Uid, fchownat};

use super::CopyError;

/// Links that are followed for one path, as the kernel does.
const MOST_LINKS: usize = 40;

/// A tree.
pub(super) struct Root<'f> {
    folder: BorrowedFd<'f>,
}

/// A user and a group.
pub(super) type Owner = (Uid, Gid);

/// What a thing in a tree is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
    Link,
    Fifo,
    Socket,
    Device,
}

impl Kind {
    pub(super) fn of(stat: &FileStat) -> Kind {
        match SFlag::from_bits_truncate(stat.st_mode) & SFlag::S_IFMT {
            SFlag::S_IFDIR => Kind::Folder,
            SFlag::S_IFLNK => Kind::Link,
            SFlag::S_IFIFO => Kind::Fifo,
            SFlag::S_IFSOCK => Kind::Socket,
            SFlag::S_IFREG => Kind::File,
            _ => Kind::Device,
        }
    }
}

impl<'f> Root<'f> {
    pub(super) fn new(folder: BorrowedFd<'f>) -> Root<'f> {
        Root { folder }
    }

    /// The path with all links on it followed, the last one too. What is not there stays as it is written: as
    /// `fs.RootPath` of <https://github.com/containerd/continuity> does it.
    pub(super) fn resolve(&self, path: &Path) -> Result<PathBuf, CopyError> {
        let mut resolved = PathBuf::from("/");
        let mut rest: VecDeque<OsString> = names(path).collect();
        let mut links = 0;
        while let Some(name) = rest.pop_front() {
            if name == ".." {
                resolved.pop();
                continue;
            }
            let next = resolved.join(&name);
            match self.stat(&next)? {
                Some(stat) if Kind::of(&stat) == Kind::Link => {
                    links += 1;
                    if links > MOST_LINKS {
                        let shown = path.display();
                        return Err(CopyError::Invalid(format!("`{shown}` leads through links that never end")));
                    }
                    let link = PathBuf::from(self.read_link(&next)?);
                    if link.is_absolute() {
                        resolved = PathBuf::from("/");
                    }
                    names(&link).rev().for_each(|name| rest.push_front(name));
                }
                _ => resolved = next,
            }
        }
        Ok(resolved)
    }

    /// As [`Root::resolve`], but the last name is left as it is.
    pub(super) fn resolve_parent(&self, path: &Path) -> Result<PathBuf, CopyError> {
        match (path.parent(), path.file_name()) {
            (Some(parent), Some(name)) => Ok(self.resolve(parent)?.join(name)),
            _ => Ok(PathBuf::from("/")),
        }
    }

    /// What is at a resolved path; a link is not followed.
    pub(super) fn stat(&self, path: &Path) -> Result<Option<FileStat>, CopyError> {
        let found = match self.parent(path) {
            Ok((folder, name)) => fstatat(&folder, name, AtFlags::AT_SYMLINK_NOFOLLOW),
            Err(error) => Err(error),
        };
        match found {
            Ok(stat) => Ok(Some(stat)),
            Err(Errno::ENOENT | Errno::ENOTDIR) => Ok(None),
            Err(error) => Err(CopyError::io("look at", path, error)),
        }
    }

    /// The folder that a resolved path is in, and its name there.
    pub(super) fn parent<'p>(&self, path: &'p Path) -> nix::Result<(OwnedFd, &'p OsStr)> {
        match (path.parent(), path.file_name()) {
            (Some(parent), Some(name)) => Ok((self.open(parent, OFlag::O_PATH | OFlag::O_DIRECTORY)?, name)),
            _ => Ok((self.open(path, OFlag::O_PATH | OFlag::O_DIRECTORY)?, OsStr::new("."))),
        }
    }

    /// Opens a resolved path.
    pub(super) fn open(&self, path: &Path, flags: OFlag) -> nix::Result<OwnedFd> {
        let relative = path.strip_prefix("/").unwrap_or(path);
        let relative = if relative.as_os_str().is_empty() { Path::new(".") } else { relative };
        let resolve =
            ResolveFlag::RESOLVE_IN_ROOT | ResolveFlag::RESOLVE_NO_SYMLINKS | ResolveFlag::RESOLVE_NO_MAGICLINKS;
        let how = OpenHow::new().flags(flags | OFlag::O_CLOEXEC).resolve(resolve);
        openat2(self.folder, relative, how)
    }

    /// The names in a folder, sorted.
    pub(super) fn list(&self, path: &Path) -> Result<Vec<OsString>, CopyError> {
        let failed = |error: Errno| CopyError::io("list the folder", path, error);
        let folder = self.open(path, OFlag::O_RDONLY | OFlag::O_DIRECTORY).map_err(failed)?;
        let mut names = Vec::new();
        for entry in Dir::from_fd(folder).map_err(failed)?.iter() {
            let name = entry.map_err(failed)?.file_name().to_bytes().to_vec();
            if !matches!(name.as_slice(), b"." | b"..") {
                names.push(super::name_of(&name));
            }
        }
        names.sort();
        Ok(names)
    }

    /// What a link says.
    pub(super) fn read_link(&self, path: &Path) -> Result<OsString, CopyError> {
        let (folder, name) = self.parent(path).map_err(|error| CopyError::io("read the link", path, error))?;
        readlinkat(&folder, name).map_err(|error| CopyError::io("read the link", path, error))
    }

    /// Makes the folders of a resolved path that are not there.
    pub(super) fn make_folders(&self, path: &Path, mode: u32, owner: Option<Owner>) -> Result<(), CopyError> {
        let mut all = Vec::new();
        for folder in path.ancestors() {
            match self.stat(folder)? {
                Some(stat) if Kind::of(&stat) == Kind::Folder => break,
                Some(_) => return Err(CopyError::Invalid(format!("`{}` is no folder", folder.display()))),
                None => all.push(folder),
            }
        }
        all.into_iter().rev().try_for_each(|folder| self.make_folder(folder, mode, owner))
    }

    /// Makes one folder.
    pub(super) fn make_folder(&self, path: &Path, mode: u32, owner: Option<Owner>) -> Result<(), CopyError> {
        let failed = |error: Errno| CopyError::io("make the folder", path, error);
        let (folder, name) = self.parent(path).map_err(failed)?;
        mkdirat(&folder, name, Mode::from_bits_truncate(0o700)).map_err(failed)?;
        let (user, group) = owner.unwrap_or((Uid::from_raw(0), Gid::from_raw(0)));
        own(folder.as_fd(), name, user, group).map_err(failed)?;
        fchmodat(&folder, name, Mode::from_bits_truncate(mode & 0o7777), FchmodatFlags::FollowSymlink).map_err(failed)
    }
}

/// Gives a name in a folder to a user; a link is not followed.
pub(super) fn own(folder: BorrowedFd<'_>, name: &OsStr, user: Uid, group: Gid) -> nix::Result<()> {
    fchownat(folder, name, Some(user), Some(group), AtFlags::AT_SYMLINK_NOFOLLOW)
}

fn names(path: &Path) -> impl DoubleEndedIterator<Item = OsString> {
    let names = path.components().filter_map(|component| match component {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some(OsString::from("..")),
        _ => None,
    });
    names.collect::<Vec<_>>().into_iter()
}

impl From<Errno> for CopyError {
    fn from(error: Errno) -> CopyError {
        CopyError::Failed(io::Error::from(error).to_string())
    }
}
