//! What is in a tree, as it goes from the worker to rlint: one JSON object a line.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, BufRead, Read};

use serde::{Deserialize, Serialize};

use super::error::{Result, TreeError};

/// A file, folder or link in a tree. Its times are not among what is said of it: they differ from build to build.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// From the root, without a slash at the start; the root itself is `.`. What is no text is `\xNN`, and `\` is `\\`.
    pub path: String,
    /// What it is.
    pub kind: Kind,
    /// Permissions, with setuid, setgid and sticky; always 0777 for a link.
    pub mode: u32,
    /// The id of the user.
    pub uid: u32,
    /// The id of the group.
    pub gid: u32,
    /// Bytes of content; 0 for what has none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub size: u64,
    /// Of files: the hash of the content in hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Of symbolic links: where it leads, written as paths are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Of devices: the numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<(u32, u32)>,
    /// Extended attributes, the values in hexadecimal digits.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub xattrs: BTreeMap<String, String>,
    /// Of files with several names: the first of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_as: Option<String>,
}

/// What an entry of a tree is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    SymbolicLink,
    /// A named pipe.
    Fifo,
    /// A socket.
    Socket,
    /// A character device.
    CharacterDevice,
    /// A block device.
    BlockDevice,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::File => "file",
            Kind::Folder => "folder",
            Kind::SymbolicLink => "symbolic link",
            Kind::Fifo => "named pipe",
            Kind::Socket => "socket",
            Kind::CharacterDevice => "character device",
            Kind::BlockDevice => "block device",
        })
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// Bytes of one line.
const MOST_LINE: u64 = 1 << 20;
/// Entries of a tree.
const MOST_ENTRIES: usize = 4_000_000;

/// Reads what [`super::list`] writes.
pub fn read_listing(reader: impl BufRead) -> Result<Vec<Entry>> {
    let mut reader = reader;
    let mut entries = Vec::new();
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = (&mut reader).take(MOST_LINE).read_until(b'\n', &mut line);
        if read.map_err(|error| TreeError::io(b"the listing", "reading", error))? == 0 {
            return Ok(entries);
        }
        if entries.len() == MOST_ENTRIES {
            return Err(TreeError::Limit { what: "files in a tree", limit: MOST_ENTRIES as u64 });
        }
        let entry = serde_json::from_slice(&line)
            .map_err(|error| TreeError::io(b"the listing", "reading", io::Error::from(error)))?;
        entries.push(entry);
    }
}
