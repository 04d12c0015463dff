//! The command line as data: every file in `tests/fixtures/cli` is a folder of files and some runs of the program in
//! it. `RLINT_UPDATE=1 cargo test --test suite cli` writes what the program says into the cases; read the diff.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use clap::CommandFactory;
use rayon::prelude::*;
use rlint::cli::args::Arguments;
use rlint::config::keys::KEYS;
use serde::Deserialize;

const FOLDER: &str = "tests/fixtures/cli";
/// No run may take longer, bad input included. The tests run unoptimized, so this is far from what a user waits.
const LONGEST: Duration = Duration::from_secs(60);

/// A case.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// What is shown, as a sentence.
    shows: String,
    /// Whether the folder is a repository.
    #[serde(default)]
    git: bool,
    #[serde(default)]
    files: BTreeMap<String, String>,
    /// Files of bytes, in hexadecimal.
    #[serde(default)]
    bytes: BTreeMap<String, String>,
    /// Files of so many zero bytes that take no place on the disk.
    #[serde(default)]
    sparse: BTreeMap<String, u64>,
    /// Files of a text repeated so many times.
    #[serde(default)]
    repeated: BTreeMap<String, (String, usize)>,
    /// Links and what they lead to.
    #[serde(default)]
    links: BTreeMap<String, String>,
    #[serde(default)]
    fifos: Vec<String>,
    /// Files that nobody may read.
    #[serde(default)]
    unreadable: Vec<String>,
    runs: Vec<Run>,
}

/// One run of the program in the folder of a case.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Run {
    args: Vec<String>,
    /// The folder to run in.
    cwd: Option<String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    stdin: Option<String>,
    /// The exit code.
    exit: i32,
    #[serde(default)]
    stdout: String,
    #[serde(default)]
    stderr: String,
    /// Where the whole output is of no matter: what stands in it.
    #[serde(default)]
    stdout_has: Vec<String>,
    /// What the files hold afterwards.
    #[serde(default)]
    after: BTreeMap<String, String>,
}

/// What a run said.
struct Said {
    exit: i32,
    stdout: String,
    stderr: String,
    after: BTreeMap<String, String>,
}

