//! What the engine promises, whatever the rules are.

use std::path::PathBuf;

use rlint::lint::{Applicability, check, fix};
use rlint::text::MemoryFiles;

use crate::support::sample::{HASTY, found, found_with, settings, settings_with};

#[test]
fn a_panic_costs_one_rule_in_one_file() {
    let mut files = MemoryFiles::default();
    files.insert("a/Dockerfile", "# rlint ignore-file=rlint\nFROM a\nRUN please panic\n");
    files.insert("b/Dockerfile", "FROM b\n");
    let report = check(&["b/Dockerfile".into(), "a/Dockerfile".into()], &files, &settings());
    assert_eq!(report.internal_errors, 1);
    let rules: Vec<&str> = report.diagnostics.iter().map(|diagnostic| &*diagnostic.rule).collect();
    assert_eq!(rules, ["rlint/internal-error", "rlint/unused-ignore", "sample/from", "sample/run", "sample/from"]);
    let message = &report.diagnostics[0].message;
    assert!(message.starts_with("`sample/panic` failed on this file: as was asked"), "{message}");
}

#[test]
fn a_rule_that_fails_in_every_document_is_told_of_once() {
    let text = "services:\n  a:\n    image: please panic\n    build:\n      dockerfile_inline: |\n        FROM a\n        RUN please panic\n";
    let found = found("compose.yaml", text);
    assert_eq!(found.iter().filter(|line| line.contains("internal-error")).count(), 1, "{found:?}");
}

#[test]
fn a_bundle_is_looked_at_on_several_threads_as_on_one() {
    let pod = |number: usize| {
        let image = if number % 20 == 5 { "please panic" } else { "a" };
        format!("apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - image: {image}\n")
    };
    let bundle = (0..60).map(pod).collect::<Vec<_>>().join("---\n");
    let [one, several] = [false, true].map(|parallel| {
        let mut settings = settings_with(Some(&HASTY));
        settings.parallel = parallel;
        found_with("pods.yaml", &bundle, &settings)
    });
    assert_eq!(one, several);
    // One that fails has found nothing, and is told of once.
    let expected = (0..60).map(|number| format!("{}:sample/container", 6 * number + 5));
    assert_eq!(one, ["1:rlint/internal-error".to_owned()].into_iter().chain(expected).collect::<Vec<_>>());
}

#[test]
fn broken_files_are_located_findings_and_cost_no_other() {
    let mut files = MemoryFiles::default();
    files.insert("utf16/Dockerfile", [&[0xff, 0xfe][..], b"F\0R\0O\0M\0 \0a\0"].concat());
    files.insert("utf16/other.yaml", [&[0xff, 0xfe][..], b"a\0:\0b\0"].concat());
    let pod: Vec<u8> = "kind: Pod\napiVersion: v1\n".bytes().flat_map(|byte| [byte, 0]).collect();
    files.insert("utf16/pod.yaml", [&[0xff, 0xfe][..], &pod].concat());
    files.insert("nul/Dockerfile", "FROM a\n\0");
    files.insert("latin1/Dockerfile", b"FROM a\n# caf\xe9\nRUN b\n".to_vec());
    files.insert("ok/Dockerfile", "\u{feff}FROM a\n");
    let paths: Vec<PathBuf> = ["latin1", "missing", "nul", "ok", "utf16"]
        .into_iter()
        .map(|folder| PathBuf::from(folder).join("Dockerfile"))
        .chain(["utf16/other.yaml".into(), "utf16/pod.yaml".into()])
        .collect();
    let report = check(&paths, &files, &settings());
    let found: Vec<String> = report
        .diagnostics
        .iter()
        .map(|d| format!("{} {:?} {}", d.source.path.parent().expect("a folder").display(), d.span, d.message))
        .collect();
    assert_eq!(
        found,
        [
            "latin1 0..6 a FROM",
            "latin1 12..13 this is not UTF-8",
            "latin1 14..19 a RUN",
            "missing 0..0 cannot be read: entity not found",
            "nul 7..8 the file is not text: it holds a NUL byte",
            "ok 3..9 a FROM",
            "utf16 0..2 the file is UTF-16",
            "utf16 0..2 the file is UTF-16",
        ]
    );
}

#[test]
fn a_file_that_is_too_large_is_not_read() {
    let mut settings = settings();
    settings.largest_file = 10;
    assert_eq!(found_with("Dockerfile", "FROM a\nRUN b\n", &settings), ["1:rlint/syntax"]);
    assert_eq!(found_with("Dockerfile", "FROM a\n", &settings), ["1:sample/from"]);
}

