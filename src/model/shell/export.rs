//! Scripts as another checker can read them: byte for byte as long as in the file, so that places map by addition.

use std::ops::Range;

use crate::model::dockerfile::{Instruction, PREDEFINED_PROXY_ARGUMENTS, Sh, ShellKind};
use crate::syntax::dockerfile::{Command, InstructionKind};
use crate::text::Span;

/// A script of a RUN with a head that says which shell reads it and which variables there are.
#[derive(Clone, Debug)]
pub struct Exported {
    /// The head, and the script.
    pub text: String,
    /// The length of the head.
    pub head: usize,
    /// Where the script stands in the file.
    pub offset: u32,
    /// The shell that reads it.
    pub shell: ShellKind,
}

impl Exported {
    /// The place in the file of a range of the text; `None` when it reaches into the head.
    pub fn span(&self, range: Range<usize>) -> Option<Span> {
        let start = u32::try_from(range.start.checked_sub(self.head)?).ok()?;
        let end = u32::try_from(range.end.checked_sub(self.head)?).ok()?;
        (start <= end && range.end <= self.text.len()).then(|| Span::new(self.offset + start, self.offset + end))
    }

    /// Whether the file has the same bytes as the text in a range: no continuation and no comment in between.
    pub fn is_as_written(&self, range: Range<usize>, file: &str) -> bool {
        let written = self.span(range.clone()).and_then(|span| file.get(span.range()));
        written.is_some() && written == self.text.get(range)
    }
}

/// The script of a RUN in its shell form; `None` where there is none, or its shell is not a POSIX-like one.
pub fn export(instruction: Instruction<'_>) -> Option<Exported> {
    let InstructionKind::Run(Command::Shell(form)) = &instruction.node.kind else { return None };
    let shell = instruction.shell();
    let dialect = dialect(shell)?;
    if instruction.dockerfile.tree.escape != '\\' || form.text.trim().is_empty() {
        return None;
    }
    let file = instruction.dockerfile.text();
    let (span, continued) = match instruction.script_heredoc() {
        Some(heredoc) => (heredoc.body, 0),
        None => {
            let end = instruction.node.heredocs.iter().map(|heredoc| heredoc.end.unwrap_or(heredoc.body).end).max();
            (Span::new(form.span.start, end.unwrap_or(form.span.end)), form.span.len() as usize)
        }
    };
    let mut bytes = file.get(span.range())?.as_bytes().to_vec();
    join(&mut bytes[..continued.min(span.len() as usize)]);
    let script = String::from_utf8(bytes).ok()?;
    let exits = super::exits_on_error(instruction) && instruction.shell_instruction().is_some();
    let mut text = format!("#!/bin/{dialect}{}\n", if exits { " -e" } else { "" });
    let mut names: Vec<&str> = instruction.scope().into_iter().flat_map(|scope| scope.names()).collect();
    names.extend(PREDEFINED_PROXY_ARGUMENTS);
    names.sort_unstable();
    names.dedup();
    for name in names.into_iter().filter(|name| super::words::is_name(name)) {
        text.push_str("export ");
        text.push_str(name);
        text.push_str("=1; ");
    }
    text.push('\n');
    let head = text.len();
    text.push_str(&script);
    text.push('\n');
    Some(Exported { text, head, offset: span.start, shell })
}

/// The name of the dialect that comes nearest to a shell.
fn dialect(shell: ShellKind) -> Option<&'static str> {
    match shell {
        ShellKind::Sh(Sh::Dash | Sh::Ash) => Some("dash"),
        ShellKind::Sh(Sh::Unknown) => Some("sh"),
        ShellKind::Sh(Sh::Bash) | ShellKind::Bash => Some("bash"),
        ShellKind::Ksh => Some("ksh"),
        _ => None,
    }
}

/// Joins the lines of an instruction as BuildKit does, by blanks in the place of what it takes out: continuations, lines
/// that are empty, comments. Where a word goes on in the next line, the shell joins it as well.
fn join(bytes: &mut [u8]) {
    let mut start = 0;
    let mut first = true;
    while start < bytes.len() {
        let end = bytes[start..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |at| start + at);
        let line = &bytes[start..end];
        let blank = line.iter().all(u8::is_ascii_whitespace);
        let comment = !first && line.trim_ascii_start().starts_with(b"#");
        let after = (end + 1).min(bytes.len());
        if blank || comment {
            bytes[start..after].fill(b' ');
        } else if let Some(at) = continuation(line).map(|at| start + at) {
            let glued = at > start
                && is_of_word(bytes[at - 1])
                && end == at + 1
                && bytes.get(after).is_some_and(|next| is_of_word(*next));
            if !glued {
                bytes[at..after].fill(b' ');
            }
        }
        start = end + 1;
        first = false;
    }
}

/// Whether a character may stand in the middle of a word.
fn is_of_word(byte: u8) -> bool {
    !byte.is_ascii_whitespace() && !b";&|()<>#".contains(&byte)
}

/// Where the backslash stands that makes a line go on.
fn continuation(line: &[u8]) -> Option<usize> {
    let end = line.trim_ascii_end().len();
    let at = end.checked_sub(1)?;
    (line[at] == b'\\').then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::dockerfile::Dockerfile;
    use crate::syntax::dockerfile::parse;

    fn exported(text: &str) -> (String, u32) {
        let dockerfile = Dockerfile::new(parse(text));
        let exported = export(dockerfile.instruction(1).expect("an instruction")).expect("a script");
        (exported.text[exported.head..].to_owned(), exported.offset)
    }

    #[test]
    fn a_script_is_as_long_as_it_is_in_the_file() {
        let script = "a \\\n  # comment\n\n  && b\\\nc \\  \r\n  d";
        let (text, offset) = exported(&format!("FROM debian\nRUN {script}\n"));
        assert_eq!(offset, 16);
        assert_eq!(text.len(), script.len() + 1);
        assert_eq!(text, format!("a{}&& b\\\nc{}d\n", " ".repeat(18), " ".repeat(8)));
    }

    #[test]
    fn a_heredoc_is_taken_as_it_stands() {
        assert_eq!(exported("FROM debian\nRUN <<EOF\na\nb\nEOF\n"), ("a\nb\n\n".to_owned(), 22));
        assert_eq!(exported("FROM debian\nRUN cat <<EOF\nx \\\nEOF\n").0, "cat <<EOF\nx \\\nEOF\n");
    }
}
