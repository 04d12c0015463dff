//! One source into its destination.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag};
use nix::sys::stat::{FchmodatFlags, FileStat, Mode, SFlag, UtimensatFlags, fchmodat, mknodat, mode_t, utimensat};
use nix::sys::time::TimeSpec;
use nix::unistd::{Gid, Uid, UnlinkatFlags, Whence, linkat, lseek, symlinkat, unlinkat};
use xattr::FileExt;

use super::root::{Kind, Owner, Root, own};
use super::{CopyError, FOLDER_MODE, INLINE_MODE, Target};
use crate::model::context::IgnoreFile;
use crate::model::modes::FileMode;

/// Folders within folders that are copied. A path is not longer than 4096 bytes, so that few trees are deeper.
const DEEPEST: usize = 1_024;

/// Copies one source.
pub(super) struct Copier<'a> {
    from: &'a Root<'a>,
    onto: &'a Root<'a>,
    owner: Option<Owner>,
    mode: Option<&'a FileMode>,
    /// What is copied of a folder: with `--parents`.
    pub(super) include: Option<IgnoreFile>,
    /// What is not: `--exclude`.
    pub(super) exclude: Option<IgnoreFile>,
    /// Where the first name of a file with several names went, by device and inode.
    links: HashMap<(u64, u64), PathBuf>,
    /// The folders around the one at hand: where they are, where they go, and whether they are there already.
    around: Vec<(PathBuf, PathBuf, bool)>,
}

/// Why a source was not copied.
pub(super) enum Error {
    /// It is not there.
    Missing,
    /// Something else.
    Other(CopyError),
}

impl From<CopyError> for Error {
    fn from(error: CopyError) -> Error {
        Error::Other(error)
    }
}

/// What to do with a name of a tree that is gone through.
struct Choice {
    included: bool,
    excluded: bool,
}

