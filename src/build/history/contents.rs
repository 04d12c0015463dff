//! What the sources of COPY take from the build context, kept up to date from commit to commit.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use sha2::{Digest, Sha256};

use super::tree::{Blobs, CommitTree, ObjectId, TreeChange, TreeFile};
use crate::build::Key;
use crate::model::context::{Glob, IgnoreFile, path_in_context};

/// Which part of a commit is the build context.
#[derive(Clone, Debug, Default)]
pub(super) struct View {
    /// The folder, from the root of the repository; empty for all of it.
    pub(super) root: String,
    /// What leaves files out, and the name of its content.
    pub(super) ignore: Option<(ObjectId, Arc<IgnoreFile>)>,
}

/// What sources take from the contexts of one commit after another.
pub(super) struct Contents<'a> {
    blobs: &'a dyn Blobs,
    view: View,
    /// What the view was at the last build, where it is another one by now.
    before: Option<View>,
    /// For paths that were asked for whether they are left out.
    left_out: FxHashMap<Box<str>, bool>,
    sources: FxHashMap<Box<str>, Taken>,
}

/// What one source takes.
struct Taken {
    selection: Selection,
    /// `None` where it has to be counted anew.
    sum: Option<Sum>,
    files: usize,
    /// Whether it leads somewhere else since the last build.
    moved: bool,
    /// What has changed since the last build, by its path from the root of the repository, as it was then.
    touched: BTreeMap<Box<str>, Option<TreeFile>>,
}

/// Which files a source names.
enum Selection {
    Everything,
    /// One file, or all in one folder; where that is a link, what it leads to.
    Path {
        path: String,
        resolved: String,
    },
    /// A pattern, of so many parts.
    Pattern(Glob, usize),
    Unknown,
}

/// A hash of a set of files that follows it when a file comes or goes: the sum of the hashes of its members. It is to tell
/// contents apart, not to withstand somebody who looks for two that are not.
#[derive(Clone, Copy, Default)]
struct Sum([u64; 4]);

impl View {
    pub(super) fn same(&self, other: &View) -> bool {
        let id = |view: &View| view.ignore.as_ref().map(|(id, _)| *id);
        self.root == other.root && id(self) == id(other)
    }

    /// The path in the context of a path from the root of the repository.
    fn inner<'p>(&self, path: &'p str) -> Option<&'p str> {
        if self.root.is_empty() { Some(path) } else { path.strip_prefix(&*self.root)?.strip_prefix('/') }
    }

    fn outer(&self, path: &str) -> String {
        match (&*self.root, path) {
            ("", path) => path.to_owned(),
            (root, "") => root.to_owned(),
            (root, path) => format!("{root}/{path}"),
        }
    }
}

