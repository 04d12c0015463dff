//! `--chown`: names looked up in the tree that is copied into.
//!
//! `readUser` of BuildKit's `solver/llbsolver/ops/user_linux.go` (<https://github.com/moby/buildkit>, Apache-2.0): a user
//! by number is of the group of the same number, and a name that the image does not know is root.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use nix::fcntl::OFlag;
use nix::unistd::{Gid, Uid};

use super::CopyError;
use super::root::{Kind, Owner, Root};

/// The largest `/etc/passwd` that is read.
const LARGEST_FILE: u64 = 10 << 20;

/// The user and group of `user[:group]`.
pub(super) fn find(root: &Root<'_>, written: &str) -> Result<Owner, CopyError> {
    let (user, group) = match written.split_once(':') {
        Some((user, group)) => (user, Some(group).filter(|group| !group.is_empty())),
        None => (written, None),
    };
    let (user, mut own_group) = match number(user)? {
        Some(number) => (number, number),
        None => look_up(root, "/etc/passwd", user)?.map_or((0, 0), |fields| (fields[0], fields[1])),
    };
    if let Some(group) = group {
        own_group = match number(group)? {
            Some(number) => number,
            None => look_up(root, "/etc/group", group)?.map_or(0, |fields| fields[0]),
        };
    }
    Ok((Uid::from_raw(user), Gid::from_raw(own_group)))
}

/// A number; `None` for a name.
fn number(text: &str) -> Result<Option<u32>, CopyError> {
    match text.parse::<i32>() {
        _ if text == "root" => Ok(Some(0)),
        Ok(number) => match u32::try_from(number) {
            Ok(number) => Ok(Some(number)),
            Err(_) => Err(CopyError::Invalid(format!("`{text}` is no number of a user or a group"))),
        },
        Err(_) => Ok(None),
    }
}

/// The third and fourth field of the line that begins with `name`; what is no number counts as 0.
fn look_up(root: &Root<'_>, file: &str, name: &str) -> Result<Option<[u32; 2]>, CopyError> {
    let path = root.resolve(Path::new(file))?;
    if root.stat(&path)?.is_none_or(|stat| Kind::of(&stat) != Kind::File) {
        return Ok(None);
    }
    let failed = |error: std::io::Error| CopyError::io("read", &path, error);
    let opened = root.open(&path, OFlag::O_RDONLY).map_err(|error| failed(error.into()))?;
    let mut bytes = Vec::new();
    File::from(opened).take(LARGEST_FILE + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(CopyError::Invalid(format!("`{file}` is larger than 10 MiB")));
    }
    let text = String::from_utf8_lossy(&bytes);
    let mut lines = text.lines().map(|line| line.trim().split(':').collect::<Vec<_>>());
    let found = lines.find(|fields| fields[0] == name);
    let field = |fields: &[&str], index: usize| fields.get(index).and_then(|text| text.parse().ok()).unwrap_or(0);
    Ok(found.map(|fields| [field(&fields, 2), field(&fields, 3)]))
}
