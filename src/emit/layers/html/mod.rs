//! One self-contained page: no script, no font, no image and no style from elsewhere, and nothing that a reader without a
//! screen would miss; light or dark as the reader's screen is.

mod history;

use std::fmt::Write as _;
use std::io::{self, Write};

use super::svg::escaped;
use super::{Kind, Layers, Stage, skipped, span};
use crate::emit::counted;

/// Nothing comes from elsewhere, whatever a name in the repository says.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

const STYLE: &str = include_str!("style.css");

/// The page while it is written.
struct Page {
    body: String,
}

/// Writes the page.
///
/// # Errors
///
/// When `out` does not take it.
pub fn write(layers: &Layers, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page { body: String::new() };
    page.head(layers);
    if let Some(history) = &layers.history {
        page.history(layers, history);
    }
    page.kinds(layers);
    if let Some(history) = &layers.history {
        page.commits(history);
    }
    page.notes(layers);
    let title = escaped(&format!("What rebuilds the layers of {}", layers.dockerfile));
    writeln!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n\
         <body>\n<main>\n{}</main>\n</body>\n</html>",
        page.body
    )
}

impl Page {
    /// A line of the page, as it is.
    fn line(&mut self, html: &str) {
        // Writing to a string does not fail, here and below.
        let _ = writeln!(self.body, "{html}");
    }

    fn head(&mut self, layers: &Layers) {
        self.line(&format!("<header>\n<h1>{}</h1>", escaped(&layers.dockerfile)));
        let context = format!("context {}", layers.context);
        match &layers.history {
            Some(history) => {
                let skipped = skipped(history).map(|text| format!(" · {text}")).unwrap_or_default();
                let line = format!("{}{skipped} · {context}", span(history));
                self.line(&format!("<p class=\"soft\">{}</p>", escaped(&line)));
            }
            None => self.line(&format!("<p class=\"soft\">{}</p>", escaped(&context))),
        }
        if !layers.unneeded_stages.is_empty() {
            let names: Vec<String> =
                layers.unneeded_stages.iter().map(|name| format!("<code>{}</code>", escaped(name))).collect();
            self.line(&format!("<p class=\"soft\">not built: {}</p>", names.join(", ")));
        }
        self.line("</header>");
    }

    /// The heading of a stage.
    fn stage(&mut self, number: usize, name: Option<&str>, base: Option<&str>) {
        let name = name.map_or_else(|| number.to_string(), escaped);
        let base = base.map(|base| format!(" <code>FROM {}</code>", escaped(base))).unwrap_or_default();
        self.line(&format!("<h3>stage {name}{base}</h3>"));
    }

    /// A table that may be wider than the screen.
    fn table(&mut self, class: &str, caption: &str, columns: &[(&str, &str)], rows: impl FnOnce(&mut Page)) {
        let caption = escaped(caption);
        self.line(&format!(
            "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"{caption}\">\n<table class=\"{class}\">\n\
             <caption>{caption}</caption>"
        ));
        let columns: Vec<String> = columns
            .iter()
            .map(|(class, name)| match *class {
                "" => format!("<th scope=\"col\">{name}</th>"),
                class => format!("<th scope=\"col\" class=\"{class}\">{name}</th>"),
            })
            .collect();
        self.line(&format!("<thead><tr>{}</tr></thead>\n<tbody>", columns.join("")));
        rows(self);
        self.line("</tbody>\n</table>\n</div>");
    }

    /// What builds each step again: a column for each kind.
    fn kinds(&mut self, layers: &Layers) {
        self.line("<section aria-labelledby=\"kinds\">\n<h2 id=\"kinds\">What builds each step again</h2>");
        for stage in &layers.stages {
            self.stage(stage.number, stage.name.as_deref(), Some(&stage.base));
            if stage.steps.is_empty() {
                self.line("<p class=\"soft\">no step</p>");
                continue;
            }
            self.kinds_of(stage);
        }
        self.line(
            "<ul class=\"legend\" aria-hidden=\"true\"><li><i class=\"dot own\"></i> the step takes it itself</li>\
             <li><i class=\"dot\"></i> it comes from a step before</li>\
             <li><i class=\"dot none\"></i> not rebuilt by it</li></ul>\n</section>",
        );
    }

    fn kinds_of(&mut self, stage: &Stage) {
        let kinds: Vec<Kind> = Kind::ALL.into_iter().filter(|kind| *kind != Kind::Dockerfile).collect();
        let columns: Vec<(&str, &str)> = [("number c-line", "line"), ("", "step")]
            .into_iter()
            .chain(kinds.iter().map(|kind| ("c-kind", kind.name())))
            .collect();
        let name = stage.name.clone().unwrap_or_else(|| stage.number.to_string());
        self.table("kinds", &format!("what builds the steps of stage {name} again"), &columns, |page| {
            for step in &stage.steps {
                let marks =
                    kinds.iter().map(|kind| match (step.takes.contains(kind), step.rebuilt_by.contains(kind)) {
                        (true, _) => mark("own", "the step takes it itself"),
                        (false, true) => mark("", "comes from a step before"),
                        (false, false) => mark("none", "no"),
                    });
                let marks: String = marks.collect();
                page.line(&format!("<tr>{}{}{marks}</tr>", line_cell(step.line), step_cell(&step.text, "")));
            }
        });
    }

    fn notes(&mut self, layers: &Layers) {
        if layers.notes.is_empty() {
            return;
        }
        let label = counted(layers.notes.len(), "note");
        self.line(&format!("<ul class=\"notes\" aria-label=\"{label}\">"));
        for note in &layers.notes {
            self.line(&format!("<li>{}</li>", escaped(note)));
        }
        self.line("</ul>");
    }
}

fn mark(class: &str, text: &str) -> String {
    let class = if class.is_empty() { "dot".to_owned() } else { format!("dot {class}") };
    format!("<td><i class=\"{class}\" aria-hidden=\"true\"></i><span class=\"hidden\">{text}</span></td>")
}

fn line_cell(line: u32) -> String {
    format!("<td class=\"line number\">{line}</td>")
}

/// What heads the row of a step: its text, and what is said below it.
fn step_cell(text: &str, below: &str) -> String {
    format!("<th scope=\"row\"><code>{}</code>{below}</th>", escaped(text))
}
