//! A list of findings that an old repository lives with: what is in it is not reported again. An entry is known by
//! the rule, the path and the content of its line, never by the number of the line, so that it survives what happens
//! elsewhere in the file.

use std::path::{Component, Path};

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use super::Diagnostic;
use super::engine::INTERNAL_ERROR;
use super::suppress::{Origin, Suppressed};

/// The version of the file format.
const VERSION: u32 = 1;

/// The findings to live with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    entries: Vec<Entry>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
struct Entry {
    path: String,
    rule: String,
    /// The hash of the line the finding starts on, blanks around it left out; 16 hexadecimal digits.
    line: String,
    /// Which of several findings that are alike in all this, from 1.
    occurrence: u32,
}

#[derive(Serialize, Deserialize)]
struct File {
    version: u32,
    entries: Vec<Entry>,
}

/// What a baseline did to a report.
#[derive(Clone, Debug, Default)]
pub struct Applied {
    /// What it holds back, in order.
    pub suppressed: Vec<Suppressed>,
    /// The number of entries that match nothing any more.
    pub stale: usize,
}

impl Baseline {
    /// The baseline of a report; `path_of` gives the path that is written for a file (see [`plain_path`]).
    pub fn of(diagnostics: &[Diagnostic], path_of: impl Fn(&Path) -> String) -> Baseline {
        let mut entries: Vec<Entry> = entries(diagnostics, &path_of).into_iter().flatten().collect();
        entries.sort();
        Baseline { entries }
    }

    /// Reads a baseline file.
    ///
    /// # Errors
    ///
    /// What is wrong with it, as a sentence without a full stop.
    pub fn parse(text: &str) -> Result<Baseline, String> {
        let file: File = serde_json::from_str(text).map_err(|error| format!("this is no baseline: {error}"))?;
        if file.version != VERSION {
            return Err(format!("the baseline is of version {}, not {VERSION}", file.version));
        }
        Ok(Baseline { entries: file.entries })
    }

    /// As it is written to a file.
    pub fn to_json(&self) -> String {
        let file = File { version: VERSION, entries: self.entries.clone() };
        let mut text = serde_json::to_string_pretty(&file).unwrap_or_default();
        text.push('\n');
        text
    }

    /// The number of its entries.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Takes what it holds out of `diagnostics`.
    pub fn apply(&self, diagnostics: &mut Vec<Diagnostic>, path_of: impl Fn(&Path) -> String) -> Applied {
        let mut left: FxHashSet<&Entry> = self.entries.iter().collect();
        let found = entries(diagnostics, &path_of);
        let mut applied = Applied::default();
        let mut kept = Vec::with_capacity(diagnostics.len());
        for (diagnostic, entry) in diagnostics.drain(..).zip(found) {
            if entry.is_some_and(|entry| left.remove(&entry)) {
                applied.suppressed.push(Suppressed { diagnostic, origin: Origin::Baseline, reason: None });
            } else {
                kept.push(diagnostic);
            }
        }
        *diagnostics = kept;
        applied.stale = left.len();
        applied
    }
}

/// A path with `/` between its parts and no `.` among them.
pub fn plain_path(path: &Path) -> String {
    let parts = path.components().filter(|part| *part != Component::CurDir);
    let parts: Vec<_> = parts.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    parts.join("/")
}

/// The entry of each finding; `None` for one that must not be held back.
fn entries(diagnostics: &[Diagnostic], path_of: &dyn Fn(&Path) -> String) -> Vec<Option<Entry>> {
    let mut seen: FxHashMap<(String, &str, u64), u32> = FxHashMap::default();
    let entry = |diagnostic: &'_ Diagnostic| {
        let lines = diagnostic.source.lines();
        let line = lines.line(lines.line_of(diagnostic.span.start)).unwrap_or_default();
        let hash = hash(line.of_text(&diagnostic.source.text).trim().as_bytes());
        (path_of(&diagnostic.source.path), hash)
    };
    let mut result = Vec::with_capacity(diagnostics.len());
    for diagnostic in diagnostics {
        if diagnostic.rule == INTERNAL_ERROR {
            result.push(None);
            continue;
        }
        let (path, hash) = entry(diagnostic);
        let occurrence = seen.entry((path.clone(), &diagnostic.rule, hash)).or_default();
        *occurrence += 1;
        let rule = diagnostic.rule.clone().into_owned();
        result.push(Some(Entry { path, rule, line: format!("{hash:016x}"), occurrence: *occurrence }));
    }
    result
}

/// FNV-1a of 64 bits: the same on every machine and in every version, for it is written into files.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::lint::Severity;
    use crate::lint::engine::finding;
    use crate::text::{Source, Span};

    fn findings(text: &str) -> Vec<Diagnostic> {
        let source = Arc::new(Source::new("./a/Dockerfile", text));
        let at = text.match_indices("bad").map(|(at, _)| Span::of(at..at + 3));
        at.map(|span| finding("x/y", Severity::Error, &source, span, "m".to_owned())).collect()
    }

    #[test]
    fn an_entry_survives_what_happens_elsewhere_in_the_file() {
        let baseline = Baseline::of(&findings("bad 1\nbad 1\n"), plain_path);
        assert_eq!(Baseline::parse(&baseline.to_json()), Ok(baseline.clone()));
        let mut now = findings("new\n  bad 1\nbad 1\nbad 1\nbad 2\n");
        let applied = baseline.apply(&mut now, plain_path);
        assert_eq!((applied.suppressed.len(), applied.stale, now.len()), (2, 0, 2));
    }

    #[test]
    fn entries_that_match_nothing_are_counted() {
        let baseline = Baseline::of(&findings("bad 1\nbad 2\n"), plain_path);
        let mut now = findings("bad 2\n");
        assert_eq!(baseline.apply(&mut now, plain_path).stale, 1);
    }

    #[test]
    fn the_hash_is_the_published_one() {
        assert_eq!(hash(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(hash(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn a_file_that_is_no_baseline_is_refused() {
        assert!(Baseline::parse("{}").is_err());
        assert!(Baseline::parse("{\"version\": 2, \"entries\": []}").is_err());
    }
}
