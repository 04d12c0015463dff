//! The files of a commit, as Git lists them, and what the core sees of them.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::{Component, Path};
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashSet;

use crate::text::{Entry, Files, normalize};

/// The name that Git gives to a content: the same content has the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId([u8; 32]);

impl ObjectId {
    /// Reads 40 hexadecimal digits (SHA-1) or 64 (SHA-256).
    pub fn from_hex(digits: &[u8]) -> Option<ObjectId> {
        if !matches!(digits.len(), 40 | 64) {
            return None;
        }
        let digit = |byte: u8| (byte as char).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Some(ObjectId(bytes))
    }

    /// The bytes of it, those of SHA-1 filled up by zeros.
    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for ObjectId {
    /// In hexadecimal digits, as Git has it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = if self.0[20..].iter().all(|byte| *byte == 0) { 20 } else { 32 };
        self.0[..end].iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A file of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeFile {
    /// Its kind and whether it can be run, as in Git: `100644`, `100755`, `120000`, `160000`, in octal.
    pub mode: u32,
    /// Its content; for a submodule the commit that is checked out there.
    pub id: ObjectId,
}

impl TreeFile {
    /// Whether it is a symbolic link.
    pub fn is_link(&self) -> bool {
        self.mode == 0o120_000
    }

    /// Whether it stands for the files of another repository.
    pub fn is_submodule(&self) -> bool {
        self.mode == 0o160_000
    }
}

/// What a commit changes at one path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeChange {
    /// From the root of the repository.
    pub path: Box<str>,
    /// `None` where it was not there before.
    pub before: Option<TreeFile>,
    /// `None` where it is no longer there.
    pub after: Option<TreeFile>,
}

/// The files of a commit, by their paths from the root of the repository.
#[derive(Clone, Debug, Default)]
pub struct CommitTree {
    files: BTreeMap<Box<str>, TreeFile>,
}

/// What reads the content of files.
pub trait Blobs: Sync {
    /// The content with that name.
    ///
    /// # Errors
    ///
    /// Where it cannot be had, or is too large.
    fn read(&self, id: ObjectId) -> io::Result<Arc<[u8]>>;
}

/// Links upon links that are followed.
const MOST_LINKS: usize = 8;

impl CommitTree {
    /// Adds or replaces a file.
    pub fn insert(&mut self, path: impl Into<Box<str>>, file: TreeFile) {
        self.files.insert(path.into(), file);
    }

    /// Makes of the tree before a change the tree after it.
    pub fn apply(&mut self, change: &TreeChange) {
        match change.after {
            Some(file) => self.insert(change.path.clone(), file),
            None => {
                self.files.remove(&change.path);
            }
        }
    }

    /// The file at `path`, links not followed.
    pub fn get(&self, path: &str) -> Option<TreeFile> {
        self.files.get(path).copied()
    }

    /// The file at `path`, or all that lie below the folder at `path`; all of them for the empty path.
    pub(super) fn at_or_below<'t>(&'t self, path: &'t str) -> impl Iterator<Item = (&'t str, TreeFile)> {
        let prefix = if path.is_empty() { String::new() } else { format!("{path}/") };
        let own = self.files.get_key_value(path).map(|(path, file)| (&**path, *file));
        let start: Box<str> = prefix.as_str().into();
        let below = self.files.range(start..).map(|(path, file)| (&**path, *file));
        own.into_iter().chain(below.take_while(move |(path, _)| path.starts_with(&prefix)))
    }

    /// Whether there are files below `path`.
    pub fn is_folder(&self, path: &str) -> bool {
        path.is_empty() || self.at_or_below(path).any(|(other, _)| other.len() > path.len())
    }

    /// The path of the file that is read at `path`: itself, or where its link leads to. `None` where that is not in the
    /// repository.
    pub fn resolve(&self, path: &str, blobs: &dyn Blobs) -> Option<String> {
        let mut path = path.to_owned();
        for _ in 0..MOST_LINKS {
            let Some(file) = self.get(&path) else { return self.is_folder(&path).then_some(path) };
            if !file.is_link() {
                return Some(path);
            }
            let target = blobs.read(file.id).ok()?;
            let target = std::str::from_utf8(&target).ok()?;
            if target.starts_with('/') {
                return None;
            }
            path = inside(&Path::new(&path).parent()?.join(target))?;
        }
        None
    }

