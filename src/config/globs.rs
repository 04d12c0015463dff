//! Patterns of paths, relative to the folder of the file that names them.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

use crate::text::normalize;

/// A pattern as a glob of absolute paths: without a slash it is a name and matches wherever it stands (a flag also
/// speaks of paths outside of the folder it is given in), otherwise it is relative to `folder`. A `*` does not cross
/// a slash, `**` does.
///
/// # Errors
///
/// When it is no glob.
pub(crate) fn glob(folder: &Path, pattern: &str) -> Result<Glob, globset::Error> {
    let relative = pattern.strip_prefix("./").unwrap_or(pattern);
    let name = relative.trim_end_matches('/');
    let whole = if relative == pattern && !name.contains('/') {
        format!("/**/{name}")
    } else {
        let folder = folder.to_string_lossy().replace('\\', "/");
        format!("{}/{}", globset::escape(folder.trim_end_matches('/')), name.trim_start_matches('/'))
    };
    GlobBuilder::new(&whole).literal_separator(true).build()
}

/// What a walk leaves out.
#[derive(Clone, Debug, Default)]
pub struct Exclude {
    /// The patterns that are plain names, which all of the default ones are: they cost no regular expression.
    names: Vec<String>,
    set: GlobSet,
    patterns: Vec<String>,
}

impl Exclude {
    /// Patterns, each with the folder it is relative to. Bad ones were refused before and are left out here.
    pub fn new<'a>(patterns: impl IntoIterator<Item = (&'a Path, &'a str)>) -> Exclude {
        let mut builder = GlobSetBuilder::new();
        let mut exclude = Exclude::default();
        for (folder, pattern) in patterns {
            let name = pattern.trim_end_matches('/');
            if !name.is_empty() && !name.contains(['/', '\\', '*', '?', '[', '{']) {
                exclude.names.push(name.to_owned());
            } else if let Ok(glob) = glob(folder, pattern) {
                builder.add(glob);
            } else {
                continue;
            }
            exclude.patterns.push(pattern.to_owned());
        }
        exclude.set = builder.build().unwrap_or_default();
        exclude
    }

    /// Whether the absolute `path` or a folder it lies in is left out.
    pub fn leaves_out(&self, path: &Path) -> bool {
        path.ancestors().any(|part| self.leaves_out_itself(part))
    }

    /// Whether exactly this path, as it is seen from the folder `current`, is left out; for a walk, which does not
    /// come below a folder that is. Its last part is a name, not `..`.
    pub fn leaves_out_entry(&self, current: &Path, path: &Path) -> bool {
        self.names_last_part(path) || !self.set.is_empty() && self.set.is_match(absolute(current, path))
    }

    fn leaves_out_itself(&self, path: &Path) -> bool {
        self.names_last_part(path) || !self.set.is_empty() && self.set.is_match(path)
    }

    fn names_last_part(&self, path: &Path) -> bool {
        let name = path.file_name().and_then(OsStr::to_str);
        name.is_some_and(|name| self.names.iter().any(|own| own == name))
    }

    /// The patterns as written.
    pub fn patterns(&self) -> &[String] {
        &self.patterns
    }
}

/// `path` from the folder `current`, with `.` and `..` resolved by the names alone.
pub fn absolute(current: &Path, path: &Path) -> PathBuf {
    normalize(&current.join(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves_out(patterns: &[&str], path: &str) -> bool {
        let folder = Path::new("/repo/a[b]");
        Exclude::new(patterns.iter().map(|pattern| (folder, *pattern))).leaves_out(Path::new(path))
    }

    #[test]
    fn a_name_matches_at_every_depth_and_a_path_only_at_its_place() {
        assert!(leaves_out(&["node_modules"], "/repo/a[b]/x/node_modules/y/Dockerfile"));
        assert!(leaves_out(&["*.gen.yaml"], "/repo/a[b]/x/y.gen.yaml"));
        assert!(leaves_out(&["node_modules"], "/elsewhere/node_modules/Dockerfile"));
        assert!(!leaves_out(&["./node_modules"], "/repo/a[b]/x/node_modules/Dockerfile"));
        assert!(leaves_out(&["x/*.yaml"], "/repo/a[b]/x/y.yaml"));
        assert!(!leaves_out(&["x/*.yaml"], "/repo/a[b]/x/z/y.yaml"));
        assert!(!leaves_out(&["x/*.yaml"], "/repo/a[b]/q/x/y.yaml"));
        assert!(leaves_out(&["x/**/y.yaml"], "/repo/a[b]/x/z/q/y.yaml"));
        assert!(leaves_out(&["./legacy/"], "/repo/a[b]/legacy/Dockerfile"));
    }

    #[test]
    fn dots_are_resolved_by_name() {
        assert_eq!(absolute(Path::new("/a/b"), Path::new("../c/./d")), Path::new("/a/c/d"));
        assert_eq!(absolute(Path::new("/a/b"), Path::new("/x")), Path::new("/x"));
    }
}
