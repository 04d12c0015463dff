//! The last line of a run, and the table of `--statistics`.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::Findings;
use super::style::{Paint, Style};
use crate::lint::{Applicability, Diagnostic, Severity};

/// The figures of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Files that were checked.
    pub files: usize,
    /// Files with at least one finding.
    pub files_with_findings: usize,
    /// Findings of this severity.
    pub errors: usize,
    /// Findings of this severity.
    pub warnings: usize,
    /// Findings of this severity.
    pub infos: usize,
    /// Findings with a safe fix.
    pub fixable: usize,
    /// Findings whose best fix is an unsafe one.
    pub fixable_unsafely: usize,
    /// Findings that comments, annotations, the configuration or the baseline hold back.
    pub suppressed: usize,
    /// Problems that this run has fixed.
    pub fixed: usize,
}

impl Findings<'_> {
    /// The figures.
    pub fn summary(&self) -> Summary {
        let mut summary =
            Summary { files: self.files, suppressed: self.suppressed_count, fixed: self.fixed, ..Summary::default() };
        let mut last = None;
        for diagnostic in self.diagnostics {
            match diagnostic.severity {
                Severity::Error => summary.errors += 1,
                Severity::Warning => summary.warnings += 1,
                Severity::Info => summary.infos += 1,
            }
            match best_fix(diagnostic) {
                Some(Applicability::Safe) => summary.fixable += 1,
                Some(Applicability::Unsafe) => summary.fixable_unsafely += 1,
                _ => {}
            }
            if last != Some(&diagnostic.source.path) {
                summary.files_with_findings += 1;
                last = Some(&diagnostic.source.path);
            }
        }
        summary
    }
}

/// Writes the last line of a run.
///
/// # Errors
///
/// When `out` does not take it.
pub fn write_summary(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    if summary.fixed > 0 {
        writeln!(out, "Fixed {}.", count(summary.fixed, "problem"))?;
    }
    let found = summary.errors + summary.warnings + summary.infos;
    if found == 0 {
        return writeln!(out, "All checks passed.");
    }
    let parts = [(summary.errors, "error"), (summary.warnings, "warning"), (summary.infos, "info")];
    let parts: Vec<String> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, word)| count(*n, word)).collect();
    write!(out, "Found {} ({})", count(found, "problem"), parts.join(", "))?;
    write!(out, " in {}.", count(summary.files_with_findings, "file"))?;
    match (summary.fixable, summary.fixable_unsafely) {
        (0, 0) => writeln!(out),
        (safe, 0) => writeln!(out, " {safe} fixable with --fix."),
        (0, risky) => writeln!(out, " {risky} fixable with --fix --unsafe-fixes."),
        (safe, risky) => writeln!(out, " {safe} fixable with --fix, {risky} more with --unsafe-fixes."),
    }
}

/// Writes how often each rule fired, the most frequent first.
///
/// # Errors
///
/// When `out` does not take it.
pub fn write_statistics(findings: &Findings<'_>, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let mut rows: BTreeMap<&str, (usize, usize, Severity)> = BTreeMap::new();
    for diagnostic in findings.diagnostics {
        let row = rows.entry(&diagnostic.rule).or_insert((0, 0, diagnostic.severity));
        row.0 += 1;
        row.1 += usize::from(best_fix(diagnostic) == Some(Applicability::Safe));
        row.2 = row.2.max(diagnostic.severity);
    }
    let mut rows: Vec<_> = rows.into_iter().collect();
    rows.sort_by_key(|(id, (count, ..))| (std::cmp::Reverse(*count), *id));
    let width = rows.first().map_or(0, |(_, (count, ..))| count.to_string().len());
    let longest = rows.iter().map(|(id, _)| id.len()).max().unwrap_or(0);
    for (id, (count, fixable, severity)) in rows {
        let fixes = if fixable > 0 { format!("  [*] {fixable} fixable") } else { String::new() };
        let id = style.paint(Paint::Bold, &format!("{id:longest$}"));
        writeln!(out, "{count:>width$}  {id}  {}{fixes}", severity.name())?;
    }
    Ok(())
}

/// The most trusted of its fixes.
pub(super) fn best_fix(diagnostic: &Diagnostic) -> Option<Applicability> {
    diagnostic.fixes.iter().map(|fix| fix.applicability).max()
}

/// `1 file`, `2 files`; `info` has no plural.
fn count(number: usize, word: &str) -> String {
    let plural = if number == 1 || word == "info" { "" } else { "s" };
    format!("{number} {word}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(summary: Summary) -> String {
        let mut out = Vec::new();
        write_summary(&summary, &mut out).expect("memory takes everything");
        String::from_utf8(out).expect("it is text")
    }

    #[test]
    fn the_last_line_says_what_was_found_and_what_can_be_done() {
        assert_eq!(line(Summary::default()), "All checks passed.\n");
        let found = Summary { errors: 1, warnings: 2, files_with_findings: 2, fixable: 1, ..Summary::default() };
        assert_eq!(line(found), "Found 3 problems (1 error, 2 warnings) in 2 files. 1 fixable with --fix.\n");
        let risky = Summary { infos: 2, files_with_findings: 1, fixable_unsafely: 1, fixed: 4, ..Summary::default() };
        assert_eq!(
            line(risky),
            "Fixed 4 problems.\nFound 2 problems (2 info) in 1 file. 1 fixable with --fix --unsafe-fixes.\n"
        );
    }
}
