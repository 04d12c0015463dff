//! The shape of the source: layers, panics, sizes, names that belong to one module.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::catalog::root;

/// The layers, lowest first: a module uses those before it in this list, and itself.
const LAYERS: [(&str, u8); 10] = [
    ("text", 0),
    ("syntax", 1),
    ("model", 2),
    ("build", 3),
    ("lint", 4),
    ("rules", 5),
    ("emit", 6),
    ("config", 6),
    ("lsp", 7),
    ("cli", 8),
];

/// A line of shipped code: its file from the root, its number, its text.
struct Line {
    file: String,
    number: usize,
    text: String,
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("the folder can be listed").path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
}

fn files_of(folders: &[&str]) -> Vec<(String, String)> {
    let mut paths = Vec::new();
    for folder in folders {
        rust_files(&root().join(folder), &mut paths);
    }
    let name = |path: &Path| path.strip_prefix(root()).expect("below the root").to_string_lossy().replace('\\', "/");
    paths.iter().map(|path| (name(path), fs::read_to_string(path).expect("source is text"))).collect()
}

/// The lines that are shipped: unit tests, which stand last in a file or in a file of their own, left out.
fn shipped() -> Vec<Line> {
    let mut lines = Vec::new();
    for (file, text) in files_of(&["src", "rules"]) {
        if file.ends_with("/tests.rs") || file.contains("/tests/") {
            continue;
        }
        let mut rest = text.lines().enumerate().peekable();
        while let Some((number, text)) = rest.next() {
            if text.trim_start().starts_with("#[cfg(test)]") {
                // `mod tests;` names a file; anything else is the tests themselves, to the end.
                match rest.next() {
                    Some((_, next)) if next.trim_end().ends_with(';') => continue,
                    _ => break,
                }
            }
            if !text.trim_start().starts_with("//") {
                lines.push(Line { file: file.clone(), number: number + 1, text: text.to_owned() });
            }
        }
    }
    assert!(lines.len() > 5_000, "the source was found");
    lines
}

/// Fails with the lines that are not as they should be.
fn none(wrong: impl Iterator<Item = String>, what: &str) {
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "{what}:\n{}", wrong.join("\n"));
}

fn show(line: &Line) -> String {
    format!("{}:{}: {}", line.file, line.number, line.text.trim())
}

fn layer(name: &str) -> Option<u8> {
    LAYERS.iter().find(|(own, _)| *own == name).map(|(_, layer)| *layer)
}

/// The module a file belongs to.
fn module(file: &str) -> &str {
    if file.starts_with("rules/") {
        return "rules";
    }
    let rest = file.strip_prefix("src/").unwrap_or(file);
    rest.split(['/', '.']).next().unwrap_or("")
}

#[test]
fn a_layer_uses_only_those_below_it() {
    let wrong = shipped().into_iter().filter(|line| {
        let own = module(&line.file);
        let Some(own_layer) = layer(own) else { return false };
        line.text.match_indices("crate::").any(|(at, _)| {
            let rest = &line.text[at + "crate::".len()..];
            let used = rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or("");
            layer(used).is_some_and(|layer| used != own && layer >= own_layer)
        })
    });
    none(wrong.map(|line| show(&line)), "these lines use a layer that is not below theirs");
}

#[test]
fn shipped_code_does_not_panic_on_purpose() {
    const WORDS: [&str; 7] =
        [".unwrap()", "todo!(", "unimplemented!(", "panic!(", ".expect(\"\")", "dbg!(", "process::abort"];
    let wrong = shipped().into_iter().filter(|line| WORDS.iter().any(|word| line.text.contains(word)));
    none(wrong.map(|line| show(&line)), "these lines panic");
}

