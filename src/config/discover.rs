//! Which configuration holds for a file. The only part of the configuration that touches files.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rustc_hash::FxHashMap;

use super::foreign::{self, HADOLINT_NAMES, KUBE_LINTER_NAMES};
use super::options::Options;
use super::read::error;
use super::resolve::{Resolved, resolve};
use crate::lint::{Catalog, Diagnostic};
use crate::text::Source;

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
    /// One configuration for all files, named on the command line; or none at all.
    fixed: Option<Found>,
    folders: Mutex<FxHashMap<PathBuf, Found>>,
    /// What holds where there is no configuration file.
    without_file: OnceLock<Arc<Resolved>>,
}

/// A configuration, or why it cannot be used.
pub type Found = Result<Arc<Resolved>, Arc<Vec<Diagnostic>>>;

impl<'a> Discovery<'a> {
    /// Looks for the configuration of each file. `current` is the absolute folder the run was started in, `flags`
    /// what the command line says.
    pub fn new(catalog: &'a Catalog, current: PathBuf, flags: Options) -> Discovery<'a> {
        Discovery { catalog, current, flags, fixed: None, folders: Mutex::default(), without_file: OnceLock::new() }
    }

    /// One file, `path`, for everything.
    pub fn with_file(mut self, path: &Path) -> Discovery<'a> {
        let path = super::absolute(&self.current, path);
        let found = self.load(&path, Dialect::Rlint);
        self.fixed = Some(found);
        self
    }

    /// No configuration file at all.
    pub fn isolated(mut self) -> Discovery<'a> {
        self.fixed = Some(Ok(self.without_file()));
        self
    }

    /// What holds for a file in `folder`, which is absolute.
    pub fn of_folder(&self, folder: &Path) -> Found {
        if let Some(fixed) = &self.fixed {
            return fixed.clone();
        }
        // Held until the answer is known, so that one file is read once and gives one configuration, whichever of the
        // threads of a walk comes first.
        let mut folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        let mut passed = Vec::new();
        let mut found = None;
        for folder in folder.ancestors() {
            found = folders.get(folder).cloned().or_else(|| self.in_folder(folder));
            passed.push(folder.to_path_buf());
            if found.is_some() || folder.join(".git").exists() {
                break;
            }
        }
        let found = found.unwrap_or_else(|| Ok(self.without_file()));
        folders.extend(passed.into_iter().map(|folder| (folder, found.clone())));
        found
    }

    /// What holds for a file.
    pub fn of_file(&self, path: &Path) -> Found {
        let path = super::absolute(&self.current, path);
        self.of_folder(path.parent().unwrap_or(&path))
    }

    fn without_file(&self) -> Arc<Resolved> {
        self.without_file.get_or_init(|| Arc::new(self.finish(Vec::new(), Vec::new()))).clone()
    }

    fn in_folder(&self, folder: &Path) -> Option<Found> {
        let first = |names: &[&str]| names.iter().map(|name| folder.join(name)).find(|path| path.is_file());
        if let Some(path) = first(NAMES) {
            return Some(self.load(&path, Dialect::Rlint));
        }
        let hadolint = first(HADOLINT_NAMES).map(|path| (path, Dialect::Hadolint));
        let kube_linter = first(KUBE_LINTER_NAMES).map(|path| (path, Dialect::KubeLinter));
        match (hadolint, kube_linter) {
            (None, None) => None,
            (Some((path, dialect)), None) | (None, Some((path, dialect))) => Some(self.load(&path, dialect)),
            (Some((hadolint, _)), Some((kube_linter, _))) => Some(self.load_both(&hadolint, &kube_linter)),
        }
    }

    fn load(&self, path: &Path, dialect: Dialect) -> Found {
        let mut loading = Loading { discovery: self, open: Vec::new(), files: Vec::new(), errors: Vec::new() };
        let layers = loading.read(path, dialect, None);
        self.finished(loading, layers)
    }

    fn load_both(&self, hadolint: &Path, kube_linter: &Path) -> Found {
        let mut loading = Loading { discovery: self, open: Vec::new(), files: Vec::new(), errors: Vec::new() };
        let mut layers = loading.read(hadolint, Dialect::Hadolint, None);
        layers.extend(loading.read(kube_linter, Dialect::KubeLinter, None));
        self.finished(loading, layers)
    }

    fn finished(&self, loading: Loading<'_>, layers: Vec<Options>) -> Found {
        if !loading.errors.is_empty() {
            return Err(Arc::new(loading.errors));
        }
        Ok(Arc::new(self.finish(layers, loading.files)))
    }

    fn finish(&self, mut layers: Vec<Options>, files: Vec<PathBuf>) -> Resolved {
        layers.push(self.flags.clone());
        Resolved { files, ..resolve(&layers, self.catalog, &self.current) }
    }
}

