//! Images of the same Dockerfiles by us and by other engines, buildah and Docker: the files in them and their configuration.
//!
//! The cases are data, in `tests/fixtures/build`. Where two differ, the case says so and why; a difference that is not
//! listed fails the test, and so does a listed one that is gone. Times are not compared, nor what an engine always leaves.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;

use rayon::prelude::*;
use rlint::build::image::{Image, Platform, Store, read_archive, read_layout};
use rlint::build::tree::{TarEntry, TarKind, TarLimits, TarReader};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::engines::{Buildah, Docker, Engine};

const FOLDER: &str = "tests/fixtures/build";

/// What other engines leave in layers of a RUN.
const STUBS: [&str; 8] = ["dev", "etc/hosts", "etc/hostname", "etc/resolv.conf", "proc", "run", "sys", "var/run"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    case: Vec<Case>,
}

/// A build.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    name: String,
    /// The Dockerfile. `base` is an image with busybox in it.
    text: String,
    /// Files of the context besides those that every case has.
    #[serde(default)]
    files: BTreeMap<String, String>,
    #[serde(default)]
    modes: BTreeMap<String, String>,
    #[serde(default)]
    links: BTreeMap<String, String>,
    #[serde(default)]
    hard: BTreeMap<String, String>,
    /// Archives and the names of the files in them.
    #[serde(default)]
    archives: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub(super) arguments: Vec<String>,
    pub(super) target: Option<String>,
    /// The outcome here.
    #[serde(default = "built")]
    rlint: String,
    /// `fails` where buildah does something else than build it, and why that is so.
    buildah: Option<String>,
    reason: Option<String>,
    /// Paths and fields that differ, and why; nothing repeats the reason before it.
    #[serde(default)]
    differs: BTreeMap<String, String>,
    /// What Docker does otherwise.
    #[serde(default)]
    docker: OfDocker,
    /// Lines that our tree must have; with `!`, paths that it must not have.
    #[serde(default)]
    tree: Vec<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct OfDocker {
    /// Why it does something else than build it.
    fails: Option<String>,
    /// As for buildah.
    #[serde(default)]
    differs: BTreeMap<String, String>,
}

impl Case {
    /// Whether the engine does something else than build it.
    fn fails(&self, engine: &Engine) -> bool {
        match engine {
            Engine::Docker(_) => self.docker.fails.is_some(),
            Engine::Buildah(_) => self.buildah.is_some(),
        }
    }

    fn differs(&self, engine: &Engine) -> &BTreeMap<String, String> {
        match engine {
            Engine::Docker(_) => &self.docker.differs,
            Engine::Buildah(_) => &self.differs,
        }
    }
}

fn built() -> String {
    "built".to_owned()
}

/// How it went.
#[derive(Default)]
struct Tally {
    same: usize,
    listed: usize,
    both_fail: usize,
    unsupported: usize,
    ours_alone: usize,
    not_asked: usize,
    wrong: Vec<String>,
}

/// An image without its layers.
struct Flat {
    tree: BTreeMap<String, Node>,
    config: Value,
}

#[derive(Clone, PartialEq)]
struct Node {
    kind: TarKind,
    mode: u32,
    owner: (u64, u64),
    link: String,
    /// The content of a short text, or a digest of it.
    content: String,
    /// The number of the file among those with several names.
    file: usize,
}

#[test]
fn images_are_those_that_buildah_builds() {
    // It takes its time: asked about all cases where that is wanted, and about some of them always.
    let all = ["CI", "RLINT_BUILDAH"].iter().any(|name| std::env::var_os(name).is_some());
    compare_all(Buildah::prepare, "buildah", |number| all || number.is_multiple_of(8));
}

#[test]
fn images_are_those_that_docker_builds() {
    compare_all(Docker::start, "Docker", |_| true);
}

