//! Findings out: one file per format. Nothing here reads a file or decides what is wrong.

mod excerpt;
pub mod full;
mod patch;
mod printable;
mod style;

use std::borrow::Cow;
use std::path::Path;

pub use style::Style;

/// Where the page of a rule is published.
pub fn rule_url(id: &str) -> String {
    format!("{}/blob/main/rules/{id}.md", env!("CARGO_PKG_REPOSITORY"))
}

/// A path as it is printed: with `/`, and without `./` in front.
pub(crate) fn display_path(path: &Path) -> Cow<'_, str> {
    let shown = path.strip_prefix(".").unwrap_or(path).to_string_lossy();
    if cfg!(windows) { Cow::Owned(shown.replace('\\', "/")) } else { shown }
}
