//! The three ways of being root in a user namespace, and the maps of ids that go with each (`user_namespaces(7)`).
//! None of them maps an id to itself: nothing that a step makes belongs to root of the host.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use nix::unistd::{Gid, Uid, User, getegid, geteuid};
use serde::{Deserialize, Serialize};

/// Where the ids of steps begin when real root maps them: far from the ids of users and of services.
const SHIFTED: u32 = 1_000_000;

/// As many ids as an image can expect: all of 16 bits.
const IDS: u32 = 65_536;

/// A way of being root inside, without being root of the host.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Way {
    /// rlint runs as root and maps the ids to a range of their own.
    Root {
        /// The first id of the range.
        first: u32,
    },
    /// rlint runs as a user who has further ids in `/etc/subuid` and `/etc/subgid`, which `newuidmap` maps.
    SubIds {
        /// The id and the group of the user, which become root.
        own: (u32, u32),
        /// The first further id and how many.
        users: (u32, u32),
        /// The first further group and how many.
        groups: (u32, u32),
    },
    /// rlint runs as a user who has no other id. Calls that change an owner or a user do nothing and say that they did:
    /// enough for package managers, but every file belongs to root and every process is root.
    Single {
        /// The id and the group of the user, which become root.
        own: (u32, u32),
    },
}

/// A way that this machine may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What it is called.
    pub name: &'static str,
    /// The way, or why it cannot be gone.
    pub way: Result<Way, String>,
}

impl Way {
    /// Whether ids are what they seem: false where owners and users are only played.
    pub fn has_ids(&self) -> bool {
        !matches!(self, Way::Single { .. })
    }

    /// The folder of the layers of this way below `layers/`. Files of one mapping cannot be read through another.
    pub fn folder(&self) -> String {
        match self {
            Way::Root { first } => format!("root-{first}"),
            Way::SubIds { users, groups, .. } if users == groups => format!("sub-ids-{}", users.0),
            Way::SubIds { users, groups, .. } => format!("sub-ids-{}-{}", users.0, groups.0),
            Way::Single { .. } => "single".to_owned(),
        }
    }

    /// The id and group on the host of what is root inside.
    pub(super) fn root(&self) -> (u32, u32) {
        match *self {
            Way::Root { first } => (first, first),
            Way::SubIds { own, .. } | Way::Single { own } => own,
        }
    }

    /// Whether the group `id` is mapped.
    pub(super) fn has_group(&self, id: u32) -> bool {
        match *self {
            Way::Root { .. } => id < IDS,
            Way::SubIds { groups, .. } => id <= groups.1,
            Way::Single { .. } => id == 0,
        }
    }

    /// All ways, the best first, as far as ids go. Whether the kernel goes along, only trying tells.
    pub fn candidates() -> Vec<Candidate> {
        vec![
            Candidate { name: "real root", way: root() },
            Candidate { name: "sub-ids", way: sub_ids() },
            Candidate { name: "single id", way: single() },
        ]
    }

    /// Writes the maps for the process `pid`, which waits in its new user namespace.
    pub(super) fn map(&self, pid: u32) -> Result<(), String> {
        let write = |file: &str, text: &str| {
            fs::write(format!("/proc/{pid}/{file}"), text)
                .map_err(|reason| format!("cannot write its {file}: {reason}"))
        };
        match self {
            Way::Root { first } => {
                write("uid_map", &format!("0 {first} {IDS}\n"))?;
                write("gid_map", &format!("0 {first} {IDS}\n"))
            }
            Way::SubIds { own, users, groups } => {
                new_id_map("newuidmap", pid, own.0, *users)?;
                new_id_map("newgidmap", pid, own.1, *groups)
            }
            Way::Single { own } => {
                write("setgroups", "deny")?;
                write("uid_map", &format!("0 {} 1\n", own.0))?;
                write("gid_map", &format!("0 {} 1\n", own.1))
            }
        }
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Way::Root { .. } => "real root",
            Way::SubIds { .. } => "sub-ids",
            Way::Single { .. } => "single id",
        })
    }
}

fn root() -> Result<Way, String> {
    if !geteuid().is_root() {
        return Err("rlint does not run as root".to_owned());
    }
    for file in ["/proc/self/uid_map", "/proc/self/gid_map"] {
        let text = fs::read_to_string(file).map_err(|reason| format!("cannot read {file}: {reason}"))?;
        if !covers(&text, SHIFTED, IDS) {
            return Err(format!("the ids from {SHIFTED} on are not there in this container, by {file}"));
        }
    }
    Ok(Way::Root { first: SHIFTED })
}