#[test]
fn every_case_of_the_command_line_holds() {
    let update = std::env::var_os("RLINT_UPDATE").is_some();
    let cases = cases();
    let failures: Vec<String> = cases.par_iter().filter_map(|(path, case)| check(path, case, update)).collect();
    let runs: usize = cases.iter().map(|(_, case)| case.runs.len()).sum();
    println!("command line: {} cases with {runs} runs, {} failed", cases.len(), failures.len());
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn every_flag_has_a_case() {
    let cases = cases();
    let used: BTreeSet<String> = cases
        .iter()
        .flat_map(|(_, case)| case.runs.iter().flat_map(|run| run.args.iter()))
        .map(|word| word.split('=').next().unwrap_or(word).to_owned())
        .collect();
    let command = Arguments::command();
    let mut missing: Vec<String> = flags_of(&command).into_iter().filter(|flag| !used.contains(flag)).collect();
    for subcommand in command.get_subcommands() {
        let name = subcommand.get_name().to_owned();
        missing.extend((!used.contains(&name)).then_some(name));
        missing.extend(flags_of(subcommand).into_iter().filter(|flag| !used.contains(flag)));
    }
    assert!(missing.is_empty(), "no case in {FOLDER} uses {missing:?}");
}

#[test]
fn every_key_of_the_configuration_has_a_case() {
    let cases = cases();
    let files = cases.iter().flat_map(|(_, case)| &case.files).filter(|(name, _)| name.contains("rlint"));
    let lines: BTreeSet<&str> =
        files.flat_map(|(_, text)| text.lines()).filter_map(|line| line.split_once(':').map(|(key, _)| key)).collect();
    let missing: Vec<&str> = KEYS.iter().map(|key| key.name).filter(|name| !lines.contains(name)).collect();
    assert!(missing.is_empty(), "no case in {FOLDER} has a configuration with {missing:?}");
}

fn flags_of(command: &clap::Command) -> Vec<String> {
    let flags = command.get_arguments().filter_map(|argument| argument.get_long());
    flags.filter(|name| !matches!(*name, "help" | "version")).map(|name| format!("--{name}")).collect()
}

fn cases() -> Vec<(PathBuf, Case)> {
    let mut paths: Vec<PathBuf> = fs::read_dir(FOLDER)
        .expect("the cases are there")
        .map(|entry| entry.expect("the folder can be read").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    paths.sort();
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a case can be read");
        let case = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        (path, case)
    };
    paths.into_iter().map(read).collect()
}

/// Runs a case; what differs, if something does.
fn check(path: &Path, case: &Case, update: bool) -> Option<String> {
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    // Where the temporary folder lies behind a link, the program sees the other end of it.
    let root = fs::canonicalize(folder.path()).expect("the folder was just made");
    if let Err(reason) = case.write(&root) {
        println!("{}: skipped, {reason}", path.display());
        return None;
    }
    let said: Vec<Said> = case.runs.iter().map(|run| run.start(&root, !case.unreadable.is_empty())).collect();
    if update {
        fs::write(path, case.to_toml(&said)).expect("a case can be written");
        return None;
    }
    let differences: Vec<String> = case.runs.iter().zip(&said).filter_map(|(run, said)| run.differs(said)).collect();
    (!differences.is_empty()).then(|| format!("{}: {}\n{}", path.display(), case.shows, differences.join("\n")))
}

impl Case {
    /// Writes the files of the case; an error says why it cannot be run here.
    fn write(&self, root: &Path) -> Result<(), String> {
        if self.git {
            fs::create_dir(root.join(".git")).expect("the folder is empty");
        }
        let place = |name: &str| {
            let path = root.join(name);
            fs::create_dir_all(path.parent().expect("it lies below the root")).expect("a folder can be made");
            path
        };
        for (name, text) in &self.files {
            fs::write(place(name), text).expect("a file can be written");
        }
        for (name, digits) in &self.bytes {
            let pairs = digits.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).expect("digits are ASCII"));
            let bytes: Vec<u8> = pairs.map(|pair| u8::from_str_radix(pair, 16).expect("a hexadecimal digit")).collect();
            fs::write(place(name), bytes).expect("a file can be written");
        }
        for (name, length) in &self.sparse {
            fs::File::create(place(name)).and_then(|file| file.set_len(*length)).expect("a file can be made long");
        }
        for (name, (text, times)) in &self.repeated {
            fs::write(place(name), text.repeat(*times)).expect("a file can be written");
        }
        for (name, target) in &self.links {
            link(target, &place(name))?;
        }
        for name in &self.fifos {
            let made = Command::new("mkfifo").arg(place(name)).status();
            made.ok().filter(|status| status.success()).ok_or("there is no mkfifo here")?;
        }
        for name in &self.unreadable {
            forbid(root, &place(name))?;
        }
        Ok(())
    }

    /// The case as a file, with what the program said.
    fn to_toml(&self, said: &[Said]) -> String {
        let mut text = format!("shows = {}\n", quoted(&self.shows));
        if self.git {
            text.push_str("git = true\n");
        }
        for (name, list) in [("fifos", &self.fifos), ("unreadable", &self.unreadable)] {
            if !list.is_empty() {
                text.push_str(&format!("{name} = [{}]\n", list_of(list)));
            }
        }
        let tables = [("files", &self.files), ("bytes", &self.bytes), ("links", &self.links)];
        for (name, table) in tables.into_iter().filter(|(_, table)| !table.is_empty()) {
            text.push_str(&format!("\n[{name}]\n"));
            table.iter().for_each(|(key, value)| text.push_str(&format!("{} = {}\n", quoted(key), quoted(value))));
        }
        if !self.sparse.is_empty() {
            text.push_str("\n[sparse]\n");
            self.sparse.iter().for_each(|(key, value)| text.push_str(&format!("{} = {value}\n", quoted(key))));
        }
        if !self.repeated.is_empty() {
            text.push_str("\n[repeated]\n");
            let rows = self.repeated.iter();
            rows.for_each(|(key, (part, n))| text.push_str(&format!("{} = [{}, {n}]\n", quoted(key), quoted(part))));
        }
        for (run, said) in self.runs.iter().zip(said) {
            text.push_str(&run.to_toml(said));
        }
        text
    }
}

