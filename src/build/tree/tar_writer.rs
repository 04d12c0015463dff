//! Writing archives: the same entries give the same bytes.

use std::io::{self, Read, Write};

use super::error::{Result, TreeError};
use super::tar_reader::{BLOCK, TarEntry, TarKind};

/// Writes an archive: ustar, with an extension before an entry only where it does not fit.
#[derive(Debug)]
pub struct TarWriter<W> {
    inner: W,
    /// Bytes written so far.
    written: u64,
}

/// The largest number that fits into eight and into twelve octal digits of a header.
const MOST_ID: u64 = 0o7_777_777;
const MOST_SIZE: u64 = 0o77_777_777_777;
/// The longest name that fits.
const MOST_NAME: usize = 100;

impl<W: Write> TarWriter<W> {
    /// Writes an archive to `inner`.
    pub fn new(inner: W) -> TarWriter<W> {
        TarWriter { inner, written: 0 }
    }

    /// Writes an entry and its content, which must have the size of the entry.
    pub fn append(&mut self, entry: &TarEntry, content: &mut dyn Read) -> Result<()> {
        let records = records(entry);
        if !records.is_empty() {
            let mut header = tar::Header::new_ustar();
            header.as_old_mut().name[..b"pax".len()].copy_from_slice(b"pax");
            header.set_entry_type(tar::EntryType::XHeader);
            header.set_mode(0o644);
            header.set_size(records.len() as u64);
            header.set_cksum();
            self.write(header.as_bytes())?;
            self.write(&records)?;
            self.pad(records.len() as u64)?;
        }
        self.write(header(entry).as_bytes())?;
        let size = if entry.kind == TarKind::File { entry.size } else { 0 };
        let copied = io::copy(&mut content.take(size), &mut self.inner)
            .map_err(|error| TreeError::io(&entry.path, "writing", error))?;
        self.written += copied;
        if copied != size {
            let error = io::Error::new(io::ErrorKind::UnexpectedEof, "it became shorter while it was read");
            return Err(TreeError::io(&entry.path, "reading", error));
        }
        self.pad(size)
    }

    /// Writes the end, and says how many bytes there are.
    pub fn finish(mut self) -> Result<(W, u64)> {
        self.write(&[0; 2 * BLOCK])?;
        self.inner.flush().map_err(failed)?;
        Ok((self.inner, self.written))
    }

    fn pad(&mut self, size: u64) -> Result<()> {
        let padding = usize::try_from(size.wrapping_neg() % BLOCK as u64).unwrap_or(0);
        self.write(&[0; BLOCK][..padding])
    }

    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.inner.write_all(bytes).map_err(failed)?;
        self.written += bytes.len() as u64;
        Ok(())
    }
}

fn failed(error: io::Error) -> TreeError {
    TreeError::io(b"the archive", "writing", error)
}

fn header(entry: &TarEntry) -> tar::Header {
    let mut header = tar::Header::new_ustar();
    let old = header.as_old_mut();
    let name = &entry.path[..entry.path.len().min(MOST_NAME)];
    old.name[..name.len()].copy_from_slice(name);
    let link = &entry.link[..entry.link.len().min(MOST_NAME)];
    old.linkname[..link.len()].copy_from_slice(link);
    header.set_entry_type(match entry.kind {
        TarKind::File => tar::EntryType::Regular,
        TarKind::HardLink => tar::EntryType::Link,
        TarKind::SymbolicLink => tar::EntryType::Symlink,
        TarKind::Folder => tar::EntryType::Directory,
        TarKind::Fifo => tar::EntryType::Fifo,
        TarKind::CharacterDevice => tar::EntryType::Char,
        TarKind::BlockDevice => tar::EntryType::Block,
    });
    header.set_mode(entry.mode & 0o7777);
    // What does not fit is in the extension.
    header.set_uid(if entry.uid > MOST_ID { 0 } else { entry.uid });
    header.set_gid(if entry.gid > MOST_ID { 0 } else { entry.gid });
    let size = if entry.kind == TarKind::File { entry.size } else { 0 };
    header.set_size(if size > MOST_SIZE { 0 } else { size });
    header.set_mtime(u64::try_from(entry.mtime).ok().filter(|mtime| *mtime <= MOST_SIZE).unwrap_or(0));
    if matches!(entry.kind, TarKind::CharacterDevice | TarKind::BlockDevice)
        && let Some(ustar) = header.as_ustar_mut()
    {
        ustar.set_device_major(entry.device.0);
        ustar.set_device_minor(entry.device.1);
    }
    header.set_cksum();
    header
}

/// What does not fit into the header.
fn records(entry: &TarEntry) -> Vec<u8> {
    let mut records = Vec::new();
    let is_plain = |name: &[u8]| name.len() <= MOST_NAME && name.is_ascii();
    if !is_plain(&entry.path) {
        record(&mut records, b"path", &entry.path);
    }
    if !is_plain(&entry.link) {
        record(&mut records, b"linkpath", &entry.link);
    }
    for (key, id) in [("uid", entry.uid), ("gid", entry.gid)] {
        if id > MOST_ID {
            record(&mut records, key.as_bytes(), id.to_string().as_bytes());
        }
    }
    if entry.kind == TarKind::File && entry.size > MOST_SIZE {
        record(&mut records, b"size", entry.size.to_string().as_bytes());
    }
    if entry.mtime < 0 || entry.mtime.unsigned_abs() > MOST_SIZE {
        record(&mut records, b"mtime", entry.mtime.to_string().as_bytes());
    }
    for (name, value) in &entry.xattrs {
        record(&mut records, &[b"SCHILY.xattr.", name.as_slice()].concat(), value);
    }
    records
}

/// One record; its length counts its own digits.
fn record(records: &mut Vec<u8>, key: &[u8], value: &[u8]) {
    let rest = key.len() + value.len() + b" =\n".len();
    let mut length = rest + 1;
    while length != rest + length.to_string().len() {
        length = rest + length.to_string().len();
    }
    records.extend(length.to_string().as_bytes());
    records.push(b' ');
    records.extend(key);
    records.push(b'=');
    records.extend(value);
    records.push(b'\n');
}
