//! The build context as it was at one moment: what all builds of a run copy from.
//!
//! The folder is gone through once, behind its ignore file. What the files are is known by their content, mode and kind,
//! and not by their times or owners: so BuildKit keeps them (`cache/contenthash` of <https://github.com/moby/buildkit>,
//! Apache-2.0). Links are kept as they are and never followed.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::hash::KeyHasher;
use crate::build::hex::hex;
use crate::build::tree::{TarEntry, TarKind, TarWriter};
use crate::model::context::{Glob, IgnoreFile, path_in_context};

/// The files of a build context.
#[derive(Debug)]
pub struct Snapshot {
    pub(super) root: PathBuf,
    /// By their paths from the root, in the order in which folders come before what is in them.
    pub(super) entries: BTreeMap<PathBuf, SnapshotEntry>,
    /// Of all of it.
    digest: String,
    /// The bytes of all files.
    bytes: u64,
}

/// One file, folder or link.
#[derive(Clone, Debug)]
pub(super) struct SnapshotEntry {
    pub(super) kind: TarKind,
    pub(super) mode: u32,
    pub(super) size: u64,
    pub(super) mtime: i64,
    /// What a link says, and the first name of a file with several names.
    pub(super) link: Vec<u8>,
    /// Of the content of a file.
    pub(super) content: String,
}

/// How much of a context is taken.
#[derive(Clone, Copy, Debug)]
pub struct SnapshotLimits {
    /// Files, folders and links.
    pub entries: usize,
    /// Bytes of all files.
    pub bytes: u64,
    /// Folders within folders.
    pub depth: usize,
}

impl Default for SnapshotLimits {
    fn default() -> SnapshotLimits {
        SnapshotLimits { entries: 1_000_000, bytes: 16 << 30, depth: 1_000 }
    }
}

/// Why a context cannot be taken.
#[derive(Debug)]
pub enum SnapshotError {
    /// The system refused.
    Io {
        /// What was read.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// Something in it cannot be taken; why and what to do, starting in lower case.
    Refused(String),
    /// There is more of it than is taken.
    Limit(String),
    /// It changed while it was read.
    Changed(PathBuf),
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SnapshotError::Io { path, error } => {
                let advice = match error.kind() {
                    io::ErrorKind::PermissionDenied => "; if it is not needed, leave it out with .dockerignore",
                    _ => "",
                };
                write!(f, "cannot read `{}` of the build context: {error}{advice}", path.display())
            }
            SnapshotError::Refused(what) => f.write_str(what),
            SnapshotError::Limit(what) => {
                write!(f, "the build context has {what}: leave out what is not needed with .dockerignore")
            }
            SnapshotError::Changed(path) => {
                write!(f, "`{}` changed while the build context was read: try again", path.display())
            }
        }
    }
}

impl std::error::Error for SnapshotError {}

impl Snapshot {
    /// Takes what is in the folder `root` and not ignored.
    ///
    /// # Errors
    ///
    /// See [`SnapshotError`].
    pub fn take(root: &Path, ignore: Option<&IgnoreFile>, limits: SnapshotLimits) -> Result<Snapshot, SnapshotError> {
        let failed = |error| SnapshotError::Io { path: root.to_owned(), error };
        let root = root.canonicalize().map_err(failed)?;
        if !fs::metadata(&root).map_err(failed)?.is_dir() {
            return Err(SnapshotError::Refused(format!("the build context `{}` is no folder", root.display())));
        }
        let mut walk = Walk { root: &root, ignore, limits, entries: BTreeMap::new(), bytes: 0, names: HashMap::new() };
        walk.folder(Path::new(""), 0)?;
        let Walk { entries, bytes, .. } = walk;
        let mut hasher = KeyHasher::new("context");
        for (path, entry) in &entries {
            entry.add_to(&mut hasher, path);
        }
        Ok(Snapshot { digest: hasher.finish(), root, entries, bytes })
    }

    /// What it is known by.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The bytes of all files.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// How many files, folders and links there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The digests of its files, by their paths from the root.
    pub fn contents(&self) -> impl Iterator<Item = (&Path, &str)> {
        let files = self.entries.iter().filter(|(_, entry)| !entry.content.is_empty());
        files.map(|(path, entry)| (path.as_path(), entry.content.as_str()))
    }

    /// What `source` takes from it, a path or a pattern of COPY: a digest of everything that may count for the result,
    /// and perhaps of more.
    pub(super) fn digest_of(&self, source: &str) -> String {
        let clean = path_in_context(source);
        // What a link on the way leads to is not looked for: then all of it counts.
        let Some(tops) = self.tops(&clean) else { return self.digest.clone() };
        let mut hasher = KeyHasher::new("part of a context");
        for top in tops {
            for (path, entry) in self.below(&top) {
                entry.add_to(&mut hasher, path);
            }
        }
        hasher.finish()
    }

