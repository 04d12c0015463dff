//! The table for the terminal: what builds each step again, or how often it was, with bars.

use std::io::{self, Write};

use super::{Better, BetterStep, History, Kind, Layers, Stage, Step, causes, counted, share, skipped};
use crate::emit::printable::printable_line;
use crate::emit::style::{Paint, Style};

/// The narrowest table.
const LEAST: usize = 40;
/// Longer texts of steps are cut.
const LONGEST_TEXT: usize = 64;
/// Longer bars tell no more.
const LONGEST_BAR: usize = 32;

/// How it is written.
#[derive(Clone, Copy, Debug)]
struct Page {
    style: Style,
    width: usize,
}

/// Writes the table, not wider than `width` columns where that is possible.
///
/// # Errors
///
/// When `out` does not take it.
pub fn write(layers: &Layers, style: Style, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let page = Page { style, width: width.max(LEAST) };
    page.head(layers, out)?;
    match &layers.history {
        Some(history) => page.history(layers, history, out)?,
        None => page.kinds(layers, out)?,
    }
    for note in &layers.notes {
        writeln!(out)?;
        page.wrapped("note: ", note, Paint::Info, out)?;
    }
    Ok(())
}

impl Page {
    fn head(self, layers: &Layers, out: &mut dyn Write) -> io::Result<()> {
        let path = self.style.paint(Paint::Bold, &printable_line(&layers.dockerfile));
        writeln!(out, "{path}  {}", self.dim(&format!("context {}", printable_line(&layers.context))))?;
        if !layers.unneeded_stages.is_empty() {
            let names: Vec<String> = layers.unneeded_stages.iter().map(|name| format!("`{name}`")).collect();
            self.plain(&format!("not built: {}", names.join(", ")), out)?;
        }
        Ok(())
    }

    /// What builds each step again: a column for each kind, with a filled mark where the step takes it itself.
    fn kinds(self, layers: &Layers, out: &mut dyn Write) -> io::Result<()> {
        let kinds: Vec<Kind> = Kind::ALL.into_iter().filter(|kind| *kind != Kind::Dockerfile).collect();
        let numbers = numbers(layers);
        let wide = self.width >= 76;
        let titles: Vec<String> =
            kinds.iter().map(|kind| if wide { kind.name().to_owned() } else { initial(*kind) }).collect();
        let columns: usize = titles.iter().map(|title| title.chars().count() + 2).sum();
        let longest = longest_text(layers);
        let text = longest.min(self.width.saturating_sub(numbers + 4 + columns)).max(12);
        for stage in &layers.stages {
            writeln!(out)?;
            self.stage(stage, out)?;
            if stage.steps.is_empty() {
                self.plain("  no step", out)?;
                continue;
            }
            writeln!(out, "{}", self.dim(format!("{:1$}  {2}", "", numbers + 2 + text, titles.join("  ")).trim_end()))?;
            for step in &stage.steps {
                let marks = kinds.iter().zip(&titles).map(|(kind, title)| {
                    let room = title.chars().count();
                    let (mark, paint) = match (step.takes.contains(kind), step.rebuilt_by.contains(kind)) {
                        (true, _) => ("●", Some(Paint::Bold)),
                        (false, true) => ("○", None),
                        (false, false) => ("·", Some(Paint::Faint)),
                    };
                    let left = (room - 1) / 2;
                    let mark = paint.map_or(mark.to_owned(), |paint| self.style.paint(paint, mark));
                    format!("{:left$}{mark}{:2$}", "", "", room - 1 - left)
                });
                let marks: Vec<String> = marks.collect();
                let line =
                    format!("{}  {}  {}", self.line(step.line, numbers), fitted(&step.text, text), marks.join("  "));
                writeln!(out, "{}", line.trim_end())?;
            }
        }
        writeln!(out)?;
        let legend =
            if wide { String::new() } else { "b base, t tooling, m manifest, l lock file, s source; ".to_owned() };
        self.plain(
            &format!("{legend}● the step takes it itself, ○ it comes from a step before, · not rebuilt by it"),
            out,
        )
    }

    fn history(self, layers: &Layers, history: &History, out: &mut dyn Write) -> io::Result<()> {
        self.plain(&super::span(history), out)?;
        if let Some(skipped) = skipped(history) {
            self.plain(&skipped, out)?;
        }
        let numbers = numbers(layers);
        // Number, text, count, share, bar.
        let rest = numbers + 2 + 2 + 5 + 2 + 4 + 2;
        let longest = longest_text(layers).max(history.better.as_ref().map_or(0, longest_better_text));
        let bar = (self.width.saturating_sub(rest + longest.min(LONGEST_TEXT))).clamp(6, LONGEST_BAR);
        let text = longest.min(self.width.saturating_sub(rest + bar)).max(12);
        for stage in &layers.stages {
            writeln!(out)?;
            self.stage(stage, out)?;
            let mut told = String::new();
            for step in &stage.steps {
                self.step(step, history.built, [numbers, text, bar], &mut told, out)?;
            }
        }
        self.former(history, out)?;
        match &history.better {
            Some(better) => self.better(history, better, [numbers, text, bar], out)?,
            None => self.no_better(history, out)?,
        }
        Ok(())
    }

