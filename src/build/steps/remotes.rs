//! What ADD fetches, while images are built: each source once for all builds of a run, so that all of them are about the
//! same.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rustc_hash::FxHashMap;

use super::builder::{BuildOptions, Stop};
use super::executor::{Executor, unpack};
use super::git::{self, Commit, GitLimits};
use super::hash::KeyHasher;
use super::key;
use super::made::Made;
use super::outcome::Event;
use super::problem::{Problem, ProblemKind};
use super::remote::{Refusal, Remote, RemoteFile, Repository};
use super::stage::{Action, Step};
use crate::build::exec::request::{LayerName, Network};
use crate::build::image::{Digest, Store};
use crate::build::tree::{TarEntry, TarKind, TarWriter};

/// How long nothing may come.
#[cfg(all(feature = "pull", any(target_arch = "x86_64", target_arch = "aarch64")))]
const PATIENCE: Duration = Duration::from_secs(30);

/// The mode of files that are fetched: `save` of BuildKit's `source/http/source.go`.
const FILE_MODE: u32 = 0o600;

/// Whether sources are fetched, and how.
#[derive(Clone, Debug)]
pub(super) struct Access {
    /// Whether the network may be used.
    pub(super) network: bool,
    /// Where files without a name are kept.
    pub(super) scratch: PathBuf,
    /// Bytes of one source.
    pub(super) bytes: u64,
    /// How long one may take.
    pub(super) whole: Duration,
}

/// A file that was fetched.
struct Fetched {
    file: File,
    digest: Digest,
    size: u64,
    modified: Option<i64>,
}

/// Sources that are fetched.
#[derive(Default)]
pub(super) struct Remotes {
    files: FxHashMap<RemoteFile, Result<Fetched, Refusal>>,
    commits: FxHashMap<Repository, Result<Commit, Refusal>>,
}

impl Access {
    /// As a build is asked for it.
    pub(super) fn of(options: &BuildOptions, store: &Store) -> Access {
        Access {
            network: options.network == Network::Host,
            scratch: store.folder().join("tmp"),
            bytes: options.limits.disk,
            whole: Duration::from_secs(options.limits.seconds),
        }
    }
}

