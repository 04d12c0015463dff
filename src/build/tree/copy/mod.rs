//! COPY, ADD and WORKDIR: files from one tree into another.
//!
//! It does what BuildKit does, in the same order: `docopy`, `mkdir` and `unpack` of `solver/llbsolver/file` of
//! <https://github.com/moby/buildkit> (Apache-2.0), over `copy` of <https://github.com/tonistiigi/fsutil> (MIT). Both
//! trees are foreign: every path is resolved inside of its own tree (`root.rs`), and nothing is opened through a link.

mod archive;
mod copier;
mod owner;
mod root;
mod select;
mod source;
#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::fmt;
use std::io;
use std::os::fd::BorrowedFd;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use crate::build::exec::request::{CopyStep, FolderStep};
use crate::model::context::{IgnoreFile, path_in_context};
use crate::model::modes::FileMode;
use copier::Copier;
use root::Root;
pub use select::select;

/// Why nothing was copied.
#[derive(Debug)]
pub enum CopyError {
    /// The instruction is wrong for these trees, as any builder would say.
    Invalid(String),
    /// It asks for what is not supported here.
    Refused(String),
    /// The machine stood in the way.
    Failed(String),
}

impl fmt::Display for CopyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CopyError::Invalid(what) | CopyError::Refused(what) | CopyError::Failed(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for CopyError {}

impl CopyError {
    /// What the system said while something was done to `path`.
    fn io(doing: &str, path: &Path, error: impl Into<io::Error>) -> CopyError {
        let error = error.into();
        CopyError::Failed(format!("cannot {doing} `{}`: {error}", path.display()))
    }
}

/// The mode of folders that are made on the way.
const FOLDER_MODE: u32 = 0o755;

/// The mode of files whose content stands in the Dockerfile.
const INLINE_MODE: u32 = 0o644;

/// Copies what `step` says from the tree at `from` into the tree at `onto`.
///
/// # Errors
///
/// See [`CopyError`]. What was copied until then stays; the layer is to be thrown away.
pub fn copy(from: BorrowedFd<'_>, onto: BorrowedFd<'_>, step: &CopyStep) -> Result<(), CopyError> {
    let (from, onto) = (Root::new(from), Root::new(onto));
    let mode = match step.mode.as_deref().map(FileMode::parse) {
        Some(None) => return Err(CopyError::Invalid("`--chmod` is no mode".to_owned())),
        mode => mode.flatten(),
    };
    let owner = step.owner.as_deref().map(|owner| owner::find(&onto, owner)).transpose()?;
    let target = target(&step.directory, &step.destination);
    for source in &step.sources {
        let (root, include, required) = source::split(source, step.parents);
        if let Some(required) = required {
            let path = from.resolve(&required)?;
            if from.stat(&path)?.is_none() {
                return Err(missing(source));
            }
        }
        for path in source::expand(&from, &root)? {
            if step.unpack && archive::unpack(&from, &path, &onto, &target, owner, step.limits)? {
                continue;
            }
            let excludes = Some(&step.excludes).filter(|list| !list.is_empty());
            let mut copier = Copier::new(&from, &onto, owner, mode.as_ref());
            copier.include = include.as_ref().map(|pattern| patterns(std::slice::from_ref(pattern))).transpose()?;
            copier.exclude = excludes.map(|list| patterns(list)).transpose()?;
            copier.copy(&path, &target).map_err(|error| match error {
                copier::Error::Missing => missing(source),
                copier::Error::Other(error) => error,
            })?;
        }
    }
    for (name, content) in &step.files {
        Copier::new(&from, &onto, owner, mode.as_ref()).write(name, content, &target)?;
    }
    Ok(())
}

/// Makes sure that a folder is there.
///
/// # Errors
///
/// See [`CopyError`].
pub fn folder(onto: BorrowedFd<'_>, step: &FolderStep) -> Result<(), CopyError> {
    let onto = Root::new(onto);
    let owner = step.owner.as_deref().map(|owner| owner::find(&onto, owner)).transpose()?;
    let path = onto.resolve(&target("/", &step.path).path)?;
    onto.make_folders(&path, FOLDER_MODE, owner)
}

/// A destination: an absolute path, and whether it is a folder by the way it is written.
struct Target {
    path: PathBuf,
    is_folder: bool,
}

fn target(directory: &str, written: &str) -> Target {
    let base = if written.starts_with('/') { "" } else { directory };
    let path = PathBuf::from(format!("/{}", path_in_context(&format!("{base}/{written}"))));
    Target { path, is_folder: written.ends_with('/') || written.ends_with("/.") || matches!(written, "" | ".") }
}

fn missing(source: &str) -> CopyError {
    CopyError::Invalid(format!("there is no `{source}` to copy"))
}

/// Patterns as `--exclude` has them.
fn patterns(list: &[String]) -> Result<IgnoreFile, CopyError> {
    let file = IgnoreFile::of_patterns(list);
    match file.patterns.iter().find_map(|pattern| Some((pattern, pattern.error()?))) {
        None => Ok(file),
        Some((pattern, crate::model::context::GlobError::Bad)) => {
            Err(CopyError::Invalid(format!("`{}` is no pattern", pattern.text)))
        }
        Some((pattern, crate::model::context::GlobError::Unsupported)) => {
            Err(CopyError::Refused(format!("the pattern `{}` is not supported", pattern.text)))
        }
    }
}

fn name_of(bytes: &[u8]) -> OsString {
    OsString::from_vec(bytes.to_vec())
}
