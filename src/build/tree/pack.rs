//! A layer of overlayfs as a layer of an image.
//!
//! `Documentation/filesystems/overlayfs.rst` of Linux, "whiteouts and opaque directories": a character device 0:0 stands
//! for what was removed, and a folder with the attribute `user.overlay.opaque` hides all that is below it. In an archive
//! these are `.wh.NAME` and `.wh..wh..opq` (OCI image specification, `layer.md`). The same layer gives the same bytes.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::BorrowedFd;
use std::os::unix::ffi::OsStringExt;

use nix::fcntl::readlinkat;
use nix::sys::stat::{FileStat, SFlag, fstat, major, minor};

use super::error::{Result, TreeError};
use super::files::{self, AttributeRule, Visit};
use super::tar_reader::{TarEntry, TarKind};
use super::tar_writer::TarWriter;

/// How a layer is written.
#[derive(Clone, Copy, Debug)]
pub struct PackOptions {
    /// The latest time that anything has: later ones become this one.
    pub clamp: Option<i64>,
    /// The most bytes of files.
    pub bytes: u64,
}

impl Default for PackOptions {
    fn default() -> PackOptions {
        PackOptions { clamp: None, bytes: 32 << 30 }
    }
}

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Packed {
    /// Entries, removals included.
    pub entries: u64,
    /// Bytes of files.
    pub bytes: u64,
    /// Sockets, which no archive can hold and no engine keeps.
    pub sockets: u64,
}

/// Writes the layer in `upper`, the top folder of an overlay that is not mounted, as a plain archive.
pub fn pack(upper: BorrowedFd<'_>, out: impl Write, options: &PackOptions) -> Result<Packed> {
    let mut packer = Packer { writer: TarWriter::new(out), options, links: HashMap::new(), packed: Packed::default() };
    packer.root(upper)?;
    files::walk(upper, &mut |visit| packer.visit(&visit))?;
    packer.writer.finish()?;
    Ok(packer.packed)
}

struct Packer<'p, W> {
    writer: TarWriter<W>,
    options: &'p PackOptions,
    /// The first names of files that have several.
    links: HashMap<(u64, u64), Vec<u8>>,
    packed: Packed,
}