impl<'a> Contents<'a> {
    pub(super) fn new(blobs: &'a dyn Blobs) -> Contents<'a> {
        let (view, before) = (View::default(), None);
        Contents { blobs, view, before, left_out: FxHashMap::default(), sources: FxHashMap::default() }
    }

    /// From now on the context is that part of the commits.
    pub(super) fn look_at(&mut self, view: View) {
        if !self.view.same(&view) {
            let before = std::mem::replace(&mut self.view, view);
            self.before.get_or_insert(before);
            self.left_out.clear();
            self.sources.values_mut().for_each(|taken| taken.sum = None);
        }
    }

    /// Takes over a change of the commit at hand.
    pub(super) fn apply(&mut self, change: &TreeChange) {
        let Contents { view, left_out, sources, .. } = self;
        let Some(path) = view.inner(&change.path) else { return };
        if sources.is_empty() || is_left_out(path, view, left_out) {
            return;
        }
        for taken in sources.values_mut() {
            if taken.apply(path, change) {
                taken.touched.entry(change.path.clone()).or_insert(change.before);
            }
        }
    }

    /// The key of what `source` takes from the commit at hand, whose files are those of `tree`. `None` where that is
    /// nothing, or not known.
    pub(super) fn key(&mut self, source: &str, tree: &CommitTree) -> Option<Key> {
        let Contents { blobs, view, left_out, sources, .. } = self;
        let taken = sources.entry(source.into()).or_insert_with(|| Taken::new(source));
        taken.follow_link(view, tree, *blobs);
        let sum = match taken.sum {
            Some(sum) => sum,
            None => taken.count(view, left_out, tree),
        };
        (taken.files > 0).then(|| sum.key(taken.files))
    }

    /// The paths of which a change since the last build has changed what `source` takes.
    pub(super) fn causes(&mut self, source: &str, tree: &CommitTree) -> Vec<Box<str>> {
        let Contents { view, left_out, sources, before, .. } = self;
        let Some(taken) = sources.get(source) else { return Vec::new() };
        let mut paths = Vec::new();
        for (path, before) in &taken.touched {
            let inner = view.inner(path);
            if tree.get(path) != *before && inner.is_some_and(|path| !is_left_out(path, view, left_out)) {
                paths.push(path.clone());
            }
        }
        if let (true, Selection::Path { path, .. }) = (taken.moved, &taken.selection) {
            paths.push(view.outer(path).into());
        }
        let other = before.as_ref().filter(|before| taken.selects_otherwise(before, view, left_out, tree));
        if let Some((_, file)) = other.and_then(|before| view.ignore.as_ref().or(before.ignore.as_ref())) {
            paths.push(file.source.path.to_string_lossy().into());
        }
        paths
    }

    /// Whether the ignore file has patterns that are not understood.
    pub(super) fn has_unknown_patterns(&self) -> bool {
        let file = self.view.ignore.as_ref();
        file.is_some_and(|(_, file)| file.patterns.iter().any(|pattern| pattern.error().is_some()))
    }

    /// Whether one of the sources takes the folder that Git keeps its own files in.
    pub(super) fn takes_repository<'s>(&mut self, mut sources: impl Iterator<Item = &'s str>) -> bool {
        const FILE: &str = ".git/HEAD";
        let Contents { view, left_out, sources: known, .. } = self;
        // It lies at the root of the repository.
        let taken = |source: &str| known.get(source).is_some_and(|own| own.selection.name_of(FILE, false).is_some());
        view.root.is_empty() && sources.any(taken) && !is_left_out(FILE, view, left_out)
    }

    /// Whether a source takes submodules, or something in one.
    pub(super) fn takes_submodules(&self, tree: &CommitTree) -> bool {
        let below = tree.at_or_below(&self.view.root).filter(|(_, file)| file.is_submodule());
        let mut inner = below.filter_map(|(path, _)| self.view.inner(path));
        inner.any(|path| self.sources.values().any(|taken| taken.selection.name_of(path, true).is_some()))
    }

    /// The commit at hand has been built.
    pub(super) fn settle(&mut self) {
        self.before = None;
        for taken in self.sources.values_mut() {
            taken.moved = false;
            taken.touched.clear();
        }
    }
}

impl Taken {
    fn new(source: &str) -> Taken {
        let path = path_in_context(source);
        let selection = match Glob::new(&path) {
            _ if path.is_empty() => Selection::Everything,
            _ if Glob::is_literal(&path) => Selection::Path { resolved: path.clone(), path },
            Ok(glob) => Selection::Pattern(glob, path.split('/').count()),
            Err(_) => Selection::Unknown,
        };
        Taken { selection, sum: None, files: 0, moved: false, touched: BTreeMap::new() }
    }

    /// Follows a change at a path in the context, and says whether it may change what is taken.
    fn apply(&mut self, path: &str, change: &TreeChange) -> bool {
        let name = |file: TreeFile| self.selection.name_of(path, file.is_submodule());
        let before = change.before.and_then(|file| Some(hash(name(file)?, file)));
        let after = change.after.and_then(|file| Some(hash(name(file)?, file)));
        if let Some(sum) = &mut self.sum {
            if let Some(before) = &before {
                sum.remove(before);
                self.files -= 1;
            }
            if let Some(after) = &after {
                sum.add(after);
                self.files += 1;
            }
        }
        // Where a link leads to is looked at when the key is asked for.
        let link = matches!(&self.selection, Selection::Path { path: own, .. } if own == path);
        link || before.is_some() || after.is_some()
    }

    /// A source that is a link is what that leads to.
    fn follow_link(&mut self, view: &View, tree: &CommitTree, blobs: &dyn Blobs) {
        let Selection::Path { path, resolved } = &mut self.selection else { return };
        let outer = view.outer(path);
        let is_link = tree.get(&outer).is_some_and(|file| file.is_link());
        let to = if is_link { tree.resolve(&outer, blobs) } else { None };
        let to = to.as_deref().and_then(|to| view.inner(to)).unwrap_or(path).to_owned();
        if *resolved != to {
            *resolved = to;
            self.moved = true;
            self.sum = None;
        }
    }

