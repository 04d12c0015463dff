//! `--fix` and `--diff`.

use std::collections::BTreeMap;
use std::path::Path;

use similar::TextDiff;

use super::files::{DiskFiles, write_whole};
use super::warning;
use crate::config::reason_text;
use crate::emit::{VerifiedFile, display_path};
use crate::lint::fix::{Applied, fix_all, fixable};
use crate::lint::{Applicability, Diagnostic, Report, Settings};
use crate::text::Files;

/// What was fixed, or would be.
#[derive(Debug, Default)]
pub(super) struct Fixes {
    /// By path.
    pub(super) applied: BTreeMap<std::path::PathBuf, Vec<Applied>>,
    /// As a unified diff, where it was asked for.
    pub(super) diff: String,
    /// The new content of standard input, where that was what was fixed.
    pub(super) stdin: Option<Vec<u8>>,
    /// Why files could not be written.
    pub(super) problems: Vec<String>,
    /// What building fixes showed.
    #[cfg(all(feature = "build", target_os = "linux"))]
    pub(super) proofs: Vec<super::prove::Proof>,
}

/// What becomes of the new content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Destination<'a> {
    /// The file itself.
    File,
    /// A diff.
    Diff,
    /// Standard output, for the file of this name.
    Stdout(&'a Path),
}

impl Fixes {
    /// What building fixes showed, by path.
    pub(super) fn verified(&self) -> Vec<VerifiedFile> {
        #[cfg(all(feature = "build", target_os = "linux"))]
        return self.proofs.iter().map(|proof| proof.report.clone()).collect();
        #[cfg(not(all(feature = "build", target_os = "linux")))]
        Vec::new()
    }

    /// How many problems were fixed.
    pub(super) fn count(&self) -> usize {
        self.applied.values().map(Vec::len).sum()
    }

    /// Applies what the findings of `report` offer.
    pub(super) fn apply(
        &mut self,
        report: &Report,
        files: &DiskFiles,
        settings: &Settings,
        least: Applicability,
        wanted: &(dyn Fn(&Diagnostic) -> bool + Sync),
        destination: Destination<'_>,
    ) {
        for (path, fixed) in fix_all(&fixable(report, least), files, settings, least, wanted) {
            let (before, fixed) = match fixed.and_then(|fixed| Ok((files.read(&path)?, fixed))) {
                Ok(fixed) => fixed,
                Err(reason) => {
                    self.problems.push(format!("{}: {}", path.display(), reason_text(&reason)));
                    continue;
                }
            };
            if !fixed.converged {
                let path = display_path(&path);
                warning(&format!(
                    "{path}: the fixes do not come to an end; this is a fault of rlint, please report it"
                ));
            }
            if fixed.bytes != before {
                self.keep(&path, &before, fixed.bytes, fixed.applied, destination);
            }
        }
    }

    /// Does with the new content of a file what is wanted.
    pub(super) fn keep(
        &mut self,
        path: &Path,
        before: &[u8],
        bytes: Vec<u8>,
        applied: Vec<Applied>,
        destination: Destination<'_>,
    ) {
        match destination {
            Destination::File => {
                if let Err(reason) = write_whole(path, &bytes) {
                    self.problems.push(format!("{}: cannot be written: {}", path.display(), reason_text(&reason)));
                    return;
                }
            }
            Destination::Diff => self.diff.push_str(&unified(path, before, &bytes)),
            Destination::Stdout(name) if name == path => self.stdin = Some(bytes),
            Destination::Stdout(_) => {}
        }
        self.applied.insert(path.to_owned(), applied);
    }

    /// The list of `--show-fixes`.
    pub(super) fn list(&self) -> String {
        let mut list = String::new();
        for (path, applied) in &self.applied {
            let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
            for fix in applied {
                *counts.entry(&fix.rule).or_default() += 1;
            }
            list.push_str(&format!("{}:\n", display_path(path)));
            for (rule, count) in counts {
                list.push_str(&format!("  {count} × {rule}\n"));
            }
        }
        list
    }
}

fn unified(path: &Path, before: &[u8], after: &[u8]) -> String {
    let name = display_path(path);
    let (before, after) = (String::from_utf8_lossy(before), String::from_utf8_lossy(after));
    let diff = TextDiff::from_lines(&*before, &*after);
    diff.unified_diff().header(&name, &name).to_string()
}
