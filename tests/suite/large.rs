//! Files with very many of one thing take time in proportion to their size.

use std::path::Path;
use std::time::{Duration, Instant};

use rlint::lint::{Diagnostic, Preset, Settings, check};
use rlint::text::MemoryFiles;

/// Far more than any of these takes, and far less than it takes to look at each pair of twenty thousand things.
const LONGEST: Duration = Duration::from_secs(30);

#[test]
fn many_services_are_read_in_time() {
    let mut text = "services:\n".to_owned();
    for index in 0..8_000 {
        text.push_str(&format!("  s{index}:\n    image: app:1\n    depends_on: [s{}]\n", index + 1));
    }
    text.push_str("  s8000:\n    image: app:latest\n");
    let found = found("compose.yaml", &text);
    assert!(found.iter().any(|diagnostic| diagnostic.rule == "compose/latest-tag"));
}

#[test]
fn of_more_services_than_a_project_may_have_the_rest_is_unknown() {
    let text = format!("services:\n  a: {{image: \"app:latest\"}}\n{}", {
        let rest = (0..50_000).map(|index| format!("  s{index}: {{image: \"app:1\", depends_on: [a, gone]}}\n"));
        rest.collect::<String>()
    });
    let found = found("compose.yaml", &text);
    assert!(found.iter().any(|diagnostic| diagnostic.rule == "compose/latest-tag"));
    assert!(found.iter().all(|diagnostic| diagnostic.rule != "compose/undefined-reference"), "it may be in the rest");
}

#[test]
fn many_stages_are_read_in_time() {
    let mut text = "FROM app:latest AS s0\n".to_owned();
    for index in 0..20_000 {
        text.push_str(&format!("FROM s{index} AS s{}\n", index + 1));
    }
    text.push_str("FROM s20000 AS S0\n");
    let found = found("Dockerfile", &text);
    assert!(found.iter().any(|diagnostic| diagnostic.rule == "dockerfile/latest-tag"));
    let duplicates: Vec<&Diagnostic> =
        found.iter().filter(|found| found.rule == "dockerfile/duplicate-stage").collect();
    assert_eq!(duplicates.len(), 1, "`S0` is `s0`");
}

#[test]
fn a_key_that_is_there_very_often_is_reported_each_time() {
    let text = format!("apiVersion: v1\nkind: ConfigMap\ndata:\n{}", "  a: b\n".repeat(100_000));
    let found = found("k.yaml", &text);
    let duplicates: Vec<&Diagnostic> = found.iter().filter(|found| found.rule == "yaml/duplicate-key").collect();
    assert_eq!(duplicates.len(), 99_999);
    assert_eq!(duplicates.iter().filter(|diagnostic| !diagnostic.fixes.is_empty()).count(), 1000);
}

#[test]
fn a_stream_of_a_million_documents_is_not_read_to_the_end() {
    let text = format!("apiVersion: v1\nkind: ConfigMap\n{}", "---\n".repeat(1_000_000));
    let found = found("k.yaml", &text);
    assert!(found.iter().any(|diagnostic| diagnostic.message == "more than 100000 documents"));
}

fn found(name: &str, text: &str) -> Vec<Diagnostic> {
    let mut files = MemoryFiles::default();
    files.insert(Path::new(name), text);
    let start = Instant::now();
    let report = check(&[name.into()], &files, &Settings::preset(&rlint::catalog(), Preset::All));
    let took = start.elapsed();
    println!("{name}: {} bytes in {took:?}", text.len());
    assert!(took < LONGEST, "{took:?}");
    report.diagnostics
}