impl<'a> Copier<'a> {
    pub(super) fn new(
        from: &'a Root<'a>,
        onto: &'a Root<'a>,
        owner: Option<Owner>,
        mode: Option<&'a FileMode>,
    ) -> Copier<'a> {
        let (links, around) = (HashMap::new(), Vec::new());
        Copier { from, onto, owner, mode, include: None, exclude: None, links, around }
    }

    /// Copies `source`, whose links are followed, to `target`; of a folder what is in it.
    pub(super) fn copy(&mut self, source: &Path, target: &Target) -> Result<(), Error> {
        let resolved = self.from.resolve(source)?;
        let Some(stat) = self.from.stat(&resolved)? else { return Err(Error::Missing) };
        let is_folder = Kind::of(&stat) == Kind::Folder;
        let target = self.prepare(target, is_folder, source)?;
        Ok(self.entry(&resolved, Path::new(""), &target, false)?)
    }

    /// Writes a file of its own.
    pub(super) fn write(&mut self, name: &str, content: &[u8], target: &Target) -> Result<(), CopyError> {
        let path = self.prepare(target, false, Path::new(name))?;
        self.make_way(&path)?;
        let failed = |error: io::Error| CopyError::io("write", &path, error);
        let mut file = self.create(&path)?;
        file.write_all(content).map_err(failed)?;
        let (user, group) = self.owner.unwrap_or((Uid::from_raw(0), Gid::from_raw(0)));
        let mode = self.mode.map_or(INLINE_MODE, |mode| mode.apply(INLINE_MODE, false));
        let (folder, name) = self.onto.parent(&path).map_err(|error| failed(error.into()))?;
        own(folder.as_fd(), name, user, group).map_err(|error| failed(error.into()))?;
        fchmodat(&folder, name, Mode::from_bits_truncate(mode), FchmodatFlags::FollowSymlink)
            .map_err(|error| failed(error.into()))
    }

    /// Makes the folders that the destination needs, and says where exactly a source goes.
    fn prepare(&self, target: &Target, is_folder: bool, source: &Path) -> Result<PathBuf, CopyError> {
        let before = if target.is_folder { Some(&*target.path) } else { target.path.parent() };
        if let Some(before) = before {
            self.onto.make_folders(&self.onto.resolve(before)?, self.folder_mode(), self.owner)?;
        }
        let mut path = self.onto.resolve(&target.path)?;
        let there = self.onto.stat(&path)?;
        let onto_folder = there.is_some_and(|stat| Kind::of(&stat) == Kind::Folder);
        if !is_folder && onto_folder {
            path = path.join(source.file_name().unwrap_or_default());
        }
        let needed = if is_folder && there.is_none() { Some(&*path) } else { path.parent() };
        if let Some(needed) = needed {
            self.onto.make_folders(needed, self.folder_mode(), self.owner)?;
        }
        Ok(path)
    }

    /// Folders that are made on the way get the mode of `--chmod`, if that is a number.
    fn folder_mode(&self) -> u32 {
        match self.mode {
            Some(FileMode::Bits(bits)) => bits & 0o777,
            _ => FOLDER_MODE,
        }
    }

    /// Copies `source` to `target`. `inside` is its path within what is copied, and what is there already gets the mode
    /// and owner of the source if `overwrite`.
    fn entry(&mut self, source: &Path, inside: &Path, target: &Path, overwrite: bool) -> Result<(), CopyError> {
        let choice = self.choose(inside)?;
        if !choice.included && self.include.is_none() && !self.has_exceptions() {
            return Ok(());
        }
        let stat = self.from.stat(source)?;
        let stat = stat.ok_or_else(|| CopyError::Failed(format!("`{}` went away", source.display())))?;
        let kind = Kind::of(&stat);
        if !choice.included && kind != Kind::Folder {
            return Ok(());
        }
        let before = self.onto.stat(target)?;
        if choice.included {
            self.make_around(overwrite)?;
        }
        let (copies_data, keeps_time) = if kind == Kind::Folder {
            let created = self.folder(source, inside, target, &choice, overwrite)?;
            if overwrite { (choice.included, false) } else { (created, !created && before.is_some()) }
        } else {
            self.make_way(target)?;
            self.leaf(source, target, &stat, kind)?;
            (true, false)
        };
        if copies_data {
            self.copy_data(source, target, &stat)?;
        } else if keeps_time {
            self.copy_time(target, &stat)?;
        }
        Ok(())
    }

    fn has_exceptions(&self) -> bool {
        self.exclude.as_ref().is_some_and(IgnoreFile::has_exceptions)
    }

    fn choose(&self, inside: &Path) -> Result<Choice, CopyError> {
        if inside.as_os_str().is_empty() {
            return Ok(Choice { included: true, excluded: false });
        }
        let name = inside.to_string_lossy();
        let matches = |file: &Option<IgnoreFile>, without: bool| match file {
            None => Ok(without),
            // Patterns that cannot be matched were refused before.
            Some(file) => {
                file.ignores(&name).ok_or_else(|| CopyError::Refused("a pattern is not supported".to_owned()))
            }
        };
        let excluded = matches(&self.exclude, false)?;
        Ok(Choice { included: matches(&self.include, true)? && !excluded, excluded })
    }

    /// Makes the folders around, which wait until something in them is copied.
    fn make_around(&mut self, overwrite: bool) -> Result<(), CopyError> {
        for index in 0..self.around.len() {
            if self.around[index].2 {
                continue;
            }
            let (source, target, _) = self.around[index].clone();
            let Some(stat) = self.from.stat(&source)? else { continue };
            if self.folder_alone(&target, &stat, overwrite)? {
                self.copy_data(&source, &target, &stat)?;
            }
            self.around[index].2 = true;
        }
        Ok(())
    }

    /// A folder and what is in it; whether it was not there before.
    fn folder(
        &mut self,
        source: &Path,
        inside: &Path,
        target: &Path,
        choice: &Choice,
        overwrite: bool,
    ) -> Result<bool, CopyError> {
        if self.around.len() >= DEEPEST {
            return Err(CopyError::Refused(format!("the folders are deeper than {DEEPEST} levels")));
        }
        let mut created = false;
        if choice.included {
            let stat = self.from.stat(source)?;
            created = match stat {
                Some(stat) => self.folder_alone(target, &stat, overwrite)?,
                None => false,
            };
        }
        if choice.excluded && !self.has_exceptions() {
            return Ok(false);
        }
        self.around.push((source.to_owned(), target.to_owned(), choice.included));
        for name in self.from.list(source)? {
            self.entry(&source.join(&name), &inside.join(&name), &target.join(&name), true)?;
        }
        self.around.pop();
        Ok(created)
    }

    /// A folder without what is in it; whether it was not there before.
    fn folder_alone(&self, target: &Path, source: &FileStat, overwrite: bool) -> Result<bool, CopyError> {
        match self.onto.stat(target)? {
            None => {
                self.onto.make_folder(target, source.st_mode & 0o7777, None)?;
                Ok(true)
            }
            Some(stat) if Kind::of(&stat) != Kind::Folder => {
                let shown = target.display();
                Err(CopyError::Invalid(format!("`{shown}` is no folder, so that no folder can be copied onto it")))
            }
            Some(_) => {
                if overwrite {
                    self.change_mode(target, source.st_mode & 0o7777)?;
                }
                Ok(false)
            }
        }
    }

    /// Takes away what is where a file goes.
    fn make_way(&self, target: &Path) -> Result<(), CopyError> {
        let Some(stat) = self.onto.stat(target)? else { return Ok(()) };
        if Kind::of(&stat) == Kind::Folder {
            let shown = target.display();
            return Err(CopyError::Invalid(format!("`{shown}` is a folder, so that no file can be copied onto it")));
        }
        let failed = |error: Errno| CopyError::io("replace", target, error);
        let (folder, name) = self.onto.parent(target).map_err(failed)?;
        unlinkat(&folder, name, UnlinkatFlags::NoRemoveDir).map_err(failed)
    }

    /// What is no folder.
    fn leaf(&mut self, source: &Path, target: &Path, stat: &FileStat, kind: Kind) -> Result<(), CopyError> {
        let failed = |error: Errno| CopyError::io("make", target, error);
        match kind {
            Kind::Link => {
                let link = self.from.read_link(source)?;
                let (folder, name) = self.onto.parent(target).map_err(failed)?;
                symlinkat(link.as_os_str(), &folder, name).map_err(failed)
            }
            // A socket without anybody behind it is an empty file, as BuildKit has it.
            Kind::Socket => self.create(target).map(drop),
            Kind::Fifo => {
                let (folder, name) = self.onto.parent(target).map_err(failed)?;
                mknodat(&folder, name, SFlag::S_IFIFO, Mode::from_bits_truncate(0o600), 0).map_err(failed)
            }
            Kind::Device => {
                let shown = source.display();
                Err(CopyError::Refused(format!("`{shown}` is a device, and devices are not copied")))
            }
            Kind::File | Kind::Folder => self.file(source, target, stat),
        }
    }

    fn file(&mut self, source: &Path, target: &Path, stat: &FileStat) -> Result<(), CopyError> {
        if stat.st_nlink > 1 {
            let first = self.links.entry((stat.st_dev, stat.st_ino)).or_insert_with(|| target.to_owned());
            if first != target {
                let failed = |error: Errno| CopyError::io("link", target, error);
                let (old_folder, old) = self.onto.parent(first).map_err(failed)?;
                let (folder, name) = self.onto.parent(target).map_err(failed)?;
                return linkat(&old_folder, old, &folder, name, AtFlags::empty()).map_err(failed);
            }
        }
        let mut reader = self.read(source)?;
        let mut writer = self.create(target)?;
        let has_holes = stat.st_blocks.saturating_mul(512) < stat.st_size;
        let copied =
            if has_holes { copy_data_only(&mut reader, &mut writer) } else { io::copy(&mut reader, &mut writer) };
        copied.map(drop).map_err(|error| CopyError::io("copy", source, error))
    }

    fn read(&self, source: &Path) -> Result<File, CopyError> {
        let opened = self.from.open(source, OFlag::O_RDONLY | OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK);
        opened.map(File::from).map_err(|error| CopyError::io("read", source, error))
    }

    /// A new file that only we can read yet.
    fn create(&self, target: &Path) -> Result<File, CopyError> {
        create(self.onto, target)
    }

    /// Owner, mode, attributes and times of what was copied.
    fn copy_data(&self, source: &Path, target: &Path, stat: &FileStat) -> Result<(), CopyError> {
        let failed = |error: Errno| CopyError::io("give its owner to", target, error);
        let (user, group) = self.owner.unwrap_or((Uid::from_raw(stat.st_uid), Gid::from_raw(stat.st_gid)));
        {
            let (folder, name) = self.onto.parent(target).map_err(failed)?;
            own(folder.as_fd(), name, user, group).map_err(failed)?;
        }
        let kind = Kind::of(stat);
        if kind != Kind::Link {
            let bits = stat.st_mode & 0o7777;
            let mode = self.mode.map_or(bits, |mode| mode.apply(bits, kind == Kind::Folder));
            self.change_mode(target, mode)?;
        }
        if matches!(kind, Kind::File | Kind::Folder) {
            self.copy_attributes(source, target)?;
        }
        self.copy_time(target, stat)
    }

    fn change_mode(&self, target: &Path, mode: mode_t) -> Result<(), CopyError> {
        let failed = |error: Errno| CopyError::io("change the mode of", target, error);
        let (folder, name) = self.onto.parent(target).map_err(failed)?;
        fchmodat(&folder, name, Mode::from_bits_truncate(mode), FchmodatFlags::FollowSymlink).map_err(failed)
    }

    /// Extended attributes, as far as they can be set here: BuildKit says nothing about those that cannot.
    fn copy_attributes(&self, source: &Path, target: &Path) -> Result<(), CopyError> {
        let reader = self.read(source)?;
        let Ok(names) = reader.list_xattr() else { return Ok(()) };
        let names: Vec<_> = names.collect();
        if names.is_empty() {
            return Ok(());
        }
        let writer = self.onto.open(target, OFlag::O_RDONLY | OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK);
        let writer: OwnedFd = writer.map_err(|error| CopyError::io("open", target, error))?;
        let writer = File::from(writer);
        for name in names {
            if let Ok(Some(value)) = reader.get_xattr(&name) {
                // Some belong to the file system below and cannot be set.
                let _ = writer.set_xattr(&name, &value);
            }
        }
        Ok(())
    }

    fn copy_time(&self, target: &Path, stat: &FileStat) -> Result<(), CopyError> {
        let accessed = TimeSpec::new(stat.st_atime, stat.st_atime_nsec);
        let modified = TimeSpec::new(stat.st_mtime, stat.st_mtime_nsec);
        let failed = |error: Errno| CopyError::io("set the time of", target, error);
        let (folder, name) = self.onto.parent(target).map_err(failed)?;
        utimensat(&folder, name, &accessed, &modified, UtimensatFlags::NoFollowSymlink).map_err(failed)
    }
}

