//! The progress of a build, as people know it from `docker build`.

use std::collections::VecDeque;
use std::io::{IsTerminal, Write};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::arguments::ProgressArgument;
use crate::build::steps::{Event, StepInfo};
use crate::emit::printable::printable_line;

/// Lines of the output of a step that are shown while it runs.
const SHOWN_LINES: usize = 6;

/// Shows the progress of a build on standard error.
pub(super) enum Progress {
    /// Nothing.
    None,
    /// Line by line.
    Plain(Plain),
    /// In place.
    Live(Live),
}

impl Progress {
    pub(super) fn new(how: ProgressArgument, quiet: bool, color: bool) -> Progress {
        let terminal = std::io::stderr().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb");
        match how {
            _ if quiet => Progress::None,
            ProgressArgument::Tty => Progress::Live(Live::start(color)),
            ProgressArgument::Auto if terminal => Progress::Live(Live::start(color)),
            ProgressArgument::Auto | ProgressArgument::Plain => Progress::Plain(Plain::default()),
        }
    }

    /// Something happens.
    pub(super) fn event(&mut self, event: &Event<'_>) {
        match self {
            Progress::None => {}
            Progress::Plain(plain) => plain.event(event, &mut std::io::stderr().lock()),
            Progress::Live(live) => live.state().event(event),
        }
    }

    /// The build is over.
    pub(super) fn finish(self) {
        match self {
            Progress::None => {}
            Progress::Plain(mut plain) => plain.end_line(&mut std::io::stderr().lock()),
            Progress::Live(live) => live.finish(),
        }
    }
}

/// Progress line by line.
#[derive(Default)]
pub(super) struct Plain {
    started: Option<Instant>,
    /// Whether the last line of the output of a step is not at its end.
    open: bool,
    /// The number of the step that began last.
    begun: usize,
}

impl Plain {
    fn event(&mut self, event: &Event<'_>, out: &mut dyn Write) {
        // Progress that nobody reads is no reason to stop.
        let _ = self.write(event, out);
    }

    fn write(&mut self, event: &Event<'_>, out: &mut dyn Write) -> std::io::Result<()> {
        match event {
            Event::Planned { .. } => Ok(()),
            Event::Working(what) => writeln!(out, "# {what}"),
            Event::Started(step) => {
                self.started = Some(Instant::now());
                self.begun = step.number;
                writeln!(out, "#{} {}", step.number, said(step))
            }
            // Engines say what they build before they find it made.
            Event::Cached(step) if self.begun == step.number => writeln!(out, "#{} CACHED\n", step.number),
            Event::Cached(step) => {
                writeln!(out, "#{0} {1}\n#{0} CACHED\n", step.number, said(step))
            }
            Event::Output { step, text } => self.output(step, text, out),
            Event::Finished { step, .. } => {
                self.end_line(out);
                self.begun = 0;
                writeln!(out, "#{} DONE {:.1}s\n", step.number, self.seconds())
            }
        }
    }

    fn output(&mut self, step: &StepInfo, text: &str, out: &mut dyn Write) -> std::io::Result<()> {
        for line in text.split_inclusive('\n') {
            if !self.open {
                write!(out, "#{} {:.3} ", step.number, self.seconds())?;
            }
            write!(out, "{line}")?;
            self.open = !line.ends_with('\n');
        }
        Ok(())
    }

    fn end_line(&mut self, out: &mut dyn Write) {
        if std::mem::take(&mut self.open) {
            let _ = writeln!(out);
        }
    }

    fn seconds(&self) -> f64 {
        self.started.map_or(0.0, |started| started.elapsed().as_secs_f64())
    }
}

/// Progress in place: what is done stays, what runs is drawn anew.
pub(super) struct Live {
    state: Arc<Mutex<State>>,
    stop: Sender<()>,
    ticker: JoinHandle<()>,
}

struct State {
    color: bool,
    begin: Instant,
    steps: usize,
    done: usize,
    /// What runs: what is said of it, since when, and the end of its output.
    running: Option<(String, Instant, VecDeque<String>)>,
    /// Lines below which the cursor stands and which are drawn anew.
    drawn: usize,
}

impl Live {
    fn start(color: bool) -> Live {
        let state = State { color, begin: Instant::now(), steps: 0, done: 0, running: None, drawn: 0 };
        let state = Arc::new(Mutex::new(state));
        let (stop, stopped) = mpsc::channel::<()>();
        let shared = Arc::clone(&state);
        let ticker = thread::spawn(move || {
            while stopped.recv_timeout(Duration::from_millis(100)) == Err(RecvTimeoutError::Timeout) {
                lock(&shared).draw();
            }
        });
        Live { state, stop, ticker }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    fn finish(self) {
        drop(self.stop);
        // It only draws, and what it drew is taken away below.
        let _ = self.ticker.join();
        lock(&self.state).end();
    }
}

/// What is drawn is right again with the next drawing, whoever panicked in between.
fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    fn event(&mut self, event: &Event<'_>) {
        match event {
            Event::Planned { steps } => self.steps = *steps,
            Event::Working(what) => self.run((*what).to_owned()),
            Event::Started(step) => self.run(said(step)),
            Event::Output { text, .. } => self.output(text),
            Event::Cached(step) => {
                self.done += 1;
                self.running = None;
                let label = format!("CACHED {}", said(step));
                self.keep(&label, None);
            }
            Event::Finished { step, record } => {
                self.done += 1;
                let label = said(step);
                self.running = None;
                self.keep(&label, Some(record.milliseconds));
            }
        }
        self.draw();
    }

