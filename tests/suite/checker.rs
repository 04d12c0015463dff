//! What a checker keeps of other files is what a run that knows nothing finds out.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::available_parallelism;

use rlint::lint::{Checker, Preset, Report, Settings, check};
use rlint::text::{Entry, Files, MemoryFiles};

/// Files that hang together, each with several contents; an empty one is no file.
const FILES: [(&str, &[&str]); 9] = [
    (
        "app/Dockerfile",
        &[
            "FROM alpine:3.22\nCOPY a.txt /a\nUSER 1000\n",
            "FROM alpine:3.22\nCOPY missing.txt /a\nUSER root\n",
            "FROM base AS x\nCOPY --from=tools /a /a\n",
            "FROM alpine:3.22 AS run\nUSER app\nHEALTHCHECK CMD x\n",
        ],
    ),
    (
        "compose.yaml",
        &[
            "services:\n  web:\n    build: app\n    image: acme/web:1\n    depends_on: {db: {condition: service_healthy}}\n  db:\n    image: postgres:17\n",
            "services:\n  web:\n    build: {context: app, target: run, additional_contexts: {tools: ./t}}\n    image: acme/web:2\n",
            "services:\n  other:\n    build: .\n    image: acme/other:1\n",
            "services: {web: {build: app, image: [\n",
            "include: [more.yaml]\nservices:\n  web: {image: \"acme/web:1\"}\n",
        ],
    ),
    ("more.yaml", &["services:\n  extra:\n    build: app\n    image: acme/web:1\n", "services: {}\n"]),
    (
        "pod.yaml",
        &[
            "apiVersion: v1\nkind: Pod\nmetadata: {name: web, labels: {app: web}}\nspec:\n  securityContext: {runAsNonRoot: true}\n  containers:\n    - {name: web, image: \"acme/web:1\"}\n",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: web, labels: {app: api}}\nspec:\n  containers:\n    - {name: web, image: \"acme/other\"}\n",
            "apiVersion: acme.example/v1\nkind: Thing\n",
        ],
    ),
    (
        "service.yaml",
        &[
            "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}}\n",
            "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: {{ x }}}}\n",
        ],
    ),
    (
        "kustomization.yaml",
        &["resources: [pod.yaml]\nimages: [{name: acme/web, newTag: v1}]\n", "patches: [{path: pod.yaml}]\n", "a: b\n"],
    ),
    (
        "skaffold.yaml",
        &[
            "apiVersion: skaffold/v4beta6\nkind: Config\nbuild: {artifacts: [{image: acme/other, context: app}]}\n",
            "a: b\n",
        ],
    ),
    ("app/.dockerignore", &["*.txt\n", "other\n"]),
    ("app/a.txt", &["a", "b"]),
];

/// What is found, in words.
fn shown(report: &Report) -> Vec<String> {
    let line = |found: &rlint::lint::Diagnostic| {
        let labels: Vec<String> = found
            .labels
            .iter()
            .map(|label| format!("{:?} {} {}", label.source, label.message, label.span.start))
            .collect();
        format!("{} {:?} {} {labels:?} {}", found.rule, found.span, found.message, found.fixes.len())
    };
    report.diagnostics.iter().map(line).collect()
}

fn settings() -> Settings {
    let mut settings = Settings::preset(&rlint::catalog(), Preset::All);
    settings.parallel = false;
    settings
}

