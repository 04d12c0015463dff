//! Chooses fixes, applies them, looks again, until nothing more changes.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::engine::check_each;
use super::verify::Before;
pub use super::verify::syntax_errors;
use super::{Applicability, Diagnostic, Fix, Report, Settings};
use crate::text::{Edit, Entry, Files, apply};

/// A file that still changes after so many rounds is not going to settle.
pub const ROUNDS: usize = 10;

/// What was done to a file.
#[derive(Clone, Debug)]
pub struct Fixed {
    /// The new content; every byte outside of the edits is as it was.
    pub bytes: Vec<u8>,
    /// What was applied, in order.
    pub applied: Vec<Applied>,
    /// Whether a last look found nothing more to apply. When not, two rules undo each other: a fault of ours.
    pub converged: bool,
    /// What is found in the new content.
    pub report: Report,
}

/// A fix that was applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The id of the rule.
    pub rule: Cow<'static, str>,
    /// What the fix says it does.
    pub title: Cow<'static, str>,
    /// The zero-based line of the finding, in the content of that round.
    pub line: u32,
}

/// Applies the fixes of the file at `path` that are at least `least`, for the findings that `wanted` takes, until
/// none is left. No fix is applied that would add a syntax error, or change the plan of a Dockerfile in a way that it
/// does not declare.
///
/// # Errors
///
/// When the file cannot be read.
pub fn fix(
    path: &Path,
    files: &dyn Files,
    settings: &Settings,
    least: Applicability,
    wanted: &(dyn Fn(&Diagnostic) -> bool + Sync),
) -> io::Result<Fixed> {
    let mut fixed = fix_all(&[path.to_owned()], files, settings, least, wanted);
    fixed.remove(path).expect("every path has a result")
}

/// As [`fix`], for several files together: what is known of the project is found out once for a round of all of them.
/// Each path has its own result.
pub fn fix_all(
    paths: &[PathBuf],
    files: &dyn Files,
    settings: &Settings,
    least: Applicability,
    wanted: &(dyn Fn(&Diagnostic) -> bool + Sync),
) -> BTreeMap<PathBuf, io::Result<Fixed>> {
    let mut results = BTreeMap::new();
    let mut overlay = Overlay::new(files);
    let mut open: BTreeMap<PathBuf, Vec<Applied>> = BTreeMap::new();
    for path in paths {
        match files.read(path) {
            Ok(bytes) => {
                overlay.contents.insert(path.clone(), bytes);
                open.insert(path.clone(), Vec::new());
            }
            Err(error) => {
                results.insert(path.clone(), Err(error));
            }
        }
    }
    for round in 0..=ROUNDS {
        let targets: Vec<PathBuf> = open.keys().cloned().collect();
        let reports = check_each(&targets, &overlay, settings);
        for ((path, mut applied), report) in mem::take(&mut open).into_iter().zip(reports) {
            let bytes = &overlay.contents[&path];
            let next = if round < ROUNDS { next(bytes, &report, least, wanted, settings) } else { None };
            let Some((bytes, kept)) = next else {
                let converged = round < ROUNDS || choose(&report.diagnostics, least, wanted).is_empty();
                let bytes = bytes.clone();
                results.insert(path, Ok(Fixed { bytes, applied, converged, report }));
                continue;
            };
            applied.extend(kept.iter().map(|(diagnostic, fix)| Applied {
                rule: diagnostic.rule.clone(),
                title: fix.title.clone(),
                line: diagnostic.source.lines().line_of(diagnostic.span.start),
            }));
            overlay.contents.insert(path.clone(), bytes);
            open.insert(path, applied);
        }
    }
    results
}

/// The content after one round. A fix that cannot be applied stands in the way of no other.
fn next<'d>(
    bytes: &[u8],
    report: &'d Report,
    least: Applicability,
    wanted: &dyn Fn(&Diagnostic) -> bool,
    settings: &Settings,
) -> Option<(Vec<u8>, Chosen<'d>)> {
    let mut refused: Vec<&Fix> = Vec::new();
    loop {
        let chosen = choose_without(&report.diagnostics, least, wanted, &refused);
        if chosen.is_empty() {
            return None;
        }
        if let Some(next) = apply_soundly(bytes, &chosen, settings) {
            return Some(next);
        }
        refused.extend(chosen.iter().map(|(_, fix)| *fix));
    }
}

/// The first fix of each finding that is at least `least`, without those that touch what an earlier one changes.
pub fn choose<'d>(
    diagnostics: &'d [Diagnostic],
    least: Applicability,
    wanted: &dyn Fn(&Diagnostic) -> bool,
) -> Vec<(&'d Diagnostic, &'d Fix)> {
    choose_without(diagnostics, least, wanted, &[])
}

