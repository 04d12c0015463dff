//! Reading archives, with limits.
//!
//! POSIX.1-2024, `pax`, "ustar Interchange Format" and "pax Interchange Format", and GNU's long names. What may be in
//! a header the crate `tar` knows; which blocks belong together is decided here, because a layer is foreign: no name,
//! no attribute and no count is read without a limit, and what engines read in different ways is refused.

use std::io::{self, Read};

use super::error::{Result, TreeError};

/// The size of the blocks that an archive is made of.
pub(super) const BLOCK: usize = 512;

/// What an entry of an archive is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TarKind {
    /// A file.
    File,
    /// Another name for an entry before it.
    HardLink,
    /// A symbolic link.
    SymbolicLink,
    /// A folder.
    Folder,
    /// A named pipe.
    Fifo,
    /// A character device.
    CharacterDevice,
    /// A block device.
    BlockDevice,
}

/// An entry of an archive.
#[derive(Clone, Debug, PartialEq)]
pub struct TarEntry {
    /// Its name, as it is written.
    pub path: Vec<u8>,
    /// What it is.
    pub kind: TarKind,
    /// Permissions, with setuid, setgid and sticky.
    pub mode: u32,
    /// The id of the user.
    pub uid: u64,
    /// The id of the group.
    pub gid: u64,
    /// Bytes of content, which come next.
    pub size: u64,
    /// When it was changed, in seconds since 1970.
    pub mtime: i64,
    /// What a link leads to.
    pub link: Vec<u8>,
    /// The numbers of a device.
    pub device: (u32, u32),
    /// Extended attributes: names and values.
    pub xattrs: Vec<(Vec<u8>, Vec<u8>)>,
}

/// The limits on an archive.
#[derive(Clone, Copy, Debug)]
pub struct TarLimits {
    /// Entries.
    pub entries: u64,
    /// Bytes of the whole archive.
    pub bytes: u64,
    /// Bytes of the names and attributes of one entry.
    pub header: u64,
}

impl Default for TarLimits {
    fn default() -> TarLimits {
        TarLimits { entries: 2_000_000, bytes: 32 << 30, header: 1 << 20 }
    }
}

/// Reads an archive entry by entry; the content of the last one is read through [`Read`].
#[derive(Debug)]
pub struct TarReader<R> {
    inner: R,
    limits: TarLimits,
    entries: u64,
    /// Bytes read so far.
    position: u64,
    /// Bytes of content of the last entry that were not read yet, and the bytes that fill its last block.
    content: u64,
    padding: u64,
    ended: bool,
}

/// What stands before an entry and belongs to it.
#[derive(Default)]
struct Extensions {
    path: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    size: Option<u64>,
    uid: Option<u64>,
    gid: Option<u64>,
    mtime: Option<i64>,
    xattrs: Vec<(Vec<u8>, Vec<u8>)>,
}

impl<R: Read> TarReader<R> {
    /// Reads the archive `inner`.
    pub fn new(inner: R, limits: TarLimits) -> TarReader<R> {
        TarReader { inner, limits, entries: 0, position: 0, content: 0, padding: 0, ended: false }
    }

    /// Where the content of the last entry starts in the archive, as long as none of it was read.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// The next entry; what is left of the content of the last one is skipped. `None` at the end, and then all that
    /// follows it was read, too.
    pub fn next_entry(&mut self) -> Result<Option<TarEntry>> {
        let mut extensions = Extensions::default();
        let mut is_extended = false;
        // Of all that stands before the entry: there can be any number of extensions.
        let mut extended = 0u64;
        loop {
            self.skip_content()?;
            let Some(header) = self.header()? else {
                if is_extended {
                    return Err(TreeError::malformed("it ends after the extension of an entry"));
                }
                return Ok(None);
            };
            self.entries += 1;
            if self.entries > self.limits.entries {
                return Err(TreeError::Limit { what: "entries", limit: self.limits.entries });
            }
            let size = number(header.entry_size(), "size")?;
            if matches!(header.entry_type().as_byte(), b'x' | b'g' | b'V' | b'L' | b'K') {
                extended = extended.saturating_add(size);
                if extended > self.limits.header {
                    let what = "bytes of names and attributes of an entry";
                    return Err(TreeError::Limit { what, limit: self.limits.header });
                }
            }
            match header.entry_type().as_byte() {
                b'x' => {
                    let records = self.extension(size)?;
                    pax(&records, &mut extensions)?;
                }
                // Comments and defaults for all that follows; engines do not apply them to layers.
                b'g' | b'V' => {
                    self.extension(size)?;
                    continue;
                }
                b'L' => extensions.path = Some(until_nul(&self.extension(size)?)),
                b'K' => extensions.link = Some(until_nul(&self.extension(size)?)),
                kind => return self.entry(&header, kind, size, extensions).map(Some),
            }
            is_extended = true;
        }
    }

