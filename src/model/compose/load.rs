//! From files to one model: documents, `include`, `extends`, overrides, in the order of the loader.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::merge::{self, make_unique, merge_maps};
use super::template::{Environment, Expansion, expand};
use super::value::{Entry, List, Map, Value, ValueKind};
use super::{Fact, Place, Problem, ProblemKind, ProjectFile, dotenv};
use crate::syntax::yaml::{self, Field, NodeId, Ref, Stream};
use crate::text::{Files, Source, normalize};

/// Values that are made for one project, copies by `extends` and aliases included. The largest real ones have some
/// ten thousand.
const MOST_VALUES: usize = 50_000;
/// Files that are read for one project.
const MOST_FILES: usize = 200;
/// Collections within collections; aliases may lead in circles.
const DEEPEST: usize = 64;

/// Sections that `include` brings in.
const SECTIONS: [&str; 6] = ["services", "volumes", "networks", "secrets", "configs", "models"];

pub(super) struct Loader<'f> {
    files: &'f dyn Files,
    pub(super) loaded: Vec<ProjectFile>,
    pub(super) problems: Vec<Problem>,
    /// Everything the project consists of was read.
    pub(super) complete: bool,
    /// Files that `include` and `extends` name: where, and which.
    pub(super) named: Vec<(Place, PathBuf)>,
    /// Services that `extends` names: where, and where they are defined.
    pub(super) extended: Vec<(Place, Place)>,
    values_left: usize,
    /// The collections that lie around the value that is made: an alias to one of them would never end.
    around: Vec<NodeId>,
    /// Services of the files that `extends` names, before they are extended themselves.
    bases: FxHashMap<PathBuf, Option<(u32, Arc<Map>)>>,
}

/// What one set of files is loaded with.
#[derive(Clone)]
pub(super) struct Scope {
    /// What relative paths are relative to.
    pub(super) folder: PathBuf,
    pub(super) environment: Arc<Environment>,
}