#[test]
fn only_the_command_line_the_builder_and_the_search_for_settings_reach_outside() {
    const WORDS: [&str; 8] =
        ["std::fs", "fs::read", "File::open", "std::env::", "std::process", "TcpStream", "TcpListener", "UdpSocket"];
    let wrong = shipped().into_iter().filter(|line| {
        const HOMES: [&str; 10] = [
            "src/cli/",
            "src/config/discover.rs",
            "src/config/listings.rs",
            "src/main.rs",
            "src/build/engine/",
            "src/build/exec/",
            "src/build/image/",
            "src/build/judge/",
            "src/build/steps/",
            "src/build/tree/",
        ];
        let allowed = HOMES.iter().any(|home| line.file.starts_with(home));
        !allowed && WORDS.iter().any(|word| line.text.contains(word))
    });
    none(wrong.map(|line| show(&line)), "these lines reach outside");
}

#[test]
fn each_foreign_library_is_named_where_it_is_wrapped() {
    const HOMES: [(&str, &[&str]); 6] = [
        ("cel::", &["src/lint/own/condition.rs"]),
        ("codespan_reporting", &["src/emit/full.rs"]),
        ("lsp_server", &["src/lsp/"]),
        ("lsp_types", &["src/lsp/"]),
        ("granit_parser", &["src/syntax/yaml/parser.rs"]),
        ("serde_yaml", &[]),
    ];
    let wrong = shipped().into_iter().filter(|line| {
        HOMES
            .iter()
            .any(|(name, homes)| line.text.contains(name) && !homes.iter().any(|home| line.file.starts_with(home)))
    });
    none(wrong.map(|line| show(&line)), "these lines name a library outside of its home");
}

#[test]
fn the_engine_knows_no_rule_and_rules_do_not_know_one_another() {
    let ids: Vec<&str> = rlint::rules().iter().map(|rule| &*rule.id).filter(|id| !id.starts_with("rlint/")).collect();
    let engine = shipped().into_iter().filter(|line| line.file.starts_with("src/lint/"));
    let names_rule = |line: &Line| ids.iter().any(|id| line.text.contains(&format!("\"{id}\"")));
    none(engine.filter(names_rule).map(|line| show(&line)), "these lines of the engine name a rule");
    let rules = shipped().into_iter().filter(|line| module(&line.file) == "rules" && line.file != "rules/catalog.rs");
    let uses_rule = |line: &Line| line.text.contains("super::") || line.text.contains("crate::rules");
    none(rules.filter(uses_rule).map(|line| show(&line)), "these rules use another");
}

#[test]
fn files_have_one_subject_and_are_short() {
    let long = files_of(&["src", "rules", "tests"]).into_iter().filter_map(|(file, text)| {
        let lines = text.lines().count();
        (lines > 900 && file != "rules/catalog.rs").then(|| format!("{file}: {lines} lines"))
    });
    none(long, "these files are longer than 900 lines");
}

#[test]
fn the_source_is_tidy() {
    let wrong = files_of(&["src", "rules", "tests"]).into_iter().flat_map(|(file, text)| {
        let mut wrong = Vec::new();
        if !text.ends_with('\n') || text.contains('\r') {
            wrong.push(format!("{file}: does not end in a line break, or has carriage returns"));
        }
        for (number, line) in text.lines().enumerate() {
            let unfinished =
                ["TODO", "FIXME", "XXX:"].iter().any(|word| line.contains(word)) && !file.ends_with("tidy.rs");
            let skipped = line.trim() == "#[ignore]" || line.trim().starts_with("#[should_panic");
            if unfinished || skipped || line.contains('\t') && !file.starts_with("tests/") {
                wrong.push(format!("{file}:{}: {}", number + 1, line.trim()));
            }
        }
        wrong
    });
    none(wrong, "these lines are not tidy");
}

#[test]
fn no_regular_expression_is_built_at_start() {
    let wrong = shipped().into_iter().filter(|line| {
        line.text.contains("Regex::new") && !line.text.contains("LazyLock") && !line.text.contains("OnceLock")
    });
    let wrong: Vec<String> = wrong.map(|line| show(&line)).collect();
    let lazy = |line: &String| {
        let file = line.split(':').next().unwrap_or("");
        fs::read_to_string(root().join(file)).is_ok_and(|text| text.contains("LazyLock") || text.contains("OnceLock"))
    };
    none(wrong.into_iter().filter(|line| !lazy(line)), "these lines build a regular expression each time");
}