    /// The paths that a source names; `None` where a link stands on the way, or at the end of it.
    fn tops(&self, source: &str) -> Option<Vec<PathBuf>> {
        let mut found = vec![PathBuf::new()];
        for part in source.split('/').filter(|part| !part.is_empty()) {
            let glob = (!Glob::is_literal(part)).then(|| Glob::new(part).ok()).flatten();
            let mut next = Vec::new();
            for folder in found {
                match &glob {
                    None => next.push(folder.join(part)),
                    Some(glob) => next.extend(
                        self.children(&folder)
                            .filter(|path| path.file_name().is_some_and(|name| glob.matches(&name.to_string_lossy()))),
                    ),
                }
            }
            let is_link =
                |path: &PathBuf| self.entries.get(path).is_some_and(|entry| entry.kind == TarKind::SymbolicLink);
            if next.iter().any(is_link) {
                return None;
            }
            found = next;
        }
        Some(found)
    }

    fn below<'s>(&'s self, top: &'s Path) -> impl Iterator<Item = (&'s PathBuf, &'s SnapshotEntry)> {
        let from = self.entries.range(top.to_owned()..);
        from.take_while(move |(path, _)| path.starts_with(top))
    }

    fn children<'s>(&'s self, folder: &'s Path) -> impl Iterator<Item = PathBuf> + 's {
        self.below(folder).map(|(path, _)| path).filter(move |path| path.parent() == Some(folder)).cloned()
    }

    /// Writes it as the archive of a layer. Everything belongs to root.
    ///
    /// # Errors
    ///
    /// [`SnapshotError::Changed`] where a file is not what it was.
    pub(super) fn write(&self, target: impl Write) -> Result<(), SnapshotError> {
        let mut writer = TarWriter::new(target);
        for (path, entry) in &self.entries {
            let written = TarEntry {
                path: path.as_os_str().as_bytes().to_vec(),
                kind: entry.kind,
                mode: entry.mode,
                uid: 0,
                gid: 0,
                size: entry.size,
                mtime: entry.mtime,
                link: entry.link.clone(),
                device: (0, 0),
                xattrs: Vec::new(),
            };
            let failed = |error: crate::build::tree::TreeError| SnapshotError::Io {
                path: path.clone(),
                error: io::Error::other(error.to_string()),
            };
            if entry.kind != TarKind::File {
                writer.append(&written, &mut io::empty()).map_err(failed)?;
                continue;
            }
            let file = open(&self.root.join(path)).map_err(|_| SnapshotError::Changed(path.clone()))?;
            let mut reader = Hashing { inner: file.take(entry.size), hasher: Sha256::new() };
            writer.append(&written, &mut reader).map_err(|error| match &error {
                crate::build::tree::TreeError::Io { doing: "reading", .. } => SnapshotError::Changed(path.clone()),
                _ => failed(error),
            })?;
            if hex(&reader.hasher.finalize()) != entry.content {
                return Err(SnapshotError::Changed(path.clone()));
            }
        }
        let end = |error: crate::build::tree::TreeError| SnapshotError::Io {
            path: PathBuf::from("."),
            error: io::Error::other(error.to_string()),
        };
        writer.finish().map(drop).map_err(end)
    }
}

impl SnapshotEntry {
    fn add_to(&self, hasher: &mut KeyHasher, path: &Path) {
        hasher.add("path", path.as_os_str().as_bytes());
        hasher.add("kind", [self.kind as u8]);
        hasher.add("mode", self.mode.to_le_bytes());
        hasher.add("link", &self.link);
        hasher.add("content", &self.content);
    }
}

struct Walk<'a> {
    root: &'a Path,
    ignore: Option<&'a IgnoreFile>,
    limits: SnapshotLimits,
    entries: BTreeMap<PathBuf, SnapshotEntry>,
    bytes: u64,
    /// The first names of files that have several, by device and inode.
    names: HashMap<(u64, u64), PathBuf>,
}

