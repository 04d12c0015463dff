//! `rlint layers`: what builds the steps of a Dockerfile again, and how often that was.

mod past;
mod report;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::args::{LayersArguments, LayersFormat};
use super::files::DiskFiles;
use super::output::{write_file, write_stdout};
use super::{Exit, terminal};
use crate::build::history::{Skip, Version};
use crate::build::named_sources;
use crate::config::listings::Listings;
use crate::config::reason_text;
use crate::emit::{display_path, layers};
use crate::lint::settings::LARGEST_FILE;
use crate::model::context::{BuildContext, Certainty, IgnoreFile};
use crate::model::dockerfile::Dockerfile;
use crate::model::project::{Cache, Project};
use crate::syntax::dockerfile::parse;
use crate::syntax::kind::{NameKind, kind_of_name};
use crate::text::{Files, Source};

/// A Dockerfile on the disk and what it is built with.
struct Subject<'a> {
    arguments: &'a LayersArguments,
    /// As it was named.
    shown: PathBuf,
    /// Without links.
    path: PathBuf,
    text: Arc<str>,
    context: Arc<BuildContext>,
    /// Whether nothing says which folder that is.
    is_guess: bool,
    files: DiskFiles,
}

/// Writes what the arguments ask for.
///
/// # Errors
///
/// A message when the Dockerfile cannot be read or built, when the history cannot be read, or the result not written.
pub(super) fn run(arguments: &LayersArguments) -> Result<Exit, String> {
    let subject = Subject::find(arguments)?;
    let report = match arguments.history {
        Some(commits) => past::report(&subject, commits.get())?,
        None => {
            let version = subject.version()?;
            report::present(&subject, &version)
        }
    };
    let mut out = Vec::new();
    let style = terminal::style(arguments.color, super::args::When::Never, arguments.output_file.is_some());
    let written = match arguments.format {
        LayersFormat::Table => layers::table::write(&report, style, terminal::width(), &mut out),
        LayersFormat::Json => layers::write_json(&report, &mut out),
        LayersFormat::Svg => layers::svg::write(&report, &mut out),
        LayersFormat::Html => layers::html::write(&report, &mut out),
    };
    written.map_err(|reason| format!("the layers cannot be written: {reason}"))?;
    match &arguments.output_file {
        Some(path) => write_file(path, &out).map(|()| Exit::Clean),
        None => write_stdout(&out),
    }
}

impl<'a> Subject<'a> {
    fn find(arguments: &'a LayersArguments) -> Result<Subject<'a>, String> {
        let named = arguments.path.clone().unwrap_or_else(|| PathBuf::from("."));
        let shown = dockerfile_at(&named)?;
        let said = |path: &Path, reason: &std::io::Error| format!("{}: {}", path.display(), reason_text(reason));
        let path = fs::canonicalize(&shown).map_err(|reason| said(&shown, &reason))?;
        let files = DiskFiles::new(LARGEST_FILE, Arc::new(Listings::new(Path::new("/"))));
        let text = files.read(&path).map_err(|reason| said(&shown, &reason))?;
        let text = Source::from_bytes(&path, text).text;
        let mut is_guess = false;
        let context = match &arguments.context {
            Some(folder) => {
                let root = fs::canonicalize(folder).map_err(|reason| said(folder, &reason))?;
                if !root.is_dir() {
                    return Err(format!("{}: it is no folder", folder.display()));
                }
                let ignore = ignore_file(&path, &root, &files);
                Arc::new(BuildContext { root, certainty: Certainty::Declared, ignore })
            }
            None => context_of(&path, &text, &files).unwrap_or_else(|beside| {
                is_guess = true;
                beside
            }),
        };
        Ok(Subject { arguments, shown, path, text, context, is_guess, files })
    }

    /// What is built of it.
    fn version(&self) -> Result<Version, String> {
        let target = self.arguments.target.as_deref();
        let shown = display_path(&self.shown);
        Version::read(&self.text, target).map_err(|skip| match skip {
            Skip::Target => format!("{shown}: there is no stage `{}`", target.unwrap_or_default()),
            Skip::Language => format!("{shown}: its `syntax` directive names a builder with a language of its own"),
            _ => format!("{shown}: no builder takes it as it is; `rlint check {shown}` says what is wrong"),
        })
    }

    /// A path for people: from the current folder where it lies below that.
    fn shown_path(&self, path: &Path) -> String {
        let current = std::env::current_dir().and_then(fs::canonicalize).unwrap_or_default();
        match path.strip_prefix(&current) {
            Ok(rest) if rest.as_os_str().is_empty() => ".".to_owned(),
            Ok(rest) => display_path(rest).into_owned(),
            Err(_) => path.display().to_string(),
        }
    }
}

/// The Dockerfile that is named, or that of the folder that is.
fn dockerfile_at(path: &Path) -> Result<PathBuf, String> {
    if !path.is_dir() {
        return Ok(path.to_path_buf());
    }
    let usual = ["Dockerfile", "Containerfile"].map(|name| path.join(name));
    if let Some(found) = usual.iter().find(|path| path.is_file()) {
        return Ok(found.clone());
    }
    let entries = fs::read_dir(path).map_err(|reason| format!("{}: {}", path.display(), reason_text(&reason)))?;
    let mut others: Vec<PathBuf> = entries
        .filter_map(|entry| Some(path.join(entry.ok()?.file_name())))
        .filter(|path| kind_of_name(path) == Some(NameKind::Dockerfile) && path.is_file())
        .collect();
    others.sort();
    match &others[..] {
        [only] => Ok(only.clone()),
        [] => Err(format!("{}: there is no Dockerfile in this folder; name the one that is meant", path.display())),
        several => {
            let names: Vec<String> = several.iter().map(|path| format!("`{}`", display_path(path))).collect();
            Err(format!("{}: it has several Dockerfiles, name one of them: {}", path.display(), names.join(", ")))
        }
    }
}

/// The context of the Dockerfile as the rules see it; where they do not know it, the folder it lies in as an error.
fn context_of(path: &Path, text: &str, files: &DiskFiles) -> Result<Arc<BuildContext>, Arc<BuildContext>> {
    let cache = Cache::default();
    let project = Project::new(files, &[], &cache);
    let sources = named_sources(&Dockerfile::new(parse(text)));
    project.context(path, &sources).ok_or_else(|| project.context_beside(path))
}

/// The ignore file of a context that is named: the one beside the Dockerfile, else its own.
fn ignore_file(dockerfile: &Path, root: &Path, files: &DiskFiles) -> Option<Arc<IgnoreFile>> {
    let mut beside = dockerfile.as_os_str().to_owned();
    beside.push(".dockerignore");
    [PathBuf::from(beside), root.join(".dockerignore")].into_iter().find_map(|path| {
        let bytes = files.read(&path).ok()?;
        Some(Arc::new(IgnoreFile::new(Arc::new(Source::from_bytes(&path, bytes)))))
    })
}
