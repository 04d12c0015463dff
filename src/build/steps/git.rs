//! Repositories that ADD fetches, by the `git` of the host.
//!
//! Git, and not code of ours: its protocol is large, its transports are where attacks come in, and its own program is what
//! gets mended. It is given nothing of the user: no configuration, no keys, no helper for passwords, no hooks; only
//! `http`, `https` and `git`; and nothing is checked out. What comes is read as an archive, so that no file of a stranger
//! gets a name on the host. Which commit a name is follows `resolveMetadataFromURL` of BuildKit's `source/git/source.go`
//! (<https://github.com/moby/buildkit>, Apache-2.0).

use std::fs::{self, File};
use std::io::{self, BufReader, ErrorKind, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

use super::problem::ProblemKind;
use super::remote::{Refusal, Repository};
use crate::build::exec::end_with_caller;
use crate::build::tree::{TarEntry, TarKind, TarLimits, TarReader, TarWriter};

/// How much is fetched, and how long that may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct GitLimits {
    /// Bytes on the disk while it is fetched, and of what is taken.
    pub(super) bytes: u64,
    /// How long it may take each time that Git is started.
    pub(super) whole: Duration,
}

/// Bytes of an answer that is no archive.
const MOST_ANSWER: u64 = 64 << 20;

/// A commit, and the name by which it is fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Commit {
    pub(super) id: String,
    reference: String,
}

fn missing(what: impl Into<String>) -> Refusal {
    (ProblemKind::Missing, what.into())
}

fn wrong(what: impl Into<String>) -> Refusal {
    (ProblemKind::Wrong, what.into())
}

/// Asks the repository which commit is meant.
pub(super) fn resolve(repository: &Repository, limits: GitLimits) -> Result<Commit, Refusal> {
    let Repository { url, reference, .. } = repository;
    if is_commit(reference) {
        check(repository, reference, None)?;
        return Ok(Commit { id: reference.clone(), reference: reference.clone() });
    }
    let peeled = format!("{reference}^{{}}");
    let answer = output(&["ls-remote", "--", url, reference, &peeled], None, limits)?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let find = |name: &str| {
        let mut lines = answer.lines().filter_map(|line| line.split_once('\t'));
        lines.find(|(id, own)| *own == name && is_commit(id)).map(|(id, _)| id)
    };
    let below = |folder: &str| format!("{folder}{}", reference.strip_prefix(folder).unwrap_or(reference));
    // Git prefers branches where a name is both.
    for name in [reference.clone(), below("refs/"), below("refs/heads/"), below("refs/tags/")] {
        let Some(id) = find(&name).filter(|_| name == "HEAD" || name.starts_with("refs/")) else { continue };
        let commit = find(&format!("{name}^{{}}")).unwrap_or(id);
        check(repository, commit, Some(id))?;
        return Ok(Commit { id: commit.to_owned(), reference: name });
    }
    Err(missing(format!("there is no `{reference}` in `{url}`")))
}

/// Holds a commit, and the tag that names it, to `--checksum`.
fn check(repository: &Repository, commit: &str, tag: Option<&str>) -> Result<(), Refusal> {
    let Some(wanted) = &repository.commit else { return Ok(()) };
    if commit.starts_with(wanted) || tag.is_some_and(|tag| tag.starts_with(wanted)) {
        return Ok(());
    }
    let Repository { url, reference, .. } = repository;
    Err(wrong(format!("`{reference}` of `{url}` is the commit {commit}, and {wanted} is wanted")))
}

