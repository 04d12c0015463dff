//! Findings out: one file per format. Nothing here reads a file or decides what is wrong.

pub mod concise;
mod excerpt;
pub mod full;
pub mod github;
pub mod json;
pub mod layers;
mod patch;
mod plain;
pub(crate) mod printable;
mod root;
pub mod sarif;
mod style;
mod summary;
pub mod verified;

use std::borrow::Cow;
use std::path::Path;

use serde::Serialize;

pub use plain::plain;
pub use root::Root;
pub use style::Style;
pub use summary::{Summary, write_statistics, write_summary};
pub use verified::{VerifiedFile, VerifiedFix, VerifiedImage};

use crate::lint::own::GROUP;
use crate::lint::suppress::Suppressed;
use crate::lint::{Applicability, Diagnostic, Rule};
use crate::text::{Encoding, Source};

/// What a run has to tell.
#[derive(Clone, Copy, Debug)]
pub struct Findings<'a> {
    /// Sorted by path, position and rule.
    pub diagnostics: &'a [Diagnostic],
    /// What was held back; shown only by the formats that can, and only when it is asked for.
    pub suppressed: &'a [Suppressed],
    /// How many were held back, whether they are shown or not.
    pub suppressed_count: usize,
    /// How many problems this run has fixed.
    pub fixed: usize,
    /// What building fixes showed, where that was asked for.
    pub verified: &'a [VerifiedFile],
    /// How many files were checked.
    pub files: usize,
    /// The least trusted fixes that `--fix` would apply as the run was called.
    pub fixes: Applicability,
    /// All rules, sorted by id.
    pub rules: &'a [&'a Rule],
    /// Where paths start.
    pub root: &'a Root,
}

/// A place for people: line and column from 1, columns counted in characters, and the offset in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
    /// From 0, in bytes.
    pub offset: u32,
}

impl<'a> Findings<'a> {
    /// The rule with this id.
    fn rule(&self, id: &str) -> Option<&'a Rule> {
        let at = self.rules.binary_search_by(|rule| (*rule.id).cmp(id)).ok()?;
        Some(self.rules[at])
    }

    /// Whether `--fix`, as the run was called, would mend it.
    fn mends(&self, diagnostic: &Diagnostic) -> bool {
        summary::best_fix(diagnostic).is_some_and(|best| best >= self.fixes)
    }
}

/// Where the page of a rule is published; `None` for rules of users.
pub fn rule_url(id: &str) -> Option<String> {
    let published = !id.strip_prefix(GROUP).is_some_and(|rest| rest.starts_with('/'));
    published.then(|| page_url(id))
}

/// Where a page below `rules/` is published.
pub fn page_url(name: &str) -> String {
    format!("{}/blob/main/rules/{name}.md", env!("CARGO_PKG_REPOSITORY"))
}

/// A path as it is printed: with `/`, and without `./` in front.
pub(crate) fn display_path(path: &Path) -> Cow<'_, str> {
    let shown = path.strip_prefix(".").unwrap_or(path).to_string_lossy();
    if cfg!(windows) { Cow::Owned(shown.replace('\\', "/")) } else { shown }
}

/// `1 finding`, `2 findings`, `2 entries`, `2 fixes`.
pub(crate) fn counted(number: usize, word: &str) -> String {
    match (number, word.strip_suffix('y')) {
        (1, _) => format!("1 {word}"),
        (_, Some(stem)) => format!("{number} {stem}ies"),
        _ if word.ends_with('x') => format!("{number} {word}es"),
        _ => format!("{number} {word}s"),
    }
}

fn position(source: &Source, offset: u32) -> Place {
    let position = source.lines().position(offset, Encoding::Utf32);
    Place { line: position.line + 1, column: position.column + 1, offset }
}