    /// Whether another file is left out of what it takes than before.
    fn selects_otherwise(
        &self,
        before: &View,
        view: &View,
        left_out: &mut FxHashMap<Box<str>, bool>,
        tree: &CommitTree,
    ) -> bool {
        // What the Dockerfile takes along when it is moved is its own doing.
        if before.root != view.root {
            return false;
        }
        let mut left_out_before = FxHashMap::default();
        let mut files = tree.at_or_below(&view.root);
        files.any(|(outer, file)| {
            let Some(path) = view.inner(outer) else { return false };
            let takes = self.selection.name_of(path, file.is_submodule()).is_some();
            takes && is_left_out(path, before, &mut left_out_before) != is_left_out(path, view, left_out)
        })
    }

    fn count(&mut self, view: &View, left_out: &mut FxHashMap<Box<str>, bool>, tree: &CommitTree) -> Sum {
        let mut sum = Sum::default();
        self.files = 0;
        let start = match &self.selection {
            Selection::Path { resolved, .. } => view.outer(resolved),
            _ => view.root.clone(),
        };
        let above = tree.submodule_above(&start);
        for (outer, file) in tree.at_or_below(&start).chain(above) {
            let Some(path) = view.inner(outer) else { continue };
            let Some(name) = self.selection.name_of(path, file.is_submodule()) else { continue };
            if !is_left_out(path, view, left_out) {
                sum.add(&hash(name, file));
                self.files += 1;
            }
        }
        self.sum = Some(sum);
        sum
    }
}

impl Selection {
    /// Under which name it takes the file at `path`; the name of a file that is copied under another one does not count.
    fn name_of<'p>(&self, path: &'p str, submodule: bool) -> Option<&'p str> {
        match self {
            Selection::Everything => Some(path),
            Selection::Path { resolved, .. } if path == resolved => Some(""),
            Selection::Path { resolved, .. } => {
                // What lies in a submodule is as that is.
                let takes = is_below(path, resolved) || submodule && is_below(resolved, path);
                takes.then_some(path)
            }
            Selection::Pattern(glob, parts) => {
                let end = path.match_indices('/').nth(*parts - 1).map_or(path.len(), |(at, _)| at);
                glob.matches(&path[..end]).then_some(path)
            }
            Selection::Unknown => None,
        }
    }
}

fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// Whether the path in the context is left out of it. What a pattern leaves out that is not understood is taken.
fn is_left_out(path: &str, view: &View, known: &mut FxHashMap<Box<str>, bool>) -> bool {
    let Some((_, file)) = &view.ignore else { return false };
    if let Some(known) = known.get(path) {
        return *known;
    }
    let folder = path.rsplit_once('/').map(|(folder, _)| folder).filter(|_| !file.has_exceptions());
    let with_folder = folder.is_some_and(|folder| is_left_out(folder, view, known));
    let left_out = with_folder || file.ignores(path).unwrap_or(false);
    known.insert(path.into(), left_out);
    left_out
}

fn hash(name: &str, file: TreeFile) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(file.mode.to_le_bytes());
    hash.update(file.id.bytes());
    hash.update(name.as_bytes());
    hash.finalize().into()
}

impl Sum {
    fn add(&mut self, hash: &[u8; 32]) {
        self.0.iter_mut().zip(words(hash)).for_each(|(own, other)| *own = own.wrapping_add(other));
    }

    fn remove(&mut self, hash: &[u8; 32]) {
        self.0.iter_mut().zip(words(hash)).for_each(|(own, other)| *own = own.wrapping_sub(other));
    }

    fn key(&self, files: usize) -> Key {
        let mut hash = Sha256::new();
        hash.update("files of a commit");
        hash.update((files as u64).to_le_bytes());
        self.0.iter().for_each(|word| hash.update(word.to_le_bytes()));
        Key::of_digest(hash.finalize().into())
    }
}

