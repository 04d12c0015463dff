//! An installed `git`, started to read the history of a repository, where the user asks for that and nowhere else.
//!
//! Only commands that read are used, those whose output is made for programs. Arguments are handed over one by one, without
//! a shell; names come after their options, and paths never stand where an option could. Nothing is fetched: no protocol is
//! allowed.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use crate::build::history::{Blobs, ObjectId, TreeChange, TreeFile};

/// A repository and its work tree.
#[derive(Debug)]
pub(super) struct Repository {
    /// The root of the work tree.
    top: PathBuf,
    /// Whether its history ends where somebody stopped fetching it.
    pub(super) is_shallow: bool,
    /// Whether contents are fetched when they are asked for, which is not done here.
    pub(super) is_partial: bool,
    /// The branch; `None` where a commit is checked out by itself.
    pub(super) branch: Option<String>,
}

/// A commit.
#[derive(Clone, Debug)]
pub(super) struct Commit {
    /// Its name, in hexadecimal digits.
    pub(super) id: String,
    /// When it was made, in seconds since 1970.
    pub(super) time: i64,
    /// The first line of its message.
    pub(super) subject: String,
}

/// What a path is in the commit before.
type Renames = Vec<(String, String)>;

/// Variables by which a surrounding `git` says which repository it is about; ours is the one that holds the Dockerfile.
const OF_ANOTHER: [&str; 9] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_CEILING_DIRECTORIES",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
];

fn git(folder: &Path) -> Command {
    let mut command = Command::new("git");
    OF_ANOTHER.iter().for_each(|name| {
        command.env_remove(name);
    });
    // What it says is looked at; it asks nobody and opens no connection.
    command.env("LC_ALL", "C").env("GIT_TERMINAL_PROMPT", "0").env("GIT_OPTIONAL_LOCKS", "0");
    command.env("GIT_ALLOW_PROTOCOL", "none").env("GIT_NO_LAZY_FETCH", "1");
    command.args(["--no-pager", "-c", "core.fsmonitor=false", "-C"]).arg(folder);
    command.stdin(Stdio::null());
    command
}

fn start(reason: &io::Error) -> String {
    match reason.kind() {
        ErrorKind::NotFound => {
            "--history reads the repository through `git`, and there is no program `git` on the PATH; \
                                install Git"
                .to_owned()
        }
        _ => format!("`git` cannot be started: {reason}"),
    }
}

/// Runs it to its end.
fn output(folder: &Path, arguments: &[&str]) -> Result<Vec<u8>, String> {
    let output = git(folder).args(arguments).output().map_err(|reason| start(&reason))?;
    if output.status.success() { Ok(output.stdout) } else { Err(said(&output.stderr, arguments[0])) }
}

/// What it said when it failed.
fn said(stderr: &[u8], command: &str) -> String {
    let text = String::from_utf8_lossy(stderr);
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("it did not say why");
    let line = line.strip_prefix("fatal: ").unwrap_or(line);
    format!("`git {command}` failed: {line}")
}

fn line(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim_end_matches(['\n', '\r']).to_owned()
}

impl Repository {
    /// The repository in whose work tree `folder` lies, and the path of the folder in it.
    pub(super) fn of_folder(folder: &Path) -> Result<(Repository, String), String> {
        let (top, prefix) = place(folder)?;
        let is_shallow = line(&output(&top, &["rev-parse", "--is-shallow-repository"])?) == "true";
        let partial = output(&top, &["config", "--get-regexp", "^(extensions\\.partialclone|remote\\..*\\.promisor)$"]);
        let branch = output(&top, &["symbolic-ref", "--quiet", "--short", "HEAD"]).ok().map(|name| line(&name));
        let repository = Repository { is_shallow, is_partial: partial.is_ok_and(|out| !out.is_empty()), branch, top };
        Ok((repository, prefix))
    }

    /// The path of another folder in it.
    pub(super) fn folder(&self, folder: &Path) -> Result<String, String> {
        let (top, prefix) = place(folder)?;
        if top == self.top {
            return Ok(prefix);
        }
        Err(format!("{}: it lies in another repository than the Dockerfile", folder.display()))
    }

