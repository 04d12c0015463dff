//! What `rlint layers` has to tell, one file per format. The structures are the fields of the JSON; `docs/layers.md` says
//! what they mean, and [`VERSION`] counts changes that a reader of the old shape would not survive.

pub mod html;
pub mod svg;
pub mod table;

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::counted;
use super::printable::printable_line;

/// The shape of the JSON.
pub const VERSION: u32 = 1;

/// All of it.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "`docs/layers.md` has a table of the fields, here and below")]
pub struct Layers {
    pub version: u32,
    pub dockerfile: String,
    pub context: String,
    /// Whether the user, or a file of the project, says so.
    pub context_is_declared: bool,
    pub stages: Vec<Stage>,
    /// Stages that are not built.
    pub unneeded_stages: Vec<String>,
    pub history: Option<History>,
    pub notes: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "see above")]
pub struct Stage {
    pub number: usize,
    pub name: Option<String>,
    /// What stands after FROM.
    pub base: String,
    pub line: u32,
    pub steps: Vec<Step>,
}

#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "see above")]
pub struct Step {
    pub number: usize,
    pub line: u32,
    pub instruction: &'static str,
    pub text: String,
    pub takes: Vec<Kind>,
    pub rebuilt_by: Vec<Kind>,
    pub history: Option<Figures>,
}

/// A kind of change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "see above")]
pub enum Kind {
    Base,
    Tooling,
    Manifest,
    Lock,
    Source,
    Dockerfile,
}

#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "see above")]
pub struct History {
    pub branch: Option<String>,
    pub asked: usize,
    pub first: Commit,
    pub last: Commit,
    /// Commits after the first.
    pub commits: usize,
    /// Of those at which the Dockerfile could be built.
    pub built: usize,
    pub skipped: BTreeMap<&'static str, usize>,
    pub is_shallow: bool,
    pub renames: Vec<Rename>,
    /// Steps that were built.
    pub rebuilt: usize,
    /// Of those the ones that run a program.
    pub runs: usize,
    pub former_steps: Vec<FormerStep>,
    pub better: Option<Better>,
    pub unwritten: Vec<Unwritten>,
    /// Commit by commit, the first left out.
    pub per_commit: Vec<PerCommit>,
}

#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "see above")]
pub struct Commit {
    pub id: String,
    pub date: String,
    pub subject: String,
}

#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "see above")]
pub struct Rename {
    pub commit: String,
    pub before: String,
    pub after: String,
}

/// How often a step was built.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[expect(missing_docs, reason = "see above")]
pub struct Figures {
    pub commits: usize,
    pub rebuilt: usize,
    pub kinds: BTreeMap<Kind, usize>,
    pub causes: Vec<CauseCount>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[expect(missing_docs, reason = "see above")]
pub struct CauseCount {
    pub path: String,
    pub commits: usize,
}

#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "see above")]
pub struct FormerStep {
    pub number: usize,
    pub text: String,
    #[serde(flatten)]
    pub figures: Figures,
}

/// The better order.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "see above")]
pub struct Better {
    pub dockerfile: String,
    pub rebuilt: usize,
    pub runs: usize,
    pub stages: Vec<BetterStage>,
}

#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "see above")]
pub struct BetterStage {
    pub number: usize,
    pub name: Option<String>,
    pub steps: Vec<BetterStep>,
}

#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "see above")]
pub struct BetterStep {
    pub number: usize,
    pub instruction: &'static str,
    pub text: String,
    /// The step that it is, or was a part of; `None` for one that is new.
    pub before: Option<Before>,
    pub commits: usize,
    pub rebuilt: usize,
}

#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "see above")]
pub struct Before {
    pub step: usize,
    pub is_part: bool,
    pub rebuilt: usize,
}

/// A better order that is known, but not written.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "see above")]
pub struct Unwritten {
    pub order: Vec<String>,
    pub reason: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "see above")]
pub struct PerCommit {
    #[serde(flatten)]
    pub commit: Commit,
    pub skipped: Option<&'static str>,
    /// The numbers of the steps that were built.
    pub rebuilt: Vec<usize>,
    /// The same in the better order.
    pub rebuilt_in_better_order: Vec<usize>,
}

impl Kind {
    /// All of them, in the order of the columns.
    pub const ALL: [Kind; 6] = [Kind::Base, Kind::Tooling, Kind::Manifest, Kind::Lock, Kind::Source, Kind::Dockerfile];

    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Base => "base",
            Kind::Tooling => "tooling",
            Kind::Manifest => "manifest",
            Kind::Lock => "lock file",
            Kind::Source => "source",
            Kind::Dockerfile => "Dockerfile",
        }
    }
}

/// Writes one object.
///
/// # Errors
///
/// When `out` does not take it.
pub fn write_json(layers: &Layers, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, layers)?;
    writeln!(out)
}

/// `number` of `all` in percent, for people: `<1 %` where it is something.
fn share(number: usize, all: usize) -> String {
    match (number * 100 + all / 2) / all.max(1) {
        0 if number > 0 => "<1%".to_owned(),
        100 if number < all => "99%".to_owned(),
        percent => format!("{percent}%"),
    }
}

/// What the causes were, for people, as many of them as there is room for. Where they are scattered, their kinds come first.
fn causes(figures: &Figures, separator: &str, room: usize) -> String {
    /// More places tell no more.
    const MOST: usize = 4;
    let often: Vec<&CauseCount> = figures.causes.iter().filter(|own| own.commits * 20 >= figures.rebuilt).collect();
    let covered: usize = often.iter().map(|own| own.commits).sum();
    let mut kinds: Vec<(usize, Kind)> = figures.kinds.iter().map(|(kind, count)| (*count, *kind)).collect();
    kinds.retain(|(_, kind)| covered * 2 < figures.rebuilt && *kind != Kind::Dockerfile);
    kinds.sort_by(|a, b| b.cmp(a));
    let kinds = kinds.iter().map(|(count, kind)| format!("{} {count}", kind.name()));
    let places = often.iter().take(MOST).map(|own| format!("{} {}", printable_line(&own.path), own.commits));
    let mut line = String::new();
    for part in kinds.chain(places) {
        let separator = if line.is_empty() { "" } else { separator };
        if line.chars().count() + separator.chars().count() + part.chars().count() > room {
            break;
        }
        line.push_str(separator);
        line.push_str(&part);
    }
    line
}

/// Which commits they are, for people.
fn span(history: &History) -> String {
    let branch = history.branch.as_ref().map(|name| format!(" of {}", printable_line(name))).unwrap_or_default();
    let commit = |commit: &Commit| format!("{} ({})", commit.id.get(..9).unwrap_or(&commit.id), commit.date);
    let (first, last) = (commit(&history.first), commit(&history.last));
    format!("{}{branch} after {first}, up to {last}", counted(history.commits, "commit"))
}

/// Why nothing was built, for people: after a number of commits.
pub fn reason(name: &str) -> &'static str {
    match name {
        "missing" => "without the Dockerfile",
        "broken" => "with one that no builder takes",
        "other-language" => "with one in another language",
        "no-such-stage" => "without the stage",
        _ => "with one that cannot be read",
    }
}

/// Why commits were left out, for people.
fn skipped(history: &History) -> Option<String> {
    let parts: Vec<String> = history.skipped.iter().map(|(name, count)| format!("{count} {}", reason(name))).collect();
    let all: usize = history.skipped.values().sum();
    (all > 0).then(|| format!("{} left out: {}", counted(all, "commit"), parts.join(", ")))
}