fn choose_without<'d>(
    diagnostics: &'d [Diagnostic],
    least: Applicability,
    wanted: &dyn Fn(&Diagnostic) -> bool,
    refused: &[&Fix],
) -> Chosen<'d> {
    let mut chosen: Vec<(&Diagnostic, &Fix)> = Vec::new();
    let mut taken: Vec<&Edit> = Vec::new();
    for diagnostic in diagnostics.iter().filter(|diagnostic| wanted(diagnostic)) {
        let may = |fix: &&Fix| fix.applicability >= least && !refused.iter().any(|other| std::ptr::eq(*other, *fix));
        let Some(fix) = diagnostic.fixes.iter().find(may) else { continue };
        let free = fix.edits.iter().all(|edit| taken.iter().all(|other| !touch(edit, other)));
        if free && !fix.edits.is_empty() {
            taken.extend(&fix.edits);
            chosen.push((diagnostic, fix));
        }
    }
    chosen
}

/// Whether two edits change the same bytes, or one inserts where the other changes.
fn touch(a: &Edit, b: &Edit) -> bool {
    a.span.start <= b.span.end && b.span.start <= a.span.end
}

type Chosen<'d> = Vec<(&'d Diagnostic, &'d Fix)>;

/// Applies what can be applied; `None` when nothing can, or nothing would change.
fn apply_soundly<'d>(
    bytes: &[u8],
    chosen: &[(&'d Diagnostic, &'d Fix)],
    settings: &Settings,
) -> Option<(Vec<u8>, Chosen<'d>)> {
    let (first, _) = chosen.first()?;
    let before = Before::new(&first.source, settings);
    let sound = |fixes: &[(&Diagnostic, &Fix)]| {
        let fixes: Vec<&Fix> = fixes.iter().map(|(_, fix)| *fix).collect();
        before.with(&fixes).is_ok()
    };
    let result = |fixes: &[(&Diagnostic, &Fix)]| {
        let edits: Vec<Edit> = fixes.iter().flat_map(|(_, fix)| fix.edits.iter().cloned()).collect();
        apply(bytes, &edits).ok().filter(|result| result != bytes)
    };
    // What one declares is no leave for another: where there is a plan, each has to hold by itself.
    let kept: Chosen<'d> = match before.is_planned() {
        true => chosen.iter().filter(|fix| sound(&[**fix])).copied().collect(),
        false => sound_part(chosen, &sound),
    };
    if sound(&kept) {
        return Some((result(&kept)?, kept));
    }
    // Each part is sound, together they are not: one at a time, then.
    let first = *kept.first()?;
    Some((result(&[first]).filter(|_| sound(&[first]))?, vec![first]))
}

/// The fixes without those that break something, found by halving: most often none does.
fn sound_part<'d>(fixes: &[(&'d Diagnostic, &'d Fix)], sound: &impl Fn(&[(&Diagnostic, &Fix)]) -> bool) -> Chosen<'d> {
    if fixes.is_empty() || sound(fixes) {
        return fixes.to_vec();
    }
    if fixes.len() == 1 {
        return Vec::new();
    }
    let (left, right) = fixes.split_at(fixes.len() / 2);
    let mut kept = sound_part(left, sound);
    kept.extend(sound_part(right, sound));
    kept
}

/// Other files, with the content that some have by now in their place.
pub struct Overlay<'a> {
    files: &'a dyn Files,
    contents: BTreeMap<PathBuf, Vec<u8>>,
}

impl<'a> Overlay<'a> {
    /// `files` as they are.
    pub fn new(files: &'a dyn Files) -> Overlay<'a> {
        Overlay { files, contents: BTreeMap::new() }
    }

    /// With `bytes` in the file at `path`.
    #[must_use]
    pub fn with(mut self, path: &Path, bytes: Vec<u8>) -> Overlay<'a> {
        self.contents.insert(path.to_owned(), bytes);
        self
    }
}

impl Files for Overlay<'_> {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.contents.get(path).map_or_else(|| self.files.read(path), |bytes| Ok(bytes.clone()))
    }

    fn list(&self, folder: &Path) -> io::Result<Arc<[Entry]>> {
        self.files.list(folder)
    }

    fn exists(&self, path: &Path) -> bool {
        self.contents.contains_key(path) || self.files.exists(path)
    }
}

/// The paths that have something to fix, in order, each once.
pub fn fixable(report: &Report, least: Applicability) -> Vec<PathBuf> {
    let fixable = report.diagnostics.iter().filter(|d| d.fixes.iter().any(|fix| fix.applicability >= least));
    let mut paths: Vec<PathBuf> = fixable.map(|diagnostic| diagnostic.source.path.to_path_buf()).collect();
    paths.dedup();
    paths
}
