//! What came of a build, in words and as JSON.

use std::path::Path;

use serde_json::{Value, json};

use crate::build::steps::{BuiltImage, Outcome, ProblemKind, StepInfo, StepReport};
use crate::emit::printable::{printable, printable_line};
use crate::text::{Source, Span, size};

/// Lines of the Dockerfile that are shown of one instruction.
const MOST_LINES: usize = 8;

/// Lines of the end of the output of a step that are shown.
const MOST_TAIL: usize = 20;

/// What is said of a build.
pub(super) struct Report<'r> {
    pub(super) source: &'r Source,
    pub(super) outcome: &'r Outcome,
    /// The names that the image got.
    pub(super) names: &'r [String],
    /// How long it took.
    pub(super) milliseconds: u64,
    /// Who built.
    pub(super) maker: Maker<'r>,
}

/// Who built.
#[derive(Clone, Copy)]
pub(super) enum Maker<'r> {
    /// rlint itself.
    Own {
        /// The way of being root.
        way: &'r str,
    },
    /// An engine.
    Engine {
        /// Its name and version.
        name: &'r str,
        /// What it calls the image.
        id: Option<&'r str>,
    },
}

/// An outcome that is no image: what it is called, where it is, and what is said of it.
struct Complaint {
    kind: &'static str,
    span: Option<Span>,
    message: String,
    help: Option<&'static str>,
    tail: String,
}

impl Report<'_> {
    /// What the image is known by, where it is built.
    pub(super) fn id(&self, image: &BuiltImage) -> Option<String> {
        match self.maker {
            Maker::Own { .. } => image.image.as_ref().map(|stored| stored.descriptor.digest.to_string()),
            Maker::Engine { id, .. } => id.map(|id| printable_line(id).into_owned()),
        }
    }

    /// Whether the Dockerfile does not build, in contrast to a run that could not be done.
    pub(super) fn is_failure(&self) -> bool {
        match self.outcome {
            Outcome::Failed(_) | Outcome::NeedsNetwork { .. } | Outcome::Limit { .. } => true,
            Outcome::Refused(problem) => problem.kind == ProblemKind::Wrong,
            Outcome::Built(_) | Outcome::Broken { .. } => false,
        }
    }

    /// For people.
    pub(super) fn text(&self) -> String {
        match self.outcome {
            Outcome::Built(image) => self.built(image),
            other => self.complaint(&complaint(other)),
        }
    }

    fn built(&self, image: &BuiltImage) -> String {
        let executed = image.executed();
        let cached = image.steps.len() - executed;
        let seconds = self.milliseconds as f64 / 1000.0;
        let (by, has_sizes) = match self.maker {
            Maker::Own { .. } => (String::new(), true),
            Maker::Engine { name, .. } => (format!(" by {name}"), false),
        };
        let mut text = format!("built{by} in {seconds:.1}s: {executed} steps executed, {cached} cached\n");
        let own = image.steps.iter().filter(|step| step.step.stage == image.target);
        own.for_each(|step| text.push_str(&layer_line(step, has_sizes)));
        self.id(image).iter().for_each(|id| text.push_str(&format!("image {id}\n")));
        self.names.iter().for_each(|name| text.push_str(&format!("named {name}\n")));
        text
    }

    fn complaint(&self, complaint: &Complaint) -> String {
        let mut text = String::new();
        if !complaint.tail.trim().is_empty() {
            let lines: Vec<&str> = complaint.tail.trim_end().lines().collect();
            let from = lines.len().saturating_sub(MOST_TAIL);
            lines[from..].iter().for_each(|line| text.push_str(&format!("  {line}\n")));
        }
        text.push_str(&format!("error: {}\n", printable(&complaint.message)));
        if let Some(span) = complaint.span.filter(|span| !span.is_empty()) {
            text.push_str(&self.excerpt(span));
        }
        if let Some(help) = complaint.help {
            text.push_str(&format!("help: {help}\n"));
        }
        text
    }

    /// The place and the lines of an instruction.
    fn excerpt(&self, span: Span) -> String {
        let index = self.source.lines();
        let (first, last) = (index.line_of(span.start), index.line_of(span.end.max(span.start)));
        let mut text = format!(" --> {}:{}\n", printable_line(&path_text(&self.source.path)), first + 1);
        for (count, number) in (first..=last).enumerate() {
            if count == MOST_LINES {
                text.push_str("  …\n");
                break;
            }
            let line = index.line(number).map_or("", |line| line.of_text(&self.source.text));
            text.push_str(&format!("{:>4} | {}\n", number + 1, printable_line(line).trim_end()));
        }
        text
    }

    /// For programs.
    pub(super) fn json(&self) -> Value {
        let mut object = json!({ "version": 1, "milliseconds": self.milliseconds });
        match self.maker {
            Maker::Own { way } => object["root"] = way.into(),
            Maker::Engine { name, .. } => object["backend"] = name.into(),
        }
        match self.outcome {
            Outcome::Built(image) => {
                object["outcome"] = "built".into();
                object["names"] = json!(self.names);
                object["executed"] = image.executed().into();
                match self.maker {
                    Maker::Own { .. } => object["bytes"] = image.bytes().into(),
                    Maker::Engine { id, .. } => object["image"] = id.into(),
                }
                if let Some(stored) = &image.image {
                    object["digest"] = stored.descriptor.digest.to_string().into();
                    object["config"] = serde_json::to_value(&stored.config).unwrap_or_default();
                }
                object["steps"] = image.steps.iter().map(|step| self.step(step)).collect();
            }
            other => {
                let complaint = complaint(other);
                object["outcome"] = complaint.kind.into();
                object["message"] = complaint.message.into();
                object["help"] = complaint.help.into();
                object["output"] = complaint.tail.into();
                object["location"] =
                    complaint.span.filter(|span| !span.is_empty()).map_or(Value::Null, |span| self.location(span));
            }
        }
        object
    }

    fn step(&self, report: &StepReport) -> Value {
        let mut object = json!({
            "stage": report.step.stage,
            "stage_name": report.step.stage_name,
            "text": report.step.text,
            "location": Some(report.step.span).filter(|span| !span.is_empty()).map(|span| self.location(span)),
            "cached": report.cached,
            "milliseconds": report.milliseconds,
        });
        if let Maker::Own { .. } = self.maker {
            object["key"] = report.key.clone().into();
            object["bytes"] = report.bytes.into();
            object["entries"] = report.entries.into();
            object["network"] = report.networked.into();
        }
        object
    }

    fn location(&self, span: Span) -> Value {
        let index = self.source.lines();
        let place = |offset: u32| {
            let line = index.line_of(offset);
            let start = index.line(line).map_or(0, |line| line.start);
            let before = Span::new(start, offset).of_text(&self.source.text);
            json!({ "line": line + 1, "column": before.chars().count() + 1, "offset": offset })
        };
        json!({ "path": path_text(&self.source.path), "start": place(span.start), "end": place(span.end) })
    }
}

