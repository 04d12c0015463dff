//! Which configuration holds for a file. The only part of the configuration that touches files.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rustc_hash::FxHashMap;

use super::foreign::{self, KUBE_LINTER_NAMES, Tool};
use super::hadolint::{self, Hadolint};
use super::listings::Listings;
use super::options::Options;
use super::read::{error, page_error};
use super::resolve::{Resolved, resolve};
use crate::lint::{Catalog, Diagnostic, Rule, own};
use crate::text::{Source, Span, has};

/// Names of the configuration file, the first wins.
pub const NAMES: &[&str] = &[".rlint.yaml", "rlint.yaml"];

/// A configuration file is read up to this size, in bytes.
const LARGEST: u64 = 1024 * 1024;

/// Finds and keeps the configurations of a run.
#[derive(Debug)]
pub struct Discovery<'a> {
    catalog: &'a Catalog,
    current: PathBuf,
    flags: Options,
    /// What is stronger than configuration files, and weaker than the flags.
    above: Option<Options>,
    /// What holds where no configuration says otherwise.
    beneath: Option<Options>,
    /// One configuration for all files, named on the command line; or none at all.
    fixed: Option<Found>,
    /// By the path as it is written: a `Path` would be hashed and compared part by part.
    folders: Mutex<FxHashMap<OsString, Found>>,
    /// What holds where there is no configuration file.
    without_file: OnceLock<Arc<Resolved>>,
    environment: Environment,
    /// The first of the files of hadolint that speak for every folder without a configuration.
    elsewhere: OnceLock<Option<Found>>,
    /// What a configuration was read from, or would have been if it were there: files, and folders of rules.
    read: Mutex<BTreeSet<PathBuf>>,
}

/// What the environment of the run says.
#[derive(Debug, Default)]
struct Environment {
    /// By the variables `HADOLINT_…`.
    hadolint: Hadolint,
    /// Their names.
    names: Vec<String>,
    /// Where hadolint would look for its configuration.
    places: Vec<PathBuf>,
}

/// A configuration, or why it cannot be used.
pub type Found = Result<Arc<Resolved>, Arc<Vec<Diagnostic>>>;

