//! The parts of the page that come from the history.

use std::collections::BTreeMap;

use super::{Page, line_cell, step_cell};
use crate::emit::counted;
use crate::emit::layers::svg::escaped;
use crate::emit::layers::{Better, BetterStage, Figures, History, Kind, Layers, PerCommit, Stage, reason, share};

/// So many commits are drawn one by one; of more, several share a mark.
const MOST_MARKS: usize = 200;

/// What is said of causes that fewer than this share of the builds have is no cause worth a line.
const LEAST_SHARE: usize = 20;

impl Page {
    pub(super) fn history(&mut self, layers: &Layers, history: &History) {
        self.tiles(history);
        self.line("<section aria-labelledby=\"history\">\n<h2 id=\"history\">How often each step was built</h2>");
        for stage in &layers.stages {
            self.stage(stage.number, stage.name.as_deref(), Some(&stage.base));
            if stage.steps.is_empty() {
                self.line("<p class=\"soft\">no step</p>");
            } else {
                self.built(stage, history);
            }
        }
        let former: usize = history.former_steps.iter().map(|step| step.figures.rebuilt).sum();
        if former > 0 {
            let steps = counted(history.former_steps.len(), "step");
            self.line(&format!("<p class=\"soft\">{former} more of {steps} that the Dockerfile no longer has</p>"));
        }
        self.line(
            "<ul class=\"legend\"><li>bar: share of the commits at which the step was built</li>\
             <li>marks below it: at which of them, the oldest on the left</li></ul>\n</section>",
        );
        self.line("<section aria-labelledby=\"better\">\n<h2 id=\"better\">The better order</h2>");
        match &history.better {
            Some(better) => self.better(better, history),
            None => self.no_better(history),
        }
        self.line("</section>");
    }

    /// The figures that say most.
    fn tiles(&mut self, history: &History) {
        let mut tiles = vec![
            ("", "commits built", history.built.to_string()),
            ("", "steps built again", history.rebuilt.to_string()),
            ("", "RUN steps built again", history.runs.to_string()),
        ];
        if let Some(better) = &history.better {
            let saved = history.runs.saturating_sub(better.runs);
            tiles.push(("", "of them in the better order", better.runs.to_string()));
            tiles.push((" class=\"good\"", "RUN steps saved", format!("−{}", share(saved, history.runs))));
        }
        self.line("<dl class=\"tiles\">");
        for (class, label, number) in tiles {
            self.line(&format!("<div{class}><dt>{label}</dt><dd>{number}</dd></div>"));
        }
        self.line("</dl>");
    }

    fn built(&mut self, stage: &Stage, history: &History) {
        let columns = [
            ("number c-line", "line"),
            ("", "step"),
            ("number c-built", "built"),
            ("number c-share", "of the commits"),
            ("c-drawn", "when"),
        ];
        let name = stage.name.clone().unwrap_or_else(|| stage.number.to_string());
        self.table("", &format!("how often the steps of stage {name} were built"), &columns, |page| {
            let mut told = String::new();
            for step in &stage.steps {
                let Some(figures) = &step.history else { continue };
                let why = causes(figures);
                let below = if why == told { String::new() } else { why.clone() };
                told = why;
                let drawn = if figures.rebuilt == 0 {
                    bar(&[])
                } else {
                    let part = share_of(figures.rebuilt, history.built);
                    format!("{}{}", bar(&[(part, colour(part))]), marks(step.number, figures, history))
                };
                page.line(&format!(
                    "<tr>{}{}<td class=\"count number\">{}</td><td class=\"share number\">{}</td>\
                     <td class=\"drawn\">{drawn}</td></tr>",
                    line_cell(step.line),
                    step_cell(&step.text, &below),
                    figures.rebuilt,
                    escaped(&share(figures.rebuilt, figures.commits)),
                ));
            }
        });
    }

