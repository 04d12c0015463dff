//! `rlint server`.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use super::files::DiskFiles;
use super::log_file::LogFile;
use crate::lint::settings::LARGEST_FILE;
use crate::lsp::{Ended, serve};

/// Serves the editor at the other end of standard input and output. As the protocol wants it, the exit code is 0 when
/// the editor said that it goes, else 1.
pub(super) fn run() -> ExitCode {
    let disk = Arc::new(DiskFiles::fresh(LARGEST_FILE));
    let open_log = |path: &Path| -> io::Result<Box<dyn Write + Send>> { Ok(Box::new(LogFile::open(path)?)) };
    match serve(io::stdin(), io::stdout(), disk, Arc::new(open_log)) {
        Ended::Properly => ExitCode::SUCCESS,
        Ended::Abruptly => ExitCode::FAILURE,
    }
}