impl<'f> Loader<'f> {
    pub(super) fn new(files: &'f dyn Files) -> Loader<'f> {
        Loader {
            files,
            loaded: Vec::new(),
            problems: Vec::new(),
            complete: true,
            named: Vec::new(),
            extended: Vec::new(),
            values_left: MOST_VALUES,
            around: Vec::new(),
            bases: FxHashMap::default(),
        }
    }

    /// The model of `paths`, each laid over those before it. `given` is a stream that was parsed already.
    pub(super) fn load(
        &mut self,
        paths: &[PathBuf],
        given: Option<(&Path, &Stream)>,
        scope: &Scope,
        including: &mut Vec<PathBuf>,
    ) -> Map {
        let mut model = Map::default();
        for path in paths {
            let given = given.filter(|(given, _)| given == path).map(|(_, stream)| stream);
            let read = if given.is_some() { None } else { self.read(path) };
            let Some(stream) = given.or(read.as_ref()) else {
                self.complete = false;
                continue;
            };
            self.complete &= stream.errors.is_empty();
            let file = self.file(path, &stream.text, scope);
            including.push(path.clone());
            for root in stream.roots() {
                let mut document = self.document(root, file, scope);
                self.include(&mut document, scope, including);
                self.extend_all(&mut document, file, scope);
                model = merge_maps(model, document, merge::Path::default());
            }
            including.pop();
        }
        if let Some(Value { kind: ValueKind::Map(services), .. }) = model.get_mut("services") {
            services.entries.iter_mut().for_each(|entry| make_unique(&mut entry.value));
        }
        model
    }

    /// The variables of the `.env` of a folder, or of other files; with those of the project around.
    pub(super) fn environment(&mut self, paths: &[PathBuf], outer: &Environment) -> Environment {
        let mut environment = Environment::default();
        for path in paths {
            let Ok(bytes) = self.files.read(path) else { continue };
            let mut scope = outer.clone();
            scope.fill_from(&environment);
            for (name, value) in dotenv::parse(&String::from_utf8_lossy(&bytes), &scope).into_variables() {
                environment.set(name, value);
            }
        }
        let mut result = outer.clone();
        result.fill_from(&environment);
        result
    }

    fn read(&mut self, path: &Path) -> Option<Stream> {
        if self.loaded.len() >= MOST_FILES {
            return None;
        }
        let bytes = self.files.read(path).ok()?;
        Some(yaml::parse(Source::from_bytes(path, bytes).text.clone()))
    }

    /// The number of a file; a file that is read twice keeps its number.
    fn file(&mut self, path: &Path, text: &Arc<str>, scope: &Scope) -> u32 {
        if let Some(known) = self.loaded.iter().position(|file| file.path == path) {
            return known as u32;
        }
        self.loaded.push(ProjectFile { path: path.to_owned(), text: text.clone(), folder: scope.folder.clone() });
        self.loaded.len() as u32 - 1
    }

    fn document(&mut self, root: Ref<'_>, file: u32, scope: &Scope) -> Map {
        match self.value(root, file, scope, 0).kind {
            ValueKind::Map(map) => {
                self.complete &= !map.open;
                map
            }
            ValueKind::Null => Map::default(),
            _ => {
                self.complete = false;
                Map::default()
            }
        }
    }

    fn value(&mut self, node: Ref<'_>, file: u32, scope: &Scope, depth: usize) -> Value {
        let target = node.follow();
        let at = Place { file, span: target.span() };
        if self.values_left == 0 || depth > DEEPEST || self.around.contains(&target.id) {
            self.complete = false;
            return Value::new(at, ValueKind::Unknown);
        }
        self.values_left -= 1;
        let tag = node.own_tag().or(target.own_tag());
        if tag == Some("!reset") {
            return Value::new(at, ValueKind::Reset);
        }
        self.around.push(target.id);
        let kind = if target.is_null() {
            ValueKind::Null
        } else if target.is_mapping() {
            ValueKind::Map(self.map(target, file, scope, depth))
        } else if target.is_sequence() {
            let items = target.items().map(|item| self.value(item, file, scope, depth + 1)).collect();
            ValueKind::List(List { items, open: target.is_open() })
        } else {
            match target.as_str().map(|text| expand(text, &scope.environment)) {
                Some(Expansion::Known(text)) => ValueKind::Text(text.into()),
                Some(Expansion::Unknown | Expansion::Invalid(_)) | None => ValueKind::Unknown,
            }
        };
        self.around.pop();
        Value { at, kind, replaces: tag == Some("!override") }
    }

    fn map(&mut self, node: Ref<'_>, file: u32, scope: &Scope, depth: usize) -> Map {
        let mut map = Map { entries: Vec::with_capacity(node.own_entries().len()), open: is_open(node) };
        for (key, value) in node.merged_entries() {
            if self.values_left == 0 {
                self.complete = false;
                map.open = true;
                break;
            }
            let Some(name) = key.as_str() else {
                map.open = true;
                continue;
            };
            let value = self.value(value, file, scope, depth + 1);
            map.set(Entry { name: name.into(), at: Place { file, span: key.span() }, value });
        }
        map
    }

    fn include(&mut self, document: &mut Map, scope: &Scope, including: &mut Vec<PathBuf>) {
        let Some(include) = document.remove("include") else { return };
        self.complete &= !include.is_open();
        for item in include.items() {
            self.include_one(item, document, scope, including);
        }
    }

    fn include_one(&mut self, item: &Value, document: &mut Map, scope: &Scope, including: &mut Vec<PathBuf>) {
        let written = match &item.kind {
            ValueKind::Text(text) => vec![(&**text, item.at)],
            _ => item.fact("path").known().map(Value::names).unwrap_or_default(),
        };
        let path_is_open = item.fact("path").known().is_some_and(Value::is_open);
        let Some(((first, at), _)) = written.split_first() else {
            self.complete = false;
            return;
        };
        self.complete &= !path_is_open && !matches!(item.text("project_directory"), Fact::Unknown);
        if written.iter().any(|(path, _)| is_remote(path)) {
            self.complete = false;
            return;
        }
        let paths: Vec<PathBuf> = written.iter().map(|(path, _)| join(&scope.folder, path)).collect();
        self.named.extend(written.iter().zip(&paths).map(|((_, at), path)| (*at, path.clone())));
        if including.contains(&paths[0]) {
            return self.problem(*at, ProblemKind::Cycle(first.to_string()));
        }
        for ((text, at), path) in written.iter().zip(&paths) {
            if !self.files.exists(path) {
                return self.problem(*at, ProblemKind::MissingFile(text.to_string()));
            }
        }
        let folder = match item.text("project_directory").known() {
            Some(folder) => join(&scope.folder, folder),
            None => paths[0].parent().map(Path::to_owned).unwrap_or_default(),
        };
        let env_files: Vec<PathBuf> = match item.fact("env_file") {
            Fact::Known(list) => list.names().into_iter().map(|(path, _)| join(&scope.folder, path)).collect(),
            _ => vec![folder.join(".env")],
        };
        let environment = Arc::new(self.environment(&env_files, &scope.environment));
        let mut included = self.load(&paths, None, &Scope { folder, environment }, including);
        for section in SECTIONS {
            let Some(Value { at, kind: ValueKind::Map(map), .. }) = included.remove(section) else { continue };
            // What both have is merged, and the including file has the last word.
            let merged = match document.remove(section) {
                Some(Value { kind: ValueKind::Map(own), .. }) => merge_maps(map, own, merge::Path::of(&[section])),
                _ => map,
            };
            let value = Value::new(at, ValueKind::Map(merged));
            document.set(Entry { name: section.into(), at, value });
        }
    }

    fn extend_all(&mut self, document: &mut Map, file: u32, scope: &Scope) {
        let Some(Value { kind: ValueKind::Map(services), .. }) = document.get_mut("services") else { return };
        let extending: Vec<Box<str>> = services
            .entries
            .iter()
            .filter(|entry| !entry.value.fact("extends").is_absent())
            .map(|entry| entry.name.clone())
            .collect();
        for name in extending {
            let mut stack = Vec::new();
            let Some(extended) = self.extended(&name, services, file, scope, &mut stack) else { continue };
            if let Some(slot) = services.get_mut(&name) {
                *slot = extended;
            }
        }
    }

    /// The service with everything it extends. `None` when there is no such service.
    fn extended(
        &mut self,
        name: &str,
        services: &Map,
        file: u32,
        scope: &Scope,
        stack: &mut Vec<(u32, String)>,
    ) -> Option<Value> {
        let mut service = self.copy(services.get(name)?);
        let ValueKind::Map(map) = &mut service.kind else { return Some(service) };
        let Some(extends) = map.remove("extends") else { return Some(service) };
        let base_name = extends.as_text().or(extends.text("service").known()).map(str::to_owned);
        let base_file = extends.text("file");
        let Some(base_name) = base_name.filter(|_| base_file != Fact::Unknown) else {
            map.open = true;
            return Some(service);
        };
        let here = (file, name.to_owned());
        if stack.contains(&here) || stack.len() >= DEEPEST {
            map.open = true;
            self.problem(extends.at, ProblemKind::Cycle(name.to_owned()));
            return Some(service);
        }
        stack.push(here);
        let name_at = if extends.as_text().is_some() { Fact::Known(&extends) } else { extends.fact("service") };
        let name_at = name_at.known().unwrap_or(&extends).at;
        let base = match base_file.known() {
            None => {
                self.extended.extend(services.entry(&base_name).map(|entry| (name_at, entry.at)));
                self.extended(&base_name, services, file, scope, stack)
            }
            Some(written) if is_remote(written) => None,
            Some(written) => {
                let path = join(&scope.folder, written);
                self.named.extend(extends.fact("file").known().map(|value| (value.at, path.clone())));
                let folder = path.parent().map(Path::to_owned).unwrap_or_default();
                let inner = Scope { folder, environment: scope.environment.clone() };
                match self.base_services(&path, &inner) {
                    None => {
                        self.problem(extends.at, ProblemKind::MissingFile(written.to_owned()));
                        None
                    }
                    Some((base_file, services)) => {
                        self.extended.extend(services.entry(&base_name).map(|entry| (name_at, entry.at)));
                        self.extended(&base_name, &services, base_file, &inner, stack)
                    }
                }
            }
        };
        stack.pop();
        let Some(base) = base else {
            map.open = true;
            self.problem(extends.at, ProblemKind::MissingService(base_name));
            return Some(service);
        };
        Some(merge::merge(base, service, merge::Path::of(&["services", name])))
    }

    /// The services of a file that is extended, as they are written there.
    fn base_services(&mut self, path: &Path, scope: &Scope) -> Option<(u32, Arc<Map>)> {
        if let Some(known) = self.bases.get(path) {
            return known.clone();
        }
        let read = self.read(path);
        let services = read.and_then(|stream| {
            self.complete &= stream.errors.is_empty();
            let file = self.file(path, &stream.text, scope);
            let mut model = Map::default();
            for root in stream.roots() {
                let document = self.document(root, file, scope);
                model = merge_maps(model, document, merge::Path::default());
            }
            match model.remove("services")?.kind {
                ValueKind::Map(services) => Some((file, Arc::new(services))),
                _ => None,
            }
        });
        self.bases.insert(path.to_owned(), services.clone());
        services
    }

    /// A copy that counts against the limit.
    fn copy(&mut self, value: &Value) -> Value {
        let size = size(value, self.values_left);
        if size >= self.values_left {
            self.complete = false;
            return Value::new(value.at, ValueKind::Unknown);
        }
        self.values_left -= size;
        value.clone()
    }

    fn problem(&mut self, at: Place, kind: ProblemKind) {
        self.complete = false;
        let known = self.problems.iter().any(|problem| problem.at == at);
        if !known {
            self.problems.push(Problem { at, kind });
        }
    }
}

/// The number of values in `value`; counting ends at `limit`.
fn size(value: &Value, limit: usize) -> usize {
    let mut sum = 1;
    match &value.kind {
        ValueKind::List(list) => {
            for item in &list.items {
                if sum >= limit {
                    break;
                }
                sum += size(item, limit - sum);
            }
        }
        ValueKind::Map(map) => {
            for entry in &map.entries {
                if sum >= limit {
                    break;
                }
                sum += size(&entry.value, limit - sum);
            }
        }
        _ => {}
    }
    sum
}

/// Whether the mapping, or one that `<<` brings into it, may hold more.
fn is_open(node: Ref<'_>) -> bool {
    let merges = node.entries().any(|(key, _)| key.is_merge_key());
    if merges { matches!(node.field("\0"), Field::Unknown) } else { node.is_open() }
}

/// Whether the loader fetches it from elsewhere.
fn is_remote(path: &str) -> bool {
    path.contains("://") || path.starts_with("git@") || path.starts_with("github.com/") || path.ends_with(".git")
}

/// `path` as seen from `folder`, `.` and `..` resolved by the names alone.
pub(super) fn join(folder: &Path, path: &str) -> PathBuf {
    normalize(&folder.join(path))
}
