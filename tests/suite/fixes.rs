//! What holds for the fixes of all rules, over every example and, where it is at hand, over real files.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

use rayon::prelude::*;
use rlint::lint::suppress::add_ignores;
use rlint::lint::{Diagnostic, Report, Settings, check, verify};
use rlint::text::{Files, MemoryFiles, apply};

use crate::support::catalog::{RulePage, pages};
use crate::support::corpus::{self, DiskFiles};
use crate::support::invariants::{fixes_are_sound, project, settings, tree_is_sound};

/// A file and the files around it.
struct Case {
    path: PathBuf,
    files: Box<dyn Files + Send>,
}

fn examples() -> Vec<Case> {
    pages().iter().flat_map(examples_of).collect()
}

fn examples_of(rule: &RulePage) -> Vec<Case> {
    let mut cases = Vec::new();
    for example in &rule.page.examples {
        let name = match example.language.as_str() {
            "dockerfile" => "Dockerfile",
            "markdown" => "README.md",
            _ if rule.page.id.starts_with("compose/") => "compose.yaml",
            _ => "manifest.yaml",
        };
        let path = PathBuf::from(example.path.clone().unwrap_or(name.to_owned()));
        let mut files = MemoryFiles::default();
        for (name, block) in &example.files {
            files.insert(name, block.text.as_str());
        }
        files.insert(&path, example.block.text.as_str());
        cases.push(Case { path, files: Box::new(files) });
    }
    cases
}

fn corpus() -> Vec<Case> {
    let folders = ["corpus/dockerfile", "corpus/compose", "corpus/kubernetes", "corpus/helm"];
    let paths = folders.iter().filter_map(|folder| corpus::files(folder)).flatten();
    let mut cases: Vec<Case> = paths.map(|path| Case { path, files: Box::new(DiskFiles) }).collect();
    for path in corpus::files("seeds").unwrap_or_default() {
        let bytes = std::fs::read(&path).expect("the file was just listed");
        let path = PathBuf::from(path.file_name().expect("a file has a name")).with_extension("md");
        let mut files = MemoryFiles::default();
        files.insert(&path, bytes);
        cases.push(Case { path, files: Box::new(files) });
    }
    cases
}

/// Runs `holds` over the cases and shows the first failures.
fn for_all(cases: &[Case], holds: impl Fn(&Case) -> Result<(), String> + Sync) {
    let failures = Mutex::new(Vec::new());
    cases.par_iter().for_each(|case| {
        if let Err(failure) = holds(case) {
            failures.lock().expect("pushing does not panic").push(format!("{}: {failure}", case.path.display()));
        }
    });
    let mut failures = failures.into_inner().expect("pushing does not panic");
    failures.sort();
    assert!(
        failures.is_empty(),
        "{} failures, such as\n{}",
        failures.len(),
        failures[..failures.len().min(12)].join("\n")
    );
}

fn lint(path: &Path, files: &dyn Files, settings: &Settings) -> Report {
    check(&[path.to_owned()], files, settings)
}

/// Every fix that a rule offers builds what was built before, but for what it declares. The number of fixes.
fn fixes_keep_the_plan(case: &Case, planned: &AtomicUsize, changed: &AtomicUsize) -> Result<(), String> {
    let settings = settings();
    let report = lint(&case.path, &*case.files, &settings);
    let Some(source) = report.diagnostics.first().map(|diagnostic| diagnostic.source.clone()) else { return Ok(()) };
    let before = verify::Before::new(&source, &settings);
    if !before.is_planned() {
        return Ok(());
    }
    for diagnostic in &report.diagnostics {
        for fix in &diagnostic.fixes {
            match before.with(&[fix]) {
                Ok(changes) => {
                    planned.fetch_add(1, Relaxed);
                    changed.fetch_add(usize::from(!changes.is_empty()), Relaxed);
                }
                Err(why) => {
                    let line = diagnostic.source.lines().line_of(diagnostic.span.start) + 1;
                    return Err(format!("{line}: {}: {}: {why}", diagnostic.rule, fix.title));
                }
            }
        }
    }
    Ok(())
}

fn all_fixes_keep_the_plan(cases: &[Case]) {
    let (planned, changed) = (AtomicUsize::new(0), AtomicUsize::new(0));
    for_all(cases, |case| fixes_keep_the_plan(case, &planned, &changed));
    println!("{} fixes planned, {} of them change it as declared", planned.into_inner(), changed.into_inner());
}

/// Ignoring everything leaves nothing, and no ignore that is not needed.
fn ignoring_everything_leaves_nothing(case: &Case) -> Result<(), String> {
    let mut settings = settings();
    // These two are about ignoring itself.
    for about_ignores in ["dockerfile/ignore-pragma-used", "dockerfile/ignore-without-reason"] {
        settings.set_enabled(about_ignores, false);
    }
    let report = lint(&case.path, &*case.files, &settings);
    let Some(source) = report.diagnostics.first().map(|diagnostic| diagnostic.source.clone()) else { return Ok(()) };
    let added = add_ignores(&source, &report.diagnostics, None, &settings);
    let bytes = apply(source.bytes(), &added.edits).map_err(|error| format!("the comments overlap: {error:?}"))?;
    let mut files = MemoryFiles::default();
    files.insert(&case.path, bytes);
    let around = Around { own: &files, path: &case.path, other: &*case.files };
    let after = lint(&case.path, &around, &settings);
    let key = |diagnostic: &Diagnostic| (diagnostic.rule.clone(), diagnostic.message.clone());
    let mut left: Vec<_> = added.left.iter().map(key).collect();
    for diagnostic in &after.diagnostics {
        match left.iter().position(|other| *other == key(diagnostic)) {
            Some(at) => drop(left.swap_remove(at)),
            None => {
                let line = diagnostic.source.lines().line_of(diagnostic.span.start) + 1;
                return Err(format!("{line}: still finds {}: {}", diagnostic.rule, diagnostic.message));
            }
        }
    }
    Ok(())
}