impl Remotes {
    /// What the sources of a step are that are fetched, for its key.
    pub(super) fn keys(
        &mut self,
        step: &Step,
        access: &Access,
        observer: &mut dyn FnMut(&Event<'_>),
    ) -> Result<Vec<String>, Stop> {
        let key = |remote: &Remote| {
            if access.network {
                observer(&Event::Working(&format!("fetching {}", remote.url())));
            }
            self.key(remote, access).map_err(|refusal| refused(step, refusal))
        };
        of_step(step).into_iter().map(key).collect()
    }

    /// The layer with what is fetched for a step, which has these keys.
    pub(super) fn layer(
        &mut self,
        store: &Arc<Store>,
        executor: &mut dyn Executor,
        step: &Step,
        keys: &[String],
        access: &Access,
    ) -> Result<LayerName, Stop> {
        let made = Made::new(store, &executor.way(), &key::of_fetched(keys));
        if let Some(layer) = made.find(executor)?.and_then(|found| found.layer) {
            return Ok(layer);
        }
        let mut archive = self.archive(&of_step(step), access).map_err(|refusal| refused(step, refusal))?;
        let layer = made.new_layer("fetched")?;
        let write =
            |target: &mut dyn Write| io::copy(&mut archive, target).map(drop).map_err(|error| error.to_string());
        let done = unpack(executor, Vec::new(), &layer, write)?;
        made.keep(Some(&layer), None, None, &made.base_report(done))?;
        Ok(layer)
    }

    /// What a source is, for the key of a step. A file whose digest the Dockerfile says is not fetched for that.
    fn key(&mut self, remote: &Remote, access: &Access) -> Result<String, Refusal> {
        let mut hasher = KeyHasher::new("fetched");
        match remote {
            Remote::File(file) => {
                hasher.add("name", &file.name);
                match &file.sha256 {
                    Some(sha256) => hasher.add("wanted", sha256),
                    None => {
                        let fetched = self.file(file, access)?;
                        hasher.add("digest", fetched.digest.to_string());
                        hasher.add_option("modified", fetched.modified.map(i64::to_le_bytes));
                    }
                }
            }
            Remote::Repository(repository) => {
                let commit = self.commit(repository, access)?;
                hasher.add("commit", &commit.id);
                hasher.add("folder", &repository.folder);
                // Only there is written where it came from.
                hasher.add_option("url", repository.keeps_git_folder.then_some(&repository.url));
            }
        }
        Ok(hasher.finish())
    }

    /// An archive of all sources: each in a folder with its number for a name.
    fn archive(&mut self, remotes: &[&Remote], access: &Access) -> Result<File, Refusal> {
        let broken = |why: String| (ProblemKind::Missing, format!("what was fetched cannot be kept: {why}"));
        let archive = tempfile::tempfile_in(&access.scratch).map_err(|error| broken(error.to_string()))?;
        let mut writer = TarWriter::new(archive);
        for (number, remote) in remotes.iter().enumerate() {
            match remote {
                Remote::File(file) => {
                    let fetched = self.file(file, access)?;
                    append(&mut writer, number, file, fetched).map_err(|error| broken(error.to_string()))?;
                }
                Remote::Repository(repository) => {
                    let commit = self.commit(repository, access)?.clone();
                    permit(&repository.url, access)?;
                    let limits = limits(access);
                    git::write(repository, &commit, &format!("{number}/"), &access.scratch, limits, &mut writer)?;
                }
            }
        }
        let (mut archive, _) = writer.finish().map_err(|error| broken(error.to_string()))?;
        archive.rewind().map_err(|error| broken(error.to_string()))?;
        Ok(archive)
    }

    fn file(&mut self, file: &RemoteFile, access: &Access) -> Result<&mut Fetched, Refusal> {
        permit(&file.url, access)?;
        let fetched = self.files.entry(file.clone()).or_insert_with(|| fetch(file, access));
        fetched.as_mut().map_err(|refusal| refusal.clone())
    }

    fn commit(&mut self, repository: &Repository, access: &Access) -> Result<&Commit, Refusal> {
        let is_known = repository.reference.len() == 40;
        if !is_known {
            permit(&repository.url, access)?;
        }
        let commit = self.commits.entry(repository.clone()).or_insert_with(|| git::resolve(repository, limits(access)));
        commit.as_ref().map_err(Clone::clone)
    }
}

fn of_step(step: &Step) -> Vec<&Remote> {
    match &step.action {
        Action::Transfer(transfer) => transfer.remotes.iter().map(|(_, remote)| remote).collect(),
        _ => Vec::new(),
    }
}

fn refused(step: &Step, (kind, message): Refusal) -> Stop {
    Problem { kind, span: step.span, message }.into()
}

fn limits(access: &Access) -> GitLimits {
    GitLimits { bytes: access.bytes, whole: access.whole }
}

fn permit(url: &str, access: &Access) -> Result<(), Refusal> {
    if access.network {
        return Ok(());
    }
    Err((ProblemKind::Unsupported, format!("`ADD` of `{url}` needs the network: allow it with `--network host`")))
}

#[cfg(all(feature = "pull", any(target_arch = "x86_64", target_arch = "aarch64")))]
fn fetch(file: &RemoteFile, access: &Access) -> Result<Fetched, Refusal> {
    use crate::build::image::{Download, DownloadLimits, download};

    let limits = DownloadLimits { bytes: access.bytes, patience: PATIENCE, whole: access.whole };
    let Download { file: content, digest, size, modified } =
        download(&file.url, &access.scratch, limits).map_err(|why| (ProblemKind::Missing, why))?;
    if let Some(wanted) = &file.sha256
        && *wanted != digest.hex()
    {
        let what = format!("`{}` is not what `--checksum` says: its digest is {digest}", file.url);
        return Err((ProblemKind::Wrong, what));
    }
    Ok(Fetched { file: content, digest, size, modified })
}

#[cfg(not(all(feature = "pull", any(target_arch = "x86_64", target_arch = "aarch64"))))]
fn fetch(file: &RemoteFile, _: &Access) -> Result<Fetched, Refusal> {
    let what = format!("`ADD` of `{}`: this rlint was built without the feature `pull`, which fetches", file.url);
    Err((ProblemKind::Unsupported, what))
}

fn append(writer: &mut TarWriter<File>, number: usize, file: &RemoteFile, fetched: &mut Fetched) -> io::Result<()> {
    let entry = |path: String, kind, mode, size, mtime| TarEntry {
        path: path.into_bytes(),
        kind,
        mode,
        uid: 0,
        gid: 0,
        size,
        mtime,
        link: Vec::new(),
        device: (0, 0),
        xattrs: Vec::new(),
    };
    let failed = |error: crate::build::tree::TreeError| io::Error::other(error.to_string());
    let folder = entry(number.to_string(), TarKind::Folder, 0o755, 0, 0);
    writer.append(&folder, &mut io::empty()).map_err(failed)?;
    let own =
        entry(format!("{number}/{}", file.name), TarKind::File, FILE_MODE, fetched.size, fetched.modified.unwrap_or(0));
    fetched.file.rewind()?;
    writer.append(&own, &mut (&mut fetched.file).take(fetched.size)).map_err(failed)
}