/// Builds every case, and those that `asked` chooses with the engine as well.
fn compare_all(prepare: impl Fn(&Bench) -> Result<Engine, String>, who: &str, asked: impl Fn(usize) -> bool + Sync) {
    let Some(bench) = Bench::new() else { return };
    let engine = prepare(&bench).inspect_err(|why| println!("skipped: {who} is not asked: {why}")).ok();
    let mut cases = Vec::new();
    for entry in fs::read_dir(FOLDER).expect("the cases are in the repository") {
        let path = entry.expect("an entry").path();
        let text = fs::read_to_string(&path).expect("text");
        let file: Cases = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let stem = path.file_stem().expect("a name").to_string_lossy().into_owned();
        cases.extend(file.case.into_iter().map(|case| (format!("{stem}: {}", case.name), case)));
    }
    cases.sort_by(|a, b| a.0.cmp(&b.0));
    let chosen = std::env::var("RLINT_BUILD_CASE").unwrap_or_default();
    cases.retain(|(name, _)| name.contains(&chosen));
    let tally = Mutex::new(Tally::default());
    cases.par_iter().enumerate().for_each(|(number, (name, case))| {
        let engine = engine.as_ref().filter(|_| !chosen.is_empty() || asked(number));
        bench.run(number, name, case, engine, &tally);
    });
    let Tally { same, listed, both_fail, unsupported, ours_alone, not_asked, wrong } =
        tally.into_inner().expect("no panic");
    println!(
        "{} cases: {same} the same as with {who}, {listed} differ as listed, {both_fail} fail with both, {ours_alone} held to \
         their own list where {who} cannot, {unsupported} not supported here, {not_asked} built here only; {} wrong",
        cases.len(),
        wrong.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A base, and a store of our own.
pub(super) struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    /// `None`, and a line that says so, where nothing can be built.
    pub(super) fn new() -> Option<Bench> {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let bench = Bench { folder };
        let busybox = ["/bin/busybox", "/usr/bin/busybox"].iter().find(|path| Path::new(path).exists());
        let Some(busybox) = busybox else {
            println!("skipped: busybox is not installed (Debian's package `busybox-static`)");
            return None;
        };
        let base = bench.path("base");
        fs::create_dir(&base).expect("a folder");
        fs::copy(busybox, base.join("busybox")).expect("a copy");
        let text = "FROM scratch\nCOPY busybox /bin/busybox\nRUN [\"/bin/busybox\", \"--install\", \"-s\", \"/bin\"]\n\
                    RUN mkdir -p /etc /root && mkdir -m 1777 /tmp && echo 'root:x:0:0:root:/root:/bin/sh' > /etc/passwd && \
                    echo 'root:x:0:' > /etc/group\nCMD [\"sh\"]\n";
        fs::write(base.join("Dockerfile"), text).expect("a file");
        let archive = format!("type=docker,dest={}", bench.path("base.tar").display());
        let more = ["--tag", "localhost/base", "--output", &archive].map(str::to_owned);
        let output = bench.rlint(&base, &more, &bench.path("base-image"));
        if !output.status.success() {
            let why = String::from_utf8_lossy(&output.stderr).into_owned();
            println!("skipped: the base cannot be built here: {why}");
            assert!(std::env::var_os("CI").is_none(), "{why}");
            return None;
        }
        Some(bench)
    }

    /// A place for a file of the test.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Builds into the layout `out`; the report is on standard output.
    pub(super) fn rlint(&self, context: &Path, more: &[String], out: &Path) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rlint"));
        command.arg("build").arg(context).args(more).args(["--format", "json", "--progress", "plain"]);
        command.arg("--output").arg(format!("type=oci,tar=false,dest={}", out.display()));
        command.env("RLINT_STORE", self.path("store")).output().expect("the program starts")
    }

    fn run(&self, number: usize, name: &str, case: &Case, engine: Option<&Engine>, tally: &Mutex<Tally>) {
        let outcome = self.compare(number, case, engine);
        let mut tally = tally.lock().expect("no panic");
        match outcome {
            Ok(Verdict::Same) => tally.same += 1,
            Ok(Verdict::Listed) => tally.listed += 1,
            Ok(Verdict::BothFail) => tally.both_fail += 1,
            Ok(Verdict::Unsupported) => tally.unsupported += 1,
            Ok(Verdict::OursAlone) => tally.ours_alone += 1,
            Ok(Verdict::NotAsked) => tally.not_asked += 1,
            Err(why) => tally.wrong.push(format!("{name}: {why}")),
        }
    }

    fn compare(&self, number: usize, case: &Case, engine: Option<&Engine>) -> Result<Verdict, String> {
        let context = self.path(&format!("context-{number}"));
        write_context(&context, case);
        let mut arguments = vec!["--base".to_owned(), format!("base=oci:{}", self.path("base-image").display())];
        let target = case.target.iter().filter(|target| !target.is_empty());
        arguments.extend(target.flat_map(|target| ["--target".to_owned(), target.clone()]));
        arguments.extend(case.arguments.iter().flat_map(|own| ["--build-arg".to_owned(), own.clone()]));
        let out = self.path(&format!("image-{number}"));
        let output = self.rlint(&context, &arguments, &out);
        let report: Value = serde_json::from_slice(&output.stdout)
            .map_err(|_| format!("no report: {}", String::from_utf8_lossy(&output.stderr)))?;
        let outcome = report["outcome"].as_str().unwrap_or("");
        if outcome != case.rlint {
            return Err(format!("it is {outcome} here: {} {}", report["message"], report["output"]));
        }
        if outcome == "unsupported" {
            return Ok(Verdict::Unsupported);
        }
        let store = Store::open(&self.path(&format!("read-{number}"))).map_err(|error| error.to_string())?;
        let ours = if outcome == "built" {
            let image = read_layout(&out, None, &Platform::here(), &store).map_err(|error| error.to_string())?;
            Some(flatten(&image, &store))
        } else {
            None
        };
        if let Some(ours) = &ours {
            check_tree(&ours.tree, &case.tree)?;
        }
        let Some(engine) = engine else { return Ok(Verdict::NotAsked) };
        let who = engine.name();
        let archive = self.path(&format!("archive-{number}.tar"));
        let built = engine.build(&format!("case-{number}"), case, &context, &archive);
        let read = |()| read_archive(&archive, None, &Platform::here(), &store).map_err(|error| error.to_string());
        let theirs = built.and_then(read).map(|image| flatten(&image, &store));
        match (ours, theirs) {
            (None, Err(_)) => Ok(Verdict::BothFail),
            (None, Ok(_)) => Err(format!("{who} builds it")),
            (Some(_), Err(_)) if case.fails(engine) => {
                assert!(case.reason.is_some() || case.docker.fails.is_some(), "it has no reason");
                Ok(Verdict::OursAlone)
            }
            (Some(_), Err(why)) => Err(format!("{who} does not build it: {why}")),
            (Some(_), Ok(_)) if case.fails(engine) => Err(format!("{who} builds it")),
            (Some(ours), Ok(theirs)) => judge(case.differs(engine), who, &ours, &theirs),
        }
    }
}

