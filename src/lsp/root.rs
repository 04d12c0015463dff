//! A folder with everything that holds for the files in it: settings, configurations, what is known of its files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use super::files::{Disk, relative};
use super::settings::{Preference, Settings};
use crate::config::Resolved;
use crate::config::discover::{Discovery, Found};
use crate::config::options::Options;
use crate::lint::baseline::{Baseline, plain_path};
use crate::lint::{Catalog, Checker, Date, Diagnostic};

static CATALOG: LazyLock<Catalog> = LazyLock::new(crate::catalog);

/// A folder of the workspace, or the folder of a file outside of it.
#[derive(Debug)]
pub(super) struct Root {
    /// Absolute.
    pub(super) folder: PathBuf,
    /// What the user set for it.
    pub(super) settings: Arc<Settings>,
    /// Whether the client named it; else it is there for files that are open.
    pub(super) is_named: bool,
    discovery: Arc<Discovery<'static>>,
    /// One for each configuration.
    checkers: Mutex<Vec<Arc<Holding>>>,
    /// By folder, what held there when it could last be used.
    last_good: Arc<Mutex<BTreeMap<PathBuf, Arc<Resolved>>>>,
}

/// What holds for the files of one configuration.
#[derive(Debug)]
pub(super) struct Holding {
    /// The configuration.
    pub(super) config: Arc<Resolved>,
    /// Checks files by it.
    pub(super) checker: Checker,
    baseline: Option<(PathBuf, Arc<Baseline>)>,
}

impl Root {
    /// A folder of which nothing is known yet; the second value says what is wrong with the settings.
    pub(super) fn new(folder: &Path, settings: Arc<Settings>, is_named: bool) -> (Root, Vec<String>) {
        let (discovery, problems) = discovery(folder, &settings);
        let root = Root {
            folder: folder.to_path_buf(),
            settings,
            is_named,
            discovery: Arc::new(discovery),
            checkers: Mutex::default(),
            last_good: Arc::default(),
        };
        (root, problems)
    }

    /// The same, with other settings or after configuration files changed. What was good stays known.
    pub(super) fn configured(&self, settings: Arc<Settings>) -> (Root, Vec<String>) {
        let (root, problems) = Root::new(&self.folder, settings, self.is_named);
        (Root { last_good: self.last_good.clone(), ..root }, problems)
    }

    /// The same after the content of the files at `changed`, absolute, has become another.
    pub(super) fn after_change(&self, changed: &[PathBuf]) -> Root {
        let changed: Vec<PathBuf> = changed.iter().map(|path| relative(&self.folder, path)).collect();
        self.with_checkers(|checker| checker.after_change(&changed))
    }

    /// The same after files came or went.
    pub(super) fn anew(&self) -> Root {
        self.with_checkers(Checker::anew)
    }

    fn with_checkers(&self, change: impl Fn(&Checker) -> Checker) -> Root {
        let today = today();
        let checkers = self.checkers.lock().unwrap_or_else(PoisonError::into_inner);
        // A day after it was made, a configuration is resolved anew.
        let current = checkers.iter().filter(|holding| holding.checker.settings().today == today);
        let changed = current.map(|holding| {
            let (config, baseline) = (holding.config.clone(), holding.baseline.clone());
            Arc::new(Holding { config, checker: change(&holding.checker), baseline })
        });
        Root {
            folder: self.folder.clone(),
            settings: self.settings.clone(),
            is_named: self.is_named,
            discovery: self.discovery.clone(),
            checkers: Mutex::new(changed.collect()),
            last_good: self.last_good.clone(),
        }
    }

