//! What the layers below say of a document, in the coordinates of its file.

use std::path::Path;

use lsp_types::Location;

use crate::build::{Causes, Plan, Rebuild, Rebuilds, named_sources};
use crate::lint::Settings;
use crate::lint::document::{Document, Tree};
use crate::lsp::snapshot::At;
use crate::model::kustomize::is_kustomization;
use crate::model::names::{self, Names, PathName, Use};
use crate::model::outline::{self, Part};
use crate::syntax::kind::kind_of;
use crate::syntax::yaml::{self, Stream};
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

/// How far the names of a file are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Into the files that belong to it.
    Project,
    /// Not out of it.
    File,
}

/// The names of everything in the file.
pub(super) fn names(at: &At, reach: Reach) -> Names {
    let files = at.files();
    let mut all = Names::default();
    let documents = documents(at, &files);
    for document in &documents {
        let mut own = of_document(at, document, reach, &files);
        own.places_mut().for_each(|place| map(place, &document.region));
        all.extend(own);
    }
    if let Some(stream) = other_yaml(at, &documents) {
        all.extend(names::of_anchors(&stream));
    }
    // A file is declared where it begins.
    let begins = |path: &Path| names::At { file: Some(path.into()), span: Span::empty(0) };
    let named = paths(at, &documents, &files);
    all.used.extend(named.iter().map(|own| Use { at: names::At::here(own.at), of: begins(&own.path) }));
    all
}

/// The files that the file names.
pub(super) fn paths(at: &At, documents: &[Document], files: &dyn Files) -> Vec<PathName> {
    if is_kustomization(&at.name) {
        let parsed = other_yaml(at, documents);
        let stream = parsed.as_ref().or_else(|| match &documents.first()?.tree {
            Tree::Kubernetes(stream) => Some(stream),
            _ => None,
        });
        return stream.map(|stream| names::paths_of_kustomization(&at.name, stream, files)).unwrap_or_default();
    }
    let whole = documents.iter().filter(|document| document.region.is_whole());
    let projects = whole.filter_map(|document| document.compose.as_ref());
    projects.flat_map(|project| names::paths_of_compose(project, files)).collect()
}

fn of_document(at: &At, document: &Document, reach: Reach, files: &dyn Files) -> Names {
    match &document.tree {
        Tree::Dockerfile(dockerfile) => names::of_dockerfile(dockerfile),
        Tree::Compose(stream) => {
            let mut own = names::of_anchors(stream);
            let project = document.compose.as_ref();
            own.extend(project.map(|project| names::of_compose(project, stream, files)).unwrap_or_default());
            own
        }
        Tree::Kubernetes(stream) => {
            let is_whole = document.region.is_whole();
            let goes_out = is_whole && reach == Reach::Project;
            let others = if goes_out { names::around(&at.name, files) } else { Vec::new() };
            let mut manifests = vec![names::Manifest { file: None, stream }];
            manifests.extend(others.iter().map(|(file, stream)| names::Manifest { file: Some(file), stream }));
            let mut own = names::of_manifests(&manifests);
            own.extend(names::of_anchors(stream));
            if is_whole {
                let holding = at.holding();
                own.used.extend(names::images_of_manifests(stream, &at.name, holding.checker.project(files)));
            }
            own
        }
        Tree::Dockerignore(_) | Tree::Outer => Names::default(),
    }
}

/// The YAML of a file that is nothing of ours: what is in it is not judged, but anchors are anchors.
pub(super) fn other_yaml(at: &At, documents: &[Document]) -> Option<Stream> {
    let extension = at.name.extension().and_then(|extension| extension.to_str());
    let is_yaml = documents.is_empty() && (matches!(extension, Some("yaml" | "yml")) || is_kustomization(&at.name));
    is_yaml.then(|| yaml::parse(at.source().text.clone()))
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