/// Copies a file with holes, which stay holes: a few bytes on the disk can be a file of any size.
fn copy_data_only(reader: &mut File, writer: &mut File) -> io::Result<u64> {
    let size = reader.metadata()?.len();
    writer.set_len(size)?;
    let (mut at, mut copied) = (0, 0);
    loop {
        let start = match lseek(&*reader, at, Whence::SeekData) {
            // There is nothing but a hole up to the end.
            Err(Errno::ENXIO) => return Ok(copied),
            other => other?,
        };
        let end = lseek(&*reader, start, Whence::SeekHole)?;
        reader.seek(SeekFrom::Start(start.unsigned_abs()))?;
        writer.seek(SeekFrom::Start(start.unsigned_abs()))?;
        copied += io::copy(&mut (&mut *reader).take((end - start).unsigned_abs()), writer)?;
        at = end;
    }
}

/// Makes a new file that only root can read yet.
pub(super) fn create(root: &Root<'_>, path: &Path) -> Result<File, CopyError> {
    let failed = |error: Errno| CopyError::io("make", path, error);
    let (folder, name) = root.parent(path).map_err(failed)?;
    let flags = OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_WRONLY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
    let opened = nix::fcntl::openat(&folder, name, flags, Mode::from_bits_truncate(0o600));
    opened.map(File::from).map_err(failed)
}

/// Whether all of a reader can be had within a limit, written to `file`.
pub(super) fn fill(file: &mut File, reader: &mut dyn Read, path: &Path) -> Result<u64, CopyError> {
    io::copy(reader, file).map_err(|error| CopyError::io("write", path, error))
}
