//! The history of a Dockerfile, read through Git.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::Subject;
use super::report::{figures, instruction, layers};
use crate::build::Around;
use crate::build::history::{Doubt, History, Outcome, Recorder, Side, Skip, Subject as Built, better_order, unwritten};
use crate::build::plan::{Input, Step};
use crate::cli::git::{Commit, Repository};
use crate::cli::terminal;
use crate::emit::layers as out;
use crate::lint::Date;
use crate::model::context::BuildContext;
use crate::text::Files;

/// The commits that were read, and where the Dockerfile is in each; the newest first.
struct Past {
    commits: Vec<Commit>,
    paths: Vec<String>,
    renames: Vec<out::Rename>,
}

/// What the last `asked` commits built again.
///
/// # Errors
///
/// A message when the repository cannot be read, or nothing in it can be built.
pub(super) fn report(subject: &Subject<'_>, asked: usize) -> Result<out::Layers, String> {
    let folder = subject.path.parent().unwrap_or(Path::new("/"));
    let (repository, prefix) = Repository::of_folder(folder)?;
    let (past, history) = record(subject, &repository, &prefix, asked)?;
    let mut layers = layers(subject, &history.present.version, Some(&history.present));
    layers.notes.extend(notes(subject, &repository, &history, &past));
    layers.history = Some(written(subject, &repository, &past, &history, asked));
    Ok(layers)
}

fn record(
    subject: &Subject<'_>,
    repository: &Repository,
    prefix: &str,
    asked: usize,
) -> Result<(Past, History), String> {
    let name = subject.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let dockerfile = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
    let context = repository.folder(&subject.context.root)?;
    let commits = repository.commits(asked.saturating_add(1))?;
    if commits.len() < 2 {
        return Err(
            "--history: the repository has a single commit, there is none before it to compare it with".to_owned()
        );
    }
    let done = AtomicUsize::new(0);
    let all = commits.len();
    let say = || format!("went through {} of {all} commits", done.load(Ordering::Relaxed).min(all));
    terminal::saying(&say, || {
        let changes = repository.changes(&commits)?;
        let mut past = Past { commits, paths: vec![dockerfile], renames: Vec::new() };
        past.follow(repository, &changes)?;
        let contents = repository.contents()?;
        let target = subject.arguments.target.as_deref();
        let reorder = |text: &str, context: &BuildContext, files: &dyn Files| {
            better_order(text, target, Around { context: Some(context), files })
        };
        let built = Built {
            target: target.map(str::to_owned),
            // Where the Dockerfile is moved, the folder it lies in is another one.
            context: (context != prefix || subject.arguments.context.is_some()).then_some(context),
        };
        let mut recorder = Recorder::new(built, &contents, &reorder);
        let oldest = past.commits.len() - 1;
        recorder.commit(&repository.files(&past.commits[oldest])?, &past.paths[oldest]);
        for at in (0..oldest).rev() {
            recorder.commit(&changes[at], &past.paths[at]);
            done.store(all - at, Ordering::Relaxed);
        }
        let history = recorder.finish().map_err(|outcomes| past.nothing(&outcomes))?;
        Ok((past, history))
    })
}

impl Past {
    /// Where the Dockerfile is in each commit: from where it is now back over its renames.
    fn follow(
        &mut self,
        repository: &Repository,
        changes: &[Vec<crate::build::history::TreeChange>],
    ) -> Result<(), String> {
        for (at, changes) in changes.iter().enumerate() {
            let path = self.paths[at].clone();
            let appears =
                |change: &&crate::build::history::TreeChange| *change.path == *path && change.before.is_none();
            let mut before = path.clone();
            if changes.iter().any(|change| appears(&change)) {
                let renames = repository.renames(&self.commits[at], &self.commits[at + 1])?;
                if let Some((old, _)) = renames.into_iter().find(|(_, new)| *new == path) {
                    before.clone_from(&old);
                    self.renames.push(out::Rename { commit: self.commits[at].id.clone(), before: old, after: path });
                }
            }
            self.paths.push(before);
        }
        Ok(())
    }

    /// Why there is nothing to tell.
    fn nothing(&self, outcomes: &[Outcome]) -> String {
        let counts = skips(outcomes.iter());
        let counts: Vec<String> =
            counts.iter().map(|(reason, count)| format!("{count} {}", out::reason(reason))).collect();
        let all = self.commits.len();
        format!("--history: at none of {all} commits can `{}` be built: {}", self.paths[0], counts.join(", "))
    }
}

/// How many commits were left out for which reason.
fn skips<'o>(outcomes: impl Iterator<Item = &'o Outcome>) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for outcome in outcomes {
        if let Outcome::Skipped(skip) = outcome {
            *counts.entry(reason(*skip)).or_insert(0) += 1;
        }
    }
    counts
}

fn reason(skip: Skip) -> &'static str {
    match skip {
        Skip::Missing => "missing",
        Skip::Broken => "broken",
        Skip::Language => "other-language",
        Skip::Target => "no-such-stage",
        Skip::Unreadable => "unreadable",
    }
}

