//! The documents the project started from: tutorials in Chinese, linted in place as Markdown.

use std::path::PathBuf;

use rlint::lint::{Diagnostic, Preset, Settings, check};
use rlint::syntax::kind::Kind;
use rlint::text::{Encoding, MemoryFiles};

const SEEDS: &str = "../shared/seeds";

/// The findings of the document whose name starts with `number`: rule, line (from 1) and message.
fn findings(number: &str) -> Option<Vec<(String, u32, String)>> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(SEEDS).ok()?.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(number)));
    let path = paths.pop()?;
    let mut files = MemoryFiles::default();
    files.insert(&path, std::fs::read(&path).ok()?);
    let mut settings = Settings::preset(&rlint::catalog(), Preset::Recommended);
    settings.file_types.push((globset::Glob::new("**/*.txt").expect("a glob").compile_matcher(), Kind::Markdown));
    let report = check(&[path], &files, &settings);
    Some(report.diagnostics.iter().map(located).collect())
}

fn located(diagnostic: &Diagnostic) -> (String, u32, String) {
    let line = diagnostic.source.lines().position(diagnostic.span.start, Encoding::Utf8).line + 1;
    (diagnostic.rule.to_string(), line, diagnostic.message.clone())
}

/// Asserts that each rule has a finding at each line.
fn expect(number: &str, wanted: &[(&str, u32)]) -> Vec<(String, u32, String)> {
    let Some(found) = findings(number) else {
        println!("skipped: there is no document {number} in {SEEDS}");
        return Vec::new();
    };
    for (rule, line) in wanted {
        let hit = found.iter().any(|(id, at, _)| id == rule && at == line);
        assert!(hit, "no {rule} at line {line} among {found:#?}");
    }
    found
}

#[test]
fn the_first_document_has_its_findings_at_their_own_lines() {
    let found = expect(
        "000",
        &[
            ("dockerfile/latest-tag", 287),
            ("dockerfile/root-user", 287),
            ("kubernetes/missing-liveness-probe", 829),
            ("kubernetes/missing-readiness-probe", 829),
            ("kubernetes/missing-memory-limit", 829),
            ("kubernetes/run-as-root", 829),
            ("dockerfile/root-user", 987),
            ("dockerfile/root-user", 1003),
        ],
    );
    // A lone FROM in a fence is quoted, not shipped.
    assert!(!found.iter().any(|(rule, line, _)| rule == "dockerfile/root-user" && (309..350).contains(line)));
}

#[test]
fn the_second_document_has_only_shell_sessions() {
    assert_eq!(expect("001", &[]), []);
}

#[test]
fn the_third_document_has_its_pods_and_its_removed_policy() {
    let found = expect(
        "002",
        &[
            ("kubernetes/untagged-image", 108),
            ("kubernetes/missing-liveness-probe", 107),
            ("kubernetes/missing-readiness-probe", 107),
            ("kubernetes/untagged-image", 132),
            ("kubernetes/missing-memory-limit", 131),
            ("kubernetes/run-as-root", 131),
            ("kubernetes/removed-api", 163),
        ],
    );
    assert!(!found.iter().any(|(_, line, _)| (85..=94).contains(line)), "nothing on the JSON");
    assert!(!found.iter().any(|(_, line, _)| (151..=157).contains(line)), "nothing on the shell block");
}

#[test]
fn the_fourth_document_has_a_dockerfile_called_yaml_and_a_compose_file_that_breaks() {
    let found = expect(
        "003",
        &[
            ("dockerfile/latest-tag", 575),
            ("dockerfile/root-user", 575),
            ("compose/latest-tag", 739),
            ("compose/root-user", 771),
            ("rlint/syntax", 864),
        ],
    );
    assert!(!found.iter().any(|(_, line, _)| (940..=993).contains(line)), "nothing on the workflow");
    let syntax = found.iter().filter(|(rule, ..)| rule == "rlint/syntax").count();
    assert!(syntax <= 3, "one fault, not {syntax}: {found:#?}");
}

#[test]
fn the_last_document_says_once_that_its_fence_never_ends() {
    let found = expect("004", &[("rlint/syntax", 13), ("dockerfile/typographic-character", 16)]);
    assert!(found.len() < 25, "{found:#?}");
    assert!(found.iter().filter(|(rule, ..)| rule == "rlint/syntax").count() <= 1, "{found:#?}");
}