    /// What holds for the file at `path`, absolute; and why that is not what its configuration says, where that is
    /// broken.
    pub(super) fn holding(&self, path: &Path, disk: &Disk) -> (Arc<Holding>, Option<Arc<Vec<Diagnostic>>>) {
        let (config, errors) = self.config(path);
        let mut checkers = self.checkers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(holding) = checkers.iter().find(|holding| Arc::ptr_eq(&holding.config, &config)) {
            return (holding.clone(), errors);
        }
        let mut settings = config.settings.clone();
        settings.today = today();
        let baseline = config.baseline.clone().and_then(|path| {
            let text = String::from_utf8(disk.read(&path).ok()?).ok()?;
            Some((path, Arc::new(Baseline::parse(&text).ok()?)))
        });
        let holding = Arc::new(Holding { config, checker: Checker::new(settings), baseline });
        checkers.push(holding.clone());
        (holding, errors)
    }

    /// Whether a configuration was read from the file at `path`, or would have been: it extends it, has rules in its
    /// folder, or its known findings. A folder counts for what lies in it.
    pub(super) fn is_configured_by(&self, path: &Path) -> bool {
        let checkers = self.checkers.lock().unwrap_or_else(PoisonError::into_inner);
        let mut baselines = checkers.iter().filter_map(|holding| holding.config.baseline.as_deref());
        baselines.any(|baseline| baseline.starts_with(path)) || self.discovery.depends_on(path)
    }

    fn config(&self, path: &Path) -> (Arc<Resolved>, Option<Arc<Vec<Diagnostic>>>) {
        let folder = path.parent().unwrap_or(path);
        let found: Found = self.discovery.of_folder(folder);
        let mut last_good = self.last_good.lock().unwrap_or_else(PoisonError::into_inner);
        match found {
            Ok(config) => {
                last_good.insert(folder.to_path_buf(), config.clone());
                (config, None)
            }
            Err(errors) => {
                let without_file = || {
                    let here = Options { folder: self.folder.clone(), ..Options::default() };
                    Arc::new(crate::config::resolve(&[here], &CATALOG, &self.folder))
                };
                // Kept, so that the next file of the folder has the same.
                let config = last_good.entry(folder.to_path_buf()).or_insert_with(without_file).clone();
                (config, Some(errors))
            }
        }
    }
}

impl Holding {
    /// Takes out of `diagnostics` what is known and held back, and gives that back.
    pub(super) fn hold_back(&self, folder: &Path, diagnostics: &mut Vec<Diagnostic>) -> Vec<Diagnostic> {
        let Some((path, baseline)) = &self.baseline else { return Vec::new() };
        let home = path.parent().unwrap_or(path);
        let applied = baseline.apply(diagnostics, |file| {
            let file = crate::config::absolute(folder, file);
            plain_path(file.strip_prefix(home).unwrap_or(&file))
        });
        applied.suppressed.into_iter().map(|suppressed| suppressed.diagnostic).collect()
    }

    /// Whether anything may be held back.
    pub(super) fn has_baseline(&self) -> bool {
        self.baseline.is_some()
    }
}

/// Our rules.
pub(super) fn catalog() -> &'static Catalog {
    &CATALOG
}

/// The day, by the clock of the machine.
pub(super) fn today() -> Option<Date> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok();
    since.map(|since| Date::from_unix_seconds(since.as_secs()))
}

fn discovery(folder: &Path, settings: &Settings) -> (Discovery<'static>, Vec<String>) {
    let (flags, mut problems) = settings.layer(&CATALOG, folder);
    let (inline, more) = settings.inline_layer(&CATALOG, folder);
    problems.extend(more);
    let mut discovery = Discovery::new(&CATALOG, folder.to_path_buf(), flags).with_environment();
    match (inline, settings.preference) {
        (Some(options), Preference::FilesystemFirst) => discovery = discovery.with_beneath(options),
        (Some(options), Preference::EditorFirst | Preference::EditorOnly) => discovery = discovery.with_above(options),
        (None, _) => {}
    }
    match (settings.file(folder), settings.preference) {
        (Some(file), Preference::FilesystemFirst) => discovery = discovery.with_fallback(&file),
        (Some(file), _) => discovery = discovery.with_file(&file),
        (None, Preference::EditorOnly) => discovery = discovery.isolated(),
        (None, _) => {}
    }
    (discovery, problems)
}