impl Run {
    fn start(&self, root: &Path, as_nobody: bool) -> Said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rlint"));
        command
            .args(&self.args)
            .current_dir(root.join(self.cwd.as_deref().unwrap_or("")))
            .env_clear()
            .env("HOME", root)
            .envs(&self.env)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if as_nobody {
            become_nobody(&mut command);
        }
        let mut child = command.spawn().expect("the program starts");
        let mut stdin = child.stdin.take().expect("it has a pipe");
        let input = self.stdin.clone().unwrap_or_default();
        // A program that does not read its input closes the pipe, and that is all right.
        let writer = std::thread::spawn(move || drop(stdin.write_all(input.as_bytes())));
        let mut stdout = child.stdout.take().expect("it has a pipe");
        let mut stderr = child.stderr.take().expect("it has a pipe");
        let out = std::thread::spawn(move || {
            let mut bytes = Vec::new();
            stdout.read_to_end(&mut bytes).map(|_| bytes).expect("a pipe can be read")
        });
        let err = std::thread::spawn(move || {
            let mut bytes = Vec::new();
            stderr.read_to_end(&mut bytes).map(|_| bytes).expect("a pipe can be read")
        });
        let started = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().expect("a child can be waited for") {
                break status.code().unwrap_or(-1);
            }
            if started.elapsed() > LONGEST {
                child.kill().expect("a child can be ended");
                break -2;
            }
            std::thread::sleep(Duration::from_millis(2));
        };
        writer.join().expect("the writer does not panic");
        let text = |bytes: Vec<u8>| {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let text = text.replace(&*root.to_string_lossy(), "[DIR]").replace(env!("CARGO_PKG_VERSION"), "[VERSION]");
            without_time(&text)
        };
        let read = |name: &String| fs::read_to_string(root.join(name)).unwrap_or_else(|reason| reason.to_string());
        Said {
            exit: status,
            stdout: text(out.join().expect("the reader does not panic")),
            stderr: text(err.join().expect("the reader does not panic")),
            after: self.after.keys().map(|name| (name.clone(), read(name))).collect(),
        }
    }

    fn differs(&self, said: &Said) -> Option<String> {
        let mut differences = String::new();
        let mut compare = |what: &str, expected: &str, found: &str| {
            if expected != found {
                differences.push_str(&format!("--- {what}, expected:\n{expected}\n--- {what}, found:\n{found}\n"));
            }
        };
        compare("exit code", &self.exit.to_string(), &said.exit.to_string());
        compare("standard error", &self.stderr, &said.stderr);
        if self.stdout_has.is_empty() {
            compare("standard output", &self.stdout, &said.stdout);
        }
        for part in self.stdout_has.iter().filter(|part| !said.stdout.contains(part.as_str())) {
            compare("part of standard output", part, &said.stdout);
        }
        for (name, content) in &self.after {
            compare(name, content, &said.after[name]);
        }
        (!differences.is_empty()).then(|| format!("rlint {}\n{differences}", self.args.join(" ")))
    }

    fn to_toml(&self, said: &Said) -> String {
        let mut text = format!("\n[[runs]]\nargs = [{}]\n", list_of(&self.args));
        if let Some(cwd) = &self.cwd {
            text.push_str(&format!("cwd = {}\n", quoted(cwd)));
        }
        if !self.env.is_empty() {
            let pairs: Vec<String> = self.env.iter().map(|(key, value)| format!("{key} = {}", quoted(value))).collect();
            text.push_str(&format!("env = {{ {} }}\n", pairs.join(", ")));
        }
        if let Some(stdin) = &self.stdin {
            text.push_str(&format!("stdin = {}\n", quoted(stdin)));
        }
        text.push_str(&format!("exit = {}\n", said.exit));
        if !self.stdout_has.is_empty() {
            text.push_str(&format!("stdout_has = [{}]\n", list_of(&self.stdout_has)));
        } else if !said.stdout.is_empty() {
            text.push_str(&format!("stdout = {}\n", quoted(&said.stdout)));
        }
        if !said.stderr.is_empty() {
            text.push_str(&format!("stderr = {}\n", quoted(&said.stderr)));
        }
        if !said.after.is_empty() {
            text.push_str("[runs.after]\n");
            said.after.iter().for_each(|(key, value)| text.push_str(&format!("{} = {}\n", quoted(key), quoted(value))));
        }
        text
    }
}