fn path_text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn layer_line(step: &StepReport, has_size: bool) -> String {
    let mark = if step.cached { "cached" } else { "built" };
    let size = if has_size { format!(" {:>9}", size(step.bytes)) } else { String::new() };
    let text: String = printable_line(&step.step.text).chars().take(100).collect();
    format!("  {mark:<6}{size}  {text}\n")
}

fn complaint(outcome: &Outcome) -> Complaint {
    let of_step = |kind, step: &StepInfo, message: String, help, tail: &str| Complaint {
        kind,
        span: Some(step.span),
        message,
        help,
        tail: tail.to_owned(),
    };
    match outcome {
        Outcome::Failed(failure) => of_step("failed", &failure.step, failure.reason.to_string(), None, &failure.tail),
        Outcome::NeedsNetwork { step, program, tail } => {
            let what = program.as_ref().map_or("something in it".to_owned(), |program| format!("`{program}`"));
            let message = format!("the step failed, and {what} needs the network, which it does not have");
            let help = "with `--network host` it has that of this machine, its own services included";
            of_step("needs-network", step, message, Some(help), tail)
        }
        Outcome::Limit { step, limit, tail } => {
            let help = "the limits are --step-timeout, --memory and --disk";
            of_step("limit", step, format!("the step went beyond {limit}"), Some(help), tail)
        }
        Outcome::Refused(problem) => Complaint {
            kind: match problem.kind {
                ProblemKind::Wrong => "failed",
                ProblemKind::Unsupported => "unsupported",
                ProblemKind::Missing => "missing",
                ProblemKind::TooLarge => "too-large",
            },
            span: Some(problem.span),
            message: problem.message.clone(),
            help: None,
            tail: String::new(),
        },
        Outcome::Broken { step, why } => Complaint {
            kind: "broken",
            span: step.as_ref().map(|step| step.span),
            message: why.clone(),
            help: None,
            tail: String::new(),
        },
        Outcome::Built(_) => {
            Complaint { kind: "built", span: None, message: String::new(), help: None, tail: String::new() }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::steps::Problem;

    #[test]
    fn an_error_shows_the_instruction() {
        let source = Source::new("app/Dockerfile", "FROM a\nRUN one \\\n  two\n");
        let outcome = Outcome::Refused(Problem::wrong(Span::new(7, 22), "is wrong"));
        let maker = Maker::Own { way: "root" };
        let report = Report { source: &source, outcome: &outcome, names: &[], milliseconds: 5, maker };
        assert!(report.is_failure());
        assert_eq!(report.text(), "error: is wrong\n --> app/Dockerfile:2\n   2 | RUN one \\\n   3 |   two\n");
        let object = report.json();
        assert_eq!((object["outcome"].as_str(), object["location"]["end"]["line"].as_u64()), (Some("failed"), Some(3)));
    }
}
