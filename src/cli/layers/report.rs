//! From plans and figures to what is written.

use std::collections::BTreeMap;

use super::Subject;
use crate::build::history::{Cause, FileClass, Side, StepHistory, Version};
use crate::build::plan::StepKind;
use crate::build::{Causes, Rebuild, Rebuilds};
use crate::emit::display_path;
use crate::emit::layers::{CauseCount, Figures, Kind, Layers, Stage, Step, VERSION};
use crate::model::context::Certainty;
use crate::syntax::dockerfile::Keyword;
use crate::text::{Encoding, Source};

/// Causes of one step that are told.
const MOST_CAUSES: usize = 10;

/// What builds the steps of a Dockerfile again.
pub(super) fn present(subject: &Subject<'_>, version: &Version) -> Layers {
    layers(subject, version, None)
}

/// The same with figures, those of `side`.
pub(super) fn layers(subject: &Subject<'_>, version: &Version, side: Option<&Side>) -> Layers {
    let kinds = |source: &str| Causes::in_context(source, &subject.context, &subject.files);
    let rebuilds = Rebuilds::new(&version.plan, &kinds);
    let source = Source::new(&subject.path, version.dockerfile.text());
    let line = |offset: u32| source.lines().position(offset, Encoding::Utf8).line + 1;
    let mut stages = Vec::new();
    let mut unneeded = Vec::new();
    let mut next = 0;
    for (index, own) in version.plan.stages.iter().enumerate() {
        let Some(model) = version.dockerfile.stage(index) else { continue };
        let name = model.name().map(str::to_owned);
        if !version.needed[index] {
            unneeded.push(name.unwrap_or_else(|| index.to_string()));
            continue;
        }
        let from = model.from();
        let steps = own.steps.iter().enumerate().map(|(place, step)| {
            let number = side.and_then(|side| side.numbers.get(index)?.get(place).copied().flatten()).unwrap_or(next);
            next += 1;
            let keyword = version.dockerfile.instruction(step.index).and_then(|own| own.keyword());
            Step {
                number,
                line: line(step.span.start),
                instruction: instruction(step.kind, keyword),
                text: version.shown(step),
                takes: of_rebuild(rebuilds.own(index, place)),
                rebuilt_by: of_rebuild(rebuilds.all(index, place)),
                history: side.and_then(|side| side.steps.get(number)).map(figures),
            }
        });
        stages.push(Stage {
            number: index,
            base: from.arguments.image.span.of_text(version.dockerfile.text()).to_owned(),
            line: line(from.instruction.span().start),
            steps: steps.collect(),
            name,
        });
    }
    let mut notes = Vec::new();
    if subject.is_guess {
        notes.push(
            "it is not known which folder it is built with: that of the Dockerfile is taken, and `--context` names another"
                .to_owned(),
        );
    }
    Layers {
        version: VERSION,
        dockerfile: display_path(&subject.shown).into_owned(),
        context: subject.shown_path(&subject.context.root),
        context_is_declared: subject.context.certainty == Certainty::Declared,
        stages,
        unneeded_stages: unneeded,
        history: None,
        notes,
    }
}

/// The instruction that makes a step.
pub(super) fn instruction(kind: StepKind, keyword: Option<Keyword>) -> &'static str {
    match kind {
        StepKind::Run => "RUN",
        StepKind::Transfer if keyword == Some(Keyword::Add) => "ADD",
        StepKind::Transfer => "COPY",
        StepKind::Workdir => "WORKDIR",
    }
}

fn of_rebuild(rebuild: Rebuild) -> Vec<Kind> {
    let Causes { source, manifest, lock, tooling } = rebuild.causes;
    let all = [
        (rebuild.base, Kind::Base),
        (tooling, Kind::Tooling),
        (manifest, Kind::Manifest),
        (lock, Kind::Lock),
        (source, Kind::Source),
    ];
    all.into_iter().filter(|(is, _)| *is).map(|(_, kind)| kind).collect()
}

/// How often a step was built, and why.
pub(super) fn figures(step: &StepHistory) -> Figures {
    let mut kinds = BTreeMap::new();
    for (cause, count) in &step.causes {
        let kind = match cause {
            Cause::Dockerfile => Kind::Dockerfile,
            Cause::Kind(FileClass::Manifest) => Kind::Manifest,
            Cause::Kind(FileClass::Lock) => Kind::Lock,
            Cause::Kind(FileClass::Source) => Kind::Source,
            Cause::File(_) | Cause::Folder(_) => continue,
        };
        kinds.insert(kind, *count);
    }
    let mut causes = places(&step.causes);
    if let Some(count) = step.causes.get(&Cause::Dockerfile) {
        causes.push(CauseCount { path: INSTRUCTIONS.to_owned(), commits: *count });
    }
    causes.sort_by(|a, b| b.commits.cmp(&a.commits).then_with(|| a.path.cmp(&b.path)));
    causes.truncate(MOST_CAUSES);
    Figures { commits: step.commits, rebuilt: step.rebuilt, kinds, causes }
}

/// What a change of the Dockerfile itself is called among the paths.
const INSTRUCTIONS: &str = "the instructions";

/// The files and folders of the first level; a folder stands for the one in it that most of its changes were in.
fn places(causes: &BTreeMap<Cause, usize>) -> Vec<CauseCount> {
    let mut inside: BTreeMap<&str, Vec<(&Cause, &str, usize)>> = BTreeMap::new();
    for (cause, count) in causes {
        let (Cause::File(path) | Cause::Folder(path)) = cause else { continue };
        let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
        inside.entry(parent).or_default().push((cause, path, *count));
    }
    let top = inside.get("").into_iter().flatten();
    let narrowed = top.map(|(cause, path, count)| {
        let (mut cause, mut path, mut count) = (*cause, *path, *count);
        while let Cause::Folder(_) = cause {
            let most = inside.get(path).into_iter().flatten().max_by_key(|(_, _, inner)| *inner);
            match most {
                Some((inner, place, own)) if own * 5 >= count * 4 => (cause, path, count) = (*inner, *place, *own),
                _ => break,
            }
        }
        let slash = if matches!(cause, Cause::Folder(_)) { "/" } else { "" };
        CauseCount { path: format!("{path}{slash}"), commits: count }
    });
    narrowed.collect()
}
