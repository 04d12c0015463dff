//! Building by engines: buildah and podman where they are installed, `docker buildx` where there is a builder, and a
//! program in the place of `docker` that writes down how it is called.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use rlint::build::image::{Image, Platform, Store, read_layout};
use rlint::build::tree::difference::differences;
use rlint::build::tree::{Entry, LayerListing, TarLimits, flatten};
use serde_json::Value;

use super::against::Bench;

const PROGRAM: &str = env!("CARGO_BIN_EXE_rlint");

/// What engines leave to mount things at.
const STUBS: [&str; 7] = ["dev", "etc/hosts", "etc/hostname", "etc/resolv.conf", "proc", "run", "sys"];

/// The name of the base in the engines.
const BASE: &str = "localhost/base";

/// An engine that works here, with a base and storage of its own.
struct Engine {
    name: &'static str,
    bench: Bench,
}

impl Engine {
    /// `None`, and a line that says so, where it is not installed or does not work.
    fn new(test: &str, name: &'static str) -> Option<Engine> {
        let skip = |why: &str| println!("{test}: {name}: skipped: {why}");
        if Command::new(name).arg("--version").output().is_err() {
            skip("it is not installed");
            return None;
        }
        let engine = Engine { name, bench: Bench::new()? };
        let path = |name: &str| engine.bench.path(name).display().to_string();
        let storage = format!(
            "[storage]\ndriver = \"vfs\"\ngraphroot = \"{}\"\nrunroot = \"{}\"\n",
            path("engine"),
            path("engine-run")
        );
        fs::write(engine.bench.path("storage.conf"), storage).expect("a file");
        let archive = format!("docker-archive:{}", path("base.tar"));
        let pulled = engine.environment(Command::new(name).args(["pull", "-q", &archive])).output().expect("it starts");
        let said = String::from_utf8_lossy(&pulled.stderr).into_owned();
        if !pulled.status.success() {
            skip(&said);
            return None;
        }
        Some(engine)
    }

    /// Each of them that works here.
    fn each(test: &str) -> impl Iterator<Item = Engine> {
        ["buildah", "podman"].into_iter().filter_map(move |name| Engine::new(test, name))
    }

    /// What it needs to find its storage, and the one isolation that works without a container runtime.
    fn environment<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command.env("CONTAINERS_STORAGE_CONF", self.bench.path("storage.conf")).env("BUILDAH_ISOLATION", "chroot")
    }

    fn rlint(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(PROGRAM);
        command.args(arguments).current_dir(self.bench.path("")).env("RLINT_STORE", self.bench.path("store"));
        self.environment(&mut command).output().expect("rlint starts")
    }

    /// What it says of itself.
    fn says(&self, arguments: &[&str]) -> String {
        let output = self.environment(Command::new(self.name).args(arguments)).output().expect("it starts");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// A context with a Dockerfile.
    fn context(&self, name: &str, text: &str) -> PathBuf {
        let folder = self.bench.path(name);
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join("Dockerfile"), text).expect("a file");
        folder
    }
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The files of an image in a layout, and its configuration.
fn image(layout: &Path) -> (Vec<Entry>, Value) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(folder.path()).expect("a store");
    let image: Image = read_layout(layout, None, &Platform::here(), &store).expect("an image");
    let layers: Vec<LayerListing> = (0..image.manifest.layers.len())
        .map(|number| {
            LayerListing::read(image.layer(&store, number).expect("a layer"), TarLimits::default()).expect("a layer")
        })
        .collect();
    let config: Value = serde_json::from_slice(&image.config.to_bytes()).expect("JSON");
    (flatten(&layers).expect("a tree"), config["config"].clone())
}

fn assert_same(ours: &[Entry], theirs: &[Entry], engine: &str) {
    let found = differences(ours, theirs);
    let real: Vec<_> = found.iter().filter(|found| !STUBS.contains(&found.path.as_str())).collect();
    assert!(real.is_empty(), "{engine}: {real:#?}");
}

