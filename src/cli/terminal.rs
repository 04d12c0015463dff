//! What the terminal can show, and progress on it.

use std::io::{IsTerminal, Write};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use super::args::When;
use crate::emit::Style;

/// What to give the reader of standard output, or of a file.
pub(super) fn style(color: When, hyperlinks: When, to_file: bool) -> Style {
    let terminal = !to_file && std::io::stdout().is_terminal();
    Style { color: wants_color(color, terminal), hyperlinks: wants_links(hyperlinks, terminal) }
}

/// What to give the reader of standard error.
pub(super) fn error_style(color: When) -> Style {
    Style { color: wants_color(color, std::io::stderr().is_terminal()), hyperlinks: false }
}

fn wants_color(when: When, terminal: bool) -> bool {
    match when {
        When::Always => true,
        When::Never => false,
        When::Auto if is_set("NO_COLOR") => false,
        When::Auto if is_set("FORCE_COLOR") => true,
        When::Auto => terminal && std::env::var_os("TERM").is_none_or(|term| term != "dumb"),
    }
}

/// Terminals that are known to show links (OSC 8); the others may print the address instead.
fn wants_links(when: When, terminal: bool) -> bool {
    match when {
        When::Always => true,
        When::Never => false,
        When::Auto if !terminal => false,
        When::Auto => {
            let known = ["WT_SESSION", "KITTY_WINDOW_ID", "KONSOLE_VERSION", "DOMTERM"].iter().any(|name| is_set(name));
            let program = std::env::var("TERM_PROGRAM").unwrap_or_default();
            let vte = std::env::var("VTE_VERSION").ok().and_then(|version| version.parse::<u32>().ok());
            known
                || matches!(&*program, "iTerm.app" | "WezTerm" | "vscode" | "ghostty" | "Hyper")
                || vte.is_some_and(|version| version >= 5000)
        }
    }
}

fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty())
}

/// The columns of standard output; `COLUMNS` says it where that is no terminal.
pub(super) fn width() -> usize {
    /// Where nobody says it.
    const USUAL: usize = 100;
    let of_terminal = terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| usize::from(width.0));
    let said = || std::env::var("COLUMNS").ok()?.parse::<usize>().ok();
    of_terminal.or_else(said).filter(|width| *width > 0).unwrap_or(USUAL)
}

/// Runs `work`, and says on a terminal how much of `total` is `done`. Nothing is written in the first second, or where
/// standard error is no terminal.
pub(super) fn with_progress<T>(total: usize, done: &(impl Fn() -> usize + Sync), work: impl FnOnce() -> T) -> T {
    /// With fewer files no run is long.
    const MANY: usize = 200;
    if total < MANY {
        return work();
    }
    saying(&|| format!("checked {} of {total} files", done().min(total)), work)
}

/// Runs `work`, and says on a terminal what `line` says at the time. Nothing is written in the first second, or where
/// standard error is no terminal.
pub(super) fn saying<T>(line: &(impl Fn() -> String + Sync), work: impl FnOnce() -> T) -> T {
    if !std::io::stderr().is_terminal() {
        return work();
    }
    std::thread::scope(|scope| {
        let (stop, stopped) = mpsc::channel::<()>();
        scope.spawn(move || {
            let mut wait = Duration::from_secs(1);
            while stopped.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                wait = Duration::from_millis(100);
                // Progress that cannot be shown is no reason to stop.
                let _ = write!(std::io::stderr(), "\r\u{1b}[K{}", line());
            }
            if wait < Duration::from_secs(1) {
                let _ = write!(std::io::stderr(), "\r\u{1b}[K");
            }
        });
        let result = work();
        drop(stop);
        result
    })
}
