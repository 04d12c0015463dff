//! The build context: the files that COPY and ADD can take, behind `.dockerignore`.

mod glob;
mod ignore;

use std::path::PathBuf;
use std::sync::Arc;

pub use glob::{Glob, GlobError};
pub use ignore::{IgnoreFile, IgnorePattern};

use crate::text::Files;

/// Names that are looked at for one pattern; what has more of them is not known.
const MOST_NAMES: usize = 4_096;

/// The folder that a Dockerfile is built with.
#[derive(Clone, Debug)]
pub struct BuildContext {
    /// The folder.
    pub root: PathBuf,
    /// How well that is known.
    pub certainty: Certainty,
    /// What leaves files out of it.
    pub ignore: Option<Arc<IgnoreFile>>,
}

/// Why a folder is held to be a context, the weakest reason first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// It is the folder of the Dockerfile, which names no file that could tell.
    Assumed,
    /// Most of the sources of the Dockerfile are there.
    Fits,
    /// A compose file, Skaffold or bake say so.
    Declared,
}

/// What a source of COPY takes from a context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// These files and folders, by their paths in the context.
    Paths(Vec<String>),
    /// Nothing: what is there is ignored.
    Ignored(Vec<String>),
    /// Nothing: there is no such file.
    Missing,
    /// All of it.
    Everything,
    /// That is not known.
    Unknown,
}

impl BuildContext {
    /// What `source`, its variables replaced, takes from it.
    pub fn take(&self, source: &str, files: &dyn Files) -> Taken {
        let path = path_in_context(source);
        if path.is_empty() {
            return Taken::Everything;
        }
        let found = if Glob::is_literal(&path) {
            files.exists(&self.root.join(&path)).then_some(vec![path])
        } else {
            match self.expand(&path, files) {
                Some(found) => Some(found).filter(|found| !found.is_empty()),
                None => return Taken::Unknown,
            }
        };
        let Some(found) = found else { return Taken::Missing };
        let Some(ignore) = &self.ignore else { return Taken::Paths(found) };
        let mut kept = Vec::new();
        let mut ignored = Vec::new();
        for path in found {
            match ignore.ignores(&path) {
                Some(false) => kept.push(path),
                // An exception may bring back a part of a folder.
                Some(true) if ignore.has_exceptions() => return Taken::Unknown,
                Some(true) => ignored.push(path),
                None => return Taken::Unknown,
            }
        }
        if kept.is_empty() { Taken::Ignored(ignored) } else { Taken::Paths(kept) }
    }

    /// Whether `source` takes folders and nothing else.
    pub fn takes_folders(&self, source: &str, files: &dyn Files) -> bool {
        match self.take(source, files) {
            Taken::Everything => true,
            Taken::Paths(paths) => {
                paths.iter().all(|path| files.list(&self.root.join(path)).is_ok_and(|own| !own.is_empty()))
            }
            _ => false,
        }
    }

    /// Whether a file or folder is there and not ignored.
    pub fn has(&self, path: &str, files: &dyn Files) -> bool {
        matches!(self.take(path, files), Taken::Paths(_))
    }

    /// Whether anything but Dockerfiles and the like lies in it: then what is not there is not meant to be.
    pub fn is_seen(&self, files: &dyn Files) -> bool {
        let known = |name: &str| {
            let name = name.to_ascii_lowercase();
            name.starts_with('.') || ["dockerfile", "containerfile", "compose"].iter().any(|part| name.contains(part))
        };
        files.list(&self.root).is_ok_and(|entries| entries.iter().any(|entry| !known(&entry.name)))
    }