    /// The submodule that `path` lies in.
    pub(super) fn submodule_above(&self, path: &str) -> Option<(&str, TreeFile)> {
        let ends = path.match_indices('/').map(|(at, _)| at);
        let found = ends.filter_map(|at| self.files.get_key_value(&path[..at])).find(|(_, file)| file.is_submodule());
        found.map(|(path, file)| (&**path, *file))
    }

    fn list(&self, folder: &str) -> Vec<Entry> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let mut entries = Vec::new();
        let mut from: Box<str> = prefix.as_str().into();
        while let Some((path, file)) = self.files.range(from..).next() {
            let Some(rest) = path.strip_prefix(&*prefix) else { break };
            from = match rest.split_once('/') {
                Some((name, _)) => {
                    entries.push(Entry { name: name.to_owned(), is_dir: true });
                    // What comes after `/` in the order of the paths is past the whole folder.
                    format!("{prefix}{name}0").into()
                }
                None => {
                    entries.push(Entry { name: rest.to_owned(), is_dir: file.is_submodule() });
                    format!("{path}\0").into()
                }
            };
        }
        entries.sort();
        entries
    }
}

/// A path from the root of the repository, its `..` taken away; `None` when it leads out.
fn inside(path: &Path) -> Option<String> {
    let parts = normalize(path);
    let names = parts.components().map(|part| match part {
        Component::Normal(name) => name.to_str(),
        _ => None,
    });
    Some(names.collect::<Option<Vec<_>>>()?.join("/"))
}

/// The files of a commit as the core sees files: paths are those from the root of the repository.
pub struct CommitFiles<'a> {
    tree: &'a CommitTree,
    blobs: &'a dyn Blobs,
    read: Mutex<FxHashSet<String>>,
}