#[test]
fn an_engine_builds_what_rlint_builds() {
    let text = "FROM localhost/base AS one\nARG V=1\nRUN mkdir /made && echo $V > /made/x && chmod 640 /made/x\n\
                FROM localhost/base\nWORKDIR /w\nCOPY d .\nCOPY --chown=7:8 d/f owned\nCOPY --from=one /made /made\nENV A=1\n\
                RUN rm /bin/wget && ln -s /w/f /link && echo \"$A\" > file && ln file name\nUSER 7\nHEALTHCHECK CMD true\n";
    for engine in Engine::each("an_engine_builds_what_rlint_builds") {
        let context = engine.context("context", text);
        fs::create_dir(context.join("d")).expect("a folder");
        fs::write(context.join("d/f"), "F").expect("a file");
        fs::write(context.join("d/left-out"), "").expect("a file");
        fs::write(context.join("Dockerfile.dockerignore"), "d/left-out\n").expect("a file");
        let build = |more: &[&str], out: &str| {
            let output = format!("type=oci,tar=false,dest={out}");
            let own = ["build", "context", "--build-arg=V=2", "--progress=plain", "--output", &output];
            let output = engine.rlint(&[&own[..], more].concat());
            assert!(output.status.success(), "{}: {}", engine.name, errors(&output));
            errors(&output)
        };
        let base = format!("{BASE}=oci:{}", engine.bench.path("base-image").display());
        build(&["--base", &base], "ours");
        let said = build(&["--backend", engine.name, "--network=host", "--tag=localhost/made:1"], "theirs");
        assert!(said.contains(&format!("built by {} ", engine.name)) && said.contains("image sha256:"), "{said}");
        let (ours, theirs) = (image(&engine.bench.path("ours")), image(&engine.bench.path("theirs")));
        assert_same(&ours.0, &theirs.0, engine.name);
        for field in ["Env", "Cmd", "WorkingDir", "User"] {
            assert_eq!(ours.1[field], theirs.1[field], "{}: {field}", engine.name);
        }
        assert!(theirs.0.iter().any(|entry| entry.path == "w/owned" && (entry.uid, entry.gid) == (7, 8)));
        // The name that was asked for stays, and none that was not.
        let names = engine.says(&["images"]);
        assert!(names.contains("localhost/made") && !names.contains("rlint-verify"), "{names}");
        // A second build comes from its cache.
        let again = build(&["--backend", engine.name, "--network=host"], "again");
        assert!(again.contains(": 0 steps executed"), "{again}");
    }
}

#[test]
fn an_engine_says_what_fails_and_where() {
    // A number that no other process has among its words.
    let long = format!("54321{}", std::process::id());
    for engine in Engine::each("an_engine_says_what_fails_and_where") {
        let sleeps = format!("FROM localhost/base\nRUN sleep {long}\n");
        for (text, more, code, parts) in [
            (
                "FROM localhost/base\nRUN echo before; \\\n  printf 'a \\033[31mred'; exit 3\n",
                &["--network=host"][..],
                1,
                &["exit code 3", "Dockerfile:2", "before", "^[[31mred"][..],
            ),
            ("FROM localhost/base\nCOPY none /x\n", &["--network=host"], 1, &["no such file", "Dockerfile:2"]),
            (
                "FROM localhost/nowhere\nRUN true\n",
                &["--network=host"],
                2,
                &["does not have the image", "`--pull`", "Dockerfile:1"],
            ),
            ("FROM localhost/base\nRUN true\n", &[], 2, &["before the first step", "--network=host"]),
            (&sleeps, &["--network=host", "--step-timeout=2"], 1, &["the limit of 2 seconds", "Dockerfile:2"]),
        ] {
            engine.context("failing", text);
            let begin = Instant::now();
            let own = ["build", "failing", "--progress=plain", "--backend", engine.name];
            let output = engine.rlint(&[&own[..], more].concat());
            let said = errors(&output);
            assert_eq!(output.status.code(), Some(code), "{}: {said}", engine.name);
            parts.iter().for_each(|part| assert!(said.contains(part), "`{part}` is not in:\n{said}"));
            assert!(!said.contains('\u{1b}'), "an escape gets through");
            assert!(begin.elapsed() < Duration::from_secs(60), "it takes too long");
        }
        let left = || {
            let processes = fs::read_dir("/proc").expect("it is there").flatten();
            let lines = processes.filter_map(|process| fs::read(process.path().join("cmdline")).ok());
            let own =
                lines.map(|line| String::from_utf8_lossy(&line).replace('\0', " ")).filter(|line| line.contains(&long));
            own.collect::<Vec<_>>()
        };
        let end = Instant::now() + Duration::from_secs(10);
        while !left().is_empty() {
            assert!(Instant::now() < end, "what took too long still runs: {:?}", left());
            std::thread::sleep(Duration::from_millis(100));
        }
        let rest = fs::read_dir(engine.bench.path("store/tmp")).expect("a store").count();
        assert_eq!(rest, 0, "something is left in the store");
    }
}