    /// Calls `visit` with the path of each file that `source` takes, in order, until it says `false`. `None` when that is
    /// not known, or more than `most` files and folders are looked at.
    pub fn walk(
        &self,
        source: &str,
        files: &dyn Files,
        most: usize,
        visit: &mut dyn FnMut(&str) -> bool,
    ) -> Option<()> {
        let mut open = match self.take(source, files) {
            Taken::Paths(paths) => paths,
            Taken::Everything => vec![String::new()],
            Taken::Ignored(_) | Taken::Missing | Taken::Unknown => return None,
        };
        let mut count = 0;
        while let Some(path) = open.pop() {
            count += 1;
            if count > most {
                return None;
            }
            let ignored = !path.is_empty() && self.ignore.as_ref().map_or(Some(false), |file| file.ignores(&path))?;
            if ignored && !self.ignore.as_ref().is_some_and(|file| file.has_exceptions()) {
                continue;
            }
            if let Ok(entries) = files.list(&self.root.join(&path)) {
                let inner = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
                // An exception may bring back a part of a folder.
                open.extend(entries.iter().rev().map(|entry| inner(&entry.name)));
            } else if !ignored && !visit(&path) {
                return Some(());
            }
        }
        Some(())
    }

    /// The paths that a pattern matches, folder by folder: none of its parts goes over a slash. `None` when there is
    /// too much to look at, or the pattern is a bad one.
    fn expand(&self, pattern: &str, files: &dyn Files) -> Option<Vec<String>> {
        let mut found = vec![String::new()];
        let mut seen = 0;
        for part in pattern.split('/') {
            let glob = Glob::new(part).ok()?;
            let mut next = Vec::new();
            for folder in &found {
                let join = |name: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
                if Glob::is_literal(part) {
                    let path = join(part);
                    next.extend(files.exists(&self.root.join(&path)).then_some(path));
                    continue;
                }
                let entries = files.list(&self.root.join(folder)).unwrap_or_default();
                seen += entries.len();
                if seen > MOST_NAMES {
                    return None;
                }
                next.extend(entries.iter().filter(|entry| glob.matches(&entry.name)).map(|entry| join(&entry.name)));
            }
            found = next;
        }
        Some(found)
    }
}

/// A source as a path in the context, as BuildKit cleans it; empty for all of it. It cannot leave the context.
pub fn path_in_context(source: &str) -> String {
    ignore::clean(&format!("/{source}"))[1..].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{MemoryFiles, Source};

    fn context(ignore: &str) -> BuildContext {
        let ignore = Some(ignore).filter(|text| !text.is_empty());
        let file = ignore.map(|text| Arc::new(IgnoreFile::new(Arc::new(Source::new("app/.dockerignore", text)))));
        BuildContext { root: PathBuf::from("app"), certainty: Certainty::Fits, ignore: file }
    }

    #[test]
    fn a_source_takes_what_is_there_and_not_ignored() {
        let mut files = MemoryFiles::default();
        for path in ["app/a.json", "app/b.json", "app/src/main.rs", "app/src/lib/x.rs", "app/docs/a.md"] {
            files.insert(path, "");
        }
        let paths = |paths: &[&str]| Taken::Paths(paths.iter().map(|path| (*path).to_owned()).collect());
        let none = context("");
        assert_eq!(none.take("./a.json", &files), paths(&["a.json"]));
        assert_eq!(none.take("/src/", &files), paths(&["src"]));
        assert_eq!(none.take("../a.json", &files), paths(&["a.json"]));
        assert_eq!(none.take("*.json", &files), paths(&["a.json", "b.json"]));
        assert_eq!(none.take("src/*/*.rs", &files), paths(&["src/lib/x.rs"]));
        assert_eq!(none.take("src/main.r[s-t]", &files), paths(&["src/main.rs"]));
        assert_eq!(none.take("c.json", &files), Taken::Missing);
        assert_eq!(none.take("*.yaml", &files), Taken::Missing);
        assert_eq!(none.take("[", &files), Taken::Unknown);
        assert_eq!(none.take(".", &files), Taken::Everything);
        let ignoring = context("docs\na.json\n");
        assert_eq!(ignoring.take("docs/a.md", &files), Taken::Ignored(vec!["docs/a.md".to_owned()]));
        assert_eq!(ignoring.take("*.json", &files), paths(&["b.json"]));
        assert_eq!(context("docs\n!docs/a.md").take("docs", &files), Taken::Unknown);
    }
}