impl<'a> Discovery<'a> {
    /// Looks for the configuration of each file. `current` is the absolute folder the run was started in, `flags`
    /// what the command line says.
    pub fn new(catalog: &'a Catalog, current: PathBuf, flags: Options) -> Discovery<'a> {
        Discovery {
            catalog,
            current,
            flags,
            above: None,
            beneath: None,
            fixed: None,
            folders: Mutex::default(),
            without_file: OnceLock::new(),
            environment: Environment::default(),
            elsewhere: OnceLock::new(),
            read: Mutex::default(),
        }
    }

    /// Where there is no configuration of ours, the variables `HADOLINT_…` count, and the files that hadolint would read.
    pub fn with_environment(mut self) -> Discovery<'a> {
        let (hadolint, names) = Hadolint::of_environment(|name| std::env::var(name).ok());
        let folder = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let home = home();
        let configurations = folder("XDG_CONFIG_HOME").or_else(|| Some(home.as_ref()?.join(".config")));
        let [of_configurations, of_home] = hadolint::OF_THE_USER;
        let below = |folder: Option<PathBuf>, names: &'static [&'static str]| {
            folder.into_iter().flat_map(move |folder| names.iter().map(move |name| folder.join(name)))
        };
        let here = below(Some(self.current.clone()), hadolint::NAMES);
        let places = here.chain(below(configurations, of_configurations)).chain(below(home, of_home)).collect();
        self.environment = Environment { hadolint, names, places };
        self
    }

    /// `options` are stronger than configuration files.
    pub fn with_above(mut self, options: Options) -> Discovery<'a> {
        self.above = Some(options);
        self
    }

    /// `options` hold where no configuration file says otherwise.
    pub fn with_beneath(mut self, options: Options) -> Discovery<'a> {
        self.beneath = Some(options);
        self
    }

    /// One file, `path`, for everything.
    pub fn with_file(mut self, path: &Path) -> Discovery<'a> {
        let path = super::absolute(&self.current, path);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let dialect = match &*name {
            name if hadolint::NAMES.contains(&name) => Dialect::Of(Tool::Hadolint),
            name if KUBE_LINTER_NAMES.contains(&name) => Dialect::Of(Tool::KubeLinter),
            _ => Dialect::Rlint,
        };
        self.environment = Environment::default();
        // What the user named is no surprise.
        let found = self.load(&path, dialect);
        self.fixed = Some(found.map(|found| Arc::new(Resolved { remarks: Vec::new(), ..(*found).clone() })));
        self
    }

    /// One file, `path`, where no other is found.
    pub fn with_fallback(mut self, path: &Path) -> Discovery<'a> {
        let named = Discovery::new(self.catalog, self.current.clone(), self.flags.clone()).with_file(path);
        self.elsewhere = OnceLock::from(named.fixed);
        self.read = named.read;
        self
    }

    /// No configuration file at all.
    pub fn isolated(mut self) -> Discovery<'a> {
        self.environment = Environment::default();
        self.fixed = Some(Ok(self.without_file()));
        self
    }

    /// Whether what was found so far may become another when something at `path`, which is absolute, changes, comes or
    /// goes: a file that a configuration was read from, a page of its rules, or a folder with such files. Also where
    /// that configuration cannot be used.
    pub fn depends_on(&self, path: &Path) -> bool {
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        // Paths are sorted part by part: what lies below a folder comes right after it.
        let is_above = read.range(path.to_path_buf()..).next().is_some_and(|known| known.starts_with(path));
        let is_page = path.extension().is_some_and(|extension| extension == "md");
        is_above || is_page && path.parent().is_some_and(|folder| read.contains(folder))
    }

    fn note(&self, path: &Path) {
        self.read.lock().unwrap_or_else(PoisonError::into_inner).insert(crate::text::normalize(path));
    }

    /// Our rules, and those of the user that are in force in the current folder.
    pub fn catalog_here(&self) -> Catalog {
        match self.of_folder(&self.current) {
            Ok(config) => config.settings.catalog().clone(),
            Err(_) => self.catalog.clone(),
        }
    }

    /// What holds for a file in `folder`, which is absolute.
    pub fn of_folder(&self, folder: &Path) -> Found {
        self.of_listed_folder(folder, None)
    }

    /// What holds for a file in `folder`, which is absolute and lies in a tree that is walked: each folder of it is
    /// listed, not asked for every name.
    pub fn of_walked_folder(&self, folder: &Path, listings: &Listings) -> Found {
        self.of_listed_folder(folder, Some(listings))
    }

    fn of_listed_folder(&self, folder: &Path, listings: Option<&Listings>) -> Found {
        if let Some(fixed) = &self.fixed {
            return fixed.clone();
        }
        // Held until the answer is known, so that one file is read once and gives one configuration, whichever of the
        // threads of a walk comes first.
        let mut folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        let mut passed = Vec::new();
        let mut found = None;
        for folder in folder.ancestors() {
            // One that cannot be listed may still be asked for names.
            let names = listings.and_then(|listings| listings.list(folder).ok());
            let may_have = |name: &str| names.as_ref().is_none_or(|names| has(names, name));
            found = folders.get(folder.as_os_str()).cloned().or_else(|| self.in_folder(folder, &may_have));
            passed.push(folder.as_os_str().to_owned());
            if found.is_some() || may_have(".git") && folder.join(".git").exists() {
                break;
            }
        }
        let found = found.or_else(|| self.elsewhere()).unwrap_or_else(|| Ok(self.without_file()));
        folders.extend(passed.into_iter().map(|folder| (folder, found.clone())));
        found
    }

    /// What holds for a file.
    pub fn of_file(&self, path: &Path) -> Found {
        let path = super::absolute(&self.current, path);
        self.of_folder(path.parent().unwrap_or(&path))
    }

    /// The file that hadolint would read in the folder of the run, or in those of its user.
    fn elsewhere(&self) -> Option<Found> {
        let find = || {
            let path = self.environment.places.iter().find(|path| path.is_file())?;
            Some(self.load(path, Dialect::Of(Tool::Hadolint)))
        };
        self.elsewhere.get_or_init(find).clone()
    }

    fn without_file(&self) -> Arc<Resolved> {
        let resolve = || {
            let told = self.environment.hadolint.options(self.catalog);
            let resolved = self.finish(vec![told], Vec::new(), self.catalog);
            Arc::new(Resolved { remarks: self.named_variables(), ..resolved })
        };
        self.without_file.get_or_init(resolve).clone()
    }

    /// That variables of hadolint are in use, where they are.
    fn named_variables(&self) -> Vec<String> {
        let names = &self.environment.names;
        let remark = || format!("using {} of the environment, because there is no .rlint.yaml", names.join(", "));
        (!names.is_empty()).then(remark).into_iter().collect()
    }

    fn in_folder(&self, folder: &Path, may_have: &dyn Fn(&str) -> bool) -> Option<Found> {
        let first = |names: &[&str]| {
            let listed = names.iter().filter(|name| may_have(name));
            listed.map(|name| folder.join(name)).find(|path| path.is_file())
        };
        if let Some(path) = first(NAMES) {
            return Some(self.load(&path, Dialect::Rlint));
        }
        let hadolint = first(hadolint::NAMES).map(|path| (path, Dialect::Of(Tool::Hadolint)));
        let kube_linter = first(KUBE_LINTER_NAMES).map(|path| (path, Dialect::Of(Tool::KubeLinter)));
        match (hadolint, kube_linter) {
            (None, None) => None,
            (Some((path, dialect)), None) | (None, Some((path, dialect))) => Some(self.load(&path, dialect)),
            (Some((hadolint, _)), Some((kube_linter, _))) => Some(self.load_both(&hadolint, &kube_linter)),
        }
    }

    fn load(&self, path: &Path, dialect: Dialect) -> Found {
        let mut loading = Loading::new(self);
        let layers = loading.read(path, dialect, None);
        self.finished(loading, layers)
    }

    fn load_both(&self, hadolint: &Path, kube_linter: &Path) -> Found {
        let mut loading = Loading::new(self);
        let mut layers = loading.read(hadolint, Dialect::Of(Tool::Hadolint), None);
        layers.extend(loading.read(kube_linter, Dialect::Of(Tool::KubeLinter), None));
        self.finished(loading, layers)
    }

    fn finished(&self, loading: Loading<'_>, layers: Vec<Options>) -> Found {
        if !loading.errors.is_empty() {
            return Err(Arc::new(loading.errors));
        }
        let resolved = self.finish(layers, loading.files, &loading.catalog);
        Ok(Arc::new(Resolved { remarks: loading.remarks, ..resolved }))
    }

    fn finish(&self, own: Vec<Options>, files: Vec<PathBuf>, catalog: &Catalog) -> Resolved {
        let mut layers: Vec<Options> = self.beneath.iter().cloned().chain(own).collect();
        layers.extend(self.above.iter().chain([&self.flags]).cloned());
        Resolved { files, ..resolve(&layers, catalog, &self.current) }
    }
}