#[test]
fn one_thread_finds_what_many_find() {
    let mut files = MemoryFiles::default();
    let mut paths = Vec::new();
    for number in 0..40 {
        let path = format!("{number}/Dockerfile");
        files.insert(&path, "FROM a\nRUN b\n".repeat(number % 7));
        paths.push(PathBuf::from(path));
    }
    let mut settings = settings();
    let many = check(&paths, &files, &settings);
    settings.parallel = false;
    paths.reverse();
    let one = check(&paths, &files, &settings);
    assert_eq!(format!("{many:?}"), format!("{one:?}"));
    assert!(!one.diagnostics.is_empty());
}

#[test]
fn a_file_given_twice_is_linted_once() {
    let mut files = MemoryFiles::default();
    files.insert("Dockerfile", "FROM a\n");
    assert_eq!(check(&["Dockerfile".into(), "Dockerfile".into()], &files, &settings()).diagnostics.len(), 1);
}

#[test]
fn fenced_blocks_are_linted_in_place() {
    let text = "# Title\n\n1. Like this:\n\n   ```\n   FROM a\n   RUN b\n   ```\n\n```yaml\nservices:\n  a:\n    image: b\n```\n";
    assert_eq!(found("README.md", text), ["6:sample/from", "7:sample/run", "12:sample/service", "13:sample/image"]);
}

#[test]
fn objects_can_be_left_alone_by_kind_name_and_namespace() {
    let pod = |name: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec: {{containers: [{{name: a, image: b}}]}}\n"
        )
    };
    let mut settings = settings();
    let glob = |text: &str| Some(globset::Glob::new(text).expect("a glob").compile_matcher());
    settings.ignore_objects = vec![rlint::lint::settings::IgnoreObject {
        rules: vec!["sample/container"],
        kind: glob("Pod"),
        name: glob("web-*"),
        namespace: None,
    }];
    let text = format!("{}---\n{}", pod("web-1"), pod("db"));
    assert_eq!(found_with("pods.yaml", &text, &settings), ["9:sample/container"]);
}

fn fixed(path: &str, text: impl Into<Vec<u8>>) -> fix::Fixed {
    let mut files = MemoryFiles::default();
    files.insert(path, text);
    fix::fix(path.as_ref(), &files, &settings(), Applicability::Safe, &|_| true).expect("the file is in memory")
}

#[test]
fn a_fix_that_would_break_the_file_is_not_applied_and_costs_no_other() {
    let fixed = fixed("Dockerfile", "FROM a\nrun b\nWORKDIR /c\nrun d\n");
    assert_eq!(String::from_utf8_lossy(&fixed.bytes), "FROM a\nRUN b\nWORKDIR /c\nRUN d\n");
    assert!(fixed.converged);
    let titles: Vec<(&str, u32)> = fixed.applied.iter().map(|applied| (&*applied.title, applied.line)).collect();
    assert_eq!(titles, [("write RUN", 1), ("write RUN", 3)]);
}

#[test]
fn fixes_that_undo_each_other_are_told_of() {
    let fixed = fixed("Dockerfile", "FROM a\nLabel b=c\n");
    assert!(!fixed.converged);
    assert_eq!(fixed.applied.len(), fix::ROUNDS);
}

#[test]
fn bytes_outside_of_the_edits_stay_also_where_they_are_no_text() {
    let fixed = fixed("Dockerfile", &b"\xef\xbb\xbfFROM a\r\n# caf\xe9\xff\r\nrun b\r\n"[..]);
    assert_eq!(fixed.bytes, b"\xef\xbb\xbfFROM a\r\n# caf\xe9\xff\r\nRUN b\r\n");
}

#[test]
fn fixes_reach_into_fenced_blocks_and_inline_dockerfiles() {
    let markdown = fixed("README.md", "> ```\n> FROM a\n> run b\n> ```\n");
    assert_eq!(String::from_utf8_lossy(&markdown.bytes), "> ```\n> FROM a\n> RUN b\n> ```\n");
    let compose = "services:\n  a:\n    build:\n      dockerfile_inline: |\n        FROM a\n        run b\n";
    assert_eq!(String::from_utf8_lossy(&fixed("compose.yaml", compose).bytes), compose.replace("run", "RUN"));
    // A folded scalar says in many ways what stands in it: nothing is changed there.
    let folded = compose.replace('|', ">").replace("FROM a\n", "FROM a\n\n");
    assert_eq!(String::from_utf8_lossy(&fixed("compose.yaml", folded.as_str()).bytes), folded);
}
