//! What differs between two trees, and which of it differs from build to build anyway.

use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

use globset::{GlobBuilder, GlobMatcher};

use super::listing::Entry;

/// A path at which two trees differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The path, as listings have it.
    pub path: String,
    /// In what.
    pub change: Change,
    /// Why it would differ between two builds of the same, if it would.
    pub volatile: Option<&'static str>,
}

/// In what two trees differ at a path.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Only the second tree has it.
    Added(Box<Entry>),
    /// Only the first tree has it.
    Removed(Box<Entry>),
    /// Both have it.
    Changed {
        /// In the first tree.
        before: Box<Entry>,
        /// In the second tree.
        after: Box<Entry>,
        /// What is not the same; never empty.
        aspects: Vec<Aspect>,
    },
}

/// What can differ of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Aspect {
    /// File, folder, link …
    Kind,
    /// Permissions.
    Mode,
    /// The user it belongs to.
    User,
    /// The group it belongs to.
    Group,
    /// What is in a file.
    Content,
    /// Where a link leads.
    Target,
    /// The numbers of a device.
    Device,
    /// Extended attributes.
    Attributes,
    /// Which other names the file has.
    Names,
}

impl fmt::Display for Aspect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Aspect::Kind => "kind",
            Aspect::Mode => "mode",
            Aspect::User => "user",
            Aspect::Group => "group",
            Aspect::Content => "content",
            Aspect::Target => "target",
            Aspect::Device => "device numbers",
            Aspect::Attributes => "extended attributes",
            Aspect::Names => "hard links",
        })
    }
}

/// Files whose content is another one in every build, and why. Those of Debian were seen in two builds of one
/// Dockerfile with `apt-get install` and `useradd`: of 7036 entries exactly the first six differed.
pub const VOLATILE: &[(&str, &str)] = &[
    ("var/cache/apt/pkgcache.bin", "the cache of apt holds times"),
    ("var/cache/apt/srcpkgcache.bin", "the cache of apt holds times"),
    ("var/cache/ldconfig/aux-cache", "the cache of ldconfig holds times and inodes"),
    ("var/log/apt/{history,term}.log", "the log of apt holds times"),
    ("var/log/dpkg.log", "the log of dpkg holds times"),
    ("var/log/alternatives.log", "the log of update-alternatives holds times"),
    ("var/log/apt/eipp.log.xz", "the log of apt is compressed anew"),
    ("var/log/{dnf,dnf.librepo,dnf.rpm,hawkey}.log", "the log of dnf holds times"),
    ("var/log/yum.log", "the log of yum holds times"),
    ("**/__pycache__/*.pyc", "compiled Python holds the time of its source"),
    ("etc/machine-id", "it is made up when it is installed"),
    ("var/lib/dbus/machine-id", "it is made up when it is installed"),
    ("etc/ssh/ssh_host_*_key", "keys are made up when the server is installed"),
    ("etc/ssh/ssh_host_*_key.pub", "keys are made up when the server is installed"),
    ("etc/ssl/{private/ssl-cert-snakeoil.key,certs/ssl-cert-snakeoil.pem}", "the key is made up when it is installed"),
];

/// The differences between two listings, in the order of the paths.
pub fn differences(before: &[Entry], after: &[Entry]) -> Vec<Difference> {
    let old: HashMap<&str, &Entry> = before.iter().map(|entry| (entry.path.as_str(), entry)).collect();
    let new: HashMap<&str, &Entry> = after.iter().map(|entry| (entry.path.as_str(), entry)).collect();
    let (old_names, new_names) = (names(before), names(after));
    let mut paths: Vec<&str> = old.keys().chain(new.keys().filter(|path| !old.contains_key(*path))).copied().collect();
    paths.sort_unstable();
    let mut found = Vec::new();
    for path in paths {
        let change = match (old.get(path), new.get(path)) {
            (Some(old), Some(new)) => {
                let mut aspects = aspects(old, new);
                if old_names.get(path) != new_names.get(path) {
                    aspects.push(Aspect::Names);
                }
                if aspects.is_empty() {
                    continue;
                }
                Change::Changed { before: Box::new((*old).clone()), after: Box::new((*new).clone()), aspects }
            }
            (Some(old), None) => Change::Removed(Box::new((*old).clone())),
            (None, Some(new)) => Change::Added(Box::new((*new).clone())),
            (None, None) => continue,
        };
        let volatile = volatile(path, &change);
        found.push(Difference { path: path.to_owned(), change, volatile });
    }
    found
}

fn aspects(old: &Entry, new: &Entry) -> Vec<Aspect> {
    if old.kind != new.kind {
        return vec![Aspect::Kind];
    }
    let all = [
        (Aspect::Mode, old.mode != new.mode),
        (Aspect::User, old.uid != new.uid),
        (Aspect::Group, old.gid != new.gid),
        (Aspect::Content, old.size != new.size || old.sha256 != new.sha256),
        (Aspect::Target, old.target != new.target),
        (Aspect::Device, old.device != new.device),
        (Aspect::Attributes, old.xattrs != new.xattrs),
    ];
    all.into_iter().filter_map(|(aspect, differs)| differs.then_some(aspect)).collect()
}

/// The names that each file with several has, by each of them.
fn names(entries: &[Entry]) -> HashMap<&str, std::rc::Rc<Vec<&str>>> {
    let mut groups: HashMap<&str, Vec<&str>> = HashMap::new();
    for entry in entries {
        if let Some(first) = &entry.same_as {
            groups.entry(first).or_default().push(&entry.path);
        }
    }
    let mut names = HashMap::new();
    for mut group in groups.into_values() {
        // A file whose other names are outside of the tree has one name in it.
        if group.len() < 2 {
            continue;
        }
        group.sort_unstable();
        let group = std::rc::Rc::new(group);
        names.extend(group.iter().map(|name| (*name, std::rc::Rc::clone(&group))));
    }
    names
}

