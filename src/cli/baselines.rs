//! The files with known findings, as the configurations name them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::files::write_whole;
use crate::config::{absolute, reason_text};
use crate::lint::Diagnostic;
use crate::lint::baseline::{Baseline, plain_path};
use crate::lint::suppress::Suppressed;

/// A baseline and the folder that its paths are relative to.
#[derive(Debug)]
pub(super) struct BaselineFile {
    path: PathBuf,
    /// The folder the run was started in.
    current: PathBuf,
    content: Baseline,
}

impl BaselineFile {
    /// Reads the baseline at the absolute `path`.
    ///
    /// # Errors
    ///
    /// A message when it cannot be read or is none.
    pub(super) fn read(path: &Path, current: &Path) -> Result<BaselineFile, String> {
        let shown = path.strip_prefix(current).unwrap_or(path).display();
        let text = fs::read_to_string(path).map_err(|reason| {
            let hint = match reason.kind() {
                std::io::ErrorKind::NotFound => "; --update-baseline writes it",
                _ => "",
            };
            format!("the baseline {shown} cannot be read: {}{hint}", reason_text(&reason))
        })?;
        let content = Baseline::parse(&text).map_err(|reason| format!("{shown}: {reason}"))?;
        Ok(BaselineFile { path: path.to_path_buf(), current: current.to_path_buf(), content })
    }

    /// The baseline of `diagnostics`, to be written to the absolute `path`.
    pub(super) fn of(path: &Path, current: &Path, diagnostics: &[Diagnostic]) -> BaselineFile {
        let content = Baseline::of(diagnostics, |file| path_in(path, current, file));
        BaselineFile { path: path.to_path_buf(), current: current.to_path_buf(), content }
    }

    /// Writes it.
    ///
    /// # Errors
    ///
    /// A message when it cannot be written.
    pub(super) fn write(&self) -> Result<(), String> {
        write_whole(&self.path, self.content.to_json().as_bytes()).map_err(|reason| {
            format!("the baseline {} cannot be written: {}", self.path.display(), reason_text(&reason))
        })
    }

    /// The number of its entries.
    pub(super) fn len(&self) -> usize {
        self.content.len()
    }

    /// Takes what it lists out of `diagnostics`; how many of its entries match nothing any more.
    pub(super) fn apply(&self, diagnostics: &mut Vec<Diagnostic>, suppressed: &mut Vec<Suppressed>) -> usize {
        let applied = self.content.apply(diagnostics, |file| path_in(&self.path, &self.current, file));
        suppressed.extend(applied.suppressed);
        applied.stale
    }

    /// The findings of `diagnostics` that it lists, each by its rule and the content of its line. A fix may move
    /// them, so a place would not do.
    pub(super) fn known(&self, diagnostics: &[Diagnostic]) -> BTreeSet<(String, String)> {
        let mut rest = diagnostics.to_vec();
        let mut listed = Vec::new();
        self.apply(&mut rest, &mut listed);
        listed.iter().map(|held_back| by_content(&held_back.diagnostic)).collect()
    }
}

/// A finding by its rule and the content of its line.
pub(super) fn by_content(diagnostic: &Diagnostic) -> (String, String) {
    let lines = diagnostic.source.lines();
    let line = lines.line(lines.line_of(diagnostic.span.start)).unwrap_or_default();
    (diagnostic.rule.clone().into_owned(), line.of_text(&diagnostic.source.text).trim().to_owned())
}

/// The path of a file as a baseline has it: relative to the folder of the baseline, so that it does not matter where
/// the run was started.
fn path_in(baseline: &Path, current: &Path, file: &Path) -> String {
    let file = absolute(current, file);
    let folder = baseline.parent().unwrap_or(baseline);
    plain_path(file.strip_prefix(folder).unwrap_or(&file))
}
