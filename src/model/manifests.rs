//! The manifests around a file: what they are for, read once per folder.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;

use super::kustomize::Kustomization;
use super::readings::Readings;
use super::role::Role;
use super::skaffold;
use super::workload::{Folder, Notes};
use crate::syntax::yaml::Stream;
use crate::text::{Files, Recording, normalize};

/// What is known of the folders with manifests, each read on first use.
#[derive(Debug, Default)]
pub struct Manifests {
    kustomizations: Cache<Option<Kustomization>>,
    skaffold: Cache<Vec<String>>,
    folders: Cache<Folder>,
    /// What is known of the files of the folders.
    notes: Cache<Notes>,
    /// What was read for kustomizations and Skaffold.
    described: Mutex<BTreeSet<PathBuf>>,
    /// Where files are read over and over.
    readings: Option<Arc<Readings>>,
}

type Cache<T> = Mutex<FxHashMap<PathBuf, Arc<T>>>;

/// Folders above a file in which a kustomization is looked for, its own included.
const LEVELS: usize = 4;

impl Manifests {
    /// For a host that has the same files read over and over.
    pub fn of_host() -> Manifests {
        Manifests { readings: Some(Arc::default()), ..Manifests::default() }
    }

    /// What was read of files that are read over and over; `None` where each is read once.
    pub fn readings(&self) -> Option<&Readings> {
        self.readings.as_deref()
    }

    /// The same without what is known of folders and files.
    pub fn anew(&self) -> Manifests {
        Manifests { readings: self.readings.clone(), ..Manifests::default() }
    }

    /// What the file at `path`, read as `stream`, is for.
    pub fn role(&self, path: &Path, stream: &Stream, files: &dyn Files) -> Role {
        if is_helm_template(path, files) || stream.templated {
            return Role::HelmTemplate;
        }
        if is_rendered(stream) {
            return Role::Rendered;
        }
        let normal = normalize(path);
        let is_patch = self.above(path, files, |found| found.patches.contains(&normal));
        if is_patch { Role::KustomizePatch } else { Role::Complete }
    }

    /// The same without what was made of the content of the files at `changed`.
    pub fn after_change(&self, changed: &[PathBuf]) -> Manifests {
        let changed: Vec<PathBuf> = changed.iter().map(|path| normalize(path)).collect();
        let described = self.described.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = changed.iter().all(|path| !described.contains(path));
        Manifests {
            notes: self.notes_without(&changed),
            kustomizations: copy(&self.kustomizations, |_| kept),
            skaffold: copy(&self.skaffold, |_| kept),
            folders: copy(&self.folders, |folder| changed.iter().all(|path| folder_of(path) != normalize(folder))),
            described: Mutex::new(if kept { described.clone() } else { BTreeSet::new() }),
            readings: self.readings.clone(),
        }
    }

    fn notes_without(&self, changed: &[PathBuf]) -> Cache<Notes> {
        let known = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        let mut notes: FxHashMap<PathBuf, Arc<Notes>> = known.clone();
        for (folder, notes) in &mut notes {
            let is_changed = |path: &PathBuf| changed.contains(&normalize(path));
            if changed.iter().any(|path| folder_of(path) == normalize(folder)) {
                Arc::make_mut(notes).retain(|path, _| !is_changed(path));
            }
        }
        Mutex::new(notes)
    }

    /// The manifests in the folder of `path`.
    pub fn beside(&self, path: &Path, files: &dyn Files) -> Arc<Folder> {
        let folder = folder_of(path);
        remember(&self.folders, folder, || {
            let known = self.notes.lock().unwrap_or_else(PoisonError::into_inner).remove(folder);
            let mut notes = known.map(Arc::unwrap_or_clone).unwrap_or_default();
            let read = Folder::read_with(folder, files, &mut notes, self.readings());
            self.notes.lock().unwrap_or_else(PoisonError::into_inner).insert(folder.to_owned(), Arc::new(notes));
            read
        })
    }