enum Verdict {
    Same,
    Listed,
    BothFail,
    Unsupported,
    OursAlone,
    NotAsked,
}

/// The files that every case has, and those of its own.
fn write_context(root: &Path, case: &Case) {
    let common = [("a", "A"), ("b", "#!/bin/sh"), ("c.txt", "C"), ("d/e", "E"), ("d/f/g.txt", "G"), (".hidden", "H")];
    let own = case.files.iter().map(|(path, content)| (path.as_str(), content.as_str()));
    for (path, content) in common.into_iter().chain(own).chain([("Dockerfile", case.text.as_str())]) {
        let path = root.join(path);
        fs::create_dir_all(path.parent().expect("it is in the context")).expect("a folder");
        fs::write(&path, content).expect("a file");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("it is ours");
    }
    for (path, list) in &case.archives {
        let inside = root.join(".archive");
        for name in list {
            let path = inside.join(name);
            fs::create_dir_all(path.parent().expect("it is in the folder")).expect("a folder");
            fs::write(&path, name).expect("a file");
        }
        let kind = if path.ends_with(".gz") { "-czf" } else { "-caf" };
        let output = Command::new("tar")
            .args(["--owner=3", "--group=4", "--mode=u=rwX,go=rX", kind])
            .arg(root.join(path))
            .arg("-C")
            .arg(&inside)
            .arg(".")
            .output()
            .expect("tar starts");
        assert!(output.status.success(), "tar: {}", String::from_utf8_lossy(&output.stderr));
        fs::remove_dir_all(&inside).expect("it is ours");
    }
    for (link, target) in
        case.links.iter().map(|(a, b)| (a.as_str(), b.as_str())).chain([("s", "a"), ("t", "d"), ("d/l", "e")])
    {
        symlink(target, root.join(link)).expect("a link");
    }
    case.hard.iter().for_each(|(name, first)| fs::hard_link(root.join(first), root.join(name)).expect("a link"));
    let common = [("b", "755"), ("d/e", "600"), ("d", "755"), ("d/f", "755"), (".", "755")];
    let modes = case.modes.iter().map(|(path, mode)| (path.as_str(), mode.as_str()));
    for (path, mode) in common.into_iter().chain(modes) {
        let mode = u32::from_str_radix(mode, 8).expect("an octal mode");
        fs::set_permissions(root.join(path), fs::Permissions::from_mode(mode)).expect("it is ours");
    }
}

