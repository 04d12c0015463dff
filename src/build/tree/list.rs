//! Listing a tree: everything that two builds are compared by.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::BorrowedFd;
use std::os::unix::ffi::OsStrExt;

use nix::fcntl::readlinkat;
use nix::sys::stat::{FileStat, SFlag, fstat, major, minor};
use sha2::{Digest as _, Sha256};

use super::error::{Result, TreeError, show};
use super::files::{self, AttributeRule, Visit};
use super::listing::{Entry, Kind};
use crate::build::hex::hex;

/// How much of a tree is listed.
#[derive(Clone, Copy, Debug)]
pub struct ListLimits {
    /// Files, folders, links and all else.
    pub entries: u64,
    /// Bytes of all files, which are read.
    pub bytes: u64,
    /// Whether the tree is the folder of one layer, and what overlayfs has noted there is told: what it removes from those below.
    pub removals: bool,
}

impl Default for ListLimits {
    fn default() -> ListLimits {
        ListLimits { entries: 4_000_000, bytes: 32 << 30, removals: false }
    }
}

/// Writes what is in the tree `root`, folders before what is in them, names in the order of their bytes.
pub fn list(root: BorrowedFd<'_>, mut out: impl Write, limits: &ListLimits) -> Result<u64> {
    let mut lister = Lister { links: HashMap::new(), entries: 0, bytes: 0, limits };
    let folder = File::from(files::open_folder(root, b".", b".")?);
    let stat = fstat(&folder).map_err(|error| TreeError::io(b".", "reading", error))?;
    let root_entry = Entry { xattrs: lister.attributes(&folder, b".")?, ..plain(b".", Kind::Folder, &stat) };
    lister.write(&mut out, &root_entry)?;
    files::walk(root, &mut |visit| {
        let entry = lister.entry(&visit)?;
        lister.write(&mut out, &entry)
    })?;
    out.flush().map_err(failed)?;
    Ok(lister.entries)
}

/// Writes one file, link or the like, which is `name` in a folder, as [`list()`] would.
pub(super) fn list_one(
    folder: BorrowedFd<'_>,
    name: &[u8],
    stat: FileStat,
    mut out: impl Write,
    limits: &ListLimits,
) -> Result<()> {
    let mut lister = Lister { links: HashMap::new(), entries: 0, bytes: 0, limits };
    let entry = lister.described(&Visit { folder, name, path: name, stat })?;
    lister.write(&mut out, &entry)
}

struct Lister<'l> {
    /// The first names of files that have several.
    links: HashMap<(u64, u64), Entry>,
    entries: u64,
    bytes: u64,
    limits: &'l ListLimits,
}

