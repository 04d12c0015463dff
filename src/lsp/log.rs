//! The log file that a user asks for: what was asked and how long the answer took, what was looked at, what was said.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lsp_server::RequestId;

use super::check::{Checked, NotChecked};
use super::server::Server;
use crate::lint::Date;

/// Opens a file to which lines are added, each in one call of [`Write::write_all`]. Errors are those of the file system.
pub type OpenLog = Arc<dyn Fn(&Path) -> io::Result<Box<dyn Write + Send>> + Send + Sync>;

/// Longer lines are cut: an address or a message may be of any length.
const LONGEST_LINE: usize = 2000;

/// A log file, where one is asked for.
pub(super) struct Log {
    open: OpenLog,
    /// The file that was asked for last, whether it could be opened or not.
    path: Option<PathBuf>,
    file: Option<Box<dyn Write + Send>>,
}

impl Log {
    /// Nothing is asked for.
    pub(super) fn new(open: OpenLog) -> Log {
        Log { open, path: None, file: None }
    }

    /// Goes on in the file at `path`; `None` for none. What is wrong with it.
    pub(super) fn follow(&mut self, path: Option<&Path>) -> Option<String> {
        if self.path.as_deref() == path {
            return None;
        }
        self.path = path.map(Path::to_path_buf);
        self.file = None;
        match (self.open)(path?) {
            Ok(file) => self.file = Some(file),
            Err(reason) => return Some(self.problem("opened", &reason)),
        }
        self.line(concat!("rlint ", env!("CARGO_PKG_VERSION"), " serves"))
    }

    /// Whether anything is written.
    pub(super) fn is_on(&self) -> bool {
        self.file.is_some()
    }

    /// Adds a line, with the time before it. When that cannot be done, nothing more is written; what is wrong.
    pub(super) fn line(&mut self, text: &str) -> Option<String> {
        let file = self.file.as_mut()?;
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let reason = file.write_all(line(since, text).as_bytes()).err()?;
        self.file = None;
        Some(self.problem("written", &reason))
    }

    fn problem(&self, what: &str, reason: &io::Error) -> String {
        let path = self.path.as_deref().map(super::convert::shown).unwrap_or_default();
        let reason = crate::config::reason_text(reason);
        format!("the log file `{path}` cannot be {what}: {reason}; nothing is logged in it")
    }
}

impl Server {
    /// Goes on in the log file that the settings ask for.
    pub(super) fn follow_log(&mut self) {
        let settings = self.state.settings.clone();
        if let Some(problem) = self.log_file.follow(settings.log_file.as_deref()) {
            self.complain(&[problem]);
        }
    }

    /// Adds a line to the log file, where there is one.
    pub(super) fn note(&mut self, line: &str) {
        if let Some(problem) = self.log_file.line(line) {
            self.complain(&[problem]);
        }
    }

    /// Adds a line about a request that is about to be answered; `failed` says why it does not go well.
    pub(super) fn note_answer(&mut self, id: &RequestId, failed: Option<&str>) {
        if !self.log_file.is_on() {
            return;
        }
        let Some((method, took)) = self.requests.waiting(id) else { return };
        let failed = failed.map(|reason| format!(": {reason}")).unwrap_or_default();
        let line = format!("{method} {id} in {}{failed}", milliseconds(took));
        self.note(&line);
    }

    /// Adds a line about a look at a file.
    pub(super) fn note_look(&mut self, path: &Path, checked: Result<&Checked, &NotChecked>, took: Duration) {
        if !self.log_file.is_on() {
            return;
        }
        let (name, took) = (super::convert::shown(path), milliseconds(took));
        self.note(&match checked {
            Ok(Checked { version, found, .. }) => {
                format!("looked at {name}, version {version}: {} found in {took}", found.len())
            }
            Err(NotChecked::Stopped) => format!("stopped looking at {name} after {took}: it changed"),
            Err(NotChecked::Failed) => format!("failed at {name} after {took}"),
        });
    }
}

/// A line of the log at a time after 1970 began, in UTC.
fn line(since: Duration, text: &str) -> String {
    let seconds = since.as_secs();
    let (date, of_day) = (Date::from_unix_seconds(seconds), seconds % 86_400);
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    let text = &text[..text.floor_char_boundary(LONGEST_LINE)];
    let text = text.replace(|c: char| c.is_control(), " ");
    format!("{date}T{hour:02}:{minute:02}:{second:02}.{:03}Z {text}\n", since.subsec_millis())
}

/// How long something took, for people.
fn milliseconds(took: Duration) -> String {
    format!("{:.1} ms", took.as_secs_f64() * 1000.0)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// Memory that ends after some bytes.
    #[derive(Clone, Default)]
    struct Memory(Arc<Mutex<Vec<u8>>>);

    impl Write for Memory {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut all = self.0.lock().expect("no thread panics");
            if all.len() > 200 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            all.extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_line_has_the_time_and_is_one() {
        let time = Duration::from_millis(1_764_126_000_042);
        assert_eq!(line(time, "a\nb"), "2025-11-26T03:00:00.042Z a b\n");
        assert!(line(time, &"x".repeat(10_000)).len() < 2100);
    }

    #[test]
    fn a_file_that_is_full_is_told_once() {
        let memory = Memory::default();
        let opened = memory.clone();
        let mut log = Log::new(Arc::new(move |path: &Path| match path.to_str() {
            Some("/none") => Err(io::ErrorKind::NotFound.into()),
            _ => Ok(Box::new(opened.clone()) as Box<dyn Write + Send>),
        }));
        assert_eq!(log.line("nobody reads this"), None);
        assert!(log.follow(Some(Path::new("/none"))).is_some_and(|told| told.contains("`/none` cannot be opened")));
        assert_eq!(log.follow(Some(Path::new("/none"))), None);
        assert_eq!(log.follow(Some(Path::new("/log"))), None);
        let told: Vec<String> = (0..20).filter_map(|number| log.line(&format!("line {number}"))).collect();
        assert_eq!(told.len(), 1, "{told:?}");
        let text = String::from_utf8(memory.0.lock().expect("no thread panics").clone()).expect("text");
        assert!(text.ends_with('\n') && text.lines().nth(1).is_some_and(|line| line.ends_with("Z line 0")), "{text}");
    }
}