    fn entry(&mut self, header: &tar::Header, kind: u8, size: u64, extensions: Extensions) -> Result<TarEntry> {
        let path = extensions.path.unwrap_or_else(|| header.path_bytes().into_owned());
        let is_folder_name = path.ends_with(b"/");
        let kind = match kind {
            // In the oldest archives folders are files whose name ends like one of a folder.
            0 if is_folder_name => TarKind::Folder,
            0 | b'0' | b'7' => TarKind::File,
            b'1' => TarKind::HardLink,
            b'2' => TarKind::SymbolicLink,
            b'3' => TarKind::CharacterDevice,
            b'4' => TarKind::BlockDevice,
            b'5' => TarKind::Folder,
            b'6' => TarKind::Fifo,
            b'S' => return Err(TreeError::refused(&path, "sparse files are not supported")),
            other => {
                let why = format!("entries of the type `{}` are not supported", char::from(other).escape_default());
                return Err(TreeError::refused(&path, why));
            }
        };
        // Only files have content, whatever the header says: so engines read it.
        let size = if kind == TarKind::File { extensions.size.unwrap_or(size) } else { 0 };
        self.content = size;
        self.padding = padding(size);
        let device = match kind {
            TarKind::CharacterDevice | TarKind::BlockDevice => {
                let part = |part: io::Result<Option<u32>>| number(part.map(Option::unwrap_or_default), "device");
                (part(header.device_major())?, part(header.device_minor())?)
            }
            _ => (0, 0),
        };
        let mtime = match extensions.mtime {
            Some(mtime) => mtime,
            None => i64::try_from(number(header.mtime(), "time")?).unwrap_or(i64::MAX),
        };
        Ok(TarEntry {
            path,
            kind,
            mode: number(header.mode(), "mode")? & 0o7777,
            uid: extensions.uid.map_or_else(|| number(header.uid(), "user"), Ok)?,
            gid: extensions.gid.map_or_else(|| number(header.gid(), "group"), Ok)?,
            size,
            mtime,
            link: extensions
                .link
                .or_else(|| header.link_name_bytes().map(|link| link.into_owned()))
                .unwrap_or_default(),
            device,
            xattrs: extensions.xattrs,
        })
    }

    /// The next header; `None` at the end.
    fn header(&mut self) -> Result<Option<tar::Header>> {
        if self.ended {
            return Ok(None);
        }
        let mut block = [0; BLOCK];
        if !self.block(&mut block)? {
            self.ended = true;
            return Ok(None);
        }
        if block == [0; BLOCK] {
            // The end is two blocks of zeros; one of them and then nothing has been seen, too.
            if self.block(&mut block)? && block != [0; BLOCK] {
                return Err(TreeError::malformed("there is something after a block of zeros"));
            }
            self.ended = true;
            self.drain()?;
            return Ok(None);
        }
        let header = tar::Header::from_byte_slice(&block).clone();
        let sum: u32 =
            block.iter().enumerate().map(|(at, byte)| if (148..156).contains(&at) { 32 } else { (*byte).into() }).sum();
        if number(header.cksum(), "checksum")? != sum {
            return Err(TreeError::malformed(format!(
                "the checksum of the header before byte {} is wrong",
                self.position
            )));
        }
        Ok(Some(header))
    }

    /// Reads a block; false when there is nothing more.
    fn block(&mut self, block: &mut [u8; BLOCK]) -> Result<bool> {
        let mut filled = 0;
        while filled < BLOCK {
            match self.read_inner(&mut block[filled..])? {
                0 if filled == 0 => return Ok(false),
                0 => return Err(TreeError::malformed("it ends within a header")),
                read => filled += read,
            }
        }
        Ok(true)
    }

    /// The content of an extension, which is kept in memory; its size was held to the limit.
    fn extension(&mut self, size: u64) -> Result<Vec<u8>> {
        let mut bytes = vec![0; usize::try_from(size).unwrap_or(usize::MAX)];
        self.content = size;
        self.padding = padding(size);
        let mut filled = 0;
        while filled < bytes.len() {
            match self.read_content(&mut bytes[filled..])? {
                0 => break,
                read => filled += read,
            }
        }
        Ok(bytes)
    }

    fn skip_content(&mut self) -> Result<()> {
        let mut buffer = [0; 16 << 10];
        while self.content > 0 {
            self.read_content(&mut buffer)?;
        }
        while self.padding > 0 {
            let most = usize::try_from(self.padding).unwrap_or(BLOCK).min(BLOCK);
            match self.read_inner(&mut buffer[..most])? {
                0 => return Err(TreeError::malformed("it ends within an entry")),
                read => self.padding -= read as u64,
            }
        }
        Ok(())
    }

