//! `rlint layers --history` over repositories that are made here. What has to be built again at each commit is worked out
//! from the contents of the files, by a model of the Dockerfile that shares nothing with the program.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// A file: its mode as Git has it, and its content; of a link where it leads to, of a submodule its commit.
type File = (u32, String);
type Files = BTreeMap<String, File>;

/// What a Dockerfile says.
#[derive(Clone)]
struct Recipe {
    path: &'static str,
    comment: &'static str,
    base: &'static str,
    environment: Option<&'static str>,
    build: &'static str,
    last_base: &'static str,
    ignore: &'static str,
}

impl Recipe {
    fn text(&self) -> String {
        let environment = self.environment.map(|pair| format!("ENV {pair}\n")).unwrap_or_default();
        format!(
            "# {}\nFROM {} AS build\nWORKDIR /work\n{environment}COPY . .\nRUN npm ci\n\
             RUN echo build {} && mkdir -p out && head -c 16 /dev/urandom > out/made\nFROM scratch AS unused\nCOPY README.md /unused\n\
             FROM {}\nCOPY --link config/ /config/\nCOPY --from=build /work/out /out\n",
            self.comment, self.base, self.build, self.last_base
        )
    }

    fn left_out(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        path.starts_with("docs/")
            || path == ".dockerignore"
            || path.starts_with("Dockerfile")
            || self.ignore.contains("*.md") && path == name && name.ends_with(".md")
    }

    /// For each step by its name what it is made of: as it is, and in the better order.
    fn made_of(&self, files: &Files) -> [BTreeMap<&'static str, String>; 2] {
        let taken = |takes: &dyn Fn(&str) -> bool| {
            let taken = files.iter().filter(|(path, _)| takes(path) && !self.left_out(path));
            format!("{:?}", taken.collect::<Vec<_>>())
        };
        let all = taken(&|_| true);
        let manifests = taken(&|path| path == "package.json" || path == "package-lock.json");
        let work = format!("{}|work", self.base);
        let environment = self.environment.unwrap_or("");
        // A layer of its own, whatever is below it.
        let config = format!("config {}", taken(&|path| path.starts_with("config/")));
        let steps = |copies: String, install: String, last: &str| {
            let build = format!("{last}|{environment}|build {}", self.build);
            let out = format!("{}|{config}|out of {build}", self.last_base);
            BTreeMap::from([
                ("work", work.clone()),
                ("all", copies),
                ("install", install),
                ("build", build),
                ("config", config.clone()),
                ("out", out),
            ])
        };
        let copies = format!("{work}|all {all}");
        let install = format!("{copies}|{environment}|install");
        let present = steps(copies, install.clone(), &install);
        let copies = format!("{work}|manifests {manifests}");
        let install = format!("{copies}|{environment}|install");
        let then = format!("{install}|all {all}");
        let mut better = steps(then.clone(), install, &then);
        better.insert("manifests", copies);
        [present, better]
    }
}

fn name_of(text: &str) -> &'static str {
    const NAMES: [(&str, &str); 7] = [
        ("WORKDIR /work", "work"),
        ("COPY . .", "all"),
        ("COPY package.json", "manifests"),
        ("RUN npm ci", "install"),
        ("RUN echo build", "build"),
        ("COPY --link config/", "config"),
        ("COPY --from=build", "out"),
    ];
    NAMES.iter().find(|(start, _)| text.starts_with(start)).unwrap_or_else(|| panic!("no step is {text}")).1
}

fn git_in(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new("git");
    for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"] {
        command.env_remove(name);
    }
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    for who in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{who}_NAME"), "A").env(format!("GIT_{who}_EMAIL"), "a@example.com");
        command.env(format!("GIT_{who}_DATE"), "2026-01-02T03:04:05Z");
    }
    command.arg("-C").arg(folder).args(arguments).stdin(Stdio::null()).output().expect("git can be started")
}