    fn run(&mut self, what: String) {
        self.running = Some((what, Instant::now(), VecDeque::new()));
    }

    fn output(&mut self, text: &str) {
        let Some((_, _, lines)) = &mut self.running else { return };
        let mut pieces = text.split('\n');
        // What comes first goes on with the last line.
        match (lines.back_mut(), pieces.next()) {
            (Some(last), Some(first)) => last.push_str(first),
            (None, Some(first)) => lines.push_back(first.to_owned()),
            _ => {}
        }
        pieces.for_each(|piece| lines.push_back(piece.to_owned()));
        while lines.len() > SHOWN_LINES + 1 {
            lines.pop_front();
        }
    }

    /// Writes a line that stays.
    fn keep(&mut self, label: &str, milliseconds: Option<u64>) {
        let mut text = self.erased();
        let time = milliseconds.map(|time| format!("{:.1}s", time as f64 / 1000.0)).unwrap_or_default();
        text.push_str(&self.colored("34", &line(&format!(" => {label}"), &time)));
        text.push('\n');
        put(&text);
    }

    fn draw(&mut self) {
        let mut text = self.erased();
        let seconds = self.begin.elapsed().as_secs_f64();
        text.push_str(&line(&format!("[+] Building {seconds:.1}s ({}/{})", self.done, self.steps), ""));
        text.push('\n');
        self.drawn = 1;
        if let Some((what, since, lines)) = &self.running {
            let time = format!("{:.1}s", since.elapsed().as_secs_f64());
            text.push_str(&line(&format!(" => {what}"), &time));
            text.push('\n');
            self.drawn += 1;
            let shown: Vec<&String> = lines.iter().filter(|line| !line.is_empty()).collect();
            for output in shown.iter().skip(shown.len().saturating_sub(SHOWN_LINES)) {
                text.push_str(&self.colored("2", &line(&format!(" => => # {output}"), "")));
                text.push('\n');
                self.drawn += 1;
            }
        }
        put(&text);
    }

    fn end(&mut self) {
        let text = self.erased();
        put(&text);
    }

    /// What takes away what was drawn.
    fn erased(&mut self) -> String {
        let drawn = std::mem::take(&mut self.drawn);
        if drawn == 0 { String::new() } else { format!("\u{1b}[{drawn}A\u{1b}[J") }
    }

    fn colored(&self, color: &str, text: &str) -> String {
        if self.color { format!("\u{1b}[{color}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// A step on one line, fit for a terminal.
fn said(step: &StepInfo) -> String {
    format!("[{}] {}", step.label(), printable_line(&step.text))
}

/// Writes, each line on one row: the terminal is told not to go on in the next one.
fn put(text: &str) {
    let mut out = std::io::stderr().lock();
    // Progress that nobody sees is no reason to stop.
    let _ = write!(out, "\u{1b}[?7l{text}\u{1b}[?7h").and_then(|()| out.flush());
}

/// A line as wide as the terminal at most, with `end` at its right.
fn line(start: &str, end: &str) -> String {
    let width = width();
    let room = width.saturating_sub(end.chars().count() + 1);
    let length = start.chars().count();
    if length > room {
        let cut: String = start.chars().take(room.saturating_sub(1)).collect();
        return format!("{cut}… {end}");
    }
    if end.is_empty() {
        start.to_owned()
    } else {
        format!("{start}{}{end}", " ".repeat(width - length - end.chars().count()))
    }
}

/// The columns that are used. Where the terminal has fewer, it cuts the lines itself.
fn width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
    columns.filter(|columns| (20..=500).contains(columns)).unwrap_or(80) - 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::steps::StepReport;
    use crate::text::Span;

    fn step() -> StepInfo {
        StepInfo {
            number: 2,
            stage: 1,
            stage_name: Some("app".to_owned()),
            place: 1,
            of: 3,
            span: Span::empty(0),
            text: "RUN make".to_owned(),
        }
    }

    #[test]
    fn plain_progress_has_a_line_for_everything() {
        let step = step();
        let record = StepReport {
            step: step.clone(),
            key: String::new(),
            cached: false,
            bytes: 0,
            entries: 0,
            milliseconds: 5,
            networked: false,
        };
        let mut plain = Plain::default();
        let mut out = Vec::new();
        for event in [
            Event::Working("unpacking base"),
            Event::Started(&step),
            Event::Output { step: &step, text: "a\nb" },
            Event::Output { step: &step, text: "c\nd" },
            Event::Finished { step: &step, record: &record },
            Event::Cached(&step),
        ] {
            plain.event(&event, &mut out);
        }
        let text = String::from_utf8(out).expect("text");
        // The times are not always the same.
        let lines: Vec<String> = text.lines().map(|line| line.replace("#2 0.00", "#2 T")).collect();
        let shown: Vec<&str> = lines.iter().map(|line| line.trim_end()).collect();
        assert_eq!(shown.first(), Some(&"# unpacking base"));
        assert_eq!(shown.get(1), Some(&"#2 [app 1/3] RUN make"));
        assert!(shown[2].ends_with(" a") && shown[3].ends_with(" bc") && shown[4].ends_with(" d"), "{shown:?}");
        assert_eq!(shown[5..], ["#2 DONE 0.0s", "", "#2 [app 1/3] RUN make", "#2 CACHED", ""]);
    }

    #[test]
    fn lines_are_as_wide_as_there_is_room() {
        let long = "x".repeat(200);
        assert_eq!(line(&long, "1.0s").chars().count(), width());
        assert_eq!(line("a", "1.0s").chars().count(), width());
        assert_eq!(line("a", ""), "a");
    }
}
