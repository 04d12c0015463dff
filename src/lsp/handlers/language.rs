//! What the layers below say of a document, in the coordinates of its file.

use std::path::Path;

use lsp_types::Location;

use crate::build::{Causes, Plan, Rebuild, Rebuilds, named_sources};
use crate::lint::Settings;
use crate::lint::document::{Document, Tree};
use crate::lsp::snapshot::At;
use crate::model::names::{self, Names, Use};
use crate::model::outline::{self, Part};
use crate::syntax::kind::kind_of;
use crate::text::{Files, Region, Source, Span};

/// The documents in the file of `at`.
pub(super) fn documents(at: &At, files: &dyn Files) -> Vec<Document> {
    at.holding().checker.documents(&at.source(), files)
}

/// The group of the rules for files of its kind; empty for what is nothing of ours.
pub(super) fn group(at: &At, settings: &Settings) -> String {
    let kind = settings.file_type(&at.name).or_else(|| kind_of(&at.name, at.document.text()));
    kind.map(|kind| format!("{kind:?}").to_lowercase()).unwrap_or_default()
}

/// The names of everything in the file.
pub(super) fn names(at: &At) -> Names {
    let files = at.files();
    let holding = at.holding();
    let mut all = Names::default();
    for document in documents(at, &files) {
        let mut own = match &document.tree {
            Tree::Dockerfile(dockerfile) => names::of_dockerfile(dockerfile),
            Tree::Compose(_) => {
                document.compose.as_ref().map(|project| names::of_compose(project, &files)).unwrap_or_default()
            }
            Tree::Kubernetes(stream) => {
                let is_whole = document.region.is_whole();
                let others = if is_whole { names::beside(&at.name, &files) } else { Vec::new() };
                let mut manifests = vec![names::Manifest { file: None, stream }];
                manifests.extend(others.iter().map(|(file, stream)| names::Manifest { file: Some(file), stream }));
                let mut own = names::of_manifests(&manifests);
                if is_whole {
                    own.used.extend(names::images_of_manifests(stream, &at.name, holding.checker.project(&files)));
                }
                own
            }
            Tree::Dockerignore(_) | Tree::Outer => Names::default(),
        };
        own.declared.iter_mut().for_each(|place| map(place, &document.region));
        for Use { at, of } in &mut own.used {
            map(at, &document.region);
            map(of, &document.region);
        }
        all.declared.extend(own.declared);
        all.used.extend(own.used);
    }
    all
}

fn map(place: &mut names::At, region: &Region) {
    if place.file.is_none() {
        place.span = region.span(place.span);
    }
}

/// The parts of the file.
pub(super) fn outline(at: &At) -> Vec<Part> {
    let mut parts = Vec::new();
    for document in documents(at, &at.files()) {
        let mut own = match &document.tree {
            Tree::Dockerfile(dockerfile) => outline::of_dockerfile(dockerfile),
            Tree::Compose(stream) => outline::of_compose(stream),
            Tree::Kubernetes(stream) => outline::of_kubernetes(stream),
            Tree::Dockerignore(_) | Tree::Outer => Vec::new(),
        };
        own.iter_mut().for_each(|part| map_part(part, &document.region));
        parts.extend(own);
    }
    parts
}

fn map_part(part: &mut Part, region: &Region) {
    part.span = region.span(part.span);
    part.name_span = region.span(part.name_span);
    part.parts.iter_mut().for_each(|part| map_part(part, region));
}

/// A step of a Dockerfile, and what builds it again.
pub(super) struct Step {
    /// The keyword of its instruction, in the file.
    pub(super) keyword: Span,
    /// The instruction, in the file.
    pub(super) span: Span,
    /// What it takes itself.
    pub(super) own: Rebuild,
    /// All of it.
    pub(super) all: Rebuild,
}

/// The steps of the Dockerfiles in the file.
pub(super) fn steps(at: &At) -> Vec<Step> {
    let files = at.files();
    let holding = at.holding();
    let mut found = Vec::new();
    for document in documents(at, &files) {
        let Tree::Dockerfile(dockerfile) = &document.tree else { continue };
        let project = holding.checker.project(&files);
        let context =
            document.region.is_whole().then(|| project.context(&at.name, &named_sources(dockerfile))).flatten();
        let kinds = |source: &str| Causes::in_context(source, context.as_deref()?, &files);
        let plan = Plan::new(dockerfile);
        let rebuilds = Rebuilds::new(&plan, &kinds);
        for (number, stage) in plan.stages.iter().enumerate() {
            for (place, step) in stage.steps.iter().enumerate() {
                let Some(instruction) = dockerfile.instruction(step.index) else { continue };
                found.push(Step {
                    keyword: document.region.span(instruction.node.keyword),
                    span: document.region.span(instruction.span()),
                    own: rebuilds.own(number, place),
                    all: rebuilds.all(number, place),
                });
            }
        }
    }
    found
}

/// What builds a step again, in words; `None` for nothing.
pub(super) fn rebuilt_by(rebuild: Rebuild) -> Option<String> {
    let Causes { source, manifest, lock, tooling } = rebuild.causes;
    let all = [
        (rebuild.base, "the base image"),
        (tooling, "images and downloads"),
        (manifest, "dependency manifests"),
        (lock, "lock files"),
        (source, "source files"),
    ];
    let words: Vec<&str> = all.iter().filter(|(is, _)| *is).map(|(_, word)| *word).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

/// A place as the client has it.
pub(super) fn location(at: &At, place: &names::At) -> Option<Location> {
    match &place.file {
        None => Some(Location { uri: at.document.uri.clone(), range: at.range(place.span) }),
        Some(file) => at.snapshot.location(&at.root.folder, &read(at, file)?, place.span),
    }
}

fn read(at: &At, file: &Path) -> Option<Source> {
    Some(Source::from_bytes(file, at.files().read(file).ok()?))
}