fn flatten(image: &Image, store: &Store) -> Flat {
    let mut tree: BTreeMap<String, Node> = BTreeMap::new();
    let mut files = 0;
    for number in 0..image.manifest.layers.len() {
        let mut reader = TarReader::new(image.layer(store, number).expect("a layer"), TarLimits::default());
        let mut entries = Vec::new();
        while let Some(entry) = reader.next_entry().expect("an archive") {
            let mut content = Vec::new();
            std::io::copy(&mut reader, &mut content).expect("its content");
            entries.push((clean(&entry.path), entry, content));
        }
        for (path, ..) in &entries {
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
            let inside = if folder.is_empty() { String::new() } else { format!("{folder}/") };
            if name == ".wh..wh..opq" {
                tree.retain(|path, _| !path.starts_with(&inside));
            } else if let Some(gone) = name.strip_prefix(".wh.") {
                remove(&mut tree, &format!("{inside}{gone}"));
            }
        }
        for (path, entry, content) in entries {
            let is_whiteout = path.rsplit('/').next().is_some_and(|name| name.starts_with(".wh."));
            if path.is_empty() || is_whiteout {
                continue;
            }
            if entry.kind != TarKind::Folder || tree.get(&path).is_some_and(|node| node.kind != TarKind::Folder) {
                remove(&mut tree, &path);
            }
            let node = match entry.kind {
                TarKind::HardLink => tree.get(&clean(&entry.link)).cloned().expect("the first name is there"),
                _ => {
                    files += 1;
                    node(&entry, &content, files)
                }
            };
            tree.insert(path, node);
        }
    }
    let config = serde_json::from_slice(&image.config.to_bytes()).expect("JSON");
    Flat { tree, config }
}

fn node(entry: &TarEntry, content: &[u8], file: usize) -> Node {
    let text = std::str::from_utf8(content).ok().filter(|text| text.len() < 200);
    let digest = || Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    Node {
        kind: entry.kind,
        mode: if entry.kind == TarKind::SymbolicLink { 0 } else { entry.mode },
        owner: (entry.uid, entry.gid),
        link: String::from_utf8_lossy(&entry.link).into_owned(),
        content: text.map_or_else(digest, str::to_owned),
        file,
    }
}

fn clean(path: &[u8]) -> String {
    let path = String::from_utf8_lossy(path);
    path.split('/').filter(|part| !matches!(*part, "" | ".")).collect::<Vec<_>>().join("/")
}

fn remove(tree: &mut BTreeMap<String, Node>, path: &str) {
    let inside = format!("{path}/");
    tree.retain(|own, _| own != path && !own.starts_with(&inside));
}