impl<W: Write> Packer<'_, W> {
    /// Layers describe the root only where it is not as everywhere.
    fn root(&mut self, upper: BorrowedFd<'_>) -> Result<()> {
        let folder = File::from(files::open_folder(upper, b".", b".")?);
        let stat = fstat(&folder).map_err(|error| TreeError::io(b".", "reading", error))?;
        let (xattrs, _) = attributes(&folder, b".")?;
        if (stat.st_mode & 0o7777, stat.st_uid, stat.st_gid) != (0o755, 0, 0) || !xattrs.is_empty() {
            let entry = TarEntry { xattrs, ..self.entry(b"./", TarKind::Folder, &stat) };
            self.append(&entry, &mut io::empty())?;
        }
        Ok(())
    }

    fn visit(&mut self, visit: &Visit<'_>) -> Result<()> {
        if visit.name.starts_with(b".wh.") {
            return Err(TreeError::refused(visit.path, "in a layer such a name removes something"));
        }
        if files::is_whiteout(&visit.stat) {
            let folder = &visit.path[..visit.path.len() - visit.name.len()];
            return self.marker(&[folder, b".wh.", visit.name].concat());
        }
        if !files::is_folder(&visit.stat) && visit.stat.st_nlink > 1 {
            let identity = (visit.stat.st_dev, visit.stat.st_ino);
            if let Some(first) = self.links.get(&identity) {
                let entry = TarEntry { link: first.clone(), ..self.entry(visit.path, TarKind::HardLink, &visit.stat) };
                return self.append(&entry, &mut io::empty());
            }
            self.links.insert(identity, visit.path.to_vec());
        }
        self.write(visit)
    }

    fn write(&mut self, visit: &Visit<'_>) -> Result<()> {
        let (path, stat) = (visit.path, &visit.stat);
        match files::kind(stat) {
            SFlag::S_IFDIR => self.folder(visit),
            SFlag::S_IFREG => {
                let file = files::open_file(visit.folder, visit.name, path)?;
                let (xattrs, _) = attributes(&file, path)?;
                let size = u64::try_from(stat.st_size).unwrap_or(0);
                self.packed.bytes = self.packed.bytes.saturating_add(size);
                if self.packed.bytes > self.options.bytes {
                    return Err(TreeError::Limit { what: "bytes in a layer", limit: self.options.bytes });
                }
                let entry = TarEntry { size, xattrs, ..self.entry(path, TarKind::File, stat) };
                self.append(&entry, &mut &file)
            }
            SFlag::S_IFLNK => {
                let link = readlinkat(visit.folder, visit.name)
                    .map_err(|error| TreeError::io(path, "reading the link", error))?
                    .into_vec();
                self.append(&TarEntry { link, ..self.entry(path, TarKind::SymbolicLink, stat) }, &mut io::empty())
            }
            SFlag::S_IFIFO => self.append(&self.entry(path, TarKind::Fifo, stat), &mut io::empty()),
            SFlag::S_IFCHR => self.device(path, TarKind::CharacterDevice, stat),
            SFlag::S_IFBLK => self.device(path, TarKind::BlockDevice, stat),
            SFlag::S_IFSOCK => {
                self.packed.sockets += 1;
                Ok(())
            }
            _ => Err(TreeError::refused(path, "it is of no kind that a layer can have")),
        }
    }

    fn folder(&mut self, visit: &Visit<'_>) -> Result<()> {
        let folder = File::from(files::open_folder(visit.folder, visit.name, visit.path)?);
        let (xattrs, is_opaque) = attributes(&folder, visit.path)?;
        let path = [visit.path, b"/"].concat();
        let entry = TarEntry { xattrs, ..self.entry(&path, TarKind::Folder, &visit.stat) };
        self.append(&entry, &mut io::empty())?;
        if is_opaque {
            self.marker(&[&path[..], b".wh..wh..opq"].concat())?;
        }
        Ok(())
    }

    fn device(&mut self, path: &[u8], kind: TarKind, stat: &FileStat) -> Result<()> {
        let part =
            |part: u64| u32::try_from(part).map_err(|_| TreeError::refused(path, "no archive can hold its numbers"));
        let device = (part(major(stat.st_rdev))?, part(minor(stat.st_rdev))?);
        self.append(&TarEntry { device, ..self.entry(path, kind, stat) }, &mut io::empty())
    }

    /// An entry that says that something is removed. It is nobody's and of no time.
    fn marker(&mut self, path: &[u8]) -> Result<()> {
        let entry = TarEntry {
            path: path.to_vec(),
            kind: TarKind::File,
            mode: 0o600,
            uid: 0,
            gid: 0,
            size: 0,
            mtime: 0,
            link: Vec::new(),
            device: (0, 0),
            xattrs: Vec::new(),
        };
        self.append(&entry, &mut io::empty())
    }

    fn entry(&self, path: &[u8], kind: TarKind, stat: &FileStat) -> TarEntry {
        TarEntry {
            path: path.to_vec(),
            kind,
            mode: stat.st_mode & 0o7777,
            uid: stat.st_uid.into(),
            gid: stat.st_gid.into(),
            size: 0,
            mtime: self.options.clamp.map_or(stat.st_mtime, |clamp| stat.st_mtime.min(clamp)),
            link: Vec::new(),
            device: (0, 0),
            xattrs: Vec::new(),
        }
    }

    fn append(&mut self, entry: &TarEntry, content: &mut dyn Read) -> Result<()> {
        self.packed.entries += 1;
        self.writer.append(entry, content)
    }
}

/// Names and values of extended attributes.
type Attributes = Vec<(Vec<u8>, Vec<u8>)>;

/// The attributes that belong into a layer, and whether the folder is opaque.
fn attributes(file: &File, path: &[u8]) -> Result<(Attributes, bool)> {
    let mut is_opaque = false;
    let mut kept = Vec::new();
    for (name, value) in files::attributes(file, path)? {
        match (name.as_slice(), value.as_slice()) {
            (b"user.overlay.opaque" | b"trusted.overlay.opaque", b"y") => is_opaque = true,
            (b"user.overlay.redirect" | b"user.overlay.metacopy" | b"user.overlay.whiteout", _) => {
                let why = format!("its attribute `{}` points into the layers below", super::error::show(&name));
                return Err(TreeError::refused(path, why));
            }
            _ if files::attribute_rule(&name) == AttributeRule::Keep => kept.push((name, value)),
            _ => {}
        }
    }
    Ok((kept, is_opaque))
}
