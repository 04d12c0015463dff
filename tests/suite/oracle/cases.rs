//! Dockerfiles to compare.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// A Dockerfile, and what to call it.
pub(super) struct Case {
    /// `buildkit/…`, `rules/…`, `corpus/…`.
    pub(super) name: String,
    pub(super) text: String,
    /// Whether BuildKit must refuse it.
    pub(super) negative: bool,
}

/// BuildKit's own parser tests.
pub(super) fn of_buildkit(tables: &Value) -> Vec<Case> {
    let cases = tables["dockerfiles"].as_array().expect("a list of cases");
    assert!(cases.len() > 30, "BuildKit's parser tests were not read");
    let case = |case: &Value| Case {
        name: format!("buildkit/{}", case["name"].as_str().expect("a name")),
        text: case["text"].as_str().expect("a text").to_owned(),
        negative: case["negative"] == true,
    };
    cases.iter().map(case).collect()
}

/// The Dockerfiles in the pages of the rules, those that are wrong on purpose included.
pub(super) fn of_rules() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut cases = Vec::new();
    for path in files(&root.join("rules")) {
        if path.extension().is_none_or(|extension| extension != "md") {
            continue;
        }
        let page = fs::read_to_string(&path).expect("a page is text");
        let name = path.strip_prefix(root).expect("it was found there").to_string_lossy().replace('\\', "/");
        for (line, text) in fences(&page) {
            cases.push(Case { name: format!("{name}:{line}"), text, negative: false });
        }
    }
    cases
}

/// Real files, where they are beside the repository.
pub(super) fn of_corpus() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/dockerfile");
    let mut cases = Vec::new();
    for path in files(&root) {
        // The builder gets bytes; what is not UTF-8 is compared nowhere.
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let name = path.strip_prefix(&root).expect("it was found there").to_string_lossy().replace('\\', "/");
        cases.push(Case { name: format!("corpus/{name}"), text, negative: false });
    }
    cases
}

/// All files below a folder, sorted; none when it is not there.
fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    paths.into_iter().flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// The fenced Dockerfiles of a page, with the line of their fence.
fn fences(page: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (index, line) in page.split_inclusive('\n').enumerate() {
        match &mut open {
            Some(_) if line.trim_end() == "```" => found.extend(open.take()),
            Some((_, text)) => text.push_str(line),
            None if line.starts_with("```dockerfile") => open = Some((index + 1, String::new())),
            None => {}
        }
    }
    found
}