    fn better(&mut self, better: &Better, history: &History) {
        let saves = history.runs.saturating_sub(better.runs);
        let less = if saves > 0 {
            format!(": <strong class=\"less\">{saves} less ({})</strong>", escaped(&share(saves, history.runs)))
        } else {
            String::new()
        };
        self.line(&format!(
            "<p>RUN steps were built {}, and would have been built {}{less}.</p>\n\
             <p class=\"soft\">The fix of <code>dockerfile/copy-before-install</code> writes it.</p>",
            counted(history.runs, "time"),
            better.runs,
        ));
        for stage in &better.stages {
            if better.stages.len() > 1 {
                self.stage(stage.number, stage.name.as_deref(), None);
            }
            self.better_steps(stage, history);
        }
        self.line(
            "<ul class=\"legend\" aria-hidden=\"true\"><li>bar: in the better order</li>\
             <li><i class=\"swatch saved\"></i> what it was more before</li></ul>",
        );
        let lines: Vec<String> = better.dockerfile.lines().map(escaped).collect();
        self.line(&format!(
            "<details><summary>The Dockerfile in this order</summary>\n<pre><code>{}\n</code></pre></details>",
            lines.join("\n")
        ));
    }

    fn better_steps(&mut self, stage: &BetterStage, history: &History) {
        let columns = [
            ("", "step"),
            ("number c-built", "built"),
            ("number c-share", "of the commits"),
            ("number c-was", "before"),
            ("c-drawn", "share"),
        ];
        let name = stage.name.clone().unwrap_or_else(|| stage.number.to_string());
        let caption = format!("how often the steps of stage {name} would have been built in the better order");
        self.table("", &caption, &columns, |page| {
            for step in &stage.steps {
                let before = step.before.as_ref().map(|before| before.rebuilt);
                let was = match before {
                    Some(before) if before > step.rebuilt => format!("<span class=\"less\">was {before}</span>"),
                    Some(before) if before != step.rebuilt => format!("was {before}"),
                    Some(_) => "same".to_owned(),
                    None => "<span class=\"new\">new</span>".to_owned(),
                };
                let part = share_of(step.rebuilt, history.built);
                let saved = before.filter(|before| *before > step.rebuilt);
                let mut parts: Vec<(f64, &str)> =
                    saved.map(|before| (share_of(before, history.built), "saved")).into_iter().collect();
                if step.rebuilt > 0 {
                    parts.push((part, colour(part)));
                }
                page.line(&format!(
                    "<tr>{}<td class=\"count number\">{}</td><td class=\"share number\">{}</td>\
                     <td class=\"number\">{was}</td><td class=\"drawn\">{}</td></tr>",
                    step_cell(&step.text, ""),
                    step.rebuilt,
                    escaped(&share(step.rebuilt, step.commits)),
                    bar(&parts),
                ));
            }
        });
    }

    fn no_better(&mut self, history: &History) {
        if history.unwritten.is_empty() {
            self.line("<p>No better order of these steps is known.</p>");
        }
        for unwritten in &history.unwritten {
            let reason = unwritten.reason.as_deref().unwrap_or("it cannot be written without knowing more");
            let reason = escaped(reason);
            self.line(&format!(
                "<p>Another order is better; it is not measured, since there is no fix for it: {reason}</p>"
            ));
            if !unwritten.order.is_empty() {
                let lines = unwritten.order.iter().map(|line| format!("<li><code>{}</code></li>", escaped(line)));
                self.line(&format!("<ol>{}</ol>", lines.collect::<String>()));
            }
        }
    }