fn git(folder: &Path, arguments: &[&str]) {
    let output = git_in(folder, arguments);
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn has_git() -> bool {
    let has = Command::new("git").arg("version").output().is_ok_and(|output| output.status.success());
    if !has {
        println!("skipped: there is no git");
    }
    has
}

fn rlint(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rlint"));
    command.arg("layers").args(arguments).current_dir(folder).stdin(Stdio::null()).env("COLUMNS", "100");
    // As in a hook of another repository.
    command.env("GIT_DIR", "/nowhere").output().expect("the program can be started")
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let output = rlint(folder, &[arguments, &["--format", "json"]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// Writes the state to the disk and commits it.
fn commit(folder: &Path, files: &Files, message: &str) {
    let known = git_in(folder, &["ls-files", "-z"]);
    for path in String::from_utf8_lossy(&known.stdout).split('\0').filter(|path| !path.is_empty()) {
        let _ = fs::remove_file(folder.join(path));
    }
    for (path, (mode, content)) in files {
        let place = folder.join(path);
        if *mode == 0o160_000 {
            // What is not fetched is an empty folder.
            fs::create_dir_all(&place).unwrap();
            git(folder, &["update-index", "--add", "--cacheinfo", &format!("160000,{content},{path}")]);
            continue;
        }
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        if *mode == 0o120_000 {
            std::os::unix::fs::symlink(content, &place).unwrap();
        } else {
            fs::write(&place, content).unwrap();
            let mode = std::os::unix::fs::PermissionsExt::from_mode(*mode & 0o777);
            fs::set_permissions(&place, mode).unwrap();
        }
    }
    git(folder, &["add", "-A"]);
    git(folder, &["commit", "-q", "--allow-empty", "-m", message]);
}

/// What becomes of a commit.
enum Expected {
    Built([BTreeSet<&'static str>; 2]),
    Skipped(&'static str),
}

/// The scripted history.
struct Script<'a> {
    folder: &'a Path,
    files: Files,
    recipe: Recipe,
    /// Another text than the recipe has; `None` inside where there is no Dockerfile.
    other: Option<Option<&'static str>>,
    seen: [BTreeSet<(&'static str, String)>; 2],
    expected: Vec<Expected>,
}

impl Script<'_> {
    fn put(&mut self, path: &str, content: &str) {
        self.files.insert(path.to_owned(), (0o100_644, content.to_owned()));
    }

    /// The files as they are in the commit.
    fn all_files(&self) -> Files {
        let mut files = self.files.clone();
        let text = match self.other {
            Some(other) => other.map(str::to_owned),
            None => Some(self.recipe.text()),
        };
        if let Some(text) = text {
            files.insert(self.recipe.path.to_owned(), (0o100_644, text));
        }
        files.insert(".dockerignore".to_owned(), (0o100_644, self.recipe.ignore.to_owned()));
        files
    }

    fn commit(&mut self, message: &str) {
        commit(self.folder, &self.all_files(), message);
        self.expect();
    }

    /// What the commit that has just been made builds.
    fn expect(&mut self) {
        let expected = match self.other {
            Some(None) => Expected::Skipped("missing"),
            Some(Some(_)) => Expected::Skipped("broken"),
            None => {
                let made = self.recipe.made_of(&self.all_files());
                let mut built = [BTreeSet::new(), BTreeSet::new()];
                for ((made, seen), built) in made.into_iter().zip(&mut self.seen).zip(&mut built) {
                    built.extend(made.into_iter().filter(|step| seen.insert(step.clone())).map(|(name, _)| name));
                }
                Expected::Built(built)
            }
        };
        self.expected.push(expected);
    }
}

fn script(folder: &Path) -> Script<'_> {
    git(folder, &["init", "-q", "-b", "main"]);
    let recipe = Recipe {
        path: "Dockerfile",
        comment: "one",
        base: "node:22",
        environment: None,
        build: "one",
        last_base: "debian:13",
        ignore: "docs\nDockerfile*\n.dockerignore\n",
    };
    let files = Files::new();
    let mut script =
        Script { folder, files, recipe, other: None, seen: [BTreeSet::new(), BTreeSet::new()], expected: Vec::new() };
    for path in ["src/a.js", "src/b.js", "docs/a.md", "README.md", "config/app.conf", "run.sh", "big.bin"] {
        script.put(path, "one\n");
    }
    script.put("package.json", "{\"name\": \"one\"}\n");
    script.put("package-lock.json", "{\"lockfileVersion\": 3}\n");
    script.commit("the first");
    script
}

/// Thirty commits after the first.
fn play(script: &mut Script<'_>) {
    let step = |script: &mut Script<'_>, path: &str, content: &str| {
        script.put(path, content);
        script.commit(&format!("change {path}"));
    };
    step(script, "src/a.js", "two\n");
    step(script, "docs/a.md", "two\n");
    step(script, "README.md", "two\n");
    step(script, "package-lock.json", "{\"lockfileVersion\": 3, \"packages\": {}}\n");
    step(script, "package.json", "{\"name\": \"two\"}\n");
    // Back to what it was: everything is in the cache.
    step(script, "package.json", "{\"name\": \"one\"}\n");
    script.put("docs/a.md", "three\n");
    step(script, "src/b.js", "two\n");
    script.files.insert("run.sh".to_owned(), (0o100_755, "one\n".to_owned()));
    script.commit("run.sh can be run");
    step(script, "config/app.conf", "two\n");
    script.recipe.comment = "two";
    script.commit("a comment in the Dockerfile");
    script.recipe.environment = Some("MODE=x");
    script.commit("a variable");
    script.recipe.base = "node:24";
    script.commit("another base");
    script.other = Some(Some("FROM node:24\nRUM true\n"));
    script.commit("a broken Dockerfile");
    step(script, "src/a.js", "while it is broken\n");
    script.other = None;
    script.commit("mended");
    script.other = Some(None);
    script.commit("no Dockerfile");
    script.other = None;
    step(script, "package-lock.json", "{\"lockfileVersion\": 3, \"packages\": {\"a\": {}}}\n");
    script.commit("nothing");
    script.files.insert("link".to_owned(), (0o120_000, "src/a.js".to_owned()));
    script.commit("a link");
    script.files.insert("link".to_owned(), (0o120_000, "docs/a.md".to_owned()));
    script.commit("the link leads elsewhere");
    step(script, "big.bin", "version https://git-lfs.github.com/spec/v1\noid sha256:11\nsize 2\n");
    merge(script);
    script.recipe.ignore = "docs\nDockerfile*\n.dockerignore\n*.md\n";
    script.commit("more is left out");
    step(script, "README.md", "three\n");
    script.recipe.path = "Dockerfile.prod";
    script.commit("the Dockerfile has another name");
    script.recipe.build = "two";
    script.commit("another command");
    script.recipe.last_base = "debian:13-slim";
    script.commit("another last base");
    script.files.remove("src/b.js");
    script.commit("a file is gone");
    script.files.insert("vendor/lib".to_owned(), (0o160_000, "1".repeat(40)));
    script.commit("a submodule");
    script.files.insert("vendor/lib".to_owned(), (0o160_000, "2".repeat(40)));
    script.commit("the submodule moves");
}

/// A branch of two commits, which come in as one.
fn merge(script: &mut Script<'_>) {
    git(script.folder, &["checkout", "-q", "-b", "side"]);
    script.put("src/c.js", "one\n");
    commit(script.folder, &script.all_files(), "on the side");
    script.put("config/other.conf", "one\n");
    commit(script.folder, &script.all_files(), "on the side again");
    git(script.folder, &["checkout", "-q", "main"]);
    git(script.folder, &["merge", "-q", "--no-ff", "-m", "merge", "side"]);
    script.expect();
}

#[test]
fn what_is_built_again_is_what_has_other_contents() {
    if !has_git() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut script = script(folder.path());
    play(&mut script);
    let report = json(folder.path(), &["Dockerfile.prod", "--history", "30"]);
    let history = &report["history"];
    let texts = texts(&report);
    let commits = history["per_commit"].as_array().unwrap();
    assert_eq!((commits.len(), script.expected.len()), (30, 31));
    let mut counts: [BTreeMap<&str, usize>; 2] = [BTreeMap::new(), BTreeMap::new()];
    for (commit, expected) in commits.iter().zip(&script.expected[1..]) {
        let subject = commit["subject"].as_str().unwrap();
        let expected = match expected {
            Expected::Skipped(reason) => {
                assert_eq!(commit["skipped"], *reason, "{subject}");
                continue;
            }
            Expected::Built(expected) => expected,
        };
        assert_eq!(commit["skipped"], Value::Null, "{subject}");
        for (at, field) in ["rebuilt", "rebuilt_in_better_order"].into_iter().enumerate() {
            let numbers = commit[field].as_array().unwrap().iter().map(|number| number.as_u64().unwrap());
            let names: BTreeSet<&str> = numbers.map(|number| texts[at][&number]).collect();
            assert_eq!(names, expected[at], "{field} at `{subject}`");
            names.iter().for_each(|name| *counts[at].entry(name).or_default() += 1);
        }
    }
    println!("built again: {:?}, in the better order: {:?}", counts[0], counts[1]);
    assert!(counts[1]["install"] < counts[0]["install"], "the better order saves something");
    totals(&report, &counts);
    assert_eq!(history["built"], 27);
    assert_eq!(history["skipped"], serde_json::json!({"broken": 2, "missing": 1}));
    assert_eq!(history["renames"][0]["before"], "Dockerfile");
    assert_eq!(report["unneeded_stages"], serde_json::json!(["unused"]));
    let causes = report["stages"][0]["steps"][2]["history"]["causes"].as_array().unwrap();
    let of = |path: &str| causes.iter().find(|cause| cause["path"] == path).map(|cause| cause["commits"].clone());
    // Twice by itself, once while the Dockerfile was broken, once in the merge, once removed.
    assert_eq!((of("src/"), of("docs/")), (Some(5.into()), None), "{causes:?}");
    let notes = report["notes"].to_string();
    assert!(notes.contains("`Dockerfile.prod` was `Dockerfile`") && notes.contains("a submodule"), "{notes}");
}

/// The names of the steps by their numbers: as it is, and in the better order.
fn texts(report: &Value) -> [BTreeMap<u64, &'static str>; 2] {
    let of = |stages: &Value| {
        let steps = stages.as_array().unwrap().iter().flat_map(|stage| stage["steps"].as_array().unwrap());
        steps.map(|step| (step["number"].as_u64().unwrap(), name_of(step["text"].as_str().unwrap()))).collect()
    };
    [of(&report["stages"]), of(&report["history"]["better"]["stages"])]
}

/// What the report adds up is what the commits say.
fn totals(report: &Value, counts: &[BTreeMap<&str, usize>; 2]) {
    let history = &report["history"];
    let count = |at: usize, name: &str| counts[at].get(name).copied().unwrap_or(0);
    for step in report["stages"].as_array().unwrap().iter().flat_map(|stage| stage["steps"].as_array().unwrap()) {
        let name = name_of(step["text"].as_str().unwrap());
        assert_eq!(step["history"]["rebuilt"], count(0, name), "{name}");
        assert_eq!(step["history"]["commits"], 27, "{name}");
    }
    for step in
        history["better"]["stages"].as_array().unwrap().iter().flat_map(|stage| stage["steps"].as_array().unwrap())
    {
        let name = name_of(step["text"].as_str().unwrap());
        assert_eq!(step["rebuilt"], count(1, name), "{name}");
        let before = if name == "manifests" { Value::Null } else { count(0, name).into() };
        assert_eq!(step["before"]["rebuilt"], before, "{name}");
    }
    let runs = |at: usize| count(at, "install") + count(at, "build");
    assert_eq!((&history["runs"], &history["better"]["runs"]), (&runs(0).into(), &runs(1).into()));
    let all = |at: usize| counts[at].values().sum::<usize>();
    assert_eq!((&history["rebuilt"], &history["better"]["rebuilt"]), (&all(0).into(), &all(1).into()));
}

#[test]
fn the_picture_stands_by_itself() {
    if !has_git() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut script = script(folder.path());
    script.put("src/<a>&\"b\".js", "one\n");
    script.commit("a name that XML does not take");
    for arguments in [&["--format", "svg"][..], &["--format", "svg", "--history", "9"]] {
        let output = rlint(folder.path(), arguments);
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\"") && text.ends_with("</svg>\n"), "{text}");
        let rest = text.replacen("http://www.w3.org/2000/svg", "", 1);
        for outside in ["http", "url(", "href", "<script", "<image", "@import"] {
            assert!(!rest.contains(outside), "{outside}");
        }
        for element in ["text", "style", "title"] {
            assert_eq!(rest.matches(&format!("<{element}")).count(), rest.matches(&format!("</{element}>")).count());
        }
        assert!(!rest.contains("<a>"), "{rest}");
        assert!(rest.contains("prefers-color-scheme:dark"));
    }
}

#[test]
fn the_page_stands_by_itself_and_says_what_the_table_says() {
    if !has_git() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut script = script(folder.path());
    script.put("src/<a>&\"b\".js", "one\n");
    script.commit("<script>alert(1)</script> \u{1b}[31m");
    for arguments in [&[][..], &["--history", "9"]] {
        let output = rlint(folder.path(), &[&["--format", "html"], arguments].concat());
        let page = String::from_utf8(output.stdout).unwrap();
        assert!(page.starts_with("<!DOCTYPE html>\n<html lang=\"en\">") && page.ends_with("</html>\n"), "{page}");
        assert!(page.contains("default-src 'none'") && page.contains("prefers-color-scheme:dark"));
        for outside in ["http:", "https:", "url(", "href", "src=", "<script", "<link", "<img", "@import", "\u{1b}"] {
            assert!(!page.contains(outside), "{outside}");
        }
        balanced(&page);
        let report = json(folder.path(), arguments);
        let steps = report["stages"].as_array().unwrap().iter().flat_map(|stage| stage["steps"].as_array().unwrap());
        for step in steps {
            let text = step["text"].as_str().unwrap().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            let row = format!("<td class=\"line number\">{}</td><th scope=\"row\"><code>{text}</code>", step["line"]);
            assert!(page.contains(&row), "{row}\n{page}");
            let Some(rebuilt) = step["history"]["rebuilt"].as_u64().filter(|rebuilt| *rebuilt > 0) else { continue };
            let label = format!("aria-label=\"built at {rebuilt} of {} commit", step["history"]["commits"]);
            assert!(page.contains(&label), "{label}\n{page}");
        }
        for note in report["notes"].as_array().unwrap() {
            assert!(page.contains(&format!("<li>{}", &note.as_str().unwrap()[..12])), "{note}");
        }
        assert_eq!(page.matches("<caption>").count(), page.matches("<table").count(), "each table says what it is");
        assert_eq!(page.contains("<dl class=\"tiles\">"), !arguments.is_empty());
    }
}

/// Whether each element that is opened is closed, in order.
fn balanced(page: &str) {
    const EMPTY: [&str; 2] = ["meta", "!DOCTYPE"];
    let (head, rest) = page.split_once("<style>").unwrap();
    let mut open: Vec<&str> = Vec::new();
    for part in [head, rest.split_once("</style>").unwrap().1] {
        for tag in part.split('<').skip(1).map(|tag| tag.split_once('>').unwrap().0) {
            let name = tag.split(' ').next().unwrap();
            match name.strip_prefix('/') {
                Some(name) => assert_eq!(open.pop(), Some(name), "{page}"),
                None if EMPTY.contains(&name) => {}
                None => open.push(name),
            }
        }
    }
    assert!(open.is_empty(), "{open:?}");
}

#[test]
fn the_history_of_a_folder_counts_only_what_is_in_its_context() {
    if !has_git() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), &["init", "-q", "-b", "main"]);
    let mut files = Files::new();
    let mut put = |path: &str, content: &str| {
        files.insert(path.to_owned(), (0o100_644, content.to_owned()));
        commit(folder.path(), &files, path);
    };
    put("app/docker/Dockerfile", "FROM a\nCOPY src /src\nCOPY gen/*.bin /gen/\n");
    put("app/src/x", "1");
    put("app/docker/Dockerfile.dockerignore", "src/out\n");
    put("other/src/x", "1");
    put("app/src/x", "2");
    put("app/src/out/x", "1");
    put("app/docker/src/x", "1");
    let report = json(&folder.path().join("other"), &["../app/docker", "--context", "../app", "--history", "100"]);
    let step = &report["stages"][0]["steps"][0]["history"];
    // The sources appear, and change once.
    assert_eq!((&step["commits"], &step["rebuilt"]), (&6.into(), &2.into()), "{step}");
    assert_eq!(step["causes"][0], serde_json::json!({"path": "app/src/x", "commits": 2}));
    assert!(report["notes"].to_string().contains("nothing for `gen/*.bin`"), "{}", report["notes"]);
    // Nothing says what it is built with, and beside it there is a folder of that name.
    let beside = json(folder.path(), &["app/docker", "--history", "100"]);
    assert_eq!(beside["stages"][0]["steps"][0]["history"]["rebuilt"], 1);
}

#[test]
fn what_cannot_be_read_is_said() {
    if !has_git() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let says = |folder: &Path, arguments: &[&str], part: &str| {
        let output = rlint(folder, arguments);
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.contains(part) && text.lines().count() == 1, "{text}");
    };
    fs::write(folder.path().join("Dockerfile"), "FROM a\nRUN b\n").unwrap();
    says(folder.path(), &["--history", "5"], "does not lie in the work tree of a Git repository");
    git(folder.path(), &["init", "-q", "-b", "main"]);
    says(folder.path(), &["--history", "5"], "has no commit yet");
    let mut files = Files::from([("a".to_owned(), (0o100_644, "1".to_owned()))]);
    commit(folder.path(), &files, "one");
    fs::write(folder.path().join("Dockerfile"), "FROM a\nRUN b\n").unwrap();
    says(folder.path(), &["--history", "5"], "a single commit");
    files.insert("a".to_owned(), (0o100_644, "2".to_owned()));
    commit(folder.path(), &files, "two");
    git(folder.path(), &["rm", "-q", "--cached", "--ignore-unmatch", "Dockerfile"]);
    fs::write(folder.path().join("Containerfile"), "FROM a\nRUN b\n").unwrap();
    says(
        folder.path(),
        &["Containerfile", "--history", "5"],
        "at none of 2 commits can `Containerfile` be built: 2 without",
    );
    let elsewhere = tempfile::tempdir().unwrap();
    git(elsewhere.path(), &["init", "-q"]);
    let other = elsewhere.path().to_string_lossy().into_owned();
    says(folder.path(), &["Containerfile", "--history", "5", "--context", &other], "in another repository");
    let output = Command::new(env!("CARGO_BIN_EXE_rlint"))
        .args(["layers", "--history", "5", "Containerfile"])
        .current_dir(folder.path())
        .env("PATH", elsewhere.path())
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("no program `git` on the PATH"));
}