/// What became of the fixes of a run with `--output-format=json`, by their rules.
fn verdicts(output: &Output) -> BTreeMap<String, String> {
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", errors(output)));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let fixes = report["verified"].as_array().into_iter().flatten().flat_map(|file| file["fixes"].as_array());
    fixes.flatten().map(|fix| (text(&fix["rule"]), text(&fix["verdict"]))).collect()
}

#[test]
fn an_engine_judges_fixes_as_rlint_does() {
    let text = "FROM localhost/base\nMAINTAINER a@example.com\nADD run.sh /run.sh\n\
                RUN export SUM=\"$(sha256sum /none)\" && echo \"$SUM\" > /sum\nCMD [\"/run.sh\"]\n";
    for engine in Engine::each("an_engine_judges_fixes_as_rlint_does") {
        let context = engine.context("fixed", text);
        fs::write(context.join("run.sh"), "#!/bin/sh\n").expect("a file");
        fs::create_dir(context.join("read-only")).expect("a folder");
        fs::write(context.join("read-only/file"), "").expect("a file");
        let closed = fs::Permissions::from_mode(0o555);
        fs::set_permissions(context.join("read-only"), closed).expect("ours");
        let prove = |more: &[&str]| {
            fs::write(context.join("Dockerfile"), text).expect("a file");
            let own = ["fixed", "--isolated", "--fix", "--unsafe-fixes", "--verify=build", "--output-format=json"];
            engine.rlint(&[&own[..], more].concat())
        };
        let base = format!("{BASE}=oci:{}", engine.bench.path("base-image").display());
        let ours = prove(&["--base", &base]);
        let theirs = prove(&["--backend", engine.name, "--network=host"]);
        let found = verdicts(&theirs);
        assert_eq!(found, verdicts(&ours), "{}: {}", engine.name, errors(&theirs));
        for (rule, verdict) in
            [("maintainer", "built"), ("add-instead-of-copy", "built"), ("masked-exit-code", "broken")]
        {
            assert_eq!(found.get(&format!("dockerfile/{rule}")).map(String::as_str), Some(verdict), "{found:?}");
        }
        let report: Value = serde_json::from_slice(&theirs.stdout).expect("JSON");
        let backend = report["verified"][0]["backend"].as_str().unwrap_or_default();
        assert!(backend.starts_with(engine.name), "{backend}");
        let fixed = fs::read_to_string(context.join("Dockerfile")).expect("the file");
        assert!(fixed.contains("COPY run.sh") && fixed.contains("RUN export SUM="), "{fixed}");
        assert!(!engine.says(&["images"]).contains("rlint-verify"), "a name is left");
        assert_eq!(fs::read_dir(engine.bench.path("store/tmp")).expect("a store").count(), 0, "something is left");
        fs::set_permissions(context.join("read-only"), fs::Permissions::from_mode(0o755)).expect("ours");
    }
}

/// A program in the place of `docker`.
struct Stub {
    folder: tempfile::TempDir,
}

impl Stub {
    /// One with a builder of this driver, which answers every build with the image in `image.tar` and with `progress`.
    fn new(version: &str, driver: &str, progress: &str, code: i32) -> Stub {
        let folder = tempfile::tempdir().expect("a folder");
        let here = folder.path().display();
        let script = format!(
            "#!/bin/sh\n\
             for word; do printf '<%s> ' \"$word\"; done >> {here}/calls\necho >> {here}/calls\nenv >> {here}/environment\n\
             for word; do case $word in --output=type=oci,dest=*) cp {here}/image.tar \"${{word#--output=type=oci,dest=}}\";;\n\
             --output=*) cp {here}/image.tar \"${{word#--output=}}\";; --iidfile=*) printf sha256:0123 > \"${{word#--iidfile=}}\";;\n\
             esac; done\n\
             case \"$1 $2\" in\n'buildx version') echo 'github.com/docker/buildx {version} abc';;\n\
             'buildx inspect') printf 'Name: here\\nDriver:        {driver}\\n';;\n\
             'buildx build') cat {here}/progress >&2; exit {code};;\nesac\n"
        );
        fs::create_dir(folder.path().join("bin")).expect("a folder");
        let program = folder.path().join("bin/docker");
        fs::write(&program, script).expect("a file");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("ours");
        fs::write(folder.path().join("progress"), progress).expect("a file");
        fs::create_dir(folder.path().join("app")).expect("a folder");
        fs::write(folder.path().join("app/Dockerfile"), "FROM scratch\nMAINTAINER a@example.com\nCOPY a /a\n")
            .expect("a file");
        fs::write(folder.path().join("app/a"), "A").expect("a file");
        Stub { folder }
    }

