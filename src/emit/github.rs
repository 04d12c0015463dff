//! Workflow commands of GitHub Actions: each finding becomes a remark on its line of the pull request.

use std::io::{self, Write};

use super::{Findings, display_path, position};
use crate::lint::Severity;

/// So many remarks of each level GitHub keeps per step.
const KEPT: usize = 10;

/// Writes one command per finding, the worst first, because GitHub drops what comes after the first ten of a level.
/// Returns how many will be dropped.
///
/// # Errors
///
/// When `out` does not take it.
pub fn write(findings: &Findings<'_>, out: &mut dyn Write) -> io::Result<usize> {
    let mut dropped = 0;
    for severity in [Severity::Error, Severity::Warning, Severity::Info] {
        let level = match severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "notice",
        };
        let mut count = 0_usize;
        for diagnostic in findings.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity) {
            count += 1;
            let path = &diagnostic.source.path;
            let path = findings.root.relative(path).unwrap_or_else(|| display_path(path).into_owned());
            let start = position(&diagnostic.source, diagnostic.span.start);
            let end = position(&diagnostic.source, diagnostic.span.end);
            write!(out, "::{level} title={},file={},", property(&diagnostic.rule), property(&path))?;
            write!(out, "line={},endLine={}", start.line, end.line)?;
            // GitHub takes columns only where the place is within one line.
            if start.line == end.line {
                write!(out, ",col={},endColumn={}", start.column, end.column)?;
            }
            writeln!(out, "::{}", data(&diagnostic.message))?;
        }
        dropped += count.saturating_sub(KEPT);
    }
    Ok(dropped)
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_end_a_property_or_a_command_is_escaped() {
        assert_eq!(property("a,b:c%\r\n"), "a%2Cb%3Ac%25%0D%0A");
        assert_eq!(data("a,b:c%\n"), "a,b:c%25%0A");
    }
}
