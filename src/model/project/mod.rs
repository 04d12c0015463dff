//! Facts across files: what a compose service builds, which Dockerfile an image comes from.
//!
//! Each file is read at most once in a run. Its tree is dropped as soon as the facts are out; they are owned and
//! shared between threads.

mod bake;
mod builds;
mod facts;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;

use self::builds::Build;
pub use self::facts::{DockerfileFacts, StageFacts, UserFacts};
use super::compose::{BuildFacts, Fact, ServiceFacts};
use super::context::{BuildContext, Certainty, IgnoreFile};
use super::image::Image;
use crate::text::{Entry, Files, Recording, Source, Span, has, normalize};

/// Folders above a file in which builds are looked for, its own included.
const LEVELS: usize = 8;

/// Folders above a Dockerfile that may be its context, its own included.
const LEVELS_OF_CONTEXT: usize = 4;

/// What is known of other files; one for a run.
#[derive(Debug, Default)]
pub struct Cache {
    dockerfiles: Remembered<Option<Arc<DockerfileFacts>>>,
    folders: Remembered<Arc<Folder>>,
    contexts: Remembered<Option<Arc<BuildContext>>>,
    /// Everything that was read.
    read: Mutex<BTreeSet<PathBuf>>,
    /// The ignore files that were looked for.
    described: Mutex<BTreeSet<PathBuf>>,
    /// Facts of Dockerfiles from before something changed that says how they are built.
    earlier: FxHashMap<OsString, Arc<DockerfileFacts>>,
}

impl Cache {
    /// The same without what was made of the content of the files at `changed`.
    pub fn after_change(&self, changed: &[PathBuf]) -> Cache {
        let changed: Vec<PathBuf> = changed.iter().map(|path| normalize(path)).collect();
        let is_changed = |path: &OsString| changed.iter().any(|changed| changed.as_os_str() == path);
        let hangs_on_it = |folder: &Folder| changed.iter().any(|path| folder.read.contains(path));
        let described = lock(&self.described);
        let contexts_change = changed.iter().any(|path| described.contains(path))
            || lock(&self.folders).values().any(|folder| hangs_on_it(folder));
        let mut dockerfiles = copy(&self.dockerfiles, |path, _| !is_changed(path));
        let mut earlier = self.earlier.clone();
        earlier.retain(|path, _| !is_changed(path));
        if contexts_change {
            // They hold as long as they are given the same contexts.
            let known = std::mem::take(dockerfiles.get_mut().unwrap_or_else(PoisonError::into_inner));
            earlier.extend(known.into_iter().filter_map(|(path, facts)| Some((path, facts?))));
        }
        Cache {
            dockerfiles,
            earlier,
            folders: copy(&self.folders, |_, folder| !hangs_on_it(folder)),
            contexts: copy(&self.contexts, |path, _| !contexts_change && !is_changed(path)),
            read: Mutex::new(lock(&self.read).clone()),
            described: Mutex::new(described.clone()),
        }
    }
}

/// What `wanted` wants of a cache.
fn copy<T: Clone>(cache: &Remembered<T>, wanted: impl Fn(&OsString, &T) -> bool) -> Remembered<T> {
    let cache = lock(cache);
    let kept = cache.iter().filter(|(path, value)| wanted(path, value));
    Mutex::new(kept.map(|(path, value)| (path.clone(), value.clone())).collect())
}

/// What is known of one folder.
#[derive(Debug)]
struct Folder {
    /// What lies in it.
    names: Arc<[Entry]>,
    /// What its compose files, Skaffold and bake say that is built.
    builds: Vec<Build>,
    /// What was read to know that.
    read: BTreeSet<PathBuf>,
}

/// By the path as it is written: a `Path` would be hashed and compared part by part.
type Remembered<T> = Mutex<FxHashMap<OsString, T>>;

/// The files around the one at hand.
#[derive(Clone, Copy)]
pub struct Project<'a> {
    files: &'a dyn Files,
    images: &'a [(String, PathBuf)],
    cache: &'a Cache,
}

/// A Dockerfile and the stage of it that is built.
#[derive(Clone, Debug)]
pub struct BuiltImage {
    /// The Dockerfile.
    pub dockerfile: Arc<DockerfileFacts>,
    /// The name or number of the stage; the last one when there is none.
    pub target: Option<String>,
}