/// Whose configuration a file is.
#[derive(Clone, Copy)]
enum Dialect {
    Rlint,
    Of(Tool),
}

/// Reads a file and those it extends.
struct Loading<'a> {
    discovery: &'a Discovery<'a>,
    /// Our rules, and those of the user that were met so far.
    catalog: Catalog,
    /// The files being read, each named by the one before it.
    open: Vec<PathBuf>,
    files: Vec<PathBuf>,
    /// What a user may not expect.
    remarks: Vec<String>,
    errors: Vec<Diagnostic>,
}

impl<'a> Loading<'a> {
    fn new(discovery: &'a Discovery<'a>) -> Loading<'a> {
        let catalog = discovery.catalog.clone();
        let (files, remarks) = (Vec::new(), Vec::new());
        Loading { discovery, catalog, open: Vec::new(), files, remarks, errors: Vec::new() }
    }

    /// The layers of the file, the strongest last. `named` is where another file names it.
    fn read(&mut self, path: &Path, dialect: Dialect, named: Option<(&Arc<Source>, Span)>) -> Vec<Options> {
        let current = &self.discovery.current;
        let shown = path.strip_prefix(current).unwrap_or(path);
        self.discovery.note(path);
        let bytes = match read_bounded(path) {
            Ok(bytes) => bytes,
            Err(reason) => {
                let message =
                    format!("the configuration `{}` cannot be read: {}", shown.display(), reason_text(&reason));
                let (source, span) = match named {
                    Some((source, span)) => (source.clone(), span),
                    None => (Arc::new(Source::new(shown, "")), Span::default()),
                };
                self.errors.push(error(&source, span, message));
                return Vec::new();
            }
        };
        let source = Arc::new(Source::from_bytes(shown, bytes));
        let folder = path.parent().unwrap_or(path);
        if let Dialect::Of(tool) = dialect {
            self.remarks.push(format!("using {}, because there is no .rlint.yaml beside it", shown.display()));
            if tool == Tool::Hadolint {
                self.remarks.extend(self.discovery.named_variables());
            }
        }
        let read = |source: &Arc<Source>, folder: &Path, catalog: &Catalog| match dialect {
            Dialect::Rlint => Options::read(source, folder, catalog),
            Dialect::Of(Tool::Hadolint) => {
                foreign::hadolint(source, folder, catalog, &self.discovery.environment.hadolint)
            }
            Dialect::Of(Tool::KubeLinter) => foreign::kube_linter(source, folder, catalog),
        };
        // What the file extends, and the rules it brings, may be named anywhere in it.
        let (first, _) = read(&source, folder, &self.catalog);
        self.open.push(path.to_path_buf());
        let mut layers = Vec::new();
        for (span, base) in &first.extends {
            if self.open.contains(base) {
                self.errors.push(error(&source, *span, "the configuration extends itself".to_owned()));
            } else {
                layers.extend(self.read(base, Dialect::Rlint, Some((&source, *span))));
            }
        }
        self.open.pop();
        self.read_own_rules(&source, &first.rule_paths);
        let (options, errors) = read(&source, folder, &self.catalog);
        self.errors.extend(errors);
        self.files.push(shown.to_path_buf());
        layers.push(options);
        layers
    }

    /// Reads the pages in the folders that `rule-paths` names.
    fn read_own_rules(&mut self, source: &Arc<Source>, rule_paths: &[(Span, PathBuf)]) {
        let mut rules = Vec::new();
        for (span, folder) in rule_paths {
            self.discovery.note(folder);
            match pages(folder) {
                Ok(pages) => rules.extend(pages.iter().filter_map(|page| self.read_page(page))),
                Err(reason) => {
                    let message = format!("this folder of rules cannot be read: {}", reason_text(&reason));
                    self.errors.push(error(source, *span, message));
                }
            }
        }
        if !rules.is_empty() {
            self.catalog = self.catalog.with(rules);
        }
    }

    fn read_page(&mut self, path: &Path) -> Option<&'static Rule> {
        let shown = path.strip_prefix(&self.discovery.current).unwrap_or(path);
        let bytes = match read_bounded(path) {
            Ok(bytes) => bytes,
            Err(reason) => {
                let source = Arc::new(Source::new(shown, ""));
                let message = format!("this page of a rule cannot be read: {}", reason_text(&reason));
                self.errors.push(error(&source, Span::default(), message));
                return None;
            }
        };
        let source = Arc::new(Source::from_bytes(shown, bytes));
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        match own::read(&name, &source.text) {
            Ok(rule) => Some(rule),
            Err(problems) => {
                self.errors.extend(problems.into_iter().map(|problem| page_error(&source, problem)));
                None
            }
        }
    }
}