impl Walk<'_> {
    /// Takes what is in a folder; whether that is anything.
    fn folder(&mut self, folder: &Path, depth: usize) -> Result<bool, SnapshotError> {
        let place = self.root.join(folder);
        let failed = |error| SnapshotError::Io { path: folder.to_owned(), error };
        if depth > self.limits.depth {
            return Err(SnapshotError::Limit(format!("folders deeper than {} levels", self.limits.depth)));
        }
        let mut names = Vec::new();
        for entry in fs::read_dir(&place).map_err(failed)? {
            names.push(entry.map_err(failed)?.file_name());
        }
        names.sort();
        let mut any = false;
        for name in names {
            any |= self.entry(&folder.join(name), depth)?;
        }
        Ok(any)
    }

    /// Takes one name; whether there is anything of it.
    fn entry(&mut self, path: &Path, depth: usize) -> Result<bool, SnapshotError> {
        let ignored = self.is_ignored(path)?;
        let may_reopen = self.ignore.is_some_and(IgnoreFile::has_exceptions);
        if ignored && !may_reopen {
            return Ok(false);
        }
        let failed = |error| SnapshotError::Io { path: path.to_owned(), error };
        let data = fs::symlink_metadata(self.root.join(path)).map_err(failed)?;
        let kind = data.file_type();
        let mut entry = SnapshotEntry {
            kind: TarKind::Folder,
            mode: data.mode() & 0o7777,
            size: 0,
            mtime: data.mtime(),
            link: Vec::new(),
            content: String::new(),
        };
        if kind.is_dir() {
            let any = self.folder(path, depth + 1)?;
            if ignored && !any {
                return Ok(false);
            }
        } else if ignored || kind.is_socket() {
            // Nobody listens behind a socket that is copied.
            return Ok(false);
        } else if kind.is_symlink() {
            entry.kind = TarKind::SymbolicLink;
            entry.mode = 0o777;
            let link = fs::read_link(self.root.join(path)).map_err(failed)?;
            entry.link = link.into_os_string().into_vec();
        } else if kind.is_fifo() {
            entry.kind = TarKind::Fifo;
        } else if kind.is_file() {
            self.file(path, &data, &mut entry)?;
        } else {
            let shown = path.display();
            return Err(SnapshotError::Refused(format!(
                "`{shown}` of the build context is a device: leave it out with .dockerignore"
            )));
        }
        if self.entries.len() == self.limits.entries {
            return Err(SnapshotError::Limit(format!("more than {} files", self.limits.entries)));
        }
        self.entries.insert(path.to_owned(), entry);
        Ok(true)
    }

    fn is_ignored(&self, path: &Path) -> Result<bool, SnapshotError> {
        let Some(ignore) = self.ignore else { return Ok(false) };
        ignore.ignores(&path.to_string_lossy()).ok_or_else(|| {
            let bad = ignore.patterns.iter().find(|pattern| pattern.error().is_some());
            let bad = bad.map_or("a pattern", |pattern| &*pattern.text);
            let file = ignore.source.path.display();
            SnapshotError::Refused(format!("the pattern `{bad}` in {file} cannot be followed: write it in another way"))
        })
    }

    fn file(&mut self, path: &Path, data: &fs::Metadata, entry: &mut SnapshotEntry) -> Result<(), SnapshotError> {
        let failed = |error| SnapshotError::Io { path: path.to_owned(), error };
        if data.nlink() > 1
            && let Some(first) = self.names.get(&(data.dev(), data.ino()))
        {
            entry.kind = TarKind::HardLink;
            entry.link = first.as_os_str().as_bytes().to_vec();
            // By its content, too: it may be copied alone.
            entry.content = self.entries.get(first).map(|first| first.content.clone()).unwrap_or_default();
            return Ok(());
        }
        let left = self.limits.bytes - self.bytes;
        let file = open(&self.root.join(path)).map_err(failed)?;
        let mut reader = Hashing { inner: file.take(left + 1), hasher: Sha256::new() };
        entry.size = io::copy(&mut reader, &mut io::sink()).map_err(failed)?;
        if entry.size > left {
            return Err(SnapshotError::Limit(format!("more than {} bytes", self.limits.bytes)));
        }
        entry.kind = TarKind::File;
        entry.content = hex(&reader.hasher.finalize());
        self.bytes += entry.size;
        if data.nlink() > 1 {
            self.names.insert((data.dev(), data.ino()), path.to_owned());
        }
        Ok(())
    }
}

/// Opens a file and nothing else: no link that took its place, and no pipe that would be waited for.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let file = File::options().read(true).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK).open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("it is no file any more")) }
}

pub(super) struct Hashing<R> {
    pub(super) inner: R,
    pub(super) hasher: Sha256,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.hasher.update(&buffer[..read]);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::os::unix::net::UnixListener;
    use std::sync::Arc;