#[test]
fn after_any_change_a_checker_finds_what_a_fresh_run_finds() {
    let settings = settings();
    let mut checker = Checker::new(settings.clone());
    let mut files = MemoryFiles::default();
    for (path, contents) in FILES {
        files.insert(path, contents[0]);
    }
    let mut random = 7_u64;
    let mut below = |limit: usize| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) as usize % limit
    };
    let mut differed = 0;
    let mut before = Vec::new();
    for round in 0..400 {
        let (path, contents) = FILES[below(FILES.len())];
        let content = contents[below(contents.len())];
        files.insert(path, content);
        checker = checker.after_change(&[PathBuf::from(path)]);
        // Not every file is looked at each time: what was not asked for is not known either.
        let mut all = Vec::new();
        for (target, _) in FILES.iter().filter(|_| below(3) > 0) {
            let kept = shown(&checker.check(Path::new(target), &files));
            let fresh = shown(&check(&[PathBuf::from(target)], &files, &settings));
            assert_eq!(kept, fresh, "round {round}: {target} after {path} became\n{content}");
            all.extend(kept);
        }
        differed += usize::from(all != before);
        before = all;
    }
    assert!(differed > 100, "the files hang together");
}

#[test]
fn a_checker_that_is_made_anew_sees_files_that_came() {
    let mut files = MemoryFiles::default();
    files.insert("Dockerfile", "FROM alpine:3.22\nCOPY a.txt b.txt /a/\nUSER 1\n");
    files.insert("b.txt", "");
    let checker = Checker::new(settings());
    let target = [PathBuf::from("Dockerfile")];
    let first = shown(&checker.check(&target[0], &files));
    files.insert("a.txt", "");
    files.insert(".dockerignore", "b.txt\n");
    let now = shown(&checker.anew().check(&target[0], &files));
    assert_eq!(now, shown(&check(&target, &files, &settings())));
    assert_ne!(now, first);
}

/// Files that stop a check when the `last` of so many is read.
struct Stopping {
    files: MemoryFiles,
    last: usize,
    stop: AtomicBool,
    read: AtomicUsize,
}

impl Files for Stopping {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        if self.read.fetch_add(1, Ordering::Relaxed) + 1 == self.last {
            self.stop.store(true, Ordering::Relaxed);
        }
        self.files.read(path)
    }

    fn list(&self, folder: &Path) -> io::Result<Arc<[Entry]>> {
        self.files.list(folder)
    }

    fn exists(&self, path: &Path) -> bool {
        self.files.exists(path)
    }
}

#[test]
fn a_check_that_nobody_wants_any_more_ends_soon_and_says_nothing() {
    let path = Path::new("pods.yaml");
    let mut memory = MemoryFiles::default();
    let (mut pods, mut services) = (String::new(), "services:\n".to_owned());
    for number in 0..100 {
        memory.insert(format!("{number}/Dockerfile"), "FROM alpine:3.22\nUSER app\n");
        services += &format!("  s{number}: {{build: \"{number}\", image: acme/s{number}}}\n");
        pods += &format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec:\n  securityContext: {{runAsNonRoot: true}}\n  containers:\n    \
             - {{name: a, image: acme/s{number}}}\n---\n"
        );
    }
    memory.insert("compose.yaml", services);
    memory.insert(path, pods);
    let looked = |last: usize, parallel: bool| {
        let (files, stop, read) = (memory.clone(), AtomicBool::new(false), AtomicUsize::new(0));
        let files = Stopping { files, last, stop, read };
        let mut settings = Settings::preset(&rlint::catalog(), Preset::All);
        settings.parallel = parallel;
        let checker = Checker::new(settings);
        let report = checker.check_until(path, &files, Some(&files.stop));
        (report.map(|report| shown(&report)), checker, files.read.into_inner())
    };
    let (whole, _, all) = looked(usize::MAX, false);
    let whole = whole.expect("nobody stopped it");
    assert!(all > 100 && whole.len() > 100, "{all} {}", whole.len());
    // Several threads may read a file each for itself: how much they read in all is not known.
    for (last, parallel) in [(1, false), (all / 2, false), (all, false), (1, true), (all / 2, true)] {
        let (stopped, checker, read) = looked(last, parallel);
        assert_eq!(stopped, None);
        let threads = if parallel { available_parallelism().unwrap().get() } else { 1 };
        assert!(read <= last + 2 * threads, "{read} of {all}, stopped at {last}");
        // What it came to know on the way is as good as ever.
        assert_eq!(shown(&checker.check(path, &memory)), whole);
    }
}