impl Lister<'_> {
    fn write(&mut self, out: &mut impl Write, entry: &Entry) -> Result<()> {
        self.entries += 1;
        if self.entries > self.limits.entries {
            return Err(TreeError::Limit { what: "files in a tree", limit: self.limits.entries });
        }
        let mut line = serde_json::to_vec(entry).map_err(|error| failed(error.into()))?;
        line.push(b'\n');
        out.write_all(&line).map_err(failed)
    }

    fn entry(&mut self, visit: &Visit<'_>) -> Result<Entry> {
        // All that is removed may be one file with several names, or several.
        let is_one = files::is_folder(&visit.stat) || files::is_whiteout(&visit.stat);
        let has_several = visit.stat.st_nlink > 1 && !is_one;
        let identity = (visit.stat.st_dev, visit.stat.st_ino);
        if has_several && let Some(first) = self.links.get(&identity) {
            return Ok(Entry { path: show(visit.path), ..first.clone() });
        }
        let mut entry = self.described(visit)?;
        if has_several {
            entry.same_as = Some(entry.path.clone());
            self.links.insert(identity, entry.clone());
        }
        Ok(entry)
    }

    fn described(&mut self, visit: &Visit<'_>) -> Result<Entry> {
        let (path, stat) = (visit.path, &visit.stat);
        Ok(match files::kind(stat) {
            SFlag::S_IFDIR => {
                let folder = File::from(files::open_folder(visit.folder, visit.name, path)?);
                Entry { xattrs: self.attributes(&folder, path)?, ..plain(path, Kind::Folder, stat) }
            }
            SFlag::S_IFREG => {
                let file = files::open_file(visit.folder, visit.name, path)?;
                // A file that is too large is not read to find that out.
                let claim = self.bytes.saturating_add(u64::try_from(stat.st_size).unwrap_or(0));
                if claim > self.limits.bytes {
                    return Err(TreeError::Limit { what: "bytes in a tree", limit: self.limits.bytes });
                }
                let (size, sha256) = self.hash(&file, path)?;
                let xattrs = self.attributes(&file, path)?;
                Entry { size, sha256: Some(sha256), xattrs, ..plain(path, Kind::File, stat) }
            }
            SFlag::S_IFLNK => {
                let target = readlinkat(visit.folder, visit.name)
                    .map_err(|error| TreeError::io(path, "reading the link", error))?;
                Entry { target: Some(show(target.as_bytes())), ..plain(path, Kind::SymbolicLink, stat) }
            }
            SFlag::S_IFIFO => plain(path, Kind::Fifo, stat),
            SFlag::S_IFSOCK => plain(path, Kind::Socket, stat),
            SFlag::S_IFCHR => Entry { device: Some(device(stat)), ..plain(path, Kind::CharacterDevice, stat) },
            SFlag::S_IFBLK => Entry { device: Some(device(stat)), ..plain(path, Kind::BlockDevice, stat) },
            _ => return Err(TreeError::refused(path, "it is of no kind that is known")),
        })
    }

    /// The attributes that belong into a layer.
    fn attributes(&self, file: &File, path: &[u8]) -> Result<BTreeMap<String, String>> {
        let all = files::attributes(file, path)?;
        let is_told = |name: &[u8]| match files::attribute_rule(name) {
            AttributeRule::Keep => true,
            AttributeRule::Refuse => self.limits.removals && name.ends_with(b".overlay.opaque"),
            AttributeRule::Drop => false,
        };
        let told = all.into_iter().filter(|(name, _)| is_told(name));
        Ok(told.map(|(name, value)| (show(&name), hex(&value))).collect())
    }

    /// The size and the hash of a file, as it is read.
    fn hash(&mut self, file: &File, path: &[u8]) -> Result<(u64, String)> {
        let mut hash = Sha256::new();
        let mut size = 0;
        let mut buffer = vec![0; 64 << 10];
        let mut file = file;
        loop {
            let read = match file.read(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                other => other.map_err(|error| TreeError::io(path, "reading", error))?,
            };
            if read == 0 {
                break;
            }
            hash.update(&buffer[..read]);
            size += read as u64;
            self.bytes += read as u64;
            if self.bytes > self.limits.bytes {
                return Err(TreeError::Limit { what: "bytes in a tree", limit: self.limits.bytes });
            }
        }
        Ok((size, hex(&hash.finalize())))
    }
}

/// What every kind of entry has.
fn plain(path: &[u8], kind: Kind, stat: &FileStat) -> Entry {
    Entry {
        path: show(path),
        kind,
        mode: stat.st_mode & 0o7777,
        uid: stat.st_uid,
        gid: stat.st_gid,
        size: 0,
        sha256: None,
        target: None,
        device: None,
        xattrs: BTreeMap::new(),
        same_as: None,
    }
}

fn device(stat: &FileStat) -> (u32, u32) {
    let part = |part: u64| u32::try_from(part).unwrap_or(u32::MAX);
    (part(major(stat.st_rdev)), part(minor(stat.st_rdev)))
}

fn failed(error: io::Error) -> TreeError {
    TreeError::io(b"the listing", "writing", error)
}
