//! What differs in every build of the same Dockerfile.

use std::path::Path;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::build::tree::difference::{Aspect, Change, Difference};

/// How many names of a folder only the first and only the second of two builds has.
type Names = FxHashMap<String, (usize, usize)>;

/// What two builds of one Dockerfile differ in.
#[derive(Debug, Default)]
pub(super) struct Noise {
    /// What is not the same of paths that both have.
    changed: FxHashMap<String, Vec<Aspect>>,
    /// Paths that one of the two has.
    lone: FxHashSet<String>,
    /// By folder. Names that are made up each time are as many each time.
    names: Names,
}

impl Noise {
    /// What the differences of two builds show.
    pub(super) fn new(differences: &[Difference]) -> Noise {
        let mut noise = Noise { names: names(differences), ..Noise::default() };
        for Difference { path, change, .. } in differences {
            match change {
                Change::Changed { aspects, .. } => drop(noise.changed.insert(path.clone(), aspects.clone())),
                Change::Added(_) | Change::Removed(_) => drop(noise.lone.insert(path.clone())),
            }
        }
        noise
    }

    /// Those of `found` that it does not explain; `all` are all differences between the same two builds. That a path whose
    /// content varies is gone, or has another owner, is not explained.
    pub(super) fn unexplained<'d>(&self, found: Vec<&'d Difference>, all: &[Difference]) -> Vec<&'d Difference> {
        let names = names(all);
        found.into_iter().filter(|difference| !self.explains(difference, &names)).collect()
    }

    fn explains(&self, difference: &Difference, names: &Names) -> bool {
        let path = &difference.path;
        match &difference.change {
            Change::Changed { aspects, .. } => {
                self.changed.get(path).is_some_and(|known| aspects.iter().all(|aspect| known.contains(aspect)))
            }
            Change::Added(_) | Change::Removed(_) => {
                // As many names are others in that folder, or in one around it, as between two builds of the same.
                let made_up = |folder: &str| {
                    let count = names.get(folder).filter(|(gone, new)| gone == new);
                    count.is_some() && count == self.names.get(folder)
                };
                self.lone.contains(path) || folders(path).any(made_up)
            }
        }
    }
}

/// The folders around a path, the nearest first; the root is an empty one.
fn folders(path: &str) -> impl Iterator<Item = &str> {
    Path::new(path).ancestors().skip(1).filter_map(Path::to_str)
}

/// What is in a folder that is itself such a name does not count.
fn names(differences: &[Difference]) -> Names {
    let lone = |difference: &&Difference| !matches!(difference.change, Change::Changed { .. });
    let paths: FxHashSet<&str> = differences.iter().filter(lone).map(|difference| difference.path.as_str()).collect();
    let mut names = Names::default();
    for difference in differences.iter().filter(lone) {
        if folders(&difference.path).any(|folder| paths.contains(folder)) {
            continue;
        }
        let folder = folders(&difference.path).next().unwrap_or_default();
        let (gone, new) = names.entry(folder.to_owned()).or_default();
        match &difference.change {
            Change::Removed(_) => *gone += 1,
            _ => *new += 1,
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::tree::difference::differences;
    use crate::build::tree::{Entry, read_listing};

    /// A tree of `path content` and `path/`.
    fn tree(files: &str) -> Vec<Entry> {
        let line = |file: &str| match file.split_once(' ') {
            Some((path, content)) => {
                format!(r#"{{"path":"{path}","kind":"file","mode":420,"uid":0,"gid":0,"sha256":"{content}"}}"#)
            }
            None => {
                format!(r#"{{"path":"{}","kind":"folder","mode":493,"uid":0,"gid":0}}"#, file.trim_end_matches('/'))
            }
        };
        let lines: Vec<String> = files.split(", ").map(line).collect();
        read_listing(lines.join("\n").as_bytes()).expect("a listing")
    }

    /// What is not explained of the third build by the first two.
    fn unexplained(first: &str, twin: &str, after: &str) -> Vec<String> {
        let noise = Noise::new(&differences(&tree(first), &tree(twin)));
        let all = differences(&tree(first), &tree(after));
        let left = noise.unexplained(all.iter().collect(), &all);
        left.into_iter().map(|difference| difference.path.clone()).collect()
    }

    #[test]
    fn content_that_varies_may_vary_and_not_go_away() {
        assert_eq!(unexplained("id 1, a x", "id 2, a x", "id 3, a x"), [""; 0]);
        assert_eq!(unexplained("id 1, a x", "id 2, a x", "a x"), ["id"]);
        assert_eq!(unexplained("id 1, a x", "id 2, a x", "id 3, a y"), ["a"]);
        // What is there in every other build only.
        assert_eq!(unexplained("id 1, a x", "a x", "id 2, a x"), ["id"]);
        assert_eq!(unexplained("a x", "id 1, a x", "id 2, a x"), [""; 0]);
    }

    #[test]
    fn names_that_are_made_up_each_time_are_others_each_time() {
        let (first, twin) = ("tmp/, tmp/q1/, tmp/q1/x 1, a x", "tmp/, tmp/q2/, tmp/q2/x 1, a x");
        assert_eq!(unexplained(first, twin, "tmp/, tmp/q3/, tmp/q3/x 1, a x"), [""; 0]);
        assert_eq!(unexplained(first, twin, "tmp/, a x"), [""; 0], "it is gone in the second build, too");
        let more = unexplained(first, twin, "tmp/, tmp/q3/, tmp/q3/x 1, tmp/more 1, a x");
        assert_eq!(more, ["tmp/more", "tmp/q3", "tmp/q3/x"]);
        assert_eq!(unexplained(first, twin, "tmp/, tmp/q3/, tmp/q3/x 1, b x"), ["a", "b"]);
    }
}
