//! Trees of files made by chance, the same ones for the same seed, and what one is changed into.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, lchown, symlink};
use std::path::{Path, PathBuf};

use nix::sys::stat::{Mode, SFlag, mknod};
use nix::unistd::mkfifo;

use super::is_root;

/// Numbers by chance: splitmix64.
pub(super) struct Chance(pub(super) u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    pub(super) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    /// Whether something happens that happens `percent` times in a hundred.
    pub(super) fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn pick<'p, T>(&mut self, from: &'p [T]) -> &'p T {
        &from[self.below(from.len())]
    }
}

/// A tree as paths; the folder of each is in it, too.
pub(super) type Tree = BTreeMap<Vec<u8>, Node>;

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    pub(super) what: What,
    mode: u32,
    owner: (u32, u32),
    xattrs: BTreeMap<String, Vec<u8>>,
    mtime: i64,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum What {
    Folder,
    File(Vec<u8>),
    Link(Vec<u8>),
    Fifo,
    /// Another name of the first path, which is a file, a link or a pipe.
    Same(Vec<u8>),
}

/// Names with everything that a name may have.
const NAMES: [&[u8]; 12] =
    [b"a", b"b", b"etc", b"a-", b"-", b" ", b"\xff\xfe", b"with\nbreak", b".hidden", b"wh.", "ü".as_bytes(), b"\\"];

fn node(chance: &mut Chance, what: What) -> Node {
    let is_plain = matches!(what, What::Folder | What::File(_));
    let modes = if what == What::Folder {
        &[0o755, 0o700, 0o1777, 0o2750][..]
    } else {
        &[0o644, 0o755, 0o4755, 0o2755, 0o600][..]
    };
    let mode = if matches!(what, What::Link(_)) { 0o777 } else { *chance.pick(modes) };
    let mut xattrs = BTreeMap::new();
    if is_plain && chance.percent(15) {
        xattrs.insert("user.note".to_owned(), vec![0, 1, u8::try_from(chance.below(250)).unwrap()]);
    }
    if matches!(what, What::File(_)) && is_root() && chance.percent(10) {
        // `struct vfs_cap_data`, with some permitted capabilities.
        let mut capability = vec![1, 0, 0, 2, 0, u8::try_from(chance.below(250)).unwrap()];
        capability.resize(20, 0);
        xattrs.insert("security.capability".to_owned(), capability);
    }
    let owner = if is_root() { *chance.pick(&[(0, 0), (1000, 1000), (33, 4), (65_534, 0)]) } else { super::own_ids() };
    let mtime = i64::try_from(chance.below(2_000_000_000)).unwrap();
    Node { what, mode, owner, xattrs, mtime }
}

fn leaf(chance: &mut Chance, tree: &Tree) -> Node {
    let what = match chance.below(10) {
        0 => What::Link(chance.pick(&[&b"a"[..], b"../etc", b"/nowhere", b"\xff"]).to_vec()),
        1 => What::Fifo,
        2 => {
            let files: Vec<&Vec<u8>> = tree
                .iter()
                .filter(|(_, node)| !matches!(node.what, What::Folder | What::Same(_)))
                .map(|(path, _)| path)
                .collect();
            match files.as_slice() {
                [] => What::File(Vec::new()),
                files => What::Same((*chance.pick(files)).clone()),
            }
        }
        size => What::File(vec![b'x'; (size - 3) * 300 + chance.below(3)]),
    };
    node(chance, what)
}

fn folders(tree: &Tree) -> Vec<Vec<u8>> {
    let below = tree.iter().filter(|(_, node)| node.what == What::Folder).map(|(path, _)| path.clone());
    std::iter::once(Vec::new()).chain(below).collect()
}

fn join(folder: &[u8], name: &[u8]) -> Vec<u8> {
    if folder.is_empty() { name.to_vec() } else { [folder, b"/", name].concat() }
}

/// Adds something somewhere.
fn grow(chance: &mut Chance, tree: &mut Tree) {
    let folders = folders(tree);
    let name: &[u8] = NAMES[chance.below(NAMES.len())];
    let folder: &Vec<u8> = chance.pick(&folders);
    let path = join(folder, name);
    if tree.contains_key(&path) || path.len() > 60 {
        return;
    }
    let new = if chance.percent(35) { node(chance, What::Folder) } else { leaf(chance, tree) };
    tree.insert(path, new);
}

pub(super) fn tree(chance: &mut Chance) -> Tree {
    let mut tree = Tree::new();
    for _ in 0..chance.below(60) {
        grow(chance, &mut tree);
    }
    tidy(&mut tree);
    tree
}