    /// The last commits, by the first parent of each, the newest first; at most so many.
    pub(super) fn commits(&self, most: usize) -> Result<Vec<Commit>, String> {
        if output(&self.top, &["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]).is_err() {
            return Err(format!("{}: the repository has no commit yet", self.top.display()));
        }
        let most = format!("--max-count={most}");
        let out = output(&self.top, &["rev-list", "--first-parent", &most, "--format=%H %ct %s", "HEAD", "--"])?;
        let text = String::from_utf8_lossy(&out);
        // Each is announced by a line of its own.
        let commits = text.lines().filter(|line| !line.starts_with("commit ")).map(|line| {
            let mut words = line.splitn(3, ' ');
            let (id, time) = (words.next()?.to_owned(), words.next()?.parse().ok()?);
            Some(Commit { id, time, subject: words.next().unwrap_or("").to_owned() })
        });
        commits.collect::<Option<_>>().ok_or_else(|| "what `git rev-list` wrote cannot be read".to_owned())
    }

    /// The files of a commit.
    pub(super) fn files(&self, commit: &Commit) -> Result<Vec<TreeChange>, String> {
        let out = output(&self.top, &["ls-tree", "-r", "-z", "--full-tree", &commit.id])?;
        let file = |entry: &[u8]| {
            let at = memchr::memchr(b'\t', entry)?;
            let mut words = entry[..at].split(|byte| *byte == b' ');
            let (mode, _, id) = (words.next()?, words.next()?, words.next()?);
            let path = String::from_utf8_lossy(&entry[at + 1..]).into();
            Some(TreeChange { path, before: None, after: tree_file(mode, id)? })
        };
        let entries = out.split(|byte| *byte == 0).filter(|entry| !entry.is_empty());
        entries.map(file).collect::<Option<_>>().ok_or_else(|| "what `git ls-tree` wrote cannot be read".to_owned())
    }

    /// For each commit but the last what it changes in the one after it in the list.
    pub(super) fn changes(&self, commits: &[Commit]) -> Result<Vec<Vec<TreeChange>>, String> {
        let mut command = git(&self.top);
        command.args(["diff-tree", "--stdin", "-r", "-z", "--raw", "--no-renames", "--no-ext-diff", "--full-index"]);
        command.args(["--no-abbrev", "--no-relative", "--ignore-submodules=none"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|reason| start(&reason))?;
        let pairs: String = commits.windows(2).map(|pair| format!("{} {}\n", pair[0].id, pair[1].id)).collect();
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let found = std::thread::scope(|scope| {
            // It writes while it reads.
            scope.spawn(move || stdin.map(|mut stdin| stdin.write_all(pairs.as_bytes())));
            stdout.map(|stdout| read_changes(stdout, commits))
        });
        let output = child.wait_with_output().map_err(|reason| start(&reason))?;
        if !output.status.success() {
            return Err(said(&output.stderr, "diff-tree"));
        }
        found.and_then(Result::ok).ok_or_else(|| "what `git diff-tree` wrote cannot be read".to_owned())
    }

    /// The files that `commit` has under another name than the one before it: before and after.
    pub(super) fn renames(&self, commit: &Commit, before: &Commit) -> Result<Renames, String> {
        let arguments = ["diff-tree", "-r", "-z", "--name-status", "-M", "--diff-filter=R", "--no-relative"];
        let arguments = [&arguments[..], &[&before.id, &commit.id]].concat();
        let out = output(&self.top, &arguments)?;
        let words: Vec<&[u8]> = out.split(|byte| *byte == 0).collect();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok(words.chunks_exact(3).map(|entry| (text(entry[1]), text(entry[2]))).collect())
    }

    /// What reads the content of files.
    pub(super) fn contents(&self) -> Result<Contents, String> {
        let mut command = git(&self.top);
        command.args(["cat-file", "--batch"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|reason| start(&reason))?;
        let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("`git cat-file` cannot be talked to".to_owned());
        };
        let reader = Reader { child, stdin: Some(stdin), stdout: BufReader::new(stdout), known: HashMap::new() };
        Ok(Contents { reader: Mutex::new(reader) })
    }
}

/// The root of the work tree that a folder lies in, and the path of the folder from there.
fn place(folder: &Path) -> Result<(PathBuf, String), String> {
    let found = git(folder).args(["rev-parse", "--show-toplevel"]).output().map_err(|reason| start(&reason))?;
    if !found.status.success() {
        let text = String::from_utf8_lossy(&found.stderr);
        return Err(match text.contains("not a git repository") || text.contains("must be run in a work tree") {
            true => format!("--history: {} does not lie in the work tree of a Git repository", folder.display()),
            false => said(&found.stderr, "rev-parse"),
        });
    }
    let prefix = output(folder, &["rev-parse", "--show-prefix"])?;
    Ok((PathBuf::from(line(&found.stdout)), line(&prefix).trim_end_matches('/').to_owned()))
}

/// `None` inside where there is no file.
fn tree_file(mode: &[u8], id: &[u8]) -> Option<Option<TreeFile>> {
    let mode = u32::from_str_radix(std::str::from_utf8(mode).ok()?, 8).ok()?;
    let id = ObjectId::from_hex(id)?;
    Some((mode != 0).then_some(TreeFile { mode, id }))
}

/// Reads what `git diff-tree --stdin -z --raw` writes: the name of each commit that changes something, and then for each
/// of its files `:MODE MODE ID ID STATUS` and the path, all ended by zeros.
fn read_changes(stdout: ChildStdout, commits: &[Commit]) -> io::Result<Vec<Vec<TreeChange>>> {
    let wrong = || io::Error::from(ErrorKind::InvalidData);
    let mut out = BufReader::new(stdout);
    let mut changes: Vec<Vec<TreeChange>> = vec![Vec::new(); commits.len().saturating_sub(1)];
    let mut at = None;
    let mut word = Vec::new();
    let mut next = |word: &mut Vec<u8>| -> io::Result<bool> {
        word.clear();
        let read = out.read_until(0, word)?;
        word.pop_if(|byte| *byte == 0);
        Ok(read > 0)
    };
    while next(&mut word)? {
        let Some(meta) = word.strip_prefix(b":") else {
            let from = at.map_or(0, |at| at + 1);
            let found = commits[from..].iter().position(|commit| commit.id.as_bytes() == word).ok_or_else(wrong)?;
            at = Some(from + found);
            continue;
        };
        let words: Vec<&[u8]> = meta.split(|byte| *byte == b' ').collect();
        let &[mode_before, mode_after, before, after, _] = &words[..] else { return Err(wrong()) };
        let before = tree_file(mode_before, before).ok_or_else(wrong)?;
        let after = tree_file(mode_after, after).ok_or_else(wrong)?;
        next(&mut word)?;
        let path = String::from_utf8_lossy(&word).into();
        let own = at.and_then(|at| changes.get_mut(at)).ok_or_else(wrong)?;
        own.push(TreeChange { path, before, after });
    }
    Ok(changes)
}

/// Contents, as `git cat-file --batch` hands them out.
#[derive(Debug)]
pub(super) struct Contents {
    reader: Mutex<Reader>,
}

#[derive(Debug)]
struct Reader {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
    known: HashMap<ObjectId, Option<Arc<[u8]>>>,
}

/// No Dockerfile and no manifest is larger.
const LARGEST: u64 = 8 << 20;

impl Blobs for Contents {
    fn read(&self, id: ObjectId) -> io::Result<Arc<[u8]>> {
        let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = reader.known.get(&id) {
            return known.clone().ok_or_else(|| ErrorKind::InvalidData.into());
        }
        let found = reader.ask(id)?;
        reader.known.insert(id, found.clone());
        found.ok_or_else(|| ErrorKind::InvalidData.into())
    }
}

impl Reader {
    /// `None` where there is no such content, or it is too large.
    fn ask(&mut self, id: ObjectId) -> io::Result<Option<Arc<[u8]>>> {
        let gone = || io::Error::from(ErrorKind::BrokenPipe);
        let stdin = self.stdin.as_mut().ok_or_else(gone)?;
        writeln!(stdin, "{id}")?;
        stdin.flush()?;
        // `ID blob SIZE`, or `ID missing`.
        let mut head = String::new();
        if self.stdout.read_line(&mut head)? == 0 {
            return Err(gone());
        }
        let words: Vec<&str> = head.split_whitespace().collect();
        let &[_, kind, size] = &words[..] else { return Ok(None) };
        let size: u64 = size.parse().map_err(|_| io::Error::from(ErrorKind::InvalidData))?;
        let fits = kind == "blob" && size <= LARGEST;
        let mut bytes = Vec::new();
        if fits {
            (&mut self.stdout).take(size).read_to_end(&mut bytes)?;
        } else {
            io::copy(&mut (&mut self.stdout).take(size), &mut io::sink())?;
        }
        self.stdout.read_exact(&mut [0])?;
        Ok(fits.then(|| bytes.into()))
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        // It ends when nobody asks any more.
        self.stdin.take();
        let _ = self.child.wait();
    }
}