    /// The causes that were `told` last are not told again.
    fn step(
        self,
        step: &Step,
        built: usize,
        [numbers, text, bar]: [usize; 3],
        told: &mut String,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let Some(figures) = &step.history else { return Ok(()) };
        let shown = fitted(&step.text, text);
        let count = format!("{:>5}  {:>4}", figures.rebuilt, share(figures.rebuilt, figures.commits));
        let drawn = self.bar(figures.rebuilt, built, bar, figures.rebuilt * 2 > figures.commits);
        writeln!(out, "{}", format!("{}  {shown}  {count}  {drawn}", self.line(step.line, numbers)).trim_end())?;
        let causes = causes(figures, ", ", self.width - numbers - 4);
        if !causes.is_empty() && *told != causes {
            writeln!(out, "{:1$}  {2}", "", numbers + 2, self.dim(&causes))?;
        }
        *told = causes;
        Ok(())
    }

    fn former(self, history: &History, out: &mut dyn Write) -> io::Result<()> {
        let rebuilt: usize = history.former_steps.iter().map(|step| step.figures.rebuilt).sum();
        if rebuilt == 0 {
            return Ok(());
        }
        writeln!(out)?;
        let steps = counted(history.former_steps.len(), "step");
        self.plain(&format!("{rebuilt} more of {steps} that the Dockerfile no longer has"), out)
    }

    fn better(
        self,
        history: &History,
        better: &Better,
        [numbers, text, bar]: [usize; 3],
        out: &mut dyn Write,
    ) -> io::Result<()> {
        writeln!(out)?;
        let title = "the better order, which the fix of dockerfile/copy-before-install writes, over the same commits";
        self.wrapped("", title, Paint::Bold, out)?;
        for stage in &better.stages {
            if better.stages.len() > 1 {
                writeln!(out)?;
                writeln!(out, "{}", stage_name(stage.number, stage.name.as_deref()))?;
            }
            for step in &stage.steps {
                let before = step.before.as_ref().map(|before| before.rebuilt);
                let was = match before {
                    Some(before) if before != step.rebuilt => format!("was {before}"),
                    Some(_) => String::new(),
                    None => "new".to_owned(),
                };
                let drawn = self.bars(step, history.built, bar);
                let shown = fitted(&step.text, text);
                let line = format!(
                    "{:numbers$}  {shown}  {:>5}  {:>4}  {drawn}",
                    "",
                    step.rebuilt,
                    share(step.rebuilt, step.commits)
                );
                let line = line.trim_end();
                if was.is_empty() {
                    writeln!(out, "{line}")?;
                } else {
                    writeln!(out, "{line}  {}", self.dim(&was))?;
                }
            }
        }
        writeln!(out)?;
        let saves = history.runs.saturating_sub(better.runs);
        let (before, after) = (counted(history.runs, "time"), better.runs);
        let mut runs = format!("RUN steps were built {before}, and would have been built {after}");
        if saves > 0 {
            runs.push_str(&format!(": {saves} less ({})", share(saves, history.runs)));
        }
        self.wrapped("", &runs, Paint::Bold, out)
    }

    fn no_better(self, history: &History, out: &mut dyn Write) -> io::Result<()> {
        for unwritten in &history.unwritten {
            writeln!(out)?;
            let order: Vec<String> = unwritten.order.iter().map(|line| format!("`{}`", printable_line(line))).collect();
            let order = if order.is_empty() {
                "another order is better".to_owned()
            } else {
                format!("better in this order: {}", order.join(", "))
            };
            let reason = unwritten.reason.as_deref().unwrap_or("it cannot be written without knowing more");
            self.wrapped(
                "",
                &format!("{order}; it is not measured, since there is no fix for it: {reason}"),
                Paint::Bold,
                out,
            )?;
        }
        if history.unwritten.is_empty() {
            writeln!(out)?;
            self.plain("no better order of these steps is known", out)?;
        }
        Ok(())
    }

    fn stage(self, stage: &Stage, out: &mut dyn Write) -> io::Result<()> {
        let name = stage_name(stage.number, stage.name.as_deref());
        let base = printable_line(&stage.base);
        let room = self.width.saturating_sub(name.chars().count() + 7).max(12);
        let base = cut(&base, room);
        writeln!(out, "{}  {}", self.style.paint(Paint::Bold, &name), self.dim(&format!("FROM {base}")))
    }

