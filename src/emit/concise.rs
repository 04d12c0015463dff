//! One line per finding, for editors and `grep`: `path:line:column: severity[rule] message`.

use std::io::{self, Write};

use super::printable::printable_line;
use super::{Findings, display_path, position};

/// Writes one line per finding; `[*]` marks those that the fix at hand would mend.
///
/// # Errors
///
/// When `out` does not take it.
pub fn write(findings: &Findings<'_>, out: &mut dyn Write) -> io::Result<()> {
    for diagnostic in findings.diagnostics {
        let path = display_path(&diagnostic.source.path);
        let start = position(&diagnostic.source, diagnostic.span.start);
        let mark = if findings.mends(diagnostic) { " [*]" } else { "" };
        writeln!(
            out,
            "{}:{}:{}: {}[{}]{mark} {}",
            printable_line(&path),
            start.line,
            start.column,
            diagnostic.severity.name(),
            diagnostic.rule,
            printable_line(&diagnostic.message),
        )?;
    }
    Ok(())
}