/// What `tree` is after some things happened to it.
pub(super) fn changed(chance: &mut Chance, tree: &Tree) -> Tree {
    let mut tree = tree.clone();
    for _ in 0..chance.below(25) {
        let paths: Vec<Vec<u8>> = tree.keys().cloned().collect();
        if paths.is_empty() || chance.percent(40) {
            grow(chance, &mut tree);
            continue;
        }
        let path = chance.pick(&paths).clone();
        match chance.below(4) {
            0 => remove(&mut tree, &path),
            1 => {
                // Something else in the same place: a file where a folder was, a folder where a link was.
                remove(&mut tree, &path);
                let new = if chance.percent(40) { node(chance, What::Folder) } else { leaf(chance, &tree) };
                tree.insert(path, new);
            }
            2 => {
                let what = tree[&path].what.clone();
                let new = node(chance, what);
                tree.insert(path, new);
            }
            _ => {
                if let What::File(content) = &mut tree.get_mut(&path).unwrap().what {
                    content.push(b'y');
                }
            }
        }
    }
    tidy(&mut tree);
    tree
}

fn remove(tree: &mut Tree, path: &[u8]) {
    let inner = join(path, b"");
    tree.retain(|other, _| other != path && !other.starts_with(&inner));
}

/// Files whose first name is gone have the others; the first one in the order of the paths has the content.
fn tidy(tree: &mut Tree) {
    let mut groups: BTreeMap<Vec<u8>, BTreeSet<Vec<u8>>> = BTreeMap::new();
    for (path, node) in &*tree {
        if let What::Same(first) = &node.what {
            groups.entry(first.clone()).or_default().insert(path.clone());
        }
    }
    for (first, mut names) in groups {
        let shared = match tree.get(&first) {
            Some(node) if !matches!(node.what, What::Folder | What::Same(_)) => {
                names.insert(first);
                node.clone()
            }
            // What they were names of is gone, or is something else by now.
            _ => Node { what: What::File(b"left".to_vec()), ..tree[names.first().unwrap()].clone() },
        };
        let shared = match shared.what {
            What::Link(_) => Node { mode: 0o777, xattrs: BTreeMap::new(), ..shared },
            What::Fifo => Node { xattrs: BTreeMap::new(), ..shared },
            _ => shared,
        };
        let mut names = names.into_iter();
        let head = names.next().unwrap();
        tree.insert(head.clone(), shared.clone());
        for name in names {
            tree.insert(name, Node { what: What::Same(head.clone()), ..shared.clone() });
        }
    }
}

/// The names that each file has.
fn names(tree: &Tree) -> BTreeMap<&[u8], BTreeSet<&[u8]>> {
    let mut groups: BTreeMap<&[u8], BTreeSet<&[u8]>> = BTreeMap::new();
    for (path, node) in tree {
        let first = if let What::Same(first) = &node.what { first } else { path };
        groups.entry(first).or_default().insert(path);
    }
    groups.values().flat_map(|group| group.iter().map(move |name| (*name, group.clone()))).collect()
}

/// The paths that are the same in both trees, all the other names of their files included.
fn same<'t>(before: &'t Tree, after: &'t Tree) -> BTreeSet<&'t [u8]> {
    let (old, new) = (names(before), names(after));
    let is_same = |path: &&[u8]| before.get(*path) == after.get(*path) && old.get(path) == new.get(path);
    old.keys().copied().filter(is_same).collect()
}

fn place(root: &Path, path: &[u8]) -> PathBuf {
    root.join(OsStr::from_bytes(path))
}

/// Makes the files of a tree that `is_wanted`; what is there already keeps its place only if it is a folder.
pub(super) fn write(root: &Path, tree: &Tree, is_wanted: &dyn Fn(&[u8]) -> bool) {
    for (path, node) in tree.iter().filter(|(path, _)| is_wanted(path)) {
        let at = place(root, path);
        match &node.what {
            What::Folder if at.is_dir() => {}
            What::Folder => fs::create_dir(&at).unwrap(),
            What::File(content) => fs::write(&at, content).unwrap(),
            What::Link(target) => symlink(OsStr::from_bytes(target), &at).unwrap(),
            What::Fifo => mkfifo(&at, Mode::from_bits_truncate(0o600)).unwrap(),
            What::Same(first) => {
                fs::hard_link(place(root, first), &at).unwrap();
                continue;
            }
        }
        describe(&at, node);
    }
    // Inner folders change the times of outer ones.
    for (path, node) in tree.iter().rev().filter(|(path, _)| is_wanted(path)) {
        set_time(&place(root, path), node.mtime);
    }
}