fn written(
    subject: &Subject<'_>,
    repository: &Repository,
    past: &Past,
    history: &History,
    asked: usize,
) -> out::History {
    // The commits have the newest first, the outcomes the oldest.
    let later = &history.commits[1..];
    let per_commit = later.iter().zip(past.commits.iter().rev().skip(1)).map(|(outcome, commit)| {
        let (rebuilt, better) = match outcome {
            Outcome::Built { present, better } => (present.clone(), better.clone()),
            Outcome::First | Outcome::Skipped(_) => Default::default(),
        };
        let skipped = match outcome {
            Outcome::Skipped(skip) => Some(reason(*skip)),
            Outcome::First => Some("first-build"),
            Outcome::Built { .. } => None,
        };
        out::PerCommit { commit: shown(commit), skipped, rebuilt, rebuilt_in_better_order: better }
    });
    let former = history.present.former();
    let around = Around { context: Some(&subject.context), files: &subject.files };
    let last = history.better.as_ref().unwrap_or(&history.present);
    let unwritten = unwritten(&last.version, around).into_iter();
    out::History {
        branch: repository.branch.clone(),
        asked,
        first: shown(&past.commits[past.commits.len() - 1]),
        last: shown(&past.commits[0]),
        commits: later.len(),
        built: later.iter().filter(|outcome| matches!(outcome, Outcome::Built { .. })).count(),
        skipped: skips(later.iter()),
        is_shallow: repository.is_shallow,
        renames: past.renames.clone(),
        rebuilt: history.present.rebuilt(),
        runs: history.present.runs(),
        former_steps: former
            .map(|(number, step)| out::FormerStep { number, text: step.shown.clone(), figures: figures(step) })
            .collect(),
        better: history.better.as_ref().map(|better| better_side(&history.present, better)),
        unwritten: unwritten.map(|(order, reason)| out::Unwritten { order, reason }).collect(),
        per_commit: per_commit.collect(),
    }
}

fn shown(commit: &Commit) -> out::Commit {
    let date = Date::from_unix_seconds(u64::try_from(commit.time).unwrap_or(0)).to_string();
    out::Commit { id: commit.id.clone(), date, subject: commit.subject.clone() }
}

fn better_side(present: &Side, better: &Side) -> out::Better {
    let version = &better.version;
    let stages = version.plan.stages.iter().enumerate().filter(|(index, _)| version.needed[*index]);
    let stages = stages.map(|(index, stage)| {
        let origins = present.origins(better, index);
        let step = |(place, step): (usize, &Step)| {
            let number = better.numbers[index][place]?;
            let before = origins[place].map(|origin| out::Before {
                step: origin.step,
                is_part: origin.is_part,
                rebuilt: present.steps[origin.step].rebuilt,
            });
            let keyword = version.dockerfile.instruction(step.index).and_then(|own| own.keyword());
            Some(out::BetterStep {
                number,
                instruction: instruction(step.kind, keyword),
                text: version.shown(step),
                before,
                commits: better.steps[number].commits,
                rebuilt: better.steps[number].rebuilt,
            })
        };
        let name = version.dockerfile.stage(index).and_then(|stage| stage.name()).map(str::to_owned);
        out::BetterStage { number: index, name, steps: stage.steps.iter().enumerate().filter_map(step).collect() }
    });
    let stages = stages.collect();
    out::Better {
        dockerfile: version.dockerfile.text().to_owned(),
        rebuilt: better.rebuilt(),
        runs: better.runs(),
        stages,
    }
}

fn notes(subject: &Subject<'_>, repository: &Repository, history: &History, past: &Past) -> Vec<String> {
    let mut notes = Vec::new();
    if history.present.version.dockerfile.text() != &*subject.text {
        let built =
            history.commits.iter().rev().position(|outcome| !matches!(outcome, Outcome::Skipped(_))).unwrap_or(0);
        let id = &past.commits[built].id;
        notes.push(format!(
            "the Dockerfile on the disk is another one than that of commit {}, which is the one shown",
            &id[..id.len().min(10)]
        ));
    }
    for rename in &past.renames {
        let id = &rename.commit[..rename.commit.len().min(10)];
        notes.push(format!("`{}` was `{}` before commit {id}", rename.after, rename.before));
    }
    if repository.is_shallow && past.commits.len() <= subject.arguments.history.map_or(0, std::num::NonZeroUsize::get) {
        notes.push(
            "the clone is a shallow one, so the history is short; `git fetch --unshallow` gets all of it".to_owned(),
        );
    }
    if repository.is_partial {
        notes.push("the clone is a partial one; contents that are not there are not fetched".to_owned());
    }
    if !history.absent.is_empty() {
        let names: Vec<String> = history.absent.iter().map(|source| format!("`{source}`")).collect();
        notes.push(format!("the repository has nothing for {}: changes of it are not seen", names.join(", ")));
    }
    notes.extend(history.doubts.iter().map(|doubt| doubted(*doubt).to_owned()));
    let version = &history.present.version;
    let stages = version.plan.stages.iter().zip(&version.needed).filter(|(_, needed)| **needed);
    let mut inputs = stages.flat_map(|(stage, _)| &stage.steps).flat_map(|step| &step.inputs);
    if inputs.any(|input| matches!(input, Input::Stage(_))) {
        notes.push(
            "a step that copies from a stage counts as rebuilt with that stage; a builder that compares what it copies may \
             find the same files and stop there"
                .to_owned(),
        );
    }
    notes
}

fn doubted(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::Patterns => "a pattern of the ignore file is not understood: what it leaves out is counted",
        Doubt::Excludes => "what `--exclude` leaves out is counted",
        Doubt::Repository => {
            "`.git` is copied along, and is another one after every commit: built in a clone, what copies it is built \
             every time, unlike here; name it in `.dockerignore`"
        }
        Doubt::Submodules => "a submodule counts as changed when another commit of it is checked out",
    }
}
