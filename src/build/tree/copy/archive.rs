//! ADD of a local archive: what is in it, instead of itself.
//!
//! `unpack` of BuildKit's `solver/llbsolver/file/unpack.go`, over `Unpack` of <https://github.com/moby/go-archive> (both
//! Apache-2.0): names are taken from the destination as the root, what is there is replaced, and folders are merged.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag};
use nix::sys::stat::{FchmodatFlags, Mode, SFlag, UtimensatFlags, fchmodat, mknodat, utimensat};
use nix::sys::time::TimeSpec;
use nix::unistd::{Gid, Uid, UnlinkatFlags, linkat, symlinkat, unlinkat};
use xattr::FileExt;

use super::copier::{create, fill};
use super::root::{Kind, Owner, Root, own};
use super::{CopyError, FOLDER_MODE, Target};
use crate::build::exec::request::UnpackLimits;
use crate::build::image::decompress_archive;
use crate::build::tree::{TarEntry, TarKind, TarLimits, TarReader, TreeError};

/// Unpacks the file at `source` into `target`, if it is an archive; whether it is.
pub(super) fn unpack(
    from: &Root<'_>,
    source: &Path,
    onto: &Root<'_>,
    target: &Target,
    owner: Option<Owner>,
    limits: UnpackLimits,
) -> Result<bool, CopyError> {
    let source = from.resolve(source)?;
    if from.stat(&source)?.is_none_or(|stat| Kind::of(&stat) != Kind::File) {
        return Ok(false);
    }
    let opened = from.open(&source, OFlag::O_RDONLY | OFlag::O_NOFOLLOW);
    let mut file = File::from(opened.map_err(|error| CopyError::io("read", &source, error))?);
    if !is_archive(&mut file, &source, limits)? {
        return Ok(false);
    }
    file.seek(SeekFrom::Start(0)).map_err(|error| CopyError::io("read", &source, error))?;
    let folder = onto.resolve(&target.path)?;
    onto.make_folders(&folder, FOLDER_MODE, owner)?;
    let folder = onto.open(&folder, OFlag::O_PATH | OFlag::O_DIRECTORY)?;
    let mut unpacker = Unpacker { root: Root::new(folder.as_fd()), owner, folders: Vec::new() };
    let plain = decompress_archive(file, "the archive", limits.bytes).map_err(|error| wrong(&source, &error))?;
    let mut reader = TarReader::new(plain, tar_limits(limits));
    while let Some(entry) = reader.next_entry().map_err(|error| unreadable(&source, &error))? {
        unpacker.entry(&entry, &mut reader).map_err(|error| in_archive(&source, error))?;
    }
    unpacker.finish()?;
    Ok(true)
}

/// Whether it can be decompressed and begins like an archive. One that begins with what is not unpacked is one, too.
fn is_archive(file: &mut File, source: &Path, limits: UnpackLimits) -> Result<bool, CopyError> {
    let plain = decompress_archive(file, "the archive", limits.bytes).map_err(|error| wrong(source, &error))?;
    let first = TarReader::new(plain, tar_limits(limits)).next_entry();
    Ok(matches!(first, Ok(Some(_)) | Err(TreeError::Refused { .. } | TreeError::Limit { .. })))
}

fn tar_limits(limits: UnpackLimits) -> TarLimits {
    TarLimits { entries: limits.entries, bytes: limits.bytes, ..TarLimits::default() }
}

fn wrong(source: &Path, error: &dyn std::error::Error) -> CopyError {
    CopyError::Invalid(format!("`{}`: {error}", source.display()))
}

/// What is not read here others may read.
fn unreadable(source: &Path, error: &TreeError) -> CopyError {
    match error {
        TreeError::Refused { .. } | TreeError::Limit { .. } => {
            CopyError::Refused(format!("`{}`: {error}", source.display()))
        }
        error => wrong(source, error),
    }
}

fn in_archive(source: &Path, error: CopyError) -> CopyError {
    let within = |what: String| format!("{what} (in `{}`)", source.display());
    match error {
        CopyError::Invalid(what) => CopyError::Invalid(within(what)),
        CopyError::Refused(what) => CopyError::Refused(within(what)),
        CopyError::Failed(what) => CopyError::Failed(within(what)),
    }
}

struct Unpacker<'f> {
    root: Root<'f>,
    /// Whoever gets all of it, instead of those that the archive names.
    owner: Option<Owner>,
    /// Folders and when they were changed: what is put into them changes that.
    folders: Vec<(PathBuf, i64)>,
}