/// The pages of rules in a folder, sorted by name. A `README.md` is none.
///
/// # Errors
///
/// When the folder cannot be listed.
pub fn pages(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let is_page = path.extension().is_some_and(|extension| extension == "md");
        if is_page && path.file_stem().is_some_and(|name| !name.eq_ignore_ascii_case("readme")) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Whether a file of that name is a configuration, ours or that of another tool.
pub fn is_configuration_name(name: &str) -> bool {
    NAMES.contains(&name) || hadolint::NAMES.contains(&name) || KUBE_LINTER_NAMES.contains(&name)
}

/// The folder of the user.
pub fn home() -> Option<PathBuf> {
    std::env::var_os("HOME").filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// What went wrong, in our words and without the number that the system gives it.
pub fn reason_text(reason: &std::io::Error) -> String {
    match reason.kind() {
        std::io::ErrorKind::NotFound => "there is no such file or folder".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => {
            let text = reason.to_string();
            text.split_once(" (os error").map_or(text.clone(), |(text, _)| text.to_owned())
        }
    }
}

fn read_bounded(path: &Path) -> std::io::Result<Vec<u8>> {
    let metadata = std::fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(std::io::Error::other("it is no file"));
    }
    if metadata.len() > LARGEST {
        return Err(std::io::Error::other("it is too large"));
    }
    std::fs::read(path)
}