/// Only content is volatile: that such a file is there or not, or whose it is, no two builds of the same disagree on.
fn volatile(path: &str, change: &Change) -> Option<&'static str> {
    static MATCHERS: LazyLock<Vec<(GlobMatcher, &'static str)>> = LazyLock::new(|| {
        let matcher = |(pattern, why): &(&str, &'static str)| {
            let glob = GlobBuilder::new(pattern).literal_separator(true).build().ok()?;
            Some((glob.compile_matcher(), *why))
        };
        VOLATILE.iter().filter_map(matcher).collect()
    });
    let Change::Changed { aspects, .. } = change else { return None };
    if *aspects != [Aspect::Content] {
        return None;
    }
    MATCHERS.iter().find(|(matcher, _)| matcher.is_match(path)).map(|(_, why)| *why)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::listing::Kind;
    use super::*;

    fn file(path: &str, content: &str) -> Entry {
        Entry {
            path: path.to_owned(),
            kind: Kind::File,
            mode: 0o644,
            uid: 0,
            gid: 0,
            size: content.len() as u64,
            sha256: Some(content.to_owned()),
            target: None,
            device: None,
            xattrs: BTreeMap::new(),
            same_as: None,
        }
    }

    /// Each difference as a line.
    fn shown(before: &[Entry], after: &[Entry]) -> Vec<String> {
        let show = |difference: Difference| {
            let change = match difference.change {
                Change::Added(_) => "added".to_owned(),
                Change::Removed(_) => "removed".to_owned(),
                Change::Changed { aspects, .. } => {
                    aspects.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
                }
            };
            let volatile = if difference.volatile.is_some() { " (volatile)" } else { "" };
            format!("{}: {change}{volatile}", difference.path)
        };
        differences(before, after).into_iter().map(show).collect()
    }

    #[test]
    fn every_aspect_is_seen_and_equal_trees_are_equal() {
        let base = file("f", "1");
        assert_eq!(shown(std::slice::from_ref(&base), std::slice::from_ref(&base)), [""; 0]);
        let link = Entry { kind: Kind::SymbolicLink, sha256: None, target: Some("x".into()), ..base.clone() };
        let device = Entry { kind: Kind::BlockDevice, device: Some((1, 2)), ..base.clone() };
        let xattrs = BTreeMap::from([("user.a".to_owned(), "00".to_owned())]);
        let cases = [
            (base.clone(), Entry { mode: 0o4755, ..base.clone() }, "f: mode"),
            (base.clone(), Entry { uid: 1, gid: 2, ..base.clone() }, "f: user, group"),
            (base.clone(), file("f", "2"), "f: content"),
            (base.clone(), Entry { xattrs, ..base.clone() }, "f: extended attributes"),
            (base.clone(), link.clone(), "f: kind"),
            (link.clone(), Entry { target: Some("y".into()), ..link }, "f: target"),
            (device.clone(), Entry { device: Some((1, 3)), ..device }, "f: device numbers"),
        ];
        for (before, after, wanted) in cases {
            assert_eq!(shown(&[before], &[after]), [wanted]);
        }
        assert_eq!(shown(&[file("a", ""), file("b", "")], &[file("b", ""), file("c", "")]), ["a: removed", "c: added"]);
    }

    #[test]
    fn names_of_one_file_are_compared_as_a_whole() {
        let same = |path: &str, first: &str| Entry { same_as: Some(first.to_owned()), ..file(path, "1") };
        let pair = [same("a", "a"), same("b", "a")];
        let apart = [file("a", "1"), file("b", "1")];
        assert_eq!(shown(&pair, &pair), [""; 0]);
        assert_eq!(shown(&pair, &apart), ["a: hard links", "b: hard links"]);
        let three = [same("a", "a"), same("b", "a"), same("c", "a")];
        assert_eq!(shown(&pair, &three), ["a: hard links", "b: hard links", "c: added"]);
        // Another name of it is outside of the tree.
        assert_eq!(shown(&[same("a", "a")], &[file("a", "1")]), [""; 0]);
    }

    #[test]
    fn only_the_content_of_volatile_files_is_volatile() {
        let changed = |path: &str| shown(&[file(path, "1")], &[file(path, "2")]).concat();
        for path in [
            "var/cache/apt/pkgcache.bin",
            "var/log/apt/term.log",
            "usr/lib/python3/x/__pycache__/a.cpython-311.pyc",
            "etc/ssh/ssh_host_rsa_key.pub",
            "etc/ssh/ssh_host_ed25519_key",
            "etc/ssl/certs/ssl-cert-snakeoil.pem",
        ] {
            assert_eq!(changed(path), format!("{path}: content (volatile)"));
        }
        for path in ["var/log/apt/x/term.log", "home/var/log/dpkg.log", "etc/passwd", "usr/lib/x.pyc"] {
            assert_eq!(changed(path), format!("{path}: content"));
        }
        let log = file("var/log/dpkg.log", "1");
        assert_eq!(shown(std::slice::from_ref(&log), &[]), ["var/log/dpkg.log: removed"]);
        assert_eq!(
            shown(&[log], &[Entry { uid: 1, ..file("var/log/dpkg.log", "2") }]).concat(),
            "var/log/dpkg.log: user, content"
        );
    }

    #[test]
    fn every_volatile_pattern_is_a_pattern() {
        for (pattern, why) in VOLATILE {
            assert!(GlobBuilder::new(pattern).build().is_ok() && !why.is_empty(), "{pattern}");
        }
    }
}