    fn rlint(&self, arguments: &[&str]) -> Output {
        let path =
            format!("{}:{}", self.folder.path().join("bin").display(), std::env::var("PATH").unwrap_or_default());
        let mut command = Command::new(PROGRAM);
        command.args(arguments).current_dir(self.folder.path()).env("PATH", path);
        command.env("RLINT_STORE", self.folder.path().join("store")).env("DOCKER_HOST", "ssh://elsewhere");
        command.env("GITHUB_TOKEN", "a secret").output().expect("rlint starts")
    }

    /// Has an image to give out; whether one could be made here.
    fn with_image(self) -> Option<Stub> {
        let archive = format!("type=oci,dest={}", self.folder.path().join("image.tar").display());
        let output = self.rlint(&["build", "app", "--output", &archive]);
        if !output.status.success() {
            println!("skipped: no image can be made here: {}", errors(&output));
            return None;
        }
        Some(self)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap_or_default()
    }

    /// How it was called, the folders of the machine left out.
    fn calls(&self) -> Vec<String> {
        let here = self.folder.path().canonicalize().expect("it is there").display().to_string();
        let mut calls: Vec<String> = self.read("calls").replace(&here, "HERE").lines().map(str::to_owned).collect();
        for call in &mut calls {
            while let Some(at) = call.find("/tmp/engine-") {
                let end = at + "/tmp/engine-".len();
                let rest = call[end..].find('/').unwrap_or(0);
                call.replace_range(at..end + rest, "/WORK");
            }
            if let Some(at) = call.find("localhost/rlint-verify:") {
                let rest = call[at..].find('>').unwrap_or(0);
                call.replace_range(at..at + rest, "NAME");
            }
        }
        calls
    }
}

const PROGRESS: &str = "#1 [internal] load build definition from Dockerfile\n#1 DONE 0.0s\n\n#4 [1/1] COPY a /a\n#4 DONE \
                        0.1s\n\n#5 exporting to oci image format\n#5 DONE 0.1s\n";

#[test]
fn buildx_is_asked_for_what_was_asked_for() {
    let Some(stub) = Stub::new("v0.12.1", "docker-container", PROGRESS, 0).with_image() else { return };
    let output = stub.rlint(&[
        "build",
        "app",
        "--backend=buildx",
        "--tag=app:1",
        "--build-arg=A=b c",
        "--output=type=docker,dest=out.tar",
    ]);
    assert!(output.status.success(), "{}", errors(&output));
    assert!(errors(&output).contains("built by buildx 0.12.1 in") && errors(&output).contains("image sha256:0123"));
    assert!(stub.folder.path().join("out.tar").exists());
    assert_eq!(
        stub.calls(),
        [
            "<buildx> <version> ",
            "<buildx> <inspect> ",
            "<buildx> <build> <--progress=plain> <--provenance=false> <--sbom=false> \
             <--output=type=oci,dest=HERE/store/WORK/image.tar> <--file=HERE/app/Dockerfile> \
             <--iidfile=HERE/store/WORK/id> <--network=none> <--build-arg=A=b c> <--tag=app:1> <--> <HERE/app> ",
        ]
    );
    // It learns where its machine is, and nothing that is not its own.
    let environment = stub.read("environment");
    assert!(environment.contains("DOCKER_HOST=ssh://elsewhere"), "{environment}");
    assert!(!environment.contains("GITHUB_TOKEN") && !environment.contains("RLINT_STORE"), "{environment}");
}

#[test]
fn buildx_with_dockers_own_builder_is_asked_to_save() {
    let Some(stub) = Stub::new("v0.12.1", "docker", PROGRESS, 0).with_image() else { return };
    let output = stub.rlint(&[
        "app",
        "--isolated",
        "--fix",
        "--unsafe-fixes",
        "--verify=build",
        "--backend=buildx",
        "--output-format=json",
    ]);
    assert_eq!(verdicts(&output), BTreeMap::from([("dockerfile/maintainer".to_owned(), "built".to_owned())]));
    let calls = stub.calls();
    let build = |file: &str, context: &str| {
        format!(
            "<buildx> <build> <--progress=plain> <--provenance=false> <--sbom=false> <--load> \
             <--file=HERE/store/WORK/{file}> <--iidfile=HERE/store/WORK/id> <--network=none> <--tag=NAME> <--> \
             <HERE/store/WORK/{context}> "
        )
    };
    let save = "<image> <save> <--output=HERE/store/WORK/image.tar> <NAME> ";
    assert_eq!(
        calls[..6],
        [
            "<buildx> <version> ".to_owned(),
            "<buildx> <inspect> ".to_owned(),
            // An image of nothing shows that the engine works; then the original.
            build("Dockerfile", "nothing"),
            save.to_owned(),
            build("Dockerfile", "context-1"),
            save.to_owned(),
        ]
    );
    assert!(calls[calls.len() - 1].starts_with("<image> <rm> <NAME> "), "{calls:?}");
}

