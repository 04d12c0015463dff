//! Workers in each way of being root, and a base with busybox for them.

use std::fs;
use std::io::{Read, Seek, Write};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::process::Command;

use rlint::build::exec::request::{Exited, LayerName, Limits, Network, Request, Response, RunStep, UnpackLimits};
use rlint::build::exec::{Way, Worker, WorkerOptions};

/// Says to a test that runs as another user which way it is for.
const WAY: &str = "RLINT_TEST_WAY";

/// All programs of the base in one.
const BUSYBOX: &str = "/bin/busybox";

/// A way under test: a worker with a base, and a store that goes with it.
pub(super) struct Bench {
    pub(super) worker: Worker,
    pub(super) way: Way,
    pub(super) store: PathBuf,
    count: usize,
    _folder: tempfile::TempDir,
}

/// Runs `test` in each way of being root that this machine allows; `name` is the full name of the test, by which it is started
/// again as another user where the way needs one.
pub(super) fn in_each_way(name: &str, test: impl Fn(&mut Bench)) {
    if !is_static(Path::new(BUSYBOX)) {
        println!("{name}: skipped: {BUSYBOX} is not installed, or not static (Debian's package `busybox-static`)");
        assert!(std::env::var_os("CI").is_none(), "the base cannot be made");
        return;
    }
    if let Ok(wanted) = std::env::var(WAY) {
        let candidate = Way::candidates().into_iter().find(|candidate| candidate.name == wanted);
        return test(&mut Bench::new(candidate.unwrap().way.unwrap()));
    }
    let mut tried = 0;
    for candidate in Way::candidates() {
        match candidate.way {
            Ok(way) => {
                println!("{name}: as {}", candidate.name);
                test(&mut Bench::new(way));
                tried += 1;
            }
            Err(why) => match user_for(candidate.name) {
                Some(user) => {
                    as_user(&user, name, candidate.name);
                    tried += 1;
                }
                None => println!("{name}: skipped: {}: {why}", candidate.name),
            },
        }
    }
    assert!(tried > 0 || std::env::var_os("CI").is_none(), "no way of being root is allowed here");
}

/// Whether a program needs no libraries: it names no interpreter.
fn is_static(program: &Path) -> bool {
    let Ok(bytes) = fs::read(program) else { return false };
    let head = &bytes[..bytes.len().min(4096)];
    !head.windows(7).any(|part| part == b"ld-linu")
}

/// A user who has a way that root has not; made where it is missing.
fn user_for(way: &str) -> Option<String> {
    if !nix::unistd::geteuid().is_root() {
        return None;
    }
    match way {
        "sub-ids" => {
            let user = "rlint-sub-ids";
            let ran = |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
            let known = || ran(Command::new("id").arg(user));
            // Tests run side by side, and only one of them can add it.
            let added =
                known() || ran(Command::new("useradd").args(["-M", "-s", "/usr/sbin/nologin", user])) || known();
            (added && Path::new("/usr/bin/newuidmap").exists()).then(|| user.to_owned())
        }
        // A number without a name has no further ids.
        "single id" => Some("64123".to_owned()),
        _ => None,
    }
}

