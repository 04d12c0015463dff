//! Which files are checked. Names decide, before anything is opened.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use clap::CommandFactory;
use ignore::{DirEntry, ParallelVisitor, ParallelVisitorBuilder, WalkBuilder, WalkState};

use super::args::Arguments;
use crate::config::discover::{Discovery, Found};
use crate::config::listings::Listings;
use crate::config::{Resolved, absolute, reason_text};
use crate::lint::Diagnostic;
use crate::syntax::kind::{Kind, NameKind, kind_of_name};

/// How a walk is done.
#[derive(Clone, Copy, Debug)]
pub(super) struct WalkOptions<'a> {
    /// The folder the run was started in.
    pub(super) current: &'a Path,
    /// Whether `.gitignore` counts.
    pub(super) respect_gitignore: bool,
    /// Whether patterns count for files that are named.
    pub(super) force_exclude: bool,
    /// Larger files are no candidates unless their names say what they are.
    pub(super) largest: u64,
    /// The folders that the walk came through.
    pub(super) listings: &'a Listings,
    /// 0 for as many as there are processors.
    pub(super) threads: usize,
}

/// What a walk found.
#[derive(Debug, Default)]
pub(super) struct Walked {
    /// What to check, sorted by path.
    pub(super) targets: Vec<Target>,
    /// Why the run failed in part: paths that are not there, folders that cannot be read.
    pub(super) problems: Vec<String>,
    /// Configurations that cannot be used.
    pub(super) config_errors: Vec<Arc<Vec<Diagnostic>>>,
    /// What else to say.
    pub(super) warnings: Vec<String>,
}

/// A file and what holds for it.
#[derive(Clone, Debug)]
pub(super) struct Target {
    /// As it was named, or as the walk came to it.
    pub(super) path: PathBuf,
    /// Its configuration.
    pub(super) config: Arc<Resolved>,
    /// In bytes, where the walk came to know it: it does not ask for those that are hardly ever large.
    pub(super) length: u64,
}

/// The files that `paths` name and those in the folders that they name.
pub(super) fn collect(paths: &[PathBuf], discovery: &Discovery<'_>, options: WalkOptions<'_>) -> Walked {
    let mut walked = Walked::default();
    let mut folders = Vec::new();
    for path in paths {
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => folders.push(path),
            Ok(metadata) if metadata.is_file() => walked.name(path, metadata.len(), discovery, options),
            Ok(_) => walked.problems.push(format!("{}: it is no regular file", path.display())),
            Err(reason) => {
                let hint = if is_command(path) { "; a command comes before its flags" } else { "" };
                walked.problems.push(format!("{}: {}{hint}", path.display(), reason_text(&reason)));
            }
        }
    }
    for folder in folders {
        walked.folder(folder, discovery, options);
    }
    walked.targets.sort_by(|a, b| a.path.cmp(&b.path));
    walked.targets.dedup_by(|later, earlier| later.path == earlier.path);
    walked.problems.sort();
    walked.warnings.sort();
    walked
}

impl Walked {
    /// A file that was named is checked whatever it is called.
    fn name(&mut self, path: &Path, length: u64, discovery: &Discovery<'_>, options: WalkOptions<'_>) {
        let config = match discovery.of_file(path) {
            Ok(config) => config,
            Err(errors) => return self.config_error(errors),
        };
        let left_out = options.force_exclude && config.exclude.leaves_out(&absolute(options.current, path));
        if !left_out {
            self.targets.push(Target { path: plain(path), config, length });
        }
    }

    fn folder(&mut self, folder: &Path, discovery: &Discovery<'_>, options: WalkOptions<'_>) {
        let absolute_folder = absolute(options.current, folder);
        let config = match discovery.of_folder(&absolute_folder) {
            Ok(config) => config,
            Err(errors) => return self.config_error(errors),
        };
        let mut builder = WalkBuilder::new(folder);
        builder.hidden(false).follow_links(false);
        if !options.respect_gitignore {
            builder.git_ignore(false).git_global(false).git_exclude(false).ignore(false).parents(false);
        }
        let current = options.current.to_path_buf();
        let pruning = config.clone();
        builder
            .filter_entry(move |entry| entry.depth() == 0 || !pruning.exclude.leaves_out_entry(&current, entry.path()));
        builder.threads(options.threads);
        let shared = Mutex::new(Walked::default());
        builder.build_parallel().visit(&mut Visitors { shared: &shared, discovery, options });
        let found = shared.into_inner().unwrap_or_else(PoisonError::into_inner);
        self.targets.extend(found.targets);
        self.problems.extend(found.problems);
        self.warnings.extend(found.warnings);
        for errors in found.config_errors {
            self.config_error(errors);
        }
    }