impl Unpacker<'_> {
    fn entry(&mut self, entry: &TarEntry, content: &mut dyn Read) -> Result<(), CopyError> {
        let name = clean(&entry.path);
        // What is said of `./` is said of the destination, which BuildKit leaves as it is (`solver/llbsolver/file`).
        if name == Path::new("/") {
            return Ok(());
        }
        let path = self.root.resolve_parent(&name)?;
        if let Some(parent) = path.parent() {
            self.root.make_folders(parent, FOLDER_MODE, None)?;
        }
        let there = self.root.stat(&path)?.map(|stat| Kind::of(&stat));
        let merged = there == Some(Kind::Folder) && entry.kind == TarKind::Folder;
        if there.is_some() && !merged {
            self.remove(&path)?;
        }
        let failed = |error: Errno| CopyError::io("make", &path, error);
        let (folder, last) = self.root.parent(&path).map_err(failed)?;
        match entry.kind {
            TarKind::Folder if !merged => self.root.make_folder(&path, entry.mode, None)?,
            TarKind::Folder => {}
            TarKind::File => {
                fill(&mut create(&self.root, &path)?, content, &path)?;
            }
            TarKind::SymbolicLink => {
                symlinkat(super::name_of(&entry.link).as_os_str(), &folder, last).map_err(failed)?
            }
            TarKind::HardLink => {
                let first = self.root.resolve_parent(&clean(&entry.link))?;
                let (old_folder, old) = self.root.parent(&first).map_err(failed)?;
                linkat(&old_folder, old, &folder, last, AtFlags::empty()).map_err(failed)?;
                return Ok(());
            }
            TarKind::Fifo => {
                mknodat(&folder, last, SFlag::S_IFIFO, Mode::from_bits_truncate(0o600), 0).map_err(failed)?;
            }
            TarKind::CharacterDevice | TarKind::BlockDevice => {
                let shown = path.display();
                return Err(CopyError::Refused(format!("`{shown}` is a device, and devices are not unpacked")));
            }
        }
        self.data(entry, &path)
    }

    fn data(&mut self, entry: &TarEntry, path: &Path) -> Result<(), CopyError> {
        let failed = |error: Errno| CopyError::io("give its owner to", path, error);
        let number =
            |id: u64| u32::try_from(id).map_err(|_| CopyError::Invalid(format!("{id} is no number of a user")));
        let (user, group) = match self.owner {
            Some(owner) => owner,
            None => (Uid::from_raw(number(entry.uid)?), Gid::from_raw(number(entry.gid)?)),
        };
        let (folder, name) = self.root.parent(path).map_err(failed)?;
        own(folder.as_fd(), name, user, group).map_err(failed)?;
        if entry.kind != TarKind::SymbolicLink {
            let mode = Mode::from_bits_truncate(entry.mode & 0o7777);
            fchmodat(&folder, name, mode, FchmodatFlags::FollowSymlink).map_err(failed)?;
        }
        if matches!(entry.kind, TarKind::File | TarKind::Folder) && !entry.xattrs.is_empty() {
            let opened = self.root.open(path, OFlag::O_RDONLY | OFlag::O_NOFOLLOW).map_err(failed)?;
            let file = File::from(opened);
            for (name, value) in &entry.xattrs {
                // As BuildKit: those that cannot be set here are left out.
                let _ = file.set_xattr(super::name_of(name), value);
            }
        }
        if entry.kind == TarKind::Folder {
            self.folders.push((path.to_owned(), entry.mtime));
            return Ok(());
        }
        self.time(path, entry.mtime)
    }

    fn finish(self) -> Result<(), CopyError> {
        // One that was a folder may be something else by now.
        let folders = self.folders.iter().rev();
        folders.into_iter().try_for_each(|(path, time)| match self.root.stat(path)? {
            Some(stat) if Kind::of(&stat) == Kind::Folder => self.time(path, *time),
            _ => Ok(()),
        })
    }

    fn time(&self, path: &Path, seconds: i64) -> Result<(), CopyError> {
        let failed = |error: Errno| CopyError::io("set the time of", path, error);
        let time = TimeSpec::new(seconds, 0);
        let (folder, name) = self.root.parent(path).map_err(failed)?;
        utimensat(&folder, name, &time, &time, UtimensatFlags::NoFollowSymlink).map_err(failed)
    }

    /// Removes what is at a path and all that is in it.
    fn remove(&self, path: &Path) -> Result<(), CopyError> {
        let failed = |error: Errno| CopyError::io("replace", path, error);
        let mut open = vec![(path.to_owned(), false)];
        while let Some((path, emptied)) = open.pop() {
            let is_folder = self.root.stat(&path)?.is_some_and(|stat| Kind::of(&stat) == Kind::Folder);
            if is_folder && !emptied {
                open.push((path.clone(), true));
                open.extend(self.root.list(&path)?.into_iter().map(|name| (path.join(name), false)));
                continue;
            }
            let flag = if is_folder { UnlinkatFlags::RemoveDir } else { UnlinkatFlags::NoRemoveDir };
            let (folder, name) = self.root.parent(&path).map_err(failed)?;
            unlinkat(&folder, name, flag).map_err(failed)?;
        }
        Ok(())
    }
}

/// A name of an archive as an absolute path: `..` cannot go above the root.
fn clean(name: &[u8]) -> PathBuf {
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in name.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let mut path = vec![b'/'];
    path.extend(parts.join(&b'/'));
    PathBuf::from(super::name_of(&path))
}
