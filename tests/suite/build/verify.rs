//! Fixes that are really built: each is judged rightly, in as few builds as can be.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use rlint::build::exec::{Worker, WorkerOptions, probe};
use rlint::build::image::Store;
use rlint::build::judge::bisect::Outcome;
use rlint::build::judge::{Behind, Build, Builds, Candidate, InProcess, Judged, judge};
use rlint::build::steps::{BaseSource, BuildOptions, Builder, WorkerExecutor};
use rlint::build::{Effect, Effects};
use rlint::model::context::{BuildContext, Certainty};

use crate::support::bases;

const PROGRAM: &str = env!("CARGO_BIN_EXE_rlint");

/// The layout of the base, where builds are possible here; says why not otherwise.
fn base(test: &str) -> Option<PathBuf> {
    let folder = tempfile::tempdir().expect("a folder");
    let allowed = probe(folder.path(), Some(Path::new(PROGRAM))).iter().any(|tried| tried.way.is_ok());
    let found = if allowed { bases::busybox() } else { Err("this machine does not allow to build".to_owned()) };
    match found {
        Ok(layout) => Some(layout),
        Err(why) => {
            println!("{test}: skipped: {why}");
            assert!(std::env::var_os("CI").is_none(), "{why}");
            None
        }
    }
}

/// A fix: the line that becomes another one, and what it declares.
struct Seed(&'static str, &'static str, Effect);

impl Seed {
    fn effects(&self) -> Effects {
        Effects::from(self.2)
    }
}

/// Builds with a store in `folder`, where `base` is a name of the image at `layout`.
fn builds(layout: &Path, folder: &Path) -> Builds {
    let store = Arc::new(Store::open(&folder.join("store")).expect("a store"));
    let ways = probe(store.folder(), Some(Path::new(PROGRAM)));
    let way = ways.into_iter().find_map(|tried| tried.way.ok()).expect("a way, as was seen before");
    let mut options = WorkerOptions::new(store.folder(), way);
    options.program = PROGRAM.into();
    let worker = Worker::start(&options).expect("a worker");
    let executor = WorkerExecutor::new(worker, store.folder());
    let mut builder = Builder::new(Arc::clone(&store), Box::new(executor));
    let source = BaseSource::parse(&format!("oci:{}:{}", layout.display(), bases::NAME)).expect("a place");
    builder.bases().give("base", source).expect("a name");
    Builds::new(Box::new(InProcess::new(builder, BuildOptions::default())), Box::new(|_, _| {}))
}

/// A context with files that hold their names.
fn context(folder: &Path, names: &[&str]) -> PathBuf {
    let context = folder.join("context");
    std::fs::create_dir(&context).expect("a folder");
    names.iter().for_each(|name| std::fs::write(context.join(name), name).expect("a file"));
    context
}

/// Judges what replaces parts of `original`, each by itself.
fn judged_by(original: &str, seeds: &[Seed], build: &mut dyn Build) -> Judged {
    let candidates: Vec<Candidate> = seeds.iter().map(|seed| Candidate { effects: seed.effects() }).collect();
    let with = |chosen: &[usize]| {
        let replace = |text: String, seed: &Seed| text.replacen(seed.0, seed.1, 1);
        Some(chosen.iter().map(|at| &seeds[*at]).fold(original.to_owned(), replace))
    };
    judge(original, &candidates, &with, build)
}

/// Judges seeds on `original`, which starts from `base`, with a context of two files.
fn judged(layout: &Path, original: &str, seeds: &[Seed]) -> Judged {
    let folder = tempfile::tempdir().expect("a folder");
    let root = context(folder.path(), &["main.sh", "notes.txt"]);
    let mut builds = builds(layout, folder.path());
    builds.open(Some(&BuildContext { root, certainty: Certainty::Declared, ignore: None }));
    judged_by(original, seeds, &mut builds)
}

/// The rejected ones: number, whether it is known that it breaks, and why.
fn rejected(judged: &Judged) -> Vec<(usize, bool, String)> {
    let shown = |outcome: &Outcome<String>| match outcome {
        Outcome::Fails(why) => (true, why.clone()),
        Outcome::Unknown(why) => (false, why.clone()),
        Outcome::Holds => unreachable!("it was rejected"),
    };
    let mut all: Vec<_> = judged
        .rejected
        .iter()
        .map(|rejected| {
            let (fails, why) = shown(&rejected.outcome);
            (rejected.fix, fails, why)
        })
        .collect();
    all.sort();
    all
}

