//! What `echo` makes of backslashes.

use crate::model::dockerfile::{Sh, ShellKind};

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