    use super::*;
    use crate::build::tree::{TarLimits, TarReader};
    use crate::text::Source;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder for the test");
        for (path, content) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().expect("it is in the folder")).expect("a folder");
            fs::write(path, content).expect("a file");
        }
        folder
    }

    fn take(root: &Path, ignore: &str) -> Snapshot {
        let ignore = IgnoreFile::new(Arc::new(Source::new(".dockerignore", ignore)));
        Snapshot::take(root, Some(&ignore), SnapshotLimits::default()).expect("it can be taken")
    }

    fn paths(snapshot: &Snapshot) -> Vec<String> {
        snapshot.entries.keys().map(|path| path.display().to_string()).collect()
    }

    #[test]
    fn what_is_ignored_stays_out_and_exceptions_come_in() {
        let context = folder(&[("a/b/c", "1"), ("a/b/d", "2"), ("a/e", "3"), ("f", "4"), ("g/h", "5")]);
        assert_eq!(paths(&take(context.path(), "")), ["a", "a/b", "a/b/c", "a/b/d", "a/e", "f", "g", "g/h"]);
        assert_eq!(paths(&take(context.path(), "a\nf")), ["g", "g/h"]);
        assert_eq!(paths(&take(context.path(), "a\n!a/b/d\ng")), ["a", "a/b", "a/b/d", "f"]);
        assert_eq!(paths(&take(context.path(), "*")), [] as [&str; 0]);
    }

    #[test]
    fn a_source_is_known_by_what_it_takes_and_nothing_else() {
        let context = folder(&[("a/b", "1"), ("a/c", "2"), ("d.txt", "3"), ("e.txt", "4"), ("l/x", "5")]);
        symlink("l", context.path().join("to-l")).expect("a link");
        let keys = || {
            let snapshot = take(context.path(), "");
            ["a", "a/b", "*.txt", "d.txt", "to-l/x", "none", "."].map(|source| snapshot.digest_of(source))
        };
        let before = keys();
        let changed = |change: &dyn Fn(&Path)| {
            change(context.path());
            let after = keys();
            let differs: Vec<usize> = (0..before.len()).filter(|index| before[*index] != after[*index]).collect();
            differs
        };
        let write = |path: &'static str, text: &'static str| {
            move |root: &Path| fs::write(root.join(path), text).expect("a file")
        };
        // What is behind a link counts as all of it.
        assert_eq!(changed(&write("a/b", "new")), [0, 1, 4, 6]);
        assert_eq!(changed(&write("a/b", "1")), [] as [usize; 0]);
        assert_eq!(changed(&write("d.txt", "new")), [2, 3, 4, 6]);
        write("d.txt", "3")(context.path());
        assert_eq!(changed(&write("g.txt", "")), [2, 4, 6]);
        fs::remove_file(context.path().join("g.txt")).expect("it is there");
        let mode =
            |root: &Path| fs::set_permissions(root.join("a/c"), fs::Permissions::from_mode(0o755)).expect("ours");
        assert_eq!(changed(&mode), [0, 4, 6]);
    }

    #[test]
    fn a_snapshot_is_an_archive_of_what_was_there() {
        let context = folder(&[("a", "text"), ("d/e", "")]);
        symlink("/etc/passwd", context.path().join("out")).expect("a link");
        fs::hard_link(context.path().join("a"), context.path().join("d/f")).expect("a link");
        let _socket = UnixListener::bind(context.path().join("socket")).expect("a socket");
        let snapshot = take(context.path(), "");
        let mut bytes = Vec::new();
        snapshot.write(&mut bytes).expect("it is as it was");
        let mut reader = TarReader::new(&*bytes, TarLimits::default());
        let mut found = Vec::new();
        while let Some(entry) = reader.next_entry().expect("an archive") {
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            found.push(format!("{} {:?} {} {}", text(&entry.path), entry.kind, entry.size, text(&entry.link)));
        }
        let expected =
            ["a File 4 ", "d Folder 0 ", "d/e File 0 ", "d/f HardLink 0 a", "out SymbolicLink 0 /etc/passwd"];
        assert_eq!(found, expected);
        assert_eq!((snapshot.len(), snapshot.bytes()), (5, 4));
        fs::write(context.path().join("a"), "xxxx").expect("a file");
        assert!(matches!(snapshot.write(Vec::new()), Err(SnapshotError::Changed(path)) if path == Path::new("a")));
    }

    #[test]
    fn there_are_limits_and_words_for_them() {
        let context = folder(&[("a", "text"), ("b/c", "text")]);
        let take = |limits| Snapshot::take(context.path(), None, limits).map_err(|error| error.to_string());
        let all = SnapshotLimits::default();
        for (limits, part) in [
            (SnapshotLimits { bytes: 7, ..all }, "more than 7 bytes"),
            (SnapshotLimits { entries: 2, ..all }, "more than 2 files"),
            (SnapshotLimits { depth: 0, ..all }, "deeper than 0"),
        ] {
            assert!(take(limits).is_err_and(|message| message.contains(part)), "{part}");
        }
        assert!(take(SnapshotLimits { bytes: 8, ..all }).is_ok());
        let missing = Snapshot::take(&context.path().join("none"), None, all);
        assert!(missing.is_err_and(|error| error.to_string().contains("cannot read")));
    }
}