    fn line(self, line: u32, width: usize) -> String {
        self.style.paint(Paint::Frame, &format!("{line:>width$}"))
    }

    fn dim(self, text: &str) -> String {
        self.style.paint(Paint::Faint, text)
    }

    fn plain(self, text: &str, out: &mut dyn Write) -> io::Result<()> {
        wrap(&printable_line(text), self.width).iter().try_for_each(|line| writeln!(out, "{line}"))
    }

    /// Text in lines, the first words painted.
    fn wrapped(self, head: &str, text: &str, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
        for (number, line) in wrap(&format!("{head}{}", printable_line(text)), self.width).iter().enumerate() {
            match line.strip_prefix(head).filter(|_| number == 0 && !head.is_empty()) {
                Some(rest) => writeln!(out, "{}{rest}", self.style.paint(paint, head))?,
                None if head.is_empty() => writeln!(out, "{}", self.style.paint(paint, line))?,
                None => writeln!(out, "{line}")?,
            }
        }
        Ok(())
    }

    /// A bar of `number` among `all`, to an eighth of a character.
    fn bar(self, number: usize, all: usize, width: usize, much: bool) -> String {
        let paint = if much { Paint::Warning } else { Paint::Added };
        let blocks = blocks(number, all, width);
        if blocks.is_empty() { blocks } else { self.style.paint(paint, &blocks) }
    }

    /// What is left, and behind it what is saved.
    fn bars(self, step: &BetterStep, all: usize, width: usize) -> String {
        let own = blocks(step.rebuilt, all, width);
        let before = step.before.as_ref().map_or(0, |before| before.rebuilt);
        let saved = blocks(before, all, width).chars().count().saturating_sub(own.chars().count());
        let saved = if before > step.rebuilt { self.dim(&"░".repeat(saved)) } else { String::new() };
        let own = if own.is_empty() { own } else { self.style.paint(Paint::Added, &own) };
        format!("{own}{saved}")
    }
}

fn initial(kind: Kind) -> String {
    kind.name().chars().take(1).collect()
}

fn stage_name(number: usize, name: Option<&str>) -> String {
    match name {
        Some(name) => format!("stage {}", printable_line(name)),
        None => format!("stage {number}"),
    }
}

/// The width of the column with the lines.
fn numbers(layers: &Layers) -> usize {
    let steps = layers.stages.iter().flat_map(|stage| &stage.steps);
    steps.map(|step| step.line.to_string().len()).max().unwrap_or(1) + 1
}

fn longest_text(layers: &Layers) -> usize {
    let steps = layers.stages.iter().flat_map(|stage| &stage.steps);
    steps.map(|step| step.text.chars().count()).max().unwrap_or(0).min(LONGEST_TEXT)
}

fn longest_better_text(better: &Better) -> usize {
    let steps = better.stages.iter().flat_map(|stage| &stage.steps);
    steps.map(|step| step.text.chars().count()).max().unwrap_or(0).min(LONGEST_TEXT)
}

fn blocks(number: usize, all: usize, width: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = (number * width * 8).div_ceil(all.max(1)).min(width * 8);
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
}

/// The text in exactly that many columns.
fn fitted(text: &str, width: usize) -> String {
    let text = cut(&printable_line(text), width);
    let missing = width.saturating_sub(text.chars().count());
    format!("{text}{:missing$}", "")
}

fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// Text in lines of at most that many columns, broken at blanks.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let last = lines.len() - 1;
        let line = &mut lines[last];
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
            lines.push(word.to_owned());
            continue;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_share() {
        assert_eq!(blocks(0, 10, 4), "");
        assert_eq!(blocks(10, 10, 4), "████");
        assert_eq!(blocks(5, 10, 4), "██");
        assert_eq!(blocks(1, 1000, 4), "▏");
        assert_eq!(blocks(7, 10, 4), "██▉");
        assert_eq!(blocks(1, 0, 4), "████");
    }

    #[test]
    fn shares_do_not_hide_something_or_claim_all() {
        let shown = |number| share(number, 1000);
        assert_eq!(
            [0, 1, 4, 6, 500, 994, 999, 1000].map(shown),
            ["0%", "<1%", "<1%", "1%", "50%", "99%", "99%", "100%"]
        );
    }

    #[test]
    fn text_is_cut_and_broken_where_it_does_not_fit() {
        assert_eq!(
            (fitted("abc", 5), fitted("abcdef", 5), fitted("abc def", 5)),
            ("abc  ".into(), "abcd…".into(), "abc… ".into())
        );
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
    }
}