#[test]
fn an_engine_that_is_missing_old_or_broken_is_said_to_be() {
    let old = Stub::new("v0.9.1", "docker", PROGRESS, 0);
    let broken = Stub::new("v0.12.1", "docker-container", "ERROR: cannot connect to the daemon\n", 1);
    let prove = ["app", "--isolated", "--fix", "--unsafe-fixes", "--verify=build", "--backend"];
    for (stub, engine, part) in [
        (&old, "buildx", "buildx 0.9.1 is too old; it takes 0.10 or a newer one"),
        (&broken, "buildx", "buildx failed before the first step: cannot connect to the daemon"),
    ] {
        for arguments in [&["build", "app", "--backend", engine][..], &[&prove[..], &[engine]].concat()] {
            let output = stub.rlint(arguments);
            assert_eq!(output.status.code(), Some(2), "{}", errors(&output));
            assert!(errors(&output).contains(part), "{}", errors(&output));
            assert!(stub.read("app/Dockerfile").contains("MAINTAINER"), "the file is as it was");
        }
    }
    let nowhere = Command::new(PROGRAM)
        .args(["build", "app", "--backend", "podman"])
        .current_dir(old.folder.path())
        .env("PATH", "/nonexistent")
        .env("RLINT_STORE", old.folder.path().join("store"))
        .output()
        .expect("rlint starts");
    assert_eq!(nowhere.status.code(), Some(2));
    assert!(errors(&nowhere).contains("there is no program `podman` on the PATH"), "{}", errors(&nowhere));
}

#[test]
fn buildkit_builds_and_judges_where_there_is_a_builder() {
    let test = "buildkit_builds_and_judges_where_there_is_a_builder";
    let works = Command::new("docker").args(["buildx", "inspect"]).output().is_ok_and(|output| output.status.success());
    if !works || Command::new("docker").args(["buildx", "build", "-"]).output().is_err() {
        println!("{test}: skipped: there is no builder for `docker buildx`");
        return;
    }
    let Some(bench) = Bench::new() else { return };
    let folder = bench.path("app");
    fs::create_dir(&folder).expect("a folder");
    fs::copy("/bin/busybox", folder.join("busybox")).expect("a copy");
    fs::write(folder.join("run.sh"), "#!/bin/sh\n").expect("a file");
    let text = "FROM scratch AS base\nCOPY busybox /bin/busybox\nRUN [\"/bin/busybox\", \"--install\", \"-s\", \"/bin\"]\n\
                FROM base\nMAINTAINER a@example.com\nADD run.sh /run.sh\n\
                RUN export SUM=\"$(sha256sum /none)\" && echo \"$SUM\" > /sum\nCMD [\"/run.sh\"]\n";
    let rlint = |arguments: &[&str]| {
        fs::write(folder.join("Dockerfile"), text).expect("a file");
        let mut command = Command::new(PROGRAM);
        command.args(arguments).current_dir(bench.path("")).env("RLINT_STORE", bench.path("store"));
        command.output().expect("rlint starts")
    };
    let build = |more: &[&str], out: &str| {
        let output = format!("type=oci,tar=false,dest={out}");
        let output = rlint(&[&["build", "app", "--output", &output][..], more].concat());
        if !output.status.success() {
            println!("{test}: skipped: {}", errors(&output));
        }
        output.status.success()
    };
    assert!(build(&[], "ours"));
    if !build(&["--backend=buildx"], "theirs") {
        return;
    }
    let (ours, theirs) = (image(&bench.path("ours")), image(&bench.path("theirs")));
    assert_same(&ours.0, &theirs.0, "buildx");
    assert_eq!(ours.1, theirs.1);
    let own = ["app", "--isolated", "--fix", "--unsafe-fixes", "--verify=build", "--output-format=json"];
    let (ours, theirs) = (rlint(&own), rlint(&[&own[..], &["--backend=buildx"]].concat()));
    assert_eq!(verdicts(&theirs), verdicts(&ours), "{}", errors(&theirs));
    assert!(verdicts(&theirs).values().any(|verdict| verdict == "broken"), "{}", errors(&theirs));
}
