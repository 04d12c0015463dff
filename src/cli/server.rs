//! `rlint server`.

use std::process::ExitCode;
use std::sync::Arc;

use super::files::DiskFiles;
use crate::lint::settings::LARGEST_FILE;
use crate::lsp::{Ended, serve};

/// Serves the editor at the other end of standard input and output. As the protocol wants it, the exit code is 0 when
/// the editor said that it goes, else 1.
pub(super) fn run() -> ExitCode {
    match serve(std::io::stdin(), std::io::stdout(), Arc::new(DiskFiles::fresh(LARGEST_FILE))) {
        Ended::Properly => ExitCode::SUCCESS,
        Ended::Abruptly => ExitCode::FAILURE,
    }
}