/// One changed file among others.
struct Around<'a> {
    own: &'a MemoryFiles,
    path: &'a Path,
    other: &'a dyn Files,
}

impl Files for Around<'_> {
    fn read(&self, path: &Path) -> std::io::Result<Vec<u8>> {
        if path == self.path { self.own.read(path) } else { self.other.read(path) }
    }

    fn list(&self, folder: &Path) -> std::io::Result<Arc<[rlint::text::Entry]>> {
        self.other.list(folder)
    }

    fn exists(&self, path: &Path) -> bool {
        self.other.exists(path)
    }
}

#[test]
fn fixes_of_examples_settle_and_break_nothing() {
    for_all(&examples(), |case| fixes_are_sound(&case.path, &*case.files));
}

#[test]
fn fixes_of_real_files_settle_and_break_nothing() {
    for_all(&corpus(), |case| fixes_are_sound(&case.path, &*case.files));
}

#[test]
fn fixes_of_examples_change_the_plan_only_as_they_declare() {
    all_fixes_keep_the_plan(&examples());
}

#[test]
fn fixes_of_real_files_change_the_plan_only_as_they_declare() {
    all_fixes_keep_the_plan(&corpus());
}

#[test]
fn ignoring_everything_in_examples_leaves_nothing() {
    for_all(&examples(), ignoring_everything_leaves_nothing);
}

#[test]
fn ignoring_everything_in_real_files_leaves_nothing() {
    for_all(&corpus(), ignoring_everything_leaves_nothing);
}

/// Where every line ends with a carriage return, every line that a fix writes does.
fn fixes_keep_the_line_breaks(case: &Case) -> Result<(), String> {
    let Ok(bytes) = case.files.read(&case.path) else { return Ok(()) };
    let text = String::from_utf8_lossy(&bytes).replace("\r\n", "\n").replace('\n', "\r\n");
    let mut files = MemoryFiles::default();
    files.insert(&case.path, text.as_str());
    let around = Around { own: &files, path: &case.path, other: &*case.files };
    for diagnostic in &lint(&case.path, &around, &settings()).diagnostics {
        for fix in &diagnostic.fixes {
            let Ok(result) = apply(text.as_bytes(), &fix.edits) else { continue };
            let breaks = |text: &[u8], end: &[u8]| text.windows(end.len()).filter(|window| *window == end).count();
            if breaks(&result, b"\n") != breaks(&result, b"\r\n") {
                return Err(format!("{}: {}: a line ends otherwise", diagnostic.rule, fix.title));
            }
        }
    }
    Ok(())
}

#[test]
fn fixes_of_examples_keep_the_line_breaks() {
    for_all(&examples(), fixes_keep_the_line_breaks);
}

#[test]
fn fixes_of_real_files_keep_the_line_breaks() {
    for_all(&corpus(), fixes_keep_the_line_breaks);
}

#[test]
fn a_rule_finds_alone_what_it_finds_beside_the_others() {
    let line = |d: &Diagnostic| format!("{:?} {} {}", d.span, d.rule, d.message);
    for rule in pages() {
        let cases = examples_of(&rule);
        let mut alone = settings();
        for other in alone.catalog().clone().rules() {
            alone.set_enabled(&other.id, other.id == rule.page.id);
        }
        for case in cases {
            let all = lint(&case.path, &*case.files, &settings()).diagnostics;
            let own: Vec<String> = all.iter().filter(|d| d.rule == rule.page.id).map(line).collect();
            let alone: Vec<String> = lint(&case.path, &*case.files, &alone).diagnostics.iter().map(line).collect();
            assert_eq!(own, alone, "{}", rule.page.id);
        }
    }
}

#[test]
fn one_thread_finds_in_real_files_what_many_find() {
    let Some(paths) = corpus::files("corpus/compose") else { return };
    let mut settings = settings();
    let one = check(&paths, &DiskFiles, &settings);
    settings.parallel = true;
    let many = check(&paths, &DiskFiles, &settings);
    let line = |d: &Diagnostic| format!("{} {:?} {} {}", d.source.path.display(), d.span, d.rule, d.message);
    let lines = |report: &Report| report.diagnostics.iter().map(line).collect::<Vec<_>>();
    assert_eq!(lines(&one), lines(&many));
}

/// Texts that once broke something, found by `tests/fuzz/run` or by people.
#[test]
fn texts_that_broke_something_do_not_any_more() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/broken");
    let mut held = 0;
    for entry in std::fs::read_dir(&folder).expect("the fixtures are in the repository") {
        let path = entry.expect("the folder can be listed").path();
        let bytes = std::fs::read(&path).expect("a fixture can be read");
        let text = String::from_utf8_lossy(&bytes);
        tree_is_sound(&text);
        let (name, files) = project(&text);
        if let Err(reason) = fixes_are_sound(&name, &files) {
            panic!("{}: {reason}", path.display());
        }
        held += 1;
    }
    println!("{held} texts that broke something hold");
    assert!(held > 0, "the fixtures are not found");
}
