//! A file that lines are added to, of bounded size.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Bytes of a log file. A longer one is put aside, in the place of the one that was put aside before.
const LONGEST: u64 = 4 << 20;

/// A file that lines are added to.
pub(super) struct LogFile {
    path: PathBuf,
    file: File,
    length: u64,
    longest: u64,
}

impl LogFile {
    /// Opens the file at `path`, or makes it.
    ///
    /// # Errors
    ///
    /// As the file system says; `InvalidInput` when it is something else than a regular file.
    pub(super) fn open(path: &Path) -> io::Result<LogFile> {
        LogFile::open_with(path, LONGEST)
    }

    fn open_with(path: &Path, longest: u64) -> io::Result<LogFile> {
        // Opening a FIFO waits for its other end, so what it is must be known before.
        if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"));
        }
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        let length = file.metadata()?.len();
        Ok(LogFile { path: path.to_path_buf(), file, length, longest })
    }

    /// Goes on in an empty file. Another server that writes to it may have begun one already.
    fn begin_anew(&mut self) -> io::Result<()> {
        let here = LogFile::open_with(&self.path, self.longest)?;
        if here.length + 1 < self.length {
            *self = here;
            return Ok(());
        }
        let mut aside = OsString::from(&self.path);
        aside.push(".1");
        fs::rename(&self.path, &aside)?;
        *self = LogFile::open_with(&self.path, self.longest)?;
        Ok(())
    }
}

impl Write for LogFile {
    /// Adds a line, whole: two servers that write to one file do not mix theirs.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.length > 0 && self.length + line.len() as u64 > self.longest {
            self.begin_anew()?;
        }
        self.file.write_all(line)?;
        self.length += line.len() as u64;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_goes_on_in_its_file_and_does_not_grow_without_end() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, aside) = (folder.path().join("log"), folder.path().join("log.1"));
        for round in 0..30 {
            let mut log = LogFile::open_with(&path, 100).expect("it can be opened");
            log.write_all(format!("line {round}\n").as_bytes()).expect("it can be written");
        }
        let (old, new) = (fs::read_to_string(&aside).expect("one"), fs::read_to_string(&path).expect("another"));
        assert!(old.len() <= 100 && new.len() <= 100, "{old}{new}");
        assert!(old.ends_with('\n') && new.ends_with("line 29\n"));
        let numbers: Vec<u32> =
            format!("{old}{new}").lines().filter_map(|line| line.rsplit(' ').next()?.parse().ok()).collect();
        assert!(numbers.windows(2).all(|pair| pair[0] + 1 == pair[1]), "{numbers:?}");
    }

    #[test]
    fn two_that_write_to_one_file_begin_it_anew_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("log");
        let open = || LogFile::open_with(&path, 100).expect("it can be opened");
        let (mut one, mut other) = (open(), open());
        for round in 0..12 {
            one.write_all(format!("one {round:5}\n").as_bytes()).expect("it can be written");
            other.write_all(format!("two {round:5}\n").as_bytes()).expect("it can be written");
        }
        let all =
            fs::read_to_string(&path).expect("one") + &fs::read_to_string(folder.path().join("log.1")).expect("two");
        assert!(all.lines().all(|line| line.len() == 9), "{all}");
    }

    #[test]
    fn what_is_no_file_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(LogFile::open(folder.path()).is_err());
        assert!(LogFile::open(&folder.path().join("none/log")).is_err());
    }
}
