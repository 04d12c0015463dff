//! One self-contained picture: no script, no font and no image from elsewhere; light or dark as the reader's screen is.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{self, Write};

use super::{Better, Figures, History, Kind, Layers, Stage, Step, causes, share};
use crate::emit::printable::printable_line;

const WIDTH: usize = 1000;
const MARGIN: usize = 36;
/// Where the texts of steps begin.
const TEXT: usize = 84;
/// Characters of a step that fit.
const CHARACTERS: usize = 58;
/// Characters of its causes that fit.
const CAUSES: usize = 72;
/// Where the bars begin, and how long they are.
const BAR: usize = 540;
const LENGTH: usize = 306;
/// So many commits are drawn one by one; of more, several share a mark.
const MOST_MARKS: usize = 153;

/// Without variables: not every program that draws SVG knows them.
const STYLE: &str = "
text{fill:#1f2328;font-family:ui-sans-serif,system-ui,-apple-system,'Segoe UI',Helvetica,Arial,'DejaVu Sans',sans-serif;font-size:13px}
.title{font-size:21px;font-weight:bold}.head{font-size:15px;font-weight:bold}.big{font-size:26px;font-weight:bold}
.code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;font-size:12px}
.small{font-size:11.5px}.count{font-weight:bold}.right{text-anchor:end}.middle{text-anchor:middle}
.soft,.small{fill:#656d76}.page{fill:#f6f8fa}.card{fill:#fff;stroke:#d8dee4}.line{stroke:#d8dee4}
.track{fill:#eaeef2}.low{fill:#2f9e77}.mid{fill:#d69a21}.high{fill:#d9572f}.saved{fill:#b3bcc6}.mark{fill:#8c959f}
.own{fill:#3b6fd4}.from{fill:none;stroke:#3b6fd4;stroke-width:1.6}.good{fill:#1f8a65}
@media (prefers-color-scheme:dark){
text{fill:#e6edf3}.soft,.small{fill:#8d96a0}.page{fill:#0d1117}.card{fill:#161b22;stroke:#30363d}.line{stroke:#30363d}
.track{fill:#262c34}.low{fill:#3fb68b}.mid{fill:#d9a53b}.high{fill:#ee7752}.saved{fill:#4a535e}.mark{fill:#6e7681}
.own{fill:#6ea0f5}.from{stroke:#6ea0f5}.good{fill:#3fb68b}
}
";

/// The picture while it is drawn, from the top down.
struct Picture {
    body: String,
    y: usize,
}

/// Writes the picture.
///
/// # Errors
///
/// When `out` does not take it.
pub fn write(layers: &Layers, out: &mut dyn Write) -> io::Result<()> {
    let mut picture = Picture { body: String::new(), y: MARGIN };
    picture.head(layers);
    match &layers.history {
        Some(history) => picture.history(layers, history),
        None => picture.kinds(layers),
    }
    picture.notes(&layers.notes);
    let height = picture.y + MARGIN / 2;
    let title = escaped(&format!("What rebuilds the layers of {}", layers.dockerfile));
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" \
         role=\"img\" aria-label=\"{title}\">\n<title>{title}</title>\n<style>{STYLE}</style>\n\
         <rect class=\"page\" width=\"{WIDTH}\" height=\"{height}\"/>\n\
         <rect class=\"card\" x=\"12.5\" y=\"12.5\" width=\"{}\" height=\"{}\" rx=\"12\"/>\n{}</svg>",
        WIDTH - 25,
        height - 25,
        picture.body
    )
}

impl Picture {
    /// Text whose baseline is at `y`.
    fn text(&mut self, x: usize, y: usize, class: &str, text: &str) {
        // Writing to a string does not fail, here and below.
        let _ = writeln!(self.body, "<text x=\"{x}\" y=\"{y}\" class=\"{class}\">{}</text>", escaped(text));
    }

    fn bar(&mut self, x: usize, y: usize, length: f64, height: usize, class: &str) {
        let radius = (height as f64 / 2.0).min(3.0).min(length / 2.0);
        let _ = writeln!(
            self.body,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{length:.1}\" height=\"{height}\" rx=\"{radius:.1}\" class=\"{class}\"/>"
        );
    }

    fn rule(&mut self) {
        let (end, y) = (WIDTH - MARGIN, self.y);
        let _ = writeln!(self.body, "<path d=\"M{MARGIN} {y}.5H{end}\" class=\"line\"/>");
    }

    fn head(&mut self, layers: &Layers) {
        self.text(MARGIN, self.y + 22, "title", &cut(&layers.dockerfile, 60));
        let line = match &layers.history {
            Some(history) => {
                let skipped = super::skipped(history).map(|text| format!(" · {text}")).unwrap_or_default();
                format!("{}{skipped}", super::span(history))
            }
            None => format!("what builds each step again · context {}", layers.context),
        };
        self.text(MARGIN, self.y + 46, "soft", &cut(&line, 130));
        self.y += 66;
    }

    fn history(&mut self, layers: &Layers, history: &History) {
        self.tiles(history);
        for stage in &layers.stages {
            self.stage(stage);
            let mut told = String::new();
            for step in &stage.steps {
                if let Some(figures) = &step.history {
                    self.step(step, figures, history, &mut told);
                }
            }
        }
        if let Some(better) = &history.better {
            self.better(better, history);
        }
        let y = self.y + 22;
        self.text(MARGIN, y, "small", "bar: share of the commits at which the step was built · marks below it: at which of them, the oldest on the left");
        self.y += 26;
    }

    /// The figures that say most.
    fn tiles(&mut self, history: &History) {
        let mut tiles = vec![
            (history.built.to_string(), "commits built", ""),
            (history.rebuilt.to_string(), "steps built again", ""),
            (history.runs.to_string(), "RUN steps built again", ""),
        ];
        if let Some(better) = &history.better {
            let saved = history.runs.saturating_sub(better.runs);
            tiles.push((better.runs.to_string(), "of them in the better order", ""));
            tiles.push((format!("−{}", share(saved, history.runs)), "RUN steps saved", " good"));
        }
        let width = (WIDTH - 2 * MARGIN) / tiles.len();
        for (at, (number, label, class)) in tiles.iter().enumerate() {
            let x = MARGIN + at * width;
            self.text(x, self.y + 26, &format!("big{class}"), number);
            self.text(x, self.y + 46, "small", label);
        }
        self.y += 64;
    }

    fn stage(&mut self, stage: &Stage) {
        self.rule();
        let name = stage.name.clone().unwrap_or_else(|| stage.number.to_string());
        self.text(MARGIN, self.y + 28, "head", &format!("stage {}", cut(&name, 40)));
        self.text(WIDTH - MARGIN, self.y + 28, "code soft right", &format!("FROM {}", cut(&stage.base, 60)));
        self.y += 40;
        if stage.steps.is_empty() {
            self.text(TEXT, self.y + 14, "soft", "no step");
            self.y += 26;
        }
    }

    /// The causes that were `told` last are not told again.
    fn step(&mut self, step: &Step, figures: &Figures, history: &History, told: &mut String) {
        let y = self.y;
        self.text(MARGIN + 34, y + 17, "small right", &step.line.to_string());
        self.text(TEXT, y + 17, "code", &cut(&step.text, CHARACTERS));
        self.bar(BAR, y + 7, LENGTH as f64, 12, "track");
        self.counted(y, figures.rebuilt, Some(figures.commits));
        if figures.rebuilt == 0 {
            self.y += 30;
            return;
        }
        self.share(y, figures.rebuilt, history.built, "");
        self.marks(y + 24, step.number, history);
        let causes = causes(figures, " · ", CAUSES);
        if *told != causes {
            self.text(TEXT, y + 35, "small", &causes);
        }
        *told = causes;
        self.y += 50;
    }

    fn counted(&mut self, y: usize, number: usize, all: Option<usize>) {
        let x = BAR + LENGTH + 46;
        self.text(x, y + 18, "count right", &number.to_string());
        if let Some(all) = all {
            self.text(WIDTH - MARGIN, y + 18, "soft right", &share(number, all));
        }
    }

    fn share(&mut self, y: usize, number: usize, all: usize, class: &str) {
        let part = number as f64 / all.max(1) as f64;
        let own = match part {
            part if part > 0.5 => "high",
            part if part > 0.2 => "mid",
            _ => "low",
        };
        let class = if class.is_empty() { own } else { class };
        self.bar(BAR, y + 7, (part * LENGTH as f64).clamp(2.0, LENGTH as f64), 12, class);
    }

    /// At which commits a step was built: a mark for each, or for several.
    fn marks(&mut self, y: usize, step: usize, history: &History) {
        let all = history.per_commit.len();
        let marks = all.min(MOST_MARKS);
        let room = LENGTH as f64 / marks.max(1) as f64;
        let mut path = String::new();
        let built = history.per_commit.iter().enumerate().filter(|(_, commit)| commit.rebuilt.contains(&step));
        let places: BTreeSet<usize> = built.map(|(at, _)| at * marks / all.max(1)).collect();
        for place in places {
            let _ =
                write!(path, "M{:.1} {y}h{:.1}v12h-{:.1}z", BAR as f64 + place as f64 * room, room * 0.7, room * 0.7);
        }
        let _ = writeln!(self.body, "<path d=\"{path}\" class=\"mark\"/>");
    }

    fn better(&mut self, better: &Better, history: &History) {
        self.rule();
        self.text(MARGIN, self.y + 28, "head", "the better order");
        let by = "written by the fix of dockerfile/copy-before-install · grey: as it was";
        self.text(WIDTH - MARGIN, self.y + 28, "small right", by);
        self.y += 40;
        for stage in &better.stages {
            if better.stages.len() > 1 {
                let name = stage.name.clone().unwrap_or_else(|| stage.number.to_string());
                self.text(TEXT, self.y + 15, "soft", &format!("stage {}", cut(&name, 40)));
                self.y += 24;
            }
            for step in &stage.steps {
                let y = self.y;
                self.text(TEXT, y + 17, "code", &cut(&step.text, CHARACTERS));
                self.bar(BAR, y + 7, LENGTH as f64, 12, "track");
                let before = step.before.as_ref().map(|before| before.rebuilt);
                if let Some(before) = before.filter(|before| *before > step.rebuilt) {
                    self.share(y, before, history.built, "saved");
                }
                if step.rebuilt > 0 {
                    self.share(y, step.rebuilt, history.built, "");
                }
                self.counted(y, step.rebuilt, None);
                let was = match before {
                    Some(before) if before != step.rebuilt => format!("was {before}"),
                    Some(_) => "same".to_owned(),
                    None => "new".to_owned(),
                };
                self.text(WIDTH - MARGIN, y + 18, "soft right", &was);
                self.y += 30;
            }
        }
    }

    /// What builds each step again, a column for each kind.
    fn kinds(&mut self, layers: &Layers) {
        let kinds: Vec<Kind> = Kind::ALL.into_iter().filter(|kind| *kind != Kind::Dockerfile).collect();
        let room = (WIDTH - MARGIN - BAR) / kinds.len();
        let place = |at: usize| BAR + at * room + room / 2;
        for stage in &layers.stages {
            self.stage(stage);
            if stage.steps.is_empty() {
                continue;
            }
            for (at, kind) in kinds.iter().enumerate() {
                self.text(place(at), self.y + 12, "small middle", kind.name());
            }
            self.y += 20;
            for step in &stage.steps {
                let y = self.y;
                self.text(MARGIN + 34, y + 17, "small right", &step.line.to_string());
                self.text(TEXT, y + 17, "code", &cut(&step.text, CHARACTERS));
                for (at, kind) in kinds.iter().enumerate() {
                    let (radius, class) = match (step.takes.contains(kind), step.rebuilt_by.contains(kind)) {
                        (true, _) => ("5.5", "own"),
                        (false, true) => ("4.7", "from"),
                        (false, false) => ("1.5", "saved"),
                    };
                    let _ = writeln!(
                        self.body,
                        "<circle cx=\"{}\" cy=\"{}\" r=\"{radius}\" class=\"{class}\"/>",
                        place(at),
                        y + 13
                    );
                }
                self.y += 28;
            }
            self.y += 6;
        }
        let y = self.y + 22;
        self.text(
            MARGIN,
            y,
            "small",
            "● the step takes it itself   ○ it comes from a step before   · not rebuilt by it",
        );
        self.y += 26;
    }

    fn notes(&mut self, notes: &[String]) {
        for note in notes {
            self.text(MARGIN, self.y + 20, "small", &cut(note, 160));
            self.y += 20;
        }
        self.y += 12;
    }
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most - 1).collect();
    format!("{}…", kept.trim_end())
}

/// Text as it stands in XML and HTML, without what no document may contain.
pub(super) fn escaped(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for character in printable_line(text).chars() {
        match character {
            '&' => result.push_str("&amp;"),
            '<' => result.push_str("&lt;"),
            '>' => result.push_str("&gt;"),
            '"' => result.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => result.push('\u{fffd}'),
            other => result.push(other),
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_others_cannot_leave_its_place() {
        assert_eq!(
            escaped("RUN a && b < \"c\"\u{1b}[0m\u{ffff}\n</text>"),
            "RUN a &amp;&amp; b &lt; &quot;c&quot;?[0m\u{fffd} &lt;/text&gt;"
        );
    }
}