fn list_of(words: &[String]) -> String {
    words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(", ")
}

/// A TOML string: over several lines where the text is of several, literal where that is possible.
fn quoted(text: &str) -> String {
    let plain = !text.chars().any(|c| c.is_control() && c != '\n') && !text.contains("'''") && !text.ends_with('\'');
    if text.contains('\n') && plain {
        return format!("'''\n{text}'''");
    }
    let mut result = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => result.extend(['\\', c]),
            '\n' => result.push_str("\\n"),
            '\t' => result.push_str("\\t"),
            '\r' => result.push_str("\\r"),
            c if c.is_control() => result.push_str(&format!("\\u{:04X}", c as u32)),
            c => result.push(c),
        }
    }
    result + "\""
}

/// The time a run took, in `checked 3 files in 1.2ms`, is never the same.
fn without_time(text: &str) -> String {
    let lines = text.split_inclusive('\n').map(|line| {
        match line.strip_prefix("note: checked ").and_then(|l| l.split_once(" in ")) {
            Some((files, _)) => format!("note: checked {files} in [TIME]\n"),
            None => line.to_owned(),
        }
    });
    lines.collect()
}

#[cfg(unix)]
fn link(target: &str, path: &Path) -> Result<(), String> {
    std::os::unix::fs::symlink(target, path).map_err(|reason| reason.to_string())
}

#[cfg(not(unix))]
fn link(_: &str, _: &Path) -> Result<(), String> {
    Err("links are made on Unix only".to_owned())
}

/// Takes every permission from a file. A privileged user reads it all the same, so the program then runs as another.
#[cfg(unix)]
fn forbid(root: &Path, path: &Path) -> Result<(), String> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(root, fs::Permissions::from_mode(0o755)).map_err(|reason| reason.to_string())?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o000)).map_err(|reason| reason.to_string())?;
    if fs::read(path).is_err() {
        return Ok(());
    }
    let mut probe = Command::new(env!("CARGO_BIN_EXE_rlint"));
    probe.arg("version").stdout(Stdio::null()).stderr(Stdio::null());
    become_nobody(&mut probe);
    match probe.status() {
        Ok(status) if status.success() => Ok(()),
        _ => Err("the program cannot be run as another user here".to_owned()),
    }
}

#[cfg(not(unix))]
fn forbid(_: &Path, _: &Path) -> Result<(), String> {
    Err("permissions are taken on Unix only".to_owned())
}

#[cfg(unix)]
fn become_nobody(command: &mut Command) {
    use std::os::unix::fs::MetadataExt;
    use std::os::unix::process::CommandExt;
    let privileged = fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0);
    if privileged {
        command.uid(65534).gid(65534);
    }
}

#[cfg(not(unix))]
fn become_nobody(_: &mut Command) {}