fn is_commit(name: &str) -> bool {
    matches!(name.len(), 40 | 64) && name.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// Fetches a commit and writes what is wanted of it below `prefix`, which ends in a slash.
pub(super) fn write<W: Write>(
    repository: &Repository,
    commit: &Commit,
    prefix: &str,
    scratch: &Path,
    limits: GitLimits,
    writer: &mut TarWriter<W>,
) -> Result<(), Refusal> {
    let broken = |error: io::Error| missing(format!("cannot fetch `{}`: {error}", repository.url));
    let folder = TempDir::new_in(scratch).map_err(broken)?;
    let git = Checkout { folder: folder.path(), limits };
    git.fetch(repository, commit)?;
    if !repository.without_submodules {
        git.refuse_submodules(repository, commit)?;
    }
    let tree = format!("{}:{}", commit.id, repository.folder);
    if git.output(&["cat-file", "-t", &tree]).ok().as_deref() != Some(b"tree\n") {
        return Err(wrong(format!("there is no folder `{}` in `{}`", repository.folder, repository.url)));
    }
    let time = git.output(&["show", "-s", "--format=%ct", &commit.id])?;
    let time = String::from_utf8_lossy(&time).trim().parse().unwrap_or(0);
    git.archive(&tree, prefix, time, writer)?;
    if repository.keeps_git_folder {
        git.keep(repository, commit)?;
        let git_folder = folder.path().join(".git");
        write_folder(&git_folder, &format!("{prefix}.git"), time, writer).map_err(broken)?;
    }
    Ok(())
}

/// A folder with a `.git` in it.
struct Checkout<'c> {
    folder: &'c Path,
    limits: GitLimits,
}

impl Checkout<'_> {
    fn output(&self, arguments: &[&str]) -> Result<Vec<u8>, Refusal> {
        output(arguments, Some(self.folder), self.limits)
    }

    fn fetch(&self, repository: &Repository, commit: &Commit) -> Result<(), Refusal> {
        self.output(&["-c", "init.defaultBranch=master", "init", "-q", "--template=", "."])?;
        // Of the attributes that change what is in an archive, none counts.
        let attributes = self.folder.join(".git/info");
        let written = fs::create_dir_all(&attributes)
            .and_then(|()| fs::write(attributes.join("attributes"), "* -export-ignore -export-subst\n"));
        written.map_err(|error| missing(format!("cannot write into a folder of Git: {error}")))?;
        let Repository { url, .. } = repository;
        let Commit { id, reference } = commit;
        let spec = if reference.starts_with("refs/") { format!("+{reference}:{reference}") } else { reference.clone() };
        let shallow = self.output(&["fetch", "-q", "--depth=1", "--no-tags", "--update-head-ok", "--", url, &spec]);
        match shallow {
            Ok(_) => {}
            // A server may not give a commit by its name: then it is looked for in all that there is.
            Err(_) if is_commit(reference) => {
                let specs = ["+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"];
                self.output(&["fetch", "-q", "--no-tags", "--", url, specs[0], specs[1]])?;
            }
            Err(refusal) => return Err(refusal),
        }
        if self.output(&["cat-file", "-e", &format!("{id}^{{commit}}")]).is_err() {
            return Err(missing(format!(
                "`{reference}` of `{url}` changed while it was fetched, or {id} is no commit"
            )));
        }
        Ok(())
    }

    fn refuse_submodules(&self, repository: &Repository, commit: &Commit) -> Result<(), Refusal> {
        let path = if repository.folder.is_empty() { "." } else { &repository.folder };
        let entries =
            self.output(&["--literal-pathspecs", "ls-tree", "-r", "-z", "--full-tree", &commit.id, "--", path])?;
        if entries.split(|byte| *byte == 0).any(|entry| entry.starts_with(b"160000 ")) {
            let what = format!(
                "`{}` has submodules, which are not fetched: leave them out with `?submodules=false` at its end",
                repository.url
            );
            return Err((ProblemKind::Unsupported, what));
        }
        Ok(())
    }

    /// Writes what is in a tree, with the modes that a checkout gives and the time of the commit.
    fn archive<W: Write>(&self, tree: &str, prefix: &str, time: i64, writer: &mut TarWriter<W>) -> Result<(), Refusal> {
        let broken = |error: &dyn std::fmt::Display| missing(format!("cannot read what Git fetched: {error}"));
        let mut child =
            command(&["archive", "--format=tar", tree], Some(self.folder)).spawn().map_err(|error| start(&error))?;
        let pipe = child.stdout.take().ok_or_else(|| missing("Git has no output"))?;
        let limits = TarLimits { bytes: self.limits.bytes, ..TarLimits::default() };
        let mut reader = TarReader::new(BufReader::with_capacity(64 << 10, pipe), limits);
        let copied = (|| {
            writer
                .append(&folder_entry(prefix.trim_end_matches('/'), time), &mut io::empty())
                .map_err(|error| broken(&error))?;
            while let Some(mut entry) = reader.next_entry().map_err(|error| broken(&error))? {
                entry.path = [prefix.as_bytes(), &entry.path].concat();
                entry.mode = match entry.kind {
                    TarKind::File if entry.mode & 0o100 == 0 => 0o644,
                    TarKind::SymbolicLink => 0o777,
                    _ => 0o755,
                };
                (entry.uid, entry.gid, entry.mtime) = (0, 0, time);
                writer.append(&entry, &mut reader).map_err(|error| broken(&error))?;
            }
            Ok(())
        })();
        if copied.is_err() {
            end(&mut child);
        }
        let ended = wait(&mut child, Instant::now() + self.limits.whole, None, u64::MAX);
        copied.and(ended.map(|_| ()))
    }

    /// Makes of `.git` what is in a checkout of the commit.
    fn keep(&self, repository: &Repository, commit: &Commit) -> Result<(), Refusal> {
        self.output(&["remote", "add", "origin", &repository.url])?;
        self.output(&["update-ref", "--no-deref", "HEAD", &commit.id])?;
        self.output(&["read-tree", &commit.id])?;
        let git = self.folder.join(".git");
        // What stands in them is ours, or says when it was fetched.
        for path in ["FETCH_HEAD", "info/attributes"] {
            let _ = fs::remove_file(git.join(path));
        }
        Ok(())
    }
}