    fn config_error(&mut self, errors: Arc<Vec<Diagnostic>>) {
        if !self.config_errors.iter().any(|known| Arc::ptr_eq(known, &errors)) {
            self.config_errors.push(errors);
        }
    }
}

/// Makes one visitor for each thread.
struct Visitors<'a> {
    shared: &'a Mutex<Walked>,
    discovery: &'a Discovery<'a>,
    options: WalkOptions<'a>,
}

impl<'s, 'a: 's> ParallelVisitorBuilder<'s> for Visitors<'a> {
    fn build(&mut self) -> Box<dyn ParallelVisitor + 's> {
        Box::new(Visitor {
            shared: self.shared,
            discovery: self.discovery,
            options: self.options,
            found: Walked::default(),
            last: None,
        })
    }
}

/// Collects on one thread and hands over at the end.
struct Visitor<'a> {
    shared: &'a Mutex<Walked>,
    discovery: &'a Discovery<'a>,
    options: WalkOptions<'a>,
    found: Walked,
    /// The configuration of the folder of the last file: most files have a neighbour.
    last: Option<(PathBuf, Found)>,
}

impl ParallelVisitor for Visitor<'_> {
    fn visit(&mut self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        match entry {
            Ok(entry) => self.entry(&entry),
            Err(reason) => self.found.problems.push(reason.to_string()),
        }
        WalkState::Continue
    }
}

impl Drop for Visitor<'_> {
    fn drop(&mut self) {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let found = std::mem::take(&mut self.found);
        shared.targets.extend(found.targets);
        shared.problems.extend(found.problems);
        shared.warnings.extend(found.warnings);
        for errors in found.config_errors {
            shared.config_error(errors);
        }
    }
}

impl Visitor<'_> {
    fn entry(&mut self, entry: &DirEntry) {
        // Links are left alone: where one leads into the tree, the walk comes to that file anyway.
        if !entry.file_type().is_some_and(|kind| kind.is_file()) {
            return;
        }
        let path = entry.path();
        let config = match self.config(path) {
            Ok(config) => config,
            Err(errors) => {
                if is_candidate(path, None) {
                    self.found.config_error(errors);
                }
                return;
            }
        };
        let absolute_path = absolute(self.options.current, path);
        if !is_candidate(path, config.settings.file_type(path)) || config.exclude.leaves_out(&absolute_path) {
            return;
        }
        let mut length = 0;
        if kind_of_name(path) != Some(NameKind::Dockerfile) {
            length = entry.metadata().map_or(0, |metadata| metadata.len());
            if length > self.options.largest {
                let mib = self.options.largest / (1024 * 1024);
                self.found.warnings.push(format!("{}: left out, it is larger than {mib} MiB", plain(path).display()));
                return;
            }
        }
        self.found.targets.push(Target { path: plain(path), config, length });
    }

    fn config(&mut self, path: &Path) -> Found {
        let folder = path.parent().unwrap_or(Path::new(""));
        if let Some((_, found)) = self.last.as_ref().filter(|(known, _)| known == folder) {
            return found.clone();
        }
        let found = self.discovery.of_walked_folder(&absolute(self.options.current, folder), self.options.listings);
        self.last = Some((folder.to_path_buf(), found.clone()));
        found
    }
}

/// Whether a file of a walk is opened: its name promises something, or the configuration says what it is. JSON is
/// mostly data, so only a file that is named or configured is looked into.
fn is_candidate(path: &Path, configured: Option<Kind>) -> bool {
    let is_json = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    configured.is_some() || !is_json && !matches!(kind_of_name(path), None | Some(NameKind::Markdown))
}

/// Whether it looks as if a command was meant.
fn is_command(path: &Path) -> bool {
    let commands = Arguments::command();
    path.to_str().is_some_and(|word| commands.get_subcommands().any(|command| command.get_name() == word))
}

/// Without `./` in front, so that the same file has the same name however the walk began.
fn plain(path: &Path) -> PathBuf {
    path.strip_prefix(".").unwrap_or(path).to_path_buf()
}