    /// What the marks show, in words.
    pub(super) fn commits(&mut self, history: &History) {
        let count = counted(history.per_commit.len(), "commit");
        self.line(&format!("<details><summary>Commit by commit: {count}</summary>"));
        let columns = [
            ("c-commit", "commit"),
            ("c-date", "date"),
            ("", "subject"),
            ("c-steps", "built"),
            ("c-steps", "in the better order"),
        ];
        let columns = if history.better.is_some() { &columns[..] } else { &columns[..4] };
        self.table("", "which steps were built at each commit, by their numbers", columns, |page| {
            for commit in &history.per_commit {
                let own = &commit.commit;
                let built = match commit.skipped {
                    Some("first-build") => "all, for the first time".to_owned(),
                    Some(name) => format!("left out: {}", reason(name)),
                    None => numbers(&commit.rebuilt),
                };
                let better = match history.better {
                    Some(_) if commit.skipped.is_none() => {
                        format!("<td>{}</td>", numbers(&commit.rebuilt_in_better_order))
                    }
                    Some(_) => "<td></td>".to_owned(),
                    None => String::new(),
                };
                page.line(&format!(
                    "<tr><th scope=\"row\"><code>{}</code></th><td>{}</td><td>{}</td><td>{built}</td>{better}</tr>",
                    short(&own.id),
                    escaped(&own.date),
                    escaped(&own.subject),
                ));
            }
        });
        self.line("</details>");
    }
}

/// A list of what the builds of a step came from, the kinds first.
fn causes(figures: &Figures) -> String {
    // That the instructions themselves changed is among the places.
    let kinds = figures.kinds.iter().filter(|(kind, _)| **kind != Kind::Dockerfile);
    let kinds = kinds.map(|(kind, count)| format!("<li><b>{}</b> {count}</li>", kind.name()));
    let often = figures.causes.iter().filter(|own| own.commits * LEAST_SHARE >= figures.rebuilt);
    let places = often.map(|own| format!("<li>{} {}</li>", escaped(&own.path), own.commits));
    let list: String = kinds.chain(places).collect();
    if list.is_empty() { list } else { format!("<ul class=\"why\" aria-label=\"causes\">{list}</ul>") }
}

fn share_of(number: usize, all: usize) -> f64 {
    number as f64 / all.max(1) as f64
}

fn colour(part: f64) -> &'static str {
    match part {
        part if part > 0.5 => "high",
        part if part > 0.2 => "mid",
        _ => "low",
    }
}

/// A bar with parts over one another. The figures beside it say the same.
fn bar(parts: &[(f64, &str)]) -> String {
    let parts = parts.iter().map(|(part, class)| {
        format!("<i class=\"{class}\" style=\"width:{:.1}%\"></i>", (part * 100.0).clamp(0.0, 100.0))
    });
    format!("<div class=\"bar\" aria-hidden=\"true\">{}</div>", parts.collect::<String>())
}

/// At which commits a step was built: a mark for each, or for several, with its name for whoever points at it.
fn marks(step: usize, figures: &Figures, history: &History) -> String {
    let all = history.per_commit.len();
    let marks = all.clamp(1, MOST_MARKS);
    let mut places: BTreeMap<usize, Vec<&PerCommit>> = BTreeMap::new();
    for (at, commit) in history.per_commit.iter().enumerate().filter(|(_, commit)| commit.rebuilt.contains(&step)) {
        places.entry(at * marks / all.max(1)).or_default().push(commit);
    }
    let drawn = places.iter().map(|(place, commits)| {
        let names: Vec<String> =
            commits.iter().map(|own| format!("{} {}", short(&own.commit.id), escaped(&own.commit.date))).collect();
        format!("<rect x=\"{place}.15\" width=\".7\" height=\"1\"><title>{}</title></rect>", names.join(", "))
    });
    let label = format!("built at {} of {}", figures.rebuilt, counted(figures.commits, "commit"));
    format!(
        "<svg class=\"marks\" viewBox=\"0 0 {marks} 1\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{label}\">\
         {}</svg>",
        drawn.collect::<String>()
    )
}

fn short(id: &str) -> String {
    escaped(id.get(..9).unwrap_or(id))
}

fn numbers(steps: &[usize]) -> String {
    let numbers: Vec<String> = steps.iter().map(ToString::to_string).collect();
    if numbers.is_empty() { "nothing".to_owned() } else { numbers.join(", ") }
}