fn command(arguments: &[&str], folder: Option<&Path>) -> Command {
    let mut command = Command::new("git");
    command.env_clear();
    let proxies = ["http_proxy", "https_proxy", "no_proxy", "all_proxy"].map(str::to_owned);
    let proxies = proxies.iter().cloned().chain(proxies.iter().map(|name| name.to_uppercase()));
    for name in ["PATH".to_owned(), "SSL_CERT_FILE".to_owned(), "SSL_CERT_DIR".to_owned()].into_iter().chain(proxies) {
        if let Some(value) = std::env::var_os(&name) {
            command.env(name, value);
        }
    }
    for (name, value) in [
        ("LC_ALL", "C"),
        ("HOME", "/dev/null"),
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_ATTR_NOSYSTEM", "1"),
        ("GIT_TERMINAL_PROMPT", "0"),
        ("GIT_ALLOW_PROTOCOL", "http:https:git"),
    ] {
        command.env(name, value);
    }
    command.arg("--no-pager");
    // A server that sends nothing for half a minute is given up.
    let slowest = ["http.lowSpeedLimit=1", "http.lowSpeedTime=30"];
    let own = [
        "credential.helper=",
        "core.hooksPath=/dev/null",
        "core.fsmonitor=false",
        "gc.auto=0",
        "maintenance.auto=false",
        "core.logAllRefUpdates=false",
    ];
    own.iter().chain(&slowest).for_each(|setting| {
        command.args(["-c", setting]);
    });
    match folder {
        // The folder itself, and none above it.
        Some(folder) => command.env("GIT_CEILING_DIRECTORIES", folder.parent().unwrap_or(folder)).arg("-C").arg(folder),
        None => command.current_dir("/").env("GIT_DIR", "/dev/null/none"),
    };
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    end_with_caller(&mut command);
    command
}

fn start(reason: &io::Error) -> Refusal {
    match reason.kind() {
        ErrorKind::NotFound => {
            let what = "`ADD` of a repository needs the program `git`, and there is none on the PATH: install Git";
            (ProblemKind::Unsupported, what.to_owned())
        }
        _ => missing(format!("`git` cannot be started: {reason}")),
    }
}

/// What Git answers.
fn output(arguments: &[&str], folder: Option<&Path>, limits: GitLimits) -> Result<Vec<u8>, Refusal> {
    let mut child = command(arguments, folder).spawn().map_err(|reason| start(&reason))?;
    let out = child.stdout.take();
    let reading = thread::spawn(move || {
        let mut answer = Vec::new();
        if let Some(out) = out {
            // What is cut off cannot be read as an answer.
            let _ = out.take(MOST_ANSWER).read_to_end(&mut answer);
        }
        answer
    });
    let ended = wait(&mut child, Instant::now() + limits.whole, folder, limits.bytes);
    let answer = reading.join().unwrap_or_default();
    ended.map(|()| answer)
}