/// Whether a map, as `/proc/self/uid_map` shows it, has all of these ids.
fn covers(map: &str, first: u32, count: u32) -> bool {
    map.lines().any(|line| {
        let numbers: Vec<u64> = line.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        let [inside, _, length] = numbers[..] else { return false };
        inside <= u64::from(first) && u64::from(first) + u64::from(count) <= inside + length
    })
}

fn sub_ids() -> Result<Way, String> {
    let (uid, gid) = own()?;
    for program in ["newuidmap", "newgidmap"] {
        find(program).ok_or_else(|| format!("`{program}` is not installed (Debian's package `uidmap`)"))?;
    }
    let user = User::from_uid(uid).ok().flatten().map(|user| user.name);
    let range = |file: &str| {
        let text = fs::read_to_string(file).map_err(|reason| format!("cannot read {file}: {reason}"))?;
        range_of(&text, user.as_deref(), uid.as_raw())
            .ok_or_else(|| format!("{file} has no range of at least 65535 ids for this user"))
    };
    let (users, groups) = (range("/etc/subuid")?, range("/etc/subgid")?);
    Ok(Way::SubIds { own: (uid.as_raw(), gid.as_raw()), users, groups })
}

/// The first range of a user that is long enough for an image (`subuid(5)`), cut to what an image can use.
fn range_of(text: &str, name: Option<&str>, id: u32) -> Option<(u32, u32)> {
    let id = id.to_string();
    text.lines().find_map(|line| {
        let mut fields = line.trim().split(':');
        let owner = fields.next()?;
        let first: u32 = fields.next()?.parse().ok()?;
        let count: u32 = fields.next()?.parse().ok()?;
        let ours = Some(owner) == name || owner == id;
        let fits = first > 0 && first.checked_add(count).is_some() && count >= IDS - 1;
        (ours && fits).then_some((first, count.min(IDS - 1)))
    })
}

fn single() -> Result<Way, String> {
    let (uid, gid) = own()?;
    Ok(Way::Single { own: (uid.as_raw(), gid.as_raw()) })
}

/// The user of rlint, if that is not root: root is never mapped to itself.
fn own() -> Result<(Uid, Gid), String> {
    let (uid, gid) = (geteuid(), getegid());
    if uid.is_root() {
        return Err("root of the host is not let in as root of an image".to_owned());
    }
    Ok((uid, gid))
}

fn find(program: &str) -> Option<PathBuf> {
    let folders = ["/usr/bin", "/bin", "/usr/local/bin", "/usr/sbin", "/sbin"];
    folders.iter().map(|folder| Path::new(folder).join(program)).find(|path| path.is_file())
}

fn new_id_map(program: &str, pid: u32, own: u32, (first, count): (u32, u32)) -> Result<(), String> {
    let path = find(program).ok_or_else(|| format!("`{program}` is not installed"))?;
    let numbers = [pid, 0, own, 1, 1, first, count].map(|number| number.to_string());
    let output: io::Result<_> = Command::new(path).args(numbers).stdin(Stdio::null()).env_clear().output();
    let output = output.map_err(|reason| format!("cannot run {program}: {reason}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{program} refuses: {}", String::from_utf8_lossy(&output.stderr).trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_covers_what_lies_in_one_of_its_lines() {
        let whole = "         0          0 4294967295\n";
        assert!(covers(whole, SHIFTED, IDS));
        assert!(!covers("0 100000 65536\n", SHIFTED, IDS));
        assert!(covers("0 1000 1\n1 100000 2000000\n", SHIFTED, IDS));
        assert!(!covers("", 0, 1));
    }

    #[test]
    fn the_range_of_a_user_is_found_by_name_or_id_and_must_be_long_enough() {
        let text = "ann:100000:65536\n1001:200000:65536\nbob:300000:1000\nbob:400000:65535\n#\ntom:0:65536\n";
        assert_eq!(range_of(text, Some("ann"), 1000), Some((100_000, 65_535)));
        assert_eq!(range_of(text, None, 1001), Some((200_000, 65_535)));
        assert_eq!(range_of(text, Some("bob"), 1002), Some((400_000, 65_535)));
        assert_eq!(range_of(text, Some("tom"), 1003), None);
        assert_eq!(range_of(text, Some("eve"), 1004), None);
    }

    #[test]
    fn root_inside_is_nobody_special_outside() {
        let root = Way::Root { first: SHIFTED };
        assert_eq!(root.root(), (SHIFTED, SHIFTED));
        assert!(root.has_group(5) && !root.has_group(IDS));
        let single = Way::Single { own: (1000, 1000) };
        assert!(!single.has_group(5) && !single.has_ids());
    }
}