#[test]
fn a_shallow_clone_is_called_one() {
    if !has_git() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut script = script(folder.path());
    for content in ["2", "3", "4"] {
        script.put("src/a.js", content);
        script.commit(content);
    }
    let clone = tempfile::tempdir().unwrap();
    let from = format!("file://{}", folder.path().display());
    git(clone.path(), &["clone", "-q", "--depth", "3", &from, "clone"]);
    let report = json(&clone.path().join("clone"), &["--history", "10"]);
    assert_eq!((&report["history"]["commits"], &report["history"]["is_shallow"]), (&2.into(), &true.into()));
    assert!(report["notes"].to_string().contains("git fetch --unshallow"));
    // As many as are asked for are there.
    assert!(!json(&clone.path().join("clone"), &["--history", "2"])["notes"].to_string().contains("unshallow"));
}

/// Every claim held against real builds: each commit is checked out and built by `rlint build`, one after the other, with
/// one store for the Dockerfiles as they are and one for those that the fix has been applied to.
#[test]
#[cfg(target_os = "linux")]
fn what_is_built_again_is_what_a_builder_builds_again() {
    let busybox = Path::new("/bin/busybox");
    let able = rlint::build::exec::Way::candidates().into_iter().any(|candidate| candidate.way.is_ok());
    if !has_git() || !busybox.exists() || !able {
        println!(
            "skipped: a static /bin/busybox (Debian's package `busybox-static`) and a way of being root are needed"
        );
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut script = script(folder.path());
    play(&mut script);
    let report = json(folder.path(), &["Dockerfile.prod", "--history", "30"]);
    let texts = texts(&report);
    let stores = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    stores.iter().for_each(|store| bases(store.path(), busybox));
    let commits = report["history"]["per_commit"].as_array().unwrap();
    // A submodule that is not checked out is an empty folder to a builder.
    let without_submodules = commits.iter().take_while(|commit| commit["subject"] != "a submodule");
    let first = report["history"]["first"].clone();
    let mut builds = 0;
    for (number, commit) in std::iter::once(&first).chain(without_submodules).enumerate() {
        let subject = commit["subject"].as_str().unwrap();
        for (at, field) in ["rebuilt", "rebuilt_in_better_order"].into_iter().enumerate() {
            let context = tempfile::tempdir().unwrap();
            let work_tree = format!("--work-tree={}", context.path().display());
            git(folder.path(), &[&work_tree, "checkout", "-q", "-f", commit["id"].as_str().unwrap(), "--", "."]);
            let names = ["Dockerfile", "Dockerfile.prod"].map(|name| context.path().join(name));
            let Some(dockerfile) = names.iter().find(|path| path.exists()) else {
                assert_eq!(commit["skipped"], "missing", "{subject}");
                continue;
            };
            if at == 1 {
                fix(context.path(), dockerfile);
            }
            let Some(built) = executed(stores[at].path(), context.path(), dockerfile) else {
                assert_eq!(commit["skipped"], "broken", "{subject}");
                continue;
            };
            builds += 1;
            if number > 0 {
                let claimed =
                    commit[field].as_array().unwrap().iter().map(|number| texts[at][&number.as_u64().unwrap()]);
                assert_eq!(built, claimed.collect(), "{field} at `{subject}`");
            }
        }
    }
    println!("{builds} builds did what was claimed of them");
    assert_eq!(builds, 2 * 26);
}

/// Puts the bases of the script into a store: busybox, and a program called npm.
#[cfg(target_os = "linux")]
fn bases(store: &Path, busybox: &Path) {
    let context = tempfile::tempdir().unwrap();
    fs::copy(busybox, context.path().join("busybox")).unwrap();
    for name in ["node:22", "node:24", "debian:13", "debian:13-slim"] {
        let text = format!(
            "FROM scratch\nCOPY busybox /bin/busybox\nRUN [\"/bin/busybox\", \"--install\", \"-s\", \"/bin\"]\n\
             RUN echo {name} > /base && printf '#!/bin/sh\\ncat package.json > /installed\\n' > /bin/npm && chmod 755 /bin/npm\n"
        );
        let dockerfile = context.path().join("Dockerfile");
        fs::write(&dockerfile, text).unwrap();
        let output = build(store, context.path(), &dockerfile, &["-t", name]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[cfg(target_os = "linux")]
fn build(store: &Path, context: &Path, dockerfile: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rlint"));
    command.args(["build", "--format", "json", "--file"]).arg(dockerfile).args(more).arg(context);
    command.env("RLINT_STORE", store).stdin(Stdio::null()).output().expect("the program can be started")
}

#[cfg(target_os = "linux")]
fn fix(context: &Path, dockerfile: &Path) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rlint"));
    command.args(["check", "--isolated", "--fix-only", "--unsafe-fixes", "--select", "copy-before-install"]);
    let output = command.arg(dockerfile).current_dir(context).output().unwrap();
    // What is broken stays as it is.
    assert!(output.status.code().is_some_and(|code| code < 2), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The steps that a build carries out; `None` where the Dockerfile is refused.
#[cfg(target_os = "linux")]
fn executed(store: &Path, context: &Path, dockerfile: &Path) -> Option<BTreeSet<&'static str>> {
    let output = build(store, context, dockerfile, &[]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    if report["outcome"] != "built" {
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(fs::read_to_string(dockerfile).unwrap().contains("RUM"), "{report}\n{text}");
        return None;
    }
    let steps = report["steps"].as_array().unwrap().iter().filter(|step| step["cached"] == false);
    Some(steps.map(|step| name_of(step["text"].as_str().unwrap())).collect())
}