fn as_user(user: &str, name: &str, way: &str) {
    let id = |flag: &str| {
        let output = Command::new("id").args([flag, user]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        if output.status.success() { text.trim().to_owned() } else { user.to_owned() }
    };
    let output = Command::new("setpriv")
        .args(["--reuid", &id("-u"), "--regid", &id("-g"), "--clear-groups", "--inh-caps=-all"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(WAY, way)
        .env("HOME", "/nonexistent")
        .current_dir("/")
        .output()
        .unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && text.contains("1 passed"), "{name}: as {way}:\n{text}");
    println!("{name}: as {way}");
}

/// What a step is, as tests begin with it.
pub(super) fn step(script: &str) -> RunStep {
    RunStep {
        lowers: vec![layer("base")],
        layer: layer("unnamed"),
        arguments: ["/bin/sh", "-c", script].map(str::to_owned).to_vec(),
        environment: Vec::new(),
        directory: "/".to_owned(),
        user: String::new(),
        mounts: Vec::new(),
        files: Vec::new(),
        network: Network::None,
        limits: Limits { seconds: 60, ..Limits::default() },
        hostname: "buildkitsandbox".to_owned(),
    }
}

pub(super) fn layer(name: &str) -> LayerName {
    LayerName::new(name).unwrap()
}

/// How a step ended, and what it printed.
#[derive(Debug)]
pub(super) struct Ran {
    pub(super) response: Response,
    pub(super) output: String,
    pub(super) layer: LayerName,
}

impl Ran {
    pub(super) fn exited(&self) -> Exited {
        match self.response {
            Response::Exited(exited) => exited,
            _ => panic!("it did not come to its end: {self:?}"),
        }
    }

    /// The output of a step that ended well.
    pub(super) fn good(&self) -> &str {
        assert!(self.exited().status.is_success(), "it did not end well: {self:?}");
        &self.output
    }
}

impl Bench {
    fn new(way: Way) -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("store");
        let options = options(&store, way.clone());
        let worker = Worker::start(&options).unwrap();
        let mut bench = Bench { worker, way, store, count: 0, _folder: folder };
        let made = bench.unpack("base", &[], &base());
        assert!(matches!(made, Response::Done(_)), "{made:?}");
        bench
    }

    /// How its worker was started.
    pub(super) fn options(&self) -> WorkerOptions {
        options(&self.store, self.way.clone())
    }

    /// Runs a step; its layer gets a name of its own.
    pub(super) fn run(&mut self, mut step: RunStep) -> Ran {
        self.count += 1;
        step.layer = layer(&format!("step-{}", self.count));
        let mut output = String::new();
        let request = Request::Run(Box::new(step.clone()));
        let response = self.worker.call(&request, None, &mut |text| output.push_str(text)).unwrap();
        Ran { response, output, layer: step.layer }
    }

    /// The output of a script that ends well.
    pub(super) fn sh(&mut self, script: &str) -> String {
        self.run(step(script)).good().to_owned()
    }

    pub(super) fn layers(&self) -> PathBuf {
        self.store.join("layers").join(self.way.folder())
    }

    /// Makes a layer of a plain archive.
    pub(super) fn unpack(&mut self, name: &str, lowers: &[LayerName], archive: &[u8]) -> Response {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(archive).unwrap();
        file.rewind().unwrap();
        let request = Request::Unpack { lowers: lowers.to_vec(), layer: layer(name), limits: UnpackLimits::default() };
        self.worker.call(&request, Some(file.as_fd()), &mut |_| {}).unwrap()
    }

    /// What a request writes to its descriptor.
    pub(super) fn read(&mut self, request: &Request) -> (Response, Vec<u8>) {
        let mut file = tempfile::tempfile().unwrap();
        let response = self.worker.call(request, Some(file.as_fd()), &mut |_| {}).unwrap();
        file.rewind().unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        (response, bytes)
    }
}

/// The archive of the base: busybox under all of its names, and two users.
fn base() -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    let mut add = |path: &str, kind: tar::EntryType, mode: u32, content: &[u8], link: &str| {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_mode(mode);
        header.set_size(content.len() as u64);
        header.set_mtime(1_700_000_000);
        header.set_uid(0);
        header.set_gid(0);
        if kind == tar::EntryType::Symlink {
            archive.append_link(&mut header, path, link).unwrap();
        } else {
            archive.append_data(&mut header, path, content).unwrap();
        }
    };
    use tar::EntryType::{Directory, Regular, Symlink};
    for (folder, mode) in [("bin", 0o755), ("etc", 0o755), ("root", 0o700), ("tmp", 0o1777), ("home", 0o755)] {
        add(folder, Directory, mode, b"", "");
    }
    let busybox = fs::read(BUSYBOX).unwrap();
    add("bin/busybox", Regular, 0o755, &busybox, "");
    add("bin/su", Regular, 0o4755, &busybox, "");
    let list = Command::new(BUSYBOX).arg("--list").output().unwrap();
    for name in String::from_utf8(list.stdout).unwrap().lines().filter(|name| !matches!(*name, "busybox" | "su")) {
        add(&format!("bin/{name}"), Symlink, 0o777, b"", "busybox");
    }
    let passwd = "root::0:0:root:/root:/bin/sh\napp:x:1000:1000::/home/app:/bin/sh\n";
    add("etc/passwd", Regular, 0o644, passwd.as_bytes(), "");
    add("etc/group", Regular, 0o644, b"root:x:0:\napp:x:1000:\nextra:x:50:app\n", "");
    archive.into_inner().unwrap()
}

/// All processes below the process `top`, as long as they can be seen.
pub(super) fn descendants(top: u32) -> Vec<(u32, String)> {
    let mut all = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
        let Some((name, rest)) = stat.rsplit_once(')') else { continue };
        let parent: u32 = rest.split(' ').nth(2).unwrap().parse().unwrap();
        all.push((id, parent, name.split('(').nth(1).unwrap_or_default().to_owned()));
    }
    let (mut found, mut ids) = (Vec::new(), vec![top]);
    while let Some(next) = ids.pop() {
        for (id, parent, name) in &all {
            if *parent == next {
                found.push((*id, name.clone()));
                ids.push(*id);
            }
        }
    }
    found
}

fn options(store: &Path, way: Way) -> WorkerOptions {
    let mut options = WorkerOptions::new(store, way);
    options.program = PathBuf::from(env!("CARGO_BIN_EXE_rlint"));
    options
}