/// Waits for the end of a program, which has to come in time and leave room on the disk. In words when it ends badly.
fn wait(child: &mut Child, deadline: Instant, folder: Option<&Path>, most: u64) -> Result<(), Refusal> {
    let errors = child.stderr.take();
    let listening = thread::spawn(move || {
        let mut said = Vec::new();
        if let Some(mut errors) = errors {
            let _ = (&mut errors).take(64 << 10).read_to_end(&mut said);
            let _ = io::copy(&mut errors, &mut io::sink());
        }
        said
    });
    let mut pause = Duration::from_millis(2);
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) => {}
            Err(error) => return Err(missing(format!("cannot wait for `git`: {error}"))),
        }
        let too_large = folder.is_some_and(|folder| size_of(folder) > most);
        if too_large || Instant::now() > deadline {
            end(child);
            let why = if too_large { "it is larger than what is fetched" } else { "it does not come in time" };
            return Err(missing(format!("the repository cannot be fetched: {why}")));
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(200));
    };
    let said = listening.join().unwrap_or_default();
    if status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&said).into_owned();
    let mut lines = said.lines().map(str::trim).filter(|line| !line.is_empty());
    let line = lines.clone().find_map(|line| line.strip_prefix("fatal: ")).or_else(|| lines.next_back());
    let line: String = line.unwrap_or("it does not say why").chars().take(300).flat_map(char::escape_debug).collect();
    Err(missing(format!("`git` cannot fetch the repository: {}", line.replace("\\'", "'").replace("\\\"", "\""))))
}

/// Ends it: first so that it ends what it has started.
fn end(child: &mut Child) {
    if let Ok(id) = i32::try_from(child.id()) {
        // It may have ended by itself, here and below.
        let _ = kill(Pid::from_raw(id), Signal::SIGTERM);
    }
    for _ in 0..40 {
        if !matches!(child.try_wait(), Ok(None)) {
            return;
        }
        thread::sleep(Duration::from_millis(50));
    }
    let _ = child.kill();
    let _ = child.wait();
}

/// Bytes of the files in a folder, as far as they can be seen while somebody writes to it.
fn size_of(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let size = |entry: fs::DirEntry| match entry.metadata() {
        Ok(data) if data.is_dir() => size_of(&entry.path()),
        Ok(data) => data.len(),
        Err(_) => 0,
    };
    entries.filter_map(Result::ok).map(size).sum()
}

fn folder_entry(path: &str, time: i64) -> TarEntry {
    TarEntry {
        path: path.as_bytes().to_vec(),
        kind: TarKind::Folder,
        mode: 0o755,
        uid: 0,
        gid: 0,
        size: 0,
        mtime: time,
        link: Vec::new(),
        device: (0, 0),
        xattrs: Vec::new(),
    }
}

/// Writes the files of a folder that Git made: files and folders, and nothing else.
fn write_folder<W: Write>(folder: &Path, path: &str, time: i64, writer: &mut TarWriter<W>) -> io::Result<()> {
    let failed = |error: crate::build::tree::TreeError| io::Error::other(error.to_string());
    writer.append(&folder_entry(path, time), &mut io::empty()).map_err(failed)?;
    let mut entries: Vec<fs::DirEntry> = fs::read_dir(folder)?.collect::<io::Result<_>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name().into_string().map_err(|_| io::Error::other("Git made a name that is no text"))?;
        let (kind, path) = (entry.file_type()?, format!("{path}/{name}"));
        if kind.is_dir() {
            write_folder(&entry.path(), &path, time, writer)?;
        } else if kind.is_file() {
            let mut file = File::open(entry.path())?;
            let size = file.metadata()?.len();
            let own = TarEntry { kind: TarKind::File, mode: 0o644, size, ..folder_entry(&path, time) };
            writer.append(&own, &mut file).map_err(failed)?;
        }
    }
    Ok(())
}