#[test]
fn good_fixes_take_a_build_for_each_kind_of_difference() {
    let Some(layout) = base("good_fixes_take_a_build_for_each_kind_of_difference") else { return };
    let original = "\
FROM base
COPY . /app
RUN mkdir -p /var/cache/tool && echo 1 > /var/cache/tool/index
RUN date +%s%N > /build-id
CMD sh /app/main.sh
";
    let seeds = [
        Seed("COPY . /app", "COPY . /app/", Effect::Files),
        Seed("index\n", "index && rm -r /var/cache/tool/*\n", Effect::Caches),
        Seed("CMD sh /app/main.sh", "CMD [\"sh\", \"/app/main.sh\"]", Effect::Cmd),
    ];
    let judged = judged(&layout, original, &seeds);
    assert_eq!((rejected(&judged), &judged.held[..]), (Vec::new(), &[0, 1, 2][..]));
    // The original and a build for each kind of difference; and the original once more, where the step that writes the
    // time into a file had to be run again.
    assert!(judged.builds <= 5, "{} builds", judged.builds);
    let measured = judged.measured.expect("it was built");
    assert_eq!(measured.size.0 - measured.size.1, 2, "the cache is gone: {measured:?}");
}

#[test]
fn bad_fixes_are_found_and_the_rest_is_kept() {
    let Some(layout) = base("bad_fixes_are_found_and_the_rest_is_kept") else { return };
    let original = "\
FROM base
COPY . /app
RUN echo tool > /bin/tool && echo helper > /bin/helper
RUN touch /bin/one
RUN touch /bin/two
RUN test -e /bin/tool
RUN test -e /bin/one || test -e /bin/two
LABEL a=1
RUN touch /etc/last
CMD [\"sh\"]
";
    let seeds = [
        // A copy that leaves something out, as an ignore file does that is too wide.
        Seed("COPY . /app", "COPY main.sh /app/", Effect::Command),
        // A package that is needed.
        Seed("echo tool > /bin/tool && ", "", Effect::Packages),
        // Two that break only together.
        Seed("RUN touch /bin/one", "RUN rm -f /bin/one", Effect::Packages),
        Seed("RUN touch /bin/two", "RUN rm -f /bin/two", Effect::Packages),
        Seed("LABEL a=1", "LABEL a=\"1\"", Effect::Labels),
        // A user who may not do what comes next.
        Seed("RUN touch /etc/last", "USER app\nRUN touch /etc/last", Effect::User),
        Seed("CMD [\"sh\"]", "CMD [\"/bin/sh\"]", Effect::Cmd),
    ];
    let judged = judged(&layout, original, &seeds);
    let found = rejected(&judged);
    let numbers: Vec<usize> = found.iter().map(|(number, ..)| *number).collect();
    assert_eq!(numbers, [0, 1, 2, 5], "{found:?}");
    assert!(found.iter().all(|(_, fails, _)| *fails), "{found:?}");
    assert_eq!(judged.held, [3, 4, 6]);
    let partner = judged.rejected.iter().find(|rejected| rejected.fix == 2).and_then(|rejected| rejected.with);
    assert_eq!(partner, Some(3), "of two that break only together the later one stays");
    assert!(found[0].2.contains("/app/notes.txt"), "{}", found[0].2);
    assert!(found[3].2.contains("Permission denied"), "{}", found[3].2);
    println!("seven fixes, four of them bad: {} builds", judged.builds);
    assert!(judged.builds <= 24, "{} builds", judged.builds);
}

#[test]
fn an_ignore_file_that_is_too_wide_is_found_by_what_is_missing_then() {
    let Some(layout) = base("an_ignore_file_that_is_too_wide_is_found_by_what_is_missing_then") else { return };
    let dockerfile = "\
FROM base
COPY . /app
RUN cp /app/lib.sh /bin/lib
CMD [\"sh\", \"/app/main.sh\"]
";
    let original = "\
# kept out of the image
.env # passwords
*.md # prose
lib.* # made anew
main.md
main.md
";
    let seeds = [
        // What each fix of an inline comment does: the pattern counts from then on.
        Seed(".env # passwords\n", "# passwords\n.env\n", Effect::Context),
        Seed("*.md # prose\n", "# prose\n*.md\n", Effect::Context),
        // A step needs what is left out by this one.
        Seed("lib.* # made anew\n", "# made anew\nlib.*\n", Effect::Context),
        // Says that it changes nothing about files, and does not.
        Seed("main.md\nmain.md\n", "main.md\n", Effect::Labels),
        // Says so, and leaves out what the image starts.
        Seed("# kept out of the image\n", "main.*\n", Effect::Labels),
    ];
    let folder = tempfile::tempdir().expect("a folder");
    let names = [".env", ".dockerignore", "a.md", "main.md", "lib.sh", "main.sh"];
    let root = context(folder.path(), &names);
    std::fs::write(root.join(".dockerignore"), original).expect("a file");
    let mut builds = builds(&layout, folder.path());
    let path = root.join(".dockerignore");
    let judged = judged_by(original, &seeds, &mut Behind::new(&mut builds, dockerfile, &root, &path));
    let found = rejected(&judged);
    assert_eq!(judged.held, [0, 1, 3], "{found:?}");
    let numbers: Vec<usize> = found.iter().map(|(number, ..)| *number).collect();
    assert_eq!(numbers, [2, 4], "{found:?}");
    assert!(found.iter().all(|(_, fails, _)| *fails), "{found:?}");
    assert!(found[0].2.contains("RUN cp /app/lib.sh") && found[0].2.contains("lib.sh"), "{}", found[0].2);
    assert!(found[1].2.contains("`/app/main.sh` (gone)"), "{}", found[1].2);
    let measured = judged.measured.expect("it was built");
    assert_eq!(measured.size.0 - measured.size.1, (".env".len() + "a.md".len()) as u64, "{measured:?}");
    println!("five fixes of an ignore file, two of them too wide: {} builds", judged.builds);
    assert!(judged.builds <= 12, "{} builds", judged.builds);
}

#[test]
fn fixes_of_an_ignore_file_are_built_with_every_dockerfile_behind_it() {
    let Some(layout) = base("fixes_of_an_ignore_file_are_built_with_every_dockerfile_behind_it") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let root = context(folder.path(), &["main.sh", "notes.txt", "list.csv", "old.log"]);
    let write = |name: &str, text: &str| std::fs::write(root.join(name), text).expect("a file");
    write("Dockerfile", "FROM base\nCOPY . /app\n");
    write("Dockerfile.tool", "FROM base\nCOPY main.sh list.csv /tool/\n");
    write("Dockerfile.alone", "FROM base\nCOPY . /alone\n");
    let ignored = "Dockerfile*\n*ignore\n*.txt # prose\n*.csv # data\n*.zip\n*.zip\n";
    write(".dockerignore", ignored);
    write("Dockerfile.alone.dockerignore", "*.log # noise\n");
    let output = Command::new(PROGRAM)
        .args(["context", "--extend-select=dockerignore-dead-pattern", "--fix", "--unsafe-fixes", "--verify=build"])
        .arg("--base")
        .arg(format!("base=oci:{}:{}", layout.display(), bases::NAME))
        .current_dir(folder.path())
        .env("RLINT_STORE", folder.path().join("store"))
        .output()
        .expect("rlint runs");
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    let read = |name: &str| std::fs::read_to_string(root.join(name)).expect("the file");
    let expected = "Dockerfile*\n*ignore\n# prose\n*.txt\n*.csv # data\n*.zip\n";
    assert_eq!(read(".dockerignore"), expected, "{shown}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(read("Dockerfile.alone.dockerignore"), "# noise\n*.log\n", "{shown}");
    let table = shown.split_once("context/.dockerignore: 3 fixes verified").expect("a table").1;
    let why = "context/Dockerfile.tool: step `COPY main.sh list.csv /tool/`";
    assert!(table.contains(why), "the table says which image it breaks:\n{shown}");
    assert!(table.contains("context/Dockerfile: files differ: `/app/notes.txt` (gone)"), "{shown}");
    println!("context/.dockerignore: 3 fixes verified{table}");
}

#[test]
fn what_wants_the_network_is_not_called_broken() {
    let Some(layout) = base("what_wants_the_network_is_not_called_broken") else { return };
    let original = "FROM base\nRUN wget -q http://192.0.2.1/x\nLABEL a=1\n";
    let judged = judged(&layout, original, &[Seed("LABEL a=1", "LABEL a=\"1\"", Effect::Labels)]);
    let found = rejected(&judged);
    assert!(found.len() == 1 && !found[0].1 && found[0].2.contains("network"), "{found:?}");
}

#[test]
fn the_demo_ends_in_a_table_of_what_was_built() {
    let Some(layout) = base("the_demo_ends_in_a_table_of_what_was_built") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let rlint = |arguments: &[&str]| -> Output {
        let mut command = Command::new(PROGRAM);
        command.args(arguments).current_dir(folder.path()).env("RLINT_STORE", folder.path().join("store"));
        command.output().expect("rlint runs")
    };
    // The base of the demo gets its name in the store.
    std::fs::create_dir(folder.path().join("base")).expect("a folder");
    std::fs::write(folder.path().join("base/Dockerfile"), "FROM made\n").expect("a file");
    let made = format!("made=oci:{}:{}", layout.display(), bases::NAME);
    let output = rlint(&["build", "base", "--tag", "busybox:1.36", "--base", &made]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let copied = Command::new("cp").args(["-r", "docs/demo"]).arg(folder.path()).status().expect("cp runs");
    assert!(copied.success());

    let output = rlint(&["demo", "--fix", "--unsafe-fixes", "--verify=build"]);
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    let table = shown.split_once("demo/Dockerfile: ").unwrap_or_else(|| panic!("there is no table:\n{shown}")).1;
    for (verdict, fix) in [
        ("inconclusive", "copy-before-install"),
        ("built", "maintainer"),
        ("built", "add-instead-of-copy"),
        ("broken", "masked-exit-code"),
    ] {
        let told = table.lines().any(|line| line.trim_start().starts_with(verdict) && line.contains(fix));
        assert!(told, "`{fix}` is not {verdict}:\n{table}");
    }
    assert!(table.contains("/etc/backup.key"), "the table says why:\n{table}");
    let fixed = std::fs::read_to_string(folder.path().join("demo/backup/Dockerfile")).expect("the file");
    assert!(fixed.contains("COPY backup.sh") && fixed.contains("LABEL "), "{fixed}");
    assert!(fixed.contains("RUN export SUM="), "what broke was left as it was:\n{fixed}");
    println!("demo/Dockerfile: {table}");
}
