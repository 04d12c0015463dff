//! Starting an engine and listening to it, until it ends or has to.

use std::io::{ErrorKind, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::EngineKind;
use super::command::Call;
use super::environment::passed;
use crate::build::exec::Neutralizer;

/// How often it is looked whether it is time to stop.
const TICK: Duration = Duration::from_millis(50);
/// How long an engine has to clean up once it was asked to stop.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the output of an engine is waited for that has ended: what it started may hold the pipe for ever.
const AFTERWARDS: Duration = Duration::from_secs(2);
/// Bytes of a line; what is longer goes on in the next.
const LONGEST_LINE: usize = 16 << 10;

/// Where an engine says something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stream {
    /// On standard output.
    Out,
    /// On standard error.
    Error,
}

/// Listens to an engine.
pub(super) trait Watch {
    /// It says a line, in which nothing can move a cursor or change a colour.
    fn line(&mut self, stream: Stream, line: &str);
    /// Why it has to stop now, if it has.
    fn overdue(&mut self) -> Option<String>;
}

/// How an engine ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// By itself.
    Exited(ExitStatus),
    /// Because it was stopped, for this reason.
    Stopped(String),
}

/// Why an engine could not be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum RunError {
    /// It is not installed.
    NotFound,
    /// Anything else, in words.
    Other(String),
}

/// A program that is stopped with whoever waits for it.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        if !matches!(self.0.try_wait(), Ok(Some(_))) {
            // It may have ended by now.
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }
}

/// Runs a program of an engine to its end.
pub(super) fn run(kind: EngineKind, call: &Call, watch: &mut dyn Watch) -> Result<Ended, RunError> {
    let mut command = Command::new(call.program);
    command.args(&call.arguments).env_clear().envs(passed(kind, std::env::vars_os()));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().map_err(|error| match error.kind() {
        ErrorKind::NotFound => RunError::NotFound,
        _ => RunError::Other(format!("`{}` cannot be started: {error}", call.program)),
    })?;
    let mut running = Running(child);
    let (sender, receiver) = mpsc::sync_channel(64);
    if let Some(out) = running.0.stdout.take() {
        listen(out, Stream::Out, sender.clone());
    }
    if let Some(error) = running.0.stderr.take() {
        listen(error, Stream::Error, sender);
    }
    let mut lines = [Lines::default(), Lines::default()];
    let mut ended: Option<(ExitStatus, Instant)> = None;
    loop {
        let is_silent = match receiver.recv_timeout(TICK) {
            Ok((stream, bytes)) => {
                lines[usize::from(stream == Stream::Error)].push(&bytes, &mut |line| watch.line(stream, line));
                false
            }
            Err(RecvTimeoutError::Timeout) => false,
            Err(RecvTimeoutError::Disconnected) => {
                if ended.is_none() {
                    thread::sleep(TICK);
                }
                true
            }
        };
        if ended.is_none() {
            let failed = |error| RunError::Other(format!("`{}` cannot be waited for: {error}", call.program));
            ended = running.0.try_wait().map_err(failed)?.map(|status| (status, Instant::now()));
        }
        match ended {
            Some((status, since)) if is_silent || since.elapsed() > AFTERWARDS => {
                let [out, error] = &mut lines;
                out.end(&mut |line| watch.line(Stream::Out, line));
                error.end(&mut |line| watch.line(Stream::Error, line));
                return Ok(Ended::Exited(status));
            }
            Some(_) => {}
            None => {
                if let Some(why) = watch.overdue() {
                    stop(&mut running.0);
                    return Ok(Ended::Stopped(why));
                }
            }
        }
    }
}

/// Asks it to stop, and makes it where it does not.
fn stop(child: &mut Child) {
    if let Ok(id) = i32::try_from(child.id()) {
        // It is not waited for yet, so the number is still its own.
        let _ = kill(Pid::from_raw(id), Signal::SIGTERM);
    }
    let begin = Instant::now();
    while begin.elapsed() < PATIENCE {
        match child.try_wait() {
            Ok(None) => thread::sleep(TICK),
            _ => return,
        }
    }
    // `Running` does the rest.
}

fn listen(mut from: impl Read + Send + 'static, stream: Stream, sender: SyncSender<(Stream, Vec<u8>)>) {
    thread::spawn(move || {
        let mut buffer = [0; 16 << 10];
        loop {
            match from.read(&mut buffer) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Ok(read) if read > 0 => {
                    if sender.send((stream, buffer[..read].to_vec())).is_err() {
                        return;
                    }
                }
                _ => return,
            }
        }
    });
}

/// Bytes as lines.
#[derive(Default)]
struct Lines {
    neutralizer: Neutralizer,
    open: String,
}

impl Lines {
    fn push(&mut self, bytes: &[u8], take: &mut dyn FnMut(&str)) {
        let text = self.neutralizer.text(bytes);
        self.add(&text, take);
    }

    fn add(&mut self, text: &str, take: &mut dyn FnMut(&str)) {
        for piece in text.split_inclusive('\n') {
            self.open.push_str(piece);
            if self.open.ends_with('\n') || self.open.len() >= LONGEST_LINE {
                take(self.open.trim_end_matches('\n'));
                self.open.clear();
            }
        }
    }

    fn end(&mut self, take: &mut dyn FnMut(&str)) {
        let rest = self.neutralizer.end();
        self.add(&rest, take);
        if !self.open.is_empty() {
            take(&std::mem::take(&mut self.open));
        }
    }
}

/// Keeps what a program says that has little to say, and stops it when it takes too long.
pub(super) struct Words {
    lines: Vec<(Stream, String)>,
    end: Instant,
}

/// Lines that are kept of a program that has little to say.
const MOST_WORDS: usize = 200;

impl Default for Words {
    fn default() -> Words {
        Words::within(Duration::from_secs(60))
    }
}

impl Words {
    pub(super) fn within(time: Duration) -> Words {
        Words { lines: Vec::new(), end: Instant::now() + time }
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(|(_, line)| line.as_str())
    }

    /// The first line of standard output.
    pub(super) fn first(&self) -> String {
        let first = self.lines.iter().find(|(stream, line)| *stream == Stream::Out && !line.trim().is_empty());
        first.map(|(_, line)| line.clone()).unwrap_or_default()
    }

    /// The last line that says something, an error where there is one.
    pub(super) fn last(&self) -> String {
        let spoken = |line: &&str| !line.trim().is_empty();
        let error = self.lines().filter(spoken).find(|line| line.to_ascii_lowercase().contains("error"));
        error.or_else(|| self.lines().filter(spoken).last()).unwrap_or("nothing").trim().to_owned()
    }
}

impl Watch for Words {
    fn line(&mut self, stream: Stream, line: &str) {
        if self.lines.len() < MOST_WORDS {
            self.lines.push((stream, line.to_owned()));
        }
    }

    fn overdue(&mut self) -> Option<String> {
        (Instant::now() > self.end).then(|| "it does not answer".to_owned())
    }
}
