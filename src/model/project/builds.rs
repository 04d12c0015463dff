//! Which files say how images are built: compose files, `skaffold.yaml`, `docker-bake.hcl` and `docker-bake.json`.

use std::path::{Path, PathBuf};

use super::bake;
use crate::model::compose::{self, Fact};
use crate::syntax::kind::{Kind, kind_of};
use crate::syntax::yaml::{self, Ref, Stream};
use crate::text::{Entry, Files, Source, normalize};

/// Compose files of one folder that are read.
const MOST_COMPOSE_FILES: usize = 16;

/// An image and what it is built from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Build {
    /// Its reference; empty when it has none.
    pub(super) image: String,
    /// The Dockerfile; `None` when it is known to be built from something else.
    pub(super) dockerfile: Option<PathBuf>,
    /// The folder of the context, where that is known.
    pub(super) context: Option<PathBuf>,
    /// The stage.
    pub(super) target: Option<String>,
    /// The names of the contexts it gives beside the main one.
    pub(super) contexts: Vec<String>,
}

impl Build {
    /// Whether both build the same.
    pub(super) fn same_build(&self, other: &Build) -> bool {
        self.dockerfile == other.dockerfile && self.target == other.target
    }
}

/// The builds that files of `folder` describe. What is read is added to `read`.
pub(super) fn in_folder(folder: &Path, entries: &[Entry], files: &dyn Files, read: &mut Vec<PathBuf>) -> Vec<Build> {
    let mut builds = Vec::new();
    let mut compose_files = 0;
    for entry in entries.iter().filter(|entry| !entry.is_dir) {
        let read_as: fn(&Path, &str, &dyn Files) -> Vec<Build> = match entry.name.as_str() {
            "skaffold.yaml" | "skaffold.yml" => skaffold,
            "docker-bake.json" | "docker-bake.override.json" => |path, text, _| bake::json(text, folder_of(path)),
            "docker-bake.hcl" | "docker-bake.override.hcl" => |path, text, _| bake::hcl(text, folder_of(path)),
            name if is_compose_name(name) && compose_files < MOST_COMPOSE_FILES => {
                compose_files += 1;
                compose
            }
            _ => continue,
        };
        let path = folder.join(&entry.name);
        let Ok(bytes) = files.read(&path) else { continue };
        read.push(path.clone());
        builds.extend(read_as(&path, &Source::from_bytes(&path, bytes).text, files));
    }
    builds
}

/// The Dockerfile `name` of a context as it is written.
pub(super) fn dockerfile_in(folder: &Path, context: &str, name: &str) -> PathBuf {
    normalize(&folder.join(context).join(name))
}

fn is_compose_name(name: &str) -> bool {
    (name.ends_with(".yaml") || name.ends_with(".yml")) && name.contains("compose")
}

fn compose(path: &Path, text: &str, files: &dyn Files) -> Vec<Build> {
    if kind_of(path, text) != Some(Kind::Compose) {
        return Vec::new();
    }
    let project = compose::Project::load(path, &yaml::parse(text), files);
    let build = |service: compose::ServiceFacts<'_>| {
        let Fact::Known(build) = service.build() else { return None };
        let image = service.image().known().unwrap_or_default();
        let target = match build.target {
            Fact::Known(target) => Some(target.as_text()?.to_owned()),
            Fact::Absent => None,
            Fact::Unknown => return None,
        };
        let contexts = build.additional_contexts();
        let context = build.context.known().map(|context| normalize(&context));
        Some(Build { image: image.to_owned(), dockerfile: build.dockerfile.known(), context, target, contexts })
    };
    project.services().filter_map(build).collect()
}

fn skaffold(path: &Path, text: &str, _: &dyn Files) -> Vec<Build> {
    let stream: Stream = yaml::parse(text);
    let roots = stream.roots().filter(|root| {
        root.get("apiVersion").and_then(Ref::as_str).is_some_and(|version| version.starts_with("skaffold/"))
    });
    let artifacts = roots.flat_map(|root| root.path(&["build", "artifacts"]).into_iter().flat_map(Ref::items));
    artifacts.filter_map(|artifact| skaffold_artifact(artifact, folder_of(path))).collect()
}

fn skaffold_artifact(artifact: Ref<'_>, folder: &Path) -> Option<Build> {
    const OTHER_BUILDERS: [&str; 6] = ["bazel", "jib", "kaniko", "buildpacks", "custom", "ko"];
    let image = artifact.get("image")?.as_str()?.to_owned();
    let text = |keys: &[&str]| artifact.path(keys).and_then(Ref::as_str);
    let builder = if artifact.has_key("kaniko") { "kaniko" } else { "docker" };
    if OTHER_BUILDERS.iter().any(|other| *other != builder && artifact.has_key(other)) {
        return Some(Build { image, dockerfile: None, context: None, target: None, contexts: Vec::new() });
    }
    let context = text(&["context"]).unwrap_or(".");
    let dockerfile = text(&[builder, "dockerfile"]).unwrap_or("Dockerfile");
    if [context, dockerfile].iter().any(|path| path.contains("{{")) {
        return Some(Build { image, dockerfile: None, context: None, target: None, contexts: Vec::new() });
    }
    let target = text(&[builder, "target"]).map(str::to_owned);
    let path = dockerfile_in(folder, context, dockerfile);
    let context = Some(normalize(&folder.join(context)));
    Some(Build { image, dockerfile: Some(path), context, target, contexts: Vec::new() })
}

fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}