impl<'a> CommitFiles<'a> {
    /// The files of `tree`, whose content `blobs` has.
    pub fn new(tree: &'a CommitTree, blobs: &'a dyn Blobs) -> CommitFiles<'a> {
        CommitFiles { tree, blobs, read: Mutex::default() }
    }

    /// The files whose content was asked for.
    pub(super) fn into_read(self) -> FxHashSet<String> {
        self.read.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How the text begins that stands for a file in Git LFS (<https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md>).
const LFS_POINTER: &[u8] = b"version https://git-lfs.github.com/spec/";

impl Files for CommitFiles<'_> {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let missing = || io::Error::from(io::ErrorKind::NotFound);
        let path = inside(path).ok_or_else(missing)?;
        let path = self.tree.resolve(&path, self.blobs).ok_or_else(missing)?;
        let file = self.tree.get(&path).filter(|file| !file.is_submodule()).ok_or_else(missing)?;
        self.read.lock().unwrap_or_else(PoisonError::into_inner).insert(path);
        let bytes = self.blobs.read(file.id)?;
        if bytes.starts_with(LFS_POINTER) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "its content is kept in Git LFS"));
        }
        Ok(bytes.to_vec())
    }

    fn list(&self, folder: &Path) -> io::Result<Arc<[Entry]>> {
        let missing = || io::Error::from(io::ErrorKind::NotFound);
        let folder = inside(folder).ok_or_else(missing)?;
        let folder = self.tree.resolve(&folder, self.blobs).ok_or_else(missing)?;
        let entries = self.tree.list(&folder);
        let submodule = self.tree.get(&folder).is_some_and(|file| file.is_submodule());
        if entries.is_empty() && !submodule && !folder.is_empty() { Err(missing()) } else { Ok(entries.into()) }
    }

    fn exists(&self, path: &Path) -> bool {
        inside(path).and_then(|path| self.tree.resolve(&path, self.blobs)).is_some()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::collections::HashMap;

    use sha2::{Digest, Sha256};

    use super::*;

    /// Contents in memory, each named by its own hash.
    #[derive(Default)]
    pub(in crate::build::history) struct MemoryBlobs {
        contents: HashMap<ObjectId, Arc<[u8]>>,
    }

    impl MemoryBlobs {
        pub(in crate::build::history) fn add(&mut self, content: &str) -> ObjectId {
            let id = ObjectId(Sha256::digest(content).into());
            self.contents.insert(id, content.as_bytes().into());
            id
        }

        pub(in crate::build::history) fn file(&mut self, content: &str) -> TreeFile {
            TreeFile { mode: 0o100_644, id: self.add(content) }
        }

        pub(in crate::build::history) fn tree(&mut self, files: &[(&str, &str)]) -> CommitTree {
            let mut tree = CommitTree::default();
            files.iter().for_each(|(path, content)| tree.insert(*path, self.file(content)));
            tree
        }
    }

    impl Blobs for MemoryBlobs {
        fn read(&self, id: ObjectId) -> io::Result<Arc<[u8]>> {
            self.contents.get(&id).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
        }
    }

    #[test]
    fn names_of_contents_are_read_in_both_lengths() {
        let short = "61780798228d17af2d34fce4cfbdf35556832472";
        let id = ObjectId::from_hex(short.as_bytes()).expect("40 digits");
        assert_eq!((id.bytes()[0], id.bytes()[19], id.bytes()[20]), (0x61, 0x72, 0));
        assert_eq!(id.to_string(), short);
        assert!(ObjectId::from_hex("ab".repeat(32).as_bytes()).is_some());
        for wrong in ["", "6178", &short[..39], &short.replace('a', "g"), &format!("{short}00")] {
            assert_eq!(ObjectId::from_hex(wrong.as_bytes()), None, "{wrong}");
        }
    }

    #[test]
    fn a_folder_lists_what_lies_in_it_and_links_are_followed_inside() {
        let mut blobs = MemoryBlobs::default();
        let mut tree = blobs.tree(&[
            ("a/x", "1"),
            ("a/y/z", "2"),
            ("a-b", "3"),
            ("a.c", "4"),
            ("lfs", "version https://git-lfs.github.com/spec/v1\noid sha256:00\n"),
        ]);
        let link = |blobs: &mut MemoryBlobs, to: &str| TreeFile { mode: 0o120_000, id: blobs.add(to) };
        tree.insert("a/to", link(&mut blobs, "../a-b"));
        tree.insert("folder", link(&mut blobs, "a/y"));
        tree.insert("out", link(&mut blobs, "../../etc/passwd"));
        tree.insert("absolute", link(&mut blobs, "/etc/passwd"));
        tree.insert("loop", link(&mut blobs, "loop"));
        tree.insert("sub", TreeFile { mode: 0o160_000, id: blobs.add("commit") });
        let files = CommitFiles::new(&tree, &blobs);
        let names = |folder: &str| {
            let entries = files.list(Path::new(folder)).unwrap_or_default();
            entries
                .iter()
                .map(|entry| entry.name.clone() + if entry.is_dir { "/" } else { "" })
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(names("."), "a/ a-b a.c absolute folder lfs loop out sub/");
        assert_eq!((names("a"), names("folder")), ("to x y/".to_owned(), "z".to_owned()));
        let read = |path: &str| files.read(Path::new(path)).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        assert_eq!(read("./a/../a/to").as_deref(), Some("3"));
        for path in ["out", "absolute", "loop", "lfs", "sub", "a", "../a-b", "none"] {
            assert_eq!(read(path), None, "{path}");
        }
        assert!(files.exists(Path::new("a/y")) && files.exists(Path::new("sub")) && !files.exists(Path::new("a/q")));
        assert_eq!(tree.submodule_above("sub/x/y").map(|(path, _)| path), Some("sub"));
        assert_eq!(tree.at_or_below("a").map(|(path, _)| path).collect::<Vec<_>>(), ["a/to", "a/x", "a/y/z"]);
    }
}
