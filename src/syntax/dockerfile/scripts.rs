//! The shell scripts in instructions: what text the shell gets, and where it stands in the file.

use std::ops::Range;

use super::Heredoc;
use super::heredoc;
use super::mapped::Mapped;
use crate::syntax::shell::{self, Positions, Script, is_posix_shell};
use crate::text::Span;

impl Positions for Mapped<'_> {
    fn span(&self, range: Range<usize>) -> Span {
        Mapped::span(self, range)
    }
}

/// The script of a shell form with its heredocs. `RUN <<EOF` runs the body, unless its first line names a program
/// that is no POSIX-like shell; any other line gets its heredocs from the shell itself.
pub(super) fn of_line(line: &Mapped<'_>, heredocs: &[Heredoc], file: &str) -> Script {
    let Some(first) = heredocs.first() else { return shell::parse(&line.text, line) };
    if heredoc::marker(&line.text).is_some() {
        let body = first.body.of_text(file);
        if !body.strip_prefix("#!").is_none_or(is_shell_line) {
            return Script::default();
        }
        let body = lines(file, first.body, first.strip_tabs);
        return shell::parse(&body.text, &body);
    }
    let mut script = line.clone();
    for heredoc in heredocs {
        let start = heredoc.body.start as usize;
        if let Some(newline) = start.checked_sub(1).filter(|newline| file.as_bytes()[*newline] == b'\n') {
            script.push(&file[newline..start], newline);
        }
        script.push(heredoc.body.of_text(file), start);
        if let Some(end) = heredoc.end {
            script.push(end.of_text(file), end.start as usize);
        }
    }
    shell::parse(&script.text, &script)
}

/// The script of `["sh", "-c", "…"]`, with any flags of the shell before the `-c`.
pub(super) fn of_arguments(words: &[Mapped<'_>]) -> Option<Script> {
    let (program, rest) = words.split_first()?;
    if !is_posix_shell(&program.text) {
        return None;
    }
    let command = rest.iter().position(|word| !word.text.starts_with('-') || word.text.ends_with('c'))?;
    let flag = &rest[command].text;
    if !flag.starts_with('-') || flag.starts_with("--") {
        return None;
    }
    let script = rest.get(command + 1)?;
    Some(shell::parse(&script.text, script))
}

/// Whether what stands after `#!` names a POSIX-like shell.
fn is_shell_line(body: &str) -> bool {
    let line = body.lines().next().unwrap_or("");
    let mut words = line.split_ascii_whitespace();
    let Some(program) = words.next() else { return false };
    if program.rsplit('/').next() != Some("env") {
        return is_posix_shell(program);
    }
    words.find(|word| !word.starts_with('-')).is_some_and(is_posix_shell)
}

/// The lines of a heredoc, without their tabs in front if those are to be left out.
fn lines(file: &str, body: Span, strip_tabs: bool) -> Mapped<'_> {
    let mut result = Mapped::empty(body.start as usize);
    if !strip_tabs {
        result.push(body.of_text(file), body.start as usize);
        return result;
    }
    let mut at = body.start as usize;
    for line in body.of_text(file).split_inclusive('\n') {
        let content = line.trim_start_matches('\t');
        result.push(content, at + line.len() - content.len());
        at += line.len();
    }
    result
}
