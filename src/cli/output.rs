//! Findings to standard output or to a file.

use std::io::{self, Write};
use std::path::Path;

use super::args::{CheckArguments, Format};
use super::files::write_whole;
use super::{Exit, note, terminal};
use crate::config::reason_text;
use crate::emit::{self, Findings, verified};

/// Writes the findings as the arguments ask for it, and the last line of the run.
///
/// # Errors
///
/// A message when they cannot be written.
pub(super) fn write(findings: &Findings<'_>, arguments: &CheckArguments, to_stderr: bool) -> Result<(), String> {
    let to_file = arguments.output_file.is_some() || to_stderr;
    let style = terminal::style(arguments.color, arguments.hyperlinks, to_file);
    let mut out = Vec::new();
    let mut dropped = 0;
    let written = match arguments.output_format {
        Format::Full | Format::Concise if arguments.statistics => emit::write_statistics(findings, style, &mut out),
        Format::Full => emit::full::write(findings.diagnostics, style, &mut out),
        Format::Concise => emit::concise::write(findings, &mut out),
        Format::Json => emit::json::write(findings, &mut out),
        Format::Sarif => emit::sarif::write(findings, &mut out),
        Format::Github => emit::github::write(findings, &mut out).map(|count| dropped = count),
    };
    written.map_err(|reason| format!("the findings cannot be written: {reason}"))?;
    let mut summary = Vec::new();
    let table = verified::table(findings.verified, style);
    let for_people = matches!(arguments.output_format, Format::Full | Format::Concise);
    if for_people && !arguments.quiet && (findings.files > 0 || !findings.diagnostics.is_empty()) {
        // Writing to memory does not fail.
        let _ = emit::write_summary(&findings.summary(), &mut summary);
    }
    if for_people {
        summary.extend_from_slice(table.as_bytes());
    }
    match &arguments.output_file {
        Some(path) => {
            write_file(path, &out)?;
            write_stderr(&summary);
        }
        None if to_stderr => {
            write_stderr(&out);
            write_stderr(&summary);
        }
        None => {
            out.extend(summary);
            write_stdout(&out)?;
        }
    }
    if dropped > 0 {
        note(&format!("GitHub shows 10 findings of each level for a step; {dropped} more are in the log only"));
    }
    Ok(())
}

/// Writes to standard output. Whoever reads it may stop at any time.
///
/// # Errors
///
/// A message when it cannot be written for another reason.
pub(super) fn write_stdout(bytes: &[u8]) -> Result<Exit, String> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(reason) if reason.kind() != io::ErrorKind::BrokenPipe => {
            Err(format!("standard output cannot be written: {reason}"))
        }
        _ => Ok(Exit::Clean),
    }
}

/// Writes to standard error, as far as somebody listens.
pub(super) fn write_stderr(bytes: &[u8]) {
    let _ = io::stderr().lock().write_all(bytes);
}

/// Writes all of a file.
///
/// # Errors
///
/// A message when it cannot be written.
pub(super) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), String> {
    write_whole(path, bytes)
        .map_err(|reason| format!("{}: cannot be written: {}", path.display(), reason_text(&reason)))
}
