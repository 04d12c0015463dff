//! What `echo` and its like write, and what they make of backslashes.

use super::{has_glob, unquoted_parts};
use crate::model::dockerfile::{Sh, ShellKind};
use crate::syntax::shell::{Part, SimpleCommand, Word};

/// Whether the `echo` of a shell replaces `\n` and the like without being asked to; `None` when that is not known. Tried
/// with dash 0.5.12, BusyBox 1.35 and Bash 5.2, whose option `xpg_echo` is off unless it was built otherwise.
pub fn expands_escapes(shell: ShellKind) -> Option<bool> {
    match shell {
        ShellKind::Sh(Sh::Dash) | ShellKind::Zsh => Some(true),
        ShellKind::Sh(Sh::Ash | Sh::Bash) | ShellKind::Bash => Some(false),
        _ => None,
    }
}

/// Where the first escape begins that a text means `echo` to replace: its offset.
pub fn escape(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at + 1 < bytes.len() {
        if bytes[at] == b'\\' {
            if matches!(bytes[at + 1], b'r' | b'n' | b't' | b'a' | b'b' | b'e' | b'f' | b'v') {
                return Some(at);
            }
            at += 1;
        }
        at += 1;
    }
    None
}

/// The lines that `echo`, `printf` or `cat` writes to a file, if they are known.
pub fn written(command: &SimpleCommand, text: &str) -> Option<String> {
    let words = command.arguments().iter().map(Word::text).collect::<Option<Vec<_>>>()?;
    // How a shell's `echo` takes a backslash is its own affair, and an unquoted pattern may match files.
    let plain = |word: &str| !word.contains('\\');
    let starts = |word: &Word| word.span.of_text(text).starts_with('~');
    let expands = |word: &Word| has_glob(word) || starts(word) || unquoted_parts(word).any(has_brace);
    let unquoted = command.arguments().iter().any(expands);
    let here: Vec<_> = command.redirections.iter().filter_map(|redirection| redirection.body).collect();
    let others = command.redirections.len() - 1 - here.len();
    if others > 0 || !command.assignments.is_empty() || unquoted {
        return None;
    }
    match (command.name()?, &words[..], &here[..]) {
        ("echo", [first, ..], []) if !first.starts_with('-') && words.iter().all(|word| plain(word)) => {
            Some(format!("{}\n", words.join(" ")))
        }
        ("printf", [format], []) if !format.contains('%') && format.ends_with("\\n") => {
            Some(format.replace("\\n", "\n")).filter(|result| plain(result))
        }
        ("printf", [format, lines @ ..], []) if format == "%s\\n" && lines.iter().all(|line| plain(line)) => {
            Some(lines.iter().map(|line| format!("{line}\n")).collect())
        }
        ("cat", [], [body]) => {
            let body = body.of_text(text);
            // The shell would replace something in it, or take tabs away.
            let known =
                plain(body) && !body.contains(['$', '`']) && !command.redirections.iter().any(|r| r.operator == "<<-");
            known.then(|| body.to_owned())
        }
        _ => None,
    }
}

/// Whether Bash may make several words of it.
fn has_brace(part: &Part) -> bool {
    matches!(part, Part::Literal { value, .. } if value.contains('{'))
}