impl<'a> Project<'a> {
    /// The files that `files` knows. `images` are image names and the Dockerfiles that the user says build them.
    pub fn new(files: &'a dyn Files, images: &'a [(String, PathBuf)], cache: &'a Cache) -> Project<'a> {
        Project { files, images, cache }
    }

    /// What is in the Dockerfile at `path`. `None` when it cannot be read.
    pub fn dockerfile(self, path: &Path) -> Option<Arc<DockerfileFacts>> {
        let path = normalize(path);
        remember(&self.cache.dockerfiles, &path, || {
            lock(&self.cache.read).insert(path.clone());
            let contexts = self.named_contexts(&path);
            let earlier = self.cache.earlier.get(path.as_os_str());
            if let Some(facts) = earlier.filter(|facts| facts.contexts == contexts) {
                return Some(facts.clone());
            }
            let bytes = self.files.read(&path).ok()?;
            Some(Arc::new(DockerfileFacts::read(Source::from_bytes(&path, bytes), contexts)))
        })
    }

    /// What a compose service builds. `None` when that is not known, or cannot be read.
    pub fn dockerfile_of_build(self, build: &BuildFacts<'_>) -> Option<BuiltImage> {
        let target = match build.target {
            Fact::Known(target) => Some(target.as_text()?.to_owned()),
            Fact::Absent => None,
            Fact::Unknown => return None,
        };
        let dockerfile = match (&build.dockerfile, &build.dockerfile_inline) {
            (Fact::Known(path), _) => self.dockerfile(path)?,
            (_, Fact::Known(inline)) => {
                let source = Source::new(Path::new("Dockerfile"), inline.as_text()?);
                Arc::new(DockerfileFacts::read(source, build.additional_contexts()))
            }
            _ => return None,
        };
        Some(BuiltImage { dockerfile, target })
    }

    /// The Dockerfile that the image called `reference` in the file `near` is built from: by the settings, or by
    /// the one compose service, skaffold artifact or bake target of that name in the folder of `near` or above. The
    /// tag does not matter. `None` when there is none, or more than one.
    pub fn dockerfile_of_image(self, reference: &str, near: &Path) -> Option<BuiltImage> {
        let image = Image::parse(reference, Span::empty(0)).ok()?;
        let same = |written: &str| {
            Image::parse(written, Span::empty(0))
                .is_ok_and(|other| other.registry() == image.registry() && other.repository() == image.repository())
        };
        if let Some((_, path)) = self.images.iter().find(|(name, _)| same(name)) {
            return Some(BuiltImage { dockerfile: self.dockerfile(path)?, target: None });
        }
        let near = normalize(near);
        let mut found: Option<Build> = None;
        for folder in near.ancestors().skip(1).take(LEVELS) {
            for build in self.folder(folder).builds.iter().filter(|build| same(&build.image)) {
                match &found {
                    Some(other) if !other.same_build(build) => return None,
                    _ => found = Some(build.clone()),
                }
            }
            if self.has(folder, ".git") {
                break;
            }
        }
        let build = found?;
        Some(BuiltImage { dockerfile: self.dockerfile(&build.dockerfile?)?, target: build.target })
    }

    /// Whether a service has a health check, its own or that of the Dockerfile it is built from. `None` when that
    /// is not known: it may be that of an image.
    pub fn has_healthcheck(self, service: ServiceFacts<'_>) -> Option<bool> {
        if service.disables_healthcheck() {
            return Some(false);
        }
        match (service.has_healthcheck(), service.build()) {
            (Some(false) | None, Fact::Known(build)) => self.dockerfile_of_build(&build)?.stage()?.has_healthcheck,
            (Some(true), _) => Some(true),
            _ => None,
        }
    }

    /// The context that the Dockerfile at `path` is built with, which takes `sources` from it: by what says how it is
    /// built, else the folder where its sources are. `None` when that is not known.
    pub fn context(self, path: &Path, sources: &[String]) -> Option<Arc<BuildContext>> {
        let path = normalize(path);
        remember(&self.cache.contexts, &path, || {
            let (root, certainty) =
                self.declared_context(&path).unwrap_or_else(|| self.fitting_context(&path, sources))?;
            Some(Arc::new(BuildContext { ignore: self.ignore_file(&path, &root), root, certainty }))
        })
    }

    /// The names of the contexts that compose files and bake give the Dockerfile at `path` beside the main one.
    pub fn named_contexts(self, path: &Path) -> Vec<String> {
        let path = normalize(path);
        let mut found: Vec<String> = Vec::new();
        for folder in self.folders_above(&path) {
            for build in &self.folder(folder).builds {
                // One whose Dockerfile only the build knows may be for this one.
                if !build.contexts.is_empty() && build.dockerfile.as_deref().is_none_or(|own| own == path) {
                    found.extend(
                        build.contexts.iter().filter(|name| !found.contains(name)).cloned().collect::<Vec<_>>(),
                    );
                }
            }
        }
        found
    }

    /// The stages that compose files, Skaffold and bake build from the Dockerfile at `path` by their names.
    pub fn targets(self, path: &Path) -> Vec<String> {
        let path = normalize(path);
        let mut found = Vec::new();
        for folder in self.folders_above(&path) {
            let folder = self.folder(folder);
            // One whose Dockerfile only the build knows may be this one.
            let builds = folder.builds.iter().filter(|build| build.dockerfile.as_deref().is_none_or(|own| own == path));
            found.extend(builds.filter_map(|build| build.target.clone()));
        }
        found
    }

    /// The folder of the Dockerfile at `path` as its context.
    pub fn context_beside(self, path: &Path) -> Arc<BuildContext> {
        let path = normalize(path);
        let root = folder_of(&path).to_owned();
        Arc::new(BuildContext { ignore: self.ignore_file(&path, &root), root, certainty: Certainty::Assumed })
    }

    /// Whether there is an ignore file in a folder above the Dockerfile at `path` that may be its context.
    pub fn has_ignore_file_above(self, path: &Path) -> bool {
        let path = normalize(path);
        self.folders_above(&path).any(|folder| self.has(folder, ".dockerignore"))
    }

    /// What compose files, Skaffold and bake say; `None` when they say nothing, `None` inside when they contradict one
    /// another.
    fn declared_context(self, path: &Path) -> Option<Option<(PathBuf, Certainty)>> {
        let mut found: Option<PathBuf> = None;
        for folder in self.folders_above(path) {
            for build in self.folder(folder).builds.iter().filter(|build| build.dockerfile.as_deref() == Some(path)) {
                match (&found, &build.context) {
                    (Some(other), Some(context)) if other == context => {}
                    (None, Some(context)) => found = Some(context.clone()),
                    _ => return Some(None),
                }
            }
        }
        found.map(|context| Some((context, Certainty::Declared)))
    }

    /// The nearest folder where most of the sources are. A Dockerfile that names none is built in its own folder, as far
    /// as anybody can tell.
    fn fitting_context(self, path: &Path, sources: &[String]) -> Option<(PathBuf, Certainty)> {
        if sources.is_empty() {
            return Some((folder_of(path).to_owned(), Certainty::Assumed));
        }
        let fits = |folder: &&Path| {
            let there = sources.iter().filter(|source| self.has(folder, source)).count();
            there * 2 > sources.len()
        };
        let folder = self.folders_above(path).take(LEVELS_OF_CONTEXT).find(fits)?;
        Some((folder.to_owned(), Certainty::Fits))
    }

    /// The folder of `path` and those above it, up to the root of the repository.
    fn folders_above(self, path: &Path) -> impl Iterator<Item = &Path> {
        let mut over = false;
        let folders = path.ancestors().skip(1).take(LEVELS);
        folders.take_while(move |folder| {
            let stop = over;
            over = self.has(folder, ".git");
            !stop
        })
    }

    /// The ignore file that counts: the one beside the Dockerfile with its name, else the one of the context.
    fn ignore_file(self, path: &Path, root: &Path) -> Option<Arc<IgnoreFile>> {
        let mut own = path.as_os_str().to_owned();
        own.push(".dockerignore");
        [PathBuf::from(own), root.join(".dockerignore")].into_iter().find_map(|path| {
            // One that comes to be would count, so its absence is noted too.
            let bytes = Recording::new(self.files, &self.cache.described).read(&path).ok()?;
            lock(&self.cache.read).insert(path.clone());
            Some(Arc::new(IgnoreFile::new(Arc::new(Source::from_bytes(&path, bytes)))))
        })
    }

    /// Everything that was read so far, sorted.
    pub fn files_read(self) -> Vec<PathBuf> {
        lock(&self.cache.read).iter().cloned().collect()
    }

    fn folder(self, folder: &Path) -> Arc<Folder> {
        remember(&self.cache.folders, folder, || {
            let listed = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
            let names = self.files.list(listed).unwrap_or_default();
            let mut read = Vec::new();
            let all_read = Mutex::default();
            let builds = builds::in_folder(folder, &names, &Recording::new(self.files, &all_read), &mut read);
            let all_read = all_read.into_inner().unwrap_or_else(PoisonError::into_inner);
            lock(&self.cache.read).extend(read);
            Arc::new(Folder { names, builds, read: all_read })
        })
    }

    /// Whether `path` is there, below a folder. Most often the list of the folder tells, without asking the disk again.
    fn has(self, folder: &Path, path: &str) -> bool {
        let (first, rest) = path.split_once('/').unwrap_or((path, ""));
        match first {
            "" | "." | ".." => self.files.exists(&folder.join(path)),
            _ => has(&self.folder(folder).names, first) && (rest.is_empty() || self.files.exists(&folder.join(path))),
        }
    }
}

impl BuiltImage {
    /// The stage that ships. `None` when there is no such stage.
    pub fn stage(&self) -> Option<&StageFacts> {
        match &self.target {
            Some(target) => self.dockerfile.stage(target),
            None => self.dockerfile.stages.last(),
        }
    }
}

impl std::fmt::Debug for Project<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Project").field("cache", &self.cache).finish_non_exhaustive()
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}

/// The value of `path`, made on first use. Two threads may make it at the same time; one of the two stays.
fn remember<T: Clone>(cache: &Remembered<T>, path: &Path, make: impl FnOnce() -> T) -> T {
    if let Some(known) = lock(cache).get(path.as_os_str()) {
        return known.clone();
    }
    let made = make();
    lock(cache).entry(path.as_os_str().to_owned()).or_insert(made).clone()
}

/// A panic elsewhere cannot have left half a value behind: values are made outside of the lock.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