/// Whose configuration a file is.
#[derive(Clone, Copy)]
enum Dialect {
    Rlint,
    Hadolint,
    KubeLinter,
}

/// Reads a file and those it extends.
struct Loading<'a> {
    discovery: &'a Discovery<'a>,
    /// The files being read, each named by the one before it.
    open: Vec<PathBuf>,
    files: Vec<PathBuf>,
    errors: Vec<Diagnostic>,
}

impl Loading<'_> {
    /// The layers of the file, the strongest last. `named` is where another file names it.
    fn read(
        &mut self,
        path: &Path,
        dialect: Dialect,
        named: Option<(&Arc<Source>, crate::text::Span)>,
    ) -> Vec<Options> {
        let current = &self.discovery.current;
        let shown = path.strip_prefix(current).unwrap_or(path);
        let bytes = match read_bounded(path) {
            Ok(bytes) => bytes,
            Err(reason) => {
                let message =
                    format!("the configuration `{}` cannot be read: {}", shown.display(), reason_text(&reason));
                let (source, span) = match named {
                    Some((source, span)) => (source.clone(), span),
                    None => (Arc::new(Source::new(shown, "")), crate::text::Span::default()),
                };
                self.errors.push(error(&source, span, message));
                return Vec::new();
            }
        };
        let source = Arc::new(Source::from_bytes(shown, bytes));
        let folder = path.parent().unwrap_or(path);
        let read = match dialect {
            Dialect::Rlint => Options::read,
            Dialect::Hadolint => foreign::hadolint,
            Dialect::KubeLinter => foreign::kube_linter,
        };
        let (options, errors) = read(&source, folder, self.discovery.catalog);
        self.errors.extend(errors);
        self.check_rule_paths(&source, &options);
        self.open.push(path.to_path_buf());
        let mut layers = Vec::new();
        for (span, base) in &options.extends {
            if self.open.contains(base) {
                self.errors.push(error(&source, *span, "the configuration extends itself".to_owned()));
            } else {
                layers.extend(self.read(base, Dialect::Rlint, Some((&source, *span))));
            }
        }
        self.open.pop();
        self.files.push(shown.to_path_buf());
        layers.push(options);
        layers
    }

    fn check_rule_paths(&mut self, source: &Arc<Source>, options: &Options) {
        for (span, folder) in &options.rule_paths {
            let entries = match std::fs::read_dir(folder) {
                Ok(entries) => entries,
                Err(reason) => {
                    self.errors.push(error(
                        source,
                        *span,
                        format!("this folder of rules cannot be read: {}", reason_text(&reason)),
                    ));
                    continue;
                }
            };
            let pages = entries.flatten().map(|entry| entry.path());
            for page in pages.filter(|path| path.extension().is_some_and(|extension| extension == "md")) {
                let Ok(bytes) = read_bounded(&page) else { continue };
                if has_where(&String::from_utf8_lossy(&bytes)) {
                    let name = page.strip_prefix(&self.discovery.current).unwrap_or(&page).display().to_string();
                    let message = format!("`{name}` is a rule of your own, and this version cannot run those yet");
                    let mut error = error(source, *span, message);
                    error.note("take the folder out of `rule-paths` until it can");
                    self.errors.push(error);
                }
            }
        }
    }
}

/// Whether the front matter of a page has a condition.
fn has_where(page: &str) -> bool {
    let Some(rest) = page.strip_prefix("---\n") else { return false };
    let front = rest.split_once("\n---").map_or(rest, |(front, _)| front);
    front.lines().any(|line| line.starts_with("where:"))
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