    fn read_content(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let most = usize::try_from(self.content).unwrap_or(usize::MAX).min(buffer.len());
        if most == 0 {
            return Ok(0);
        }
        let read = self.read_inner(&mut buffer[..most])?;
        if read == 0 {
            return Err(TreeError::malformed("it ends within an entry"));
        }
        self.content -= read as u64;
        Ok(read)
    }

    /// What follows the end; a pipe whose reader goes away early is an error for its writer.
    fn drain(&mut self) -> Result<()> {
        let mut buffer = [0; 16 << 10];
        while self.read_inner(&mut buffer)? > 0 {}
        Ok(())
    }

    fn read_inner(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let read = loop {
            match self.inner.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other.map_err(|error| TreeError::io(b"the archive", "reading", error))?,
            }
        };
        self.position += read as u64;
        if self.position > self.limits.bytes {
            return Err(TreeError::Limit { what: "bytes in an archive", limit: self.limits.bytes });
        }
        Ok(read)
    }
}

/// The content of the last entry.
impl<R: Read> Read for TarReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.read_content(buffer).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
    }
}

/// Bytes that fill the last block.
fn padding(size: u64) -> u64 {
    size.wrapping_neg() % BLOCK as u64
}

fn number<T>(field: io::Result<T>, what: &str) -> Result<T> {
    field.map_err(|_| TreeError::malformed(format!("the {what} of an entry is no number")))
}

fn until_nul(bytes: &[u8]) -> Vec<u8> {
    bytes.split(|byte| *byte == 0).next().unwrap_or_default().to_vec()
}

/// Reads the records `LENGTH KEY=VALUE\n` of an extension.
fn pax(mut records: &[u8], extensions: &mut Extensions) -> Result<()> {
    let broken = || TreeError::malformed("the extension of an entry is not made of records");
    while !records.is_empty() {
        let blank = records.iter().position(|byte| *byte == b' ').ok_or_else(broken)?;
        let length = decimal(&records[..blank]).and_then(|length| usize::try_from(length).ok()).ok_or_else(broken)?;
        if length <= blank + 1 || length > records.len() || records[length - 1] != b'\n' {
            return Err(broken());
        }
        let record = &records[blank + 1..length - 1];
        records = &records[length..];
        let equals = record.iter().position(|byte| *byte == b'=').ok_or_else(broken)?;
        let (key, value) = (&record[..equals], &record[equals + 1..]);
        apply(key, value, extensions)?;
    }
    Ok(())
}

fn apply(key: &[u8], value: &[u8], extensions: &mut Extensions) -> Result<()> {
    let wrong = || TreeError::malformed(format!("the value of `{}` in an extension is wrong", super::error::show(key)));
    if let Some(name) = key.strip_prefix(b"SCHILY.xattr.") {
        if name.is_empty() || name.contains(&0) {
            return Err(wrong());
        }
        extensions.xattrs.push((name.to_vec(), value.to_vec()));
        return Ok(());
    }
    if key.starts_with(b"GNU.sparse.") {
        return Err(TreeError::refused(
            extensions.path.as_deref().unwrap_or_default(),
            "sparse files are not supported",
        ));
    }
    // An empty value takes back what a global extension said, and of those none is applied.
    if value.is_empty() {
        return Ok(());
    }
    match key {
        b"path" | b"linkpath" if value.contains(&0) => return Err(wrong()),
        b"path" => extensions.path = Some(value.to_vec()),
        b"linkpath" => extensions.link = Some(value.to_vec()),
        b"size" => extensions.size = Some(decimal(value).ok_or_else(wrong)?),
        b"uid" => extensions.uid = Some(decimal(value).ok_or_else(wrong)?),
        b"gid" => extensions.gid = Some(decimal(value).ok_or_else(wrong)?),
        b"mtime" => extensions.mtime = Some(seconds(value).ok_or_else(wrong)?),
        _ => {}
    }
    Ok(())
}

fn decimal(text: &[u8]) -> Option<u64> {
    let digits = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    std::str::from_utf8(text).ok().filter(|_| digits)?.parse().ok()
}

/// Whole seconds of `-12.5`, rounded down: layers have no fractions of them.
fn seconds(text: &[u8]) -> Option<i64> {
    let (negative, text) = match text.strip_prefix(b"-") {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = match text.iter().position(|byte| *byte == b'.') {
        Some(dot) => (&text[..dot], &text[dot + 1..]),
        None => (text, &[][..]),
    };
    if !fraction.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let whole = i64::try_from(decimal(whole)?).ok()?;
    let rounds = negative && fraction.iter().any(|digit| *digit != b'0');
    Some(if negative { -whole - i64::from(rounds) } else { whole })
}