fn words(hash: &[u8; 32]) -> impl Iterator<Item = u64> {
    hash.chunks_exact(8).map(|bytes| bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::super::tree::tests::MemoryBlobs;
    use super::*;
    use crate::text::Source;

    fn view(root: &str, ignore: &str) -> View {
        let file = IgnoreFile::new(Arc::new(Source::new(format!("{root}/.dockerignore"), ignore)));
        let mut blobs = MemoryBlobs::default();
        View { root: root.to_owned(), ignore: Some((blobs.add(ignore), Arc::new(file))) }
    }

    /// The key of a source in a tree, counted from nothing.
    fn fresh(source: &str, view: &View, tree: &CommitTree, blobs: &MemoryBlobs) -> Option<Key> {
        let mut contents = Contents::new(blobs);
        contents.look_at(view.clone());
        contents.key(source, tree)
    }

    #[test]
    fn the_same_content_has_the_same_key_and_another_one_another() {
        let mut blobs = MemoryBlobs::default();
        let tree = blobs.tree(&[("app/src/a", "1"), ("app/src/b", "2"), ("app/log/x", "3"), ("other", "4")]);
        let view = view("app", "log\n");
        let key = |source: &str, tree: &CommitTree, blobs: &MemoryBlobs| fresh(source, &view, tree, blobs);
        let (all, folder, one) = (key(".", &tree, &blobs), key("src", &tree, &blobs), key("src/a", &tree, &blobs));
        assert!(all.is_some() && folder.is_some() && one.is_some() && all == folder && folder != one);
        assert_eq!(
            (key("log", &tree, &blobs), key("none", &tree, &blobs), key("[", &tree, &blobs)),
            (None, None, None)
        );
        let mut other = tree.clone();
        other.insert("app/log/x", blobs.file("changed"));
        other.insert("other", blobs.file("changed"));
        assert_eq!((key(".", &other, &blobs), key("s?c", &other, &blobs)), (all, folder));
        let executable = TreeFile { mode: 0o100_755, ..blobs.file("1") };
        for (path, file) in [("app/src/a", blobs.file("2")), ("app/src/a", executable), ("app/src/c", blobs.file(""))] {
            let mut other = tree.clone();
            other.insert(path, file);
            assert!(key(".", &other, &blobs) != all && key("src", &other, &blobs) != folder, "{path}");
        }
    }

    #[test]
    fn what_is_kept_up_to_date_is_what_is_counted_anew() {
        const PATHS: [&str; 12] = [
            "a/src/x",
            "a/src/y",
            "a/src/sub/z",
            "a/package.json",
            "a/package-lock.json",
            "a/README.md",
            "a/link",
            "a/docs/x.md",
            "a/docs/keep.md",
            "a/module",
            "b/x",
            "a/.dockerignore",
        ];
        const SOURCES: [&str; 9] =
            [".", "src", "src/x", "package*.json", "link", "docs", "module/inner", "s*/sub", "README.md"];
        let mut random = 7_u64;
        let mut next = |most: usize| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (random >> 33) as usize % most
        };
        let mut blobs = MemoryBlobs::default();
        let choices: Vec<TreeFile> = ["1", "2", "3"].map(|content| blobs.file(content)).to_vec();
        let links: Vec<TreeFile> =
            ["src/x", "docs", "nowhere"].map(|to| TreeFile { mode: 0o120_000, id: blobs.add(to) }).to_vec();
        let views = [view("a", "docs\n"), view("a", "docs\n!docs/keep.md\n*.json\n"), view("a", ""), view("", "b\n")];
        let mut tree = CommitTree::default();
        let mut contents = Contents::new(&blobs);
        let mut changed = 0;
        let mut root = "";
        for round in 0..400 {
            let mut before: Vec<Option<Key>> = SOURCES.iter().map(|source| contents.key(source, &tree)).collect();
            contents.settle();
            for _ in 0..next(4) {
                let path = PATHS[next(PATHS.len())];
                let file = match path {
                    "a/link" => links[next(3)],
                    "a/module" => TreeFile { mode: 0o160_000, ..choices[next(3)] },
                    _ => choices[next(3)],
                };
                let change =
                    TreeChange { path: path.into(), before: tree.get(path), after: (next(4) > 0).then_some(file) };
                tree.apply(&change);
                contents.apply(&change);
            }
            let view = &views[if round % 9 == 0 { next(4) } else { round / 9 % 4 }];
            contents.look_at(view.clone());
            let stays = std::mem::replace(&mut root, &view.root) == view.root;
            for (source, before) in SOURCES.iter().zip(&mut before) {
                let key = contents.key(source, &tree);
                assert_eq!(key, fresh(source, view, &tree, &blobs), "round {round}, {source}");
                if key != *before && stays {
                    changed += 1;
                    assert!(
                        key.is_none() || before.is_none() || !contents.causes(source, &tree).is_empty(),
                        "{source}"
                    );
                }
            }
        }
        assert!(changed > 200, "the rounds change something: {changed}");
    }
}