    /// Whether something in the folder of `path` or above gives the image `name` another name, tag or digest before
    /// it is applied: a kustomization, or Skaffold, which builds it.
    pub fn sets_image(&self, path: &Path, name: &str, files: &dyn Files) -> bool {
        let builds = |folder| {
            let read = || skaffold::images(folder, &Recording::new(files, &self.described));
            remember(&self.skaffold, folder, read).iter().any(|image| image == name)
        };
        self.above(path, files, |found| found.sets_image(name)) || folders_above(path).any(builds)
    }

    /// Whether a kustomization in the folder of `path` or above is as asked.
    fn above(&self, path: &Path, files: &dyn Files, wanted: impl Fn(&Kustomization) -> bool) -> bool {
        folders_above(path).any(|folder| {
            let read = || Kustomization::read(folder, &Recording::new(files, &self.described));
            let found = remember(&self.kustomizations, folder, read);
            Option::as_ref(&found).is_some_and(&wanted)
        })
    }
}

/// What `wanted` wants of a cache.
fn copy<T>(cache: &Cache<T>, wanted: impl Fn(&Path) -> bool) -> Cache<T> {
    let cache = cache.lock().unwrap_or_else(PoisonError::into_inner);
    Mutex::new(
        cache.iter().filter(|(folder, _)| wanted(folder)).map(|(folder, of)| (folder.clone(), of.clone())).collect(),
    )
}

/// The value for `folder`, made on first use. Two threads may make it at the same time; one of the two stays.
fn remember<T>(cache: &Cache<T>, folder: &Path, make: impl FnOnce() -> T) -> Arc<T> {
    // A panic elsewhere cannot have left a half-made value in the map.
    let known = cache.lock().unwrap_or_else(PoisonError::into_inner).get(folder).cloned();
    known.unwrap_or_else(|| {
        let made = Arc::new(make());
        let mut cache = cache.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(cache.entry(folder.to_owned()).or_insert(made))
    })
}

/// The folder of `path` and those above it, as far as is looked.
fn folders_above(path: &Path) -> impl Iterator<Item = &Path> {
    std::iter::successors(Some(folder_of(path)), |folder| folder.parent()).take(LEVELS)
}

fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}

/// Whether `path` lies in the `templates` folder of a chart.
fn is_helm_template(path: &Path, files: &dyn Files) -> bool {
    let templates = path.ancestors().skip(1).find(|folder| folder.file_name().is_some_and(|name| name == "templates"));
    templates.and_then(Path::parent).is_some_and(|chart| files.exists(&chart.join("Chart.yaml")))
}

/// Whether `helm template` wrote the file: it marks each document with `# Source: chart/templates/name.yaml`.
fn is_rendered(stream: &Stream) -> bool {
    stream.comments.iter().any(|comment| {
        let source = comment.of_text(&stream.text).strip_prefix("# Source: ");
        source.is_some_and(|path| path.contains("/templates/") || path.contains("/crds/"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::yaml::parse;
    use crate::text::MemoryFiles;

    #[test]
    fn the_role_of_a_file_comes_from_what_is_around_it() {
        let mut files = MemoryFiles::default();
        files.insert(
            "app/kustomization.yaml",
            "patches: [{path: patches/limits.yaml}]\nimages: [{name: web, newTag: v1}]",
        );
        files.insert("chart/Chart.yaml", "apiVersion: v2");
        let manifests = Manifests::default();
        let role = |path: &str, text: &str| manifests.role(Path::new(path), &parse(text.to_owned()), &files);
        assert_eq!(role("app/patches/limits.yaml", "a: b"), Role::KustomizePatch);
        assert_eq!(role("./app/patches/limits.yaml", "a: b"), Role::KustomizePatch);
        assert_eq!(role("app/deploy.yaml", "a: b"), Role::Complete);
        assert_eq!(role("chart/templates/deploy.yaml", "a: b"), Role::HelmTemplate);
        assert_eq!(role("chart/templates/sub/deploy.yaml", "a: b"), Role::HelmTemplate);
        assert_eq!(role("templates/deploy.yaml", "a: b"), Role::Complete);
        assert_eq!(role("out.yaml", "---\n# Source: web/templates/deploy.yaml\na: b"), Role::Rendered);
        assert!(manifests.sets_image(Path::new("app/deploy.yaml"), "web", &files));
        assert!(!manifests.sets_image(Path::new("deploy.yaml"), "web", &files));
    }
}