fn line(path: &str, node: &Node) -> String {
    let kind = match node.kind {
        TarKind::File | TarKind::HardLink => "file",
        TarKind::Folder => "folder",
        TarKind::SymbolicLink => "link",
        TarKind::Fifo => "pipe",
        TarKind::CharacterDevice | TarKind::BlockDevice => "device",
    };
    let (user, group) = node.owner;
    let last = if node.link.is_empty() { node.content.trim_end() } else { &node.link };
    format!("{path} {kind} {:o} {user}:{group} {last}", node.mode).trim_end().to_owned()
}

fn check_tree(tree: &BTreeMap<String, Node>, wanted: &[String]) -> Result<(), String> {
    for wanted in wanted {
        if let Some(path) = wanted.strip_prefix('!') {
            if tree.contains_key(path) {
                return Err(format!("`{path}` is there"));
            }
            continue;
        }
        let path = wanted.split(" file ").next().unwrap_or(wanted).split(" folder ").next().unwrap_or(wanted);
        let found = tree.get(path).map(|node| line(path, node));
        // What is in a longer file is not of interest.
        if !found.as_ref().is_some_and(|found| found.starts_with(wanted.as_str())) {
            return Err(format!("wanted `{wanted}`, found {found:?}"));
        }
    }
    Ok(())
}

fn judge(listed: &BTreeMap<String, String>, who: &str, ours: &Flat, theirs: &Flat) -> Result<Verdict, String> {
    let mut found = BTreeMap::new();
    let paths: BTreeSet<&String> = ours.tree.keys().chain(theirs.tree.keys()).collect();
    for path in paths {
        let (own, their) = (ours.tree.get(path), theirs.tree.get(path));
        let is_stub = STUBS.iter().any(|stub| path == stub || path.starts_with(&format!("{stub}/")));
        if own.is_none() && is_stub {
            continue;
        }
        let described = |flat: &Flat, node: Option<&Node>| {
            let node = node?;
            // All names of the same file.
            let names = flat.tree.iter().filter(|(_, other)| other.file == node.file).map(|(name, _)| name.as_str());
            Some(format!("{} [{}]", line(path, node), names.collect::<Vec<_>>().join(" ")))
        };
        let (own, their) = (described(ours, own), described(theirs, their));
        if own != their {
            found.insert(path.clone(), format!("we have {own:?}, {who} has {their:?}"));
        }
    }
    let fields = [
        "Env",
        "Cmd",
        "Entrypoint",
        "WorkingDir",
        "User",
        "ExposedPorts",
        "Volumes",
        "Labels",
        "StopSignal",
        "OnBuild",
        "Shell",
        "Healthcheck",
    ];
    for field in fields {
        let value = |flat: &Flat| {
            let mut value = flat.config["config"][field].clone();
            if let Some(labels) = value.as_object_mut() {
                labels.remove("io.buildah.version");
            }
            let empty = value.as_object().is_some_and(serde_json::Map::is_empty)
                || value.as_array().is_some_and(Vec::is_empty)
                || value.as_str().is_some_and(str::is_empty);
            if empty { Value::Null } else { value }
        };
        let (own, their) = (value(ours), value(theirs));
        if own != their {
            found.insert(field.to_owned(), format!("we have {own}, {who} has {their}"));
        }
    }
    let author = |flat: &Flat| flat.config["author"].as_str().unwrap_or("").to_owned();
    if author(ours) != author(theirs) {
        found.insert("author".to_owned(), format!("we have {:?}, {who} has {:?}", author(ours), author(theirs)));
    }
    let unlisted: Vec<String> = found
        .iter()
        .filter(|(key, _)| !listed.contains_key(*key))
        .map(|(key, what)| format!("{key}: {what}"))
        .collect();
    if !unlisted.is_empty() {
        return Err(format!("these differ:\n    {}", unlisted.join("\n    ")));
    }
    let gone: Vec<&String> = listed.keys().filter(|key| !found.contains_key(*key)).collect();
    if !gone.is_empty() {
        return Err(format!("these are listed and do not differ: {gone:?}"));
    }
    Ok(if listed.is_empty() { Verdict::Same } else { Verdict::Listed })
}
