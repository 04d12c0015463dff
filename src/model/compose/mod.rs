//! Compose projects, resolved the way the loader does it: variables, `include`, `extends`, overrides.
//!
//! The rules are those of <https://github.com/compose-spec/compose-go>. Beyond it, what depends on the environment
//! of the process, or could not be read, is unknown and not empty.

pub mod dotenv;
pub mod template;
pub mod variables;

mod datastores;
mod here;
mod load;
mod merge;
mod references;
mod roles;
mod service;
mod value;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

pub use datastores::Datastore;
use rustc_hash::{FxHashMap, FxHashSet};

pub use references::{Reference, ReferenceKind};
pub use service::{BuildFacts, DependencyFacts, MountFacts, ServiceFacts};
use template::{Environment, expand};
pub use value::{Entry, Fact, List, Map, Value, ValueKind};

use super::role::Role;
use crate::syntax::yaml::{Ref, Stream};
use crate::text::{Files, Span};

/// A place in one of the files of a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The number of the file in [`Project::files`].
    pub file: u32,
    /// Where in it.
    pub span: Span,
}

/// A file that a project was read from.
#[derive(Debug)]
pub struct ProjectFile {
    /// Where it lies.
    pub path: PathBuf,
    /// What is in it.
    pub text: Arc<str>,
    /// What its relative paths are relative to.
    pub folder: PathBuf,
}

/// A compose project: the files that belong together, made one. Owned; no tree is kept.
#[derive(Debug)]
pub struct Project {
    /// What the file it was loaded for is in it.
    pub role: Role,
    /// Whether all of it was read, so that what is not in it does not exist.
    pub complete: bool,
    /// The files that are laid over each other, in order: those that compose is started with.
    pub roots: Vec<PathBuf>,
    /// All files that were read, those that are included and extended as well.
    pub files: Vec<ProjectFile>,
    /// Why files or services that it names are not in it.
    pub problems: Vec<Problem>,
    /// Files that `include` and `extends` name: where, and which.
    pub named_files: Vec<(Place, PathBuf)>,
    /// Services that `extends` names: where, and where they are defined.
    pub extended: Vec<(Place, Place)>,
    /// The file with variables that compose looks for by itself, whether it is there or not.
    pub env_file: PathBuf,
    /// The merged model.
    pub model: Map,
    /// The number of the file it was loaded for.
    here: u32,
    environment: Arc<Environment>,
    /// Where each service stands among the services.
    service_at: FxHashMap<Box<str>, usize>,
    /// The images that services build: registry and repository.
    built: OnceLock<FxHashSet<(String, String)>>,
    /// Where a service is first waited for.
    awaited: OnceLock<FxHashMap<Box<str>, Place>>,
}

/// Something that `include` or `extends` names and that cannot be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where it is named.
    pub at: Place,
    /// What.
    pub kind: ProblemKind,
}

/// Why something cannot be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// There is no such file, or it is no compose file.
    MissingFile(String),
    /// There is no such service.
    MissingService(String),
    /// The file includes, or the service extends, itself.
    Cycle(String),
}

/// The names that compose looks for by itself, in its order.
pub const DEFAULT_NAMES: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
/// The names of the overrides that compose adds to those by itself, in its order.
pub const DEFAULT_OVERRIDES: [&str; 4] =
    ["compose.override.yml", "compose.override.yaml", "docker-compose.override.yml", "docker-compose.override.yaml"];

impl Project {
    /// Loads the project that the file at `path` belongs to. `stream` is that file; the others are read through
    /// `files`.
    pub fn load(path: &Path, stream: &Stream, files: &dyn Files) -> Project {
        let path = load::join(Path::new(""), &path.to_string_lossy());
        let folder = path.parent().map(Path::to_owned).unwrap_or_default();
        let mut loader = load::Loader::new(files);
        let env_file = folder.join(".env");
        let environment = Arc::new(loader.environment(std::slice::from_ref(&env_file), &Environment::default()));
        let paths = roles::files_of_project(&path, &environment, files);
        let scope = load::Scope { folder: folder.clone(), environment: environment.clone() };
        let model = loader.load(&paths, Some((&path, stream)), &scope, &mut Vec::new());
        let mut root = Value::new(Place { file: 0, span: Span::empty(0) }, ValueKind::Map(model));
        root.settle();
        let model = match root.kind {
            ValueKind::Map(model) => model,
            _ => Map::default(),
        };
        // A service that several extend is looked at for each of them.
        loader.extended.sort();
        loader.extended.dedup();
        loader.named.sort();
        loader.named.dedup();
        let here = loader.loaded.iter().position(|file| file.path == path).unwrap_or(0) as u32;
        let mut project = Project {
            role: Role::Complete,
            complete: loader.complete,
            roots: paths,
            files: loader.loaded,
            problems: loader.problems,
            named_files: loader.named,
            extended: loader.extended,
            env_file,
            model,
            here,
            environment,
            service_at: FxHashMap::default(),
            built: OnceLock::new(),
            awaited: OnceLock::new(),
        };
        project.service_at =
            project.section("services").enumerate().map(|(at, entry)| (entry.name.clone(), at)).collect();
        project.role = roles::role(&project, &path, files);
        project
    }

    /// Whether a place is in the file the project was loaded for.
    pub fn is_here(&self, place: Place) -> bool {
        place.file == self.here
    }

    /// The file of a place.
    pub fn file(&self, place: Place) -> Option<&ProjectFile> {
        self.files.get(place.file as usize)
    }

    /// The services.
    pub fn services(&self) -> impl Iterator<Item = ServiceFacts<'_>> {
        self.section("services").map(|entry| ServiceFacts::new(self, entry))
    }

    /// The service of that name.
    pub fn service(&self, name: &str) -> Option<ServiceFacts<'_>> {
        let entry = self.model.get("services")?.entries().get(*self.service_at.get(name)?)?;
        Some(ServiceFacts::new(self, entry))
    }

    /// What is declared under `networks`, `volumes`, `secrets`, `configs`, `models` or `services`.
    pub fn section(&self, section: &str) -> impl Iterator<Item = &Entry> {
        self.model.get(section).map(Value::entries).unwrap_or_default().iter()
    }

    /// Whether a name is declared in a section. `None` when that is not known.
    pub fn declares(&self, section: &str, name: &str) -> Option<bool> {
        let value = self.model.get(section);
        let declared = match section {
            "services" => self.service_at.contains_key(name),
            _ => value.and_then(Value::as_map).is_some_and(|map| map.get(name).is_some()),
        };
        if declared {
            return Some(true);
        }
        (self.complete && !value.is_some_and(Value::is_open)).then_some(false)
    }

    /// The value of a scalar of the file the project was loaded for, variables replaced. `None` where it is not known.
    pub fn expand<'a>(&self, node: Ref<'a>) -> Option<Cow<'a, str>> {
        expand(node.as_str()?, &self.environment).known()
    }

    /// The variables that `.env` gives.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }
}