fn describe(at: &Path, node: &Node) {
    lchown(at, Some(node.owner.0), Some(node.owner.1)).unwrap();
    if !matches!(node.what, What::Link(_)) {
        fs::set_permissions(at, fs::Permissions::from_mode(node.mode)).unwrap();
    }
    if matches!(node.what, What::Folder | What::File(_)) {
        for name in xattr::list(at).unwrap().filter(|name| !name.as_bytes().starts_with(b"user.overlay.")) {
            let _ = xattr::remove(at, &name);
        }
        for (name, value) in &node.xattrs {
            xattr::set(at, name, value).unwrap();
        }
    }
}

fn set_time(at: &Path, mtime: i64) {
    let time = nix::sys::time::TimeSpec::new(mtime, 0);
    let flag = nix::sys::stat::UtimensatFlags::NoFollowSymlink;
    nix::sys::stat::utimensat(File::open("/").unwrap(), at, &time, &time, flag).unwrap();
}

/// Removes what is at a path.
pub(super) fn clear(root: &Path, path: &[u8]) {
    let at = place(root, path);
    match fs::symlink_metadata(&at) {
        Ok(there) if there.is_dir() => fs::remove_dir_all(&at).unwrap(),
        Ok(_) => fs::remove_file(&at).unwrap(),
        Err(_) => {}
    }
}

/// Makes of a folder with `before` one with `after`, as a step of a build would.
pub(super) fn change(root: &Path, before: &Tree, after: &Tree) {
    let same = same(before, after);
    let keeps = |path: &[u8]| {
        let both_folders = |tree: &Tree| tree.get(path).is_some_and(|node| node.what == What::Folder);
        same.contains(path) || (both_folders(before) && both_folders(after))
    };
    for path in before.keys().rev().filter(|path| !keeps(path)) {
        clear(root, path);
    }
    write(root, after, &|path| !same.contains(path));
}

/// The top folder of an overlay that makes `after` of `before`, as the documentation of overlayfs says. Where a whole
/// folder is to be hidden it may be opaque, or every name in it removed.
pub(super) fn upper(root: &Path, before: &Tree, after: &Tree, chance: &mut Chance) {
    let same = same(before, after);
    let folder_of = |path: &[u8]| path.iter().rposition(|byte| *byte == b'/').map(|slash| path[..slash].to_vec());
    let is_folder = |tree: &Tree, path: &[u8]| tree.get(path).is_some_and(|node| node.what == What::Folder);
    let mut opaque: BTreeSet<Vec<u8>> = BTreeSet::new();
    // An opaque folder hides what is below it, so all that is in it has to be in it again.
    let hides = |opaque: &BTreeSet<Vec<u8>>, path: &[u8]| {
        std::iter::successors(folder_of(path), |path| folder_of(path)).any(|folder| opaque.contains(&folder))
    };
    let mut wanted: BTreeSet<Vec<u8>> = BTreeSet::new();
    for path in after.keys() {
        let inner_changes = before
            .keys()
            .chain(after.keys())
            .any(|other| other.starts_with(&join(path, b"")) && !same.contains(other.as_slice()));
        if is_folder(after, path) {
            let replaces = before.contains_key(path) && !is_folder(before, path);
            if replaces || (is_folder(before, path) && inner_changes && chance.percent(30)) {
                opaque.insert(path.clone());
            }
        }
        if !same.contains(path.as_slice()) || inner_changes || hides(&opaque, path) || opaque.contains(path) {
            wanted.insert(path.clone());
        }
    }
    // All the names of a file go together.
    let groups = names(after);
    let together: Vec<Vec<u8>> =
        wanted.iter().filter_map(|path| groups.get(path.as_slice())).flatten().map(|name| name.to_vec()).collect();
    for path in together {
        wanted.extend(std::iter::successors(folder_of(&path), |path| folder_of(path)));
        wanted.insert(path);
    }
    write(root, after, &|path| wanted.contains(path));
    for path in &opaque {
        xattr::set(place(root, path), "user.overlay.opaque", b"y").unwrap();
    }
    for path in before.keys().filter(|path| !after.contains_key(*path)) {
        let folder = folder_of(path).unwrap_or_default();
        let is_seen = folder.is_empty() || (is_folder(before, &folder) && is_folder(after, &folder));
        if is_seen && !opaque.contains(&folder) && !hides(&opaque, path) {
            mknod(&place(root, path), SFlag::S_IFCHR, Mode::from_bits_truncate(0o600), 0).unwrap();
        }
    }
    for (path, node) in after.iter().rev().filter(|(path, _)| wanted.contains(*path)) {
        set_time(&place(root, path), node.mtime);
    }
}

/// The times of everything in a tree but its folders, which change with what is in them.
pub(super) fn times(root: &Path, tree: &Tree) -> Vec<i64> {
    let plain = tree.iter().filter(|(_, node)| node.what != What::Folder);
    plain.map(|(path, _)| fs::symlink_metadata(place(root, path)).unwrap().mtime()).collect()
}
