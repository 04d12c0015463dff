//! Ignore files and the globs of COPY: generated patterns and paths.

use std::sync::Arc;

use rlint::model::context::{Glob, IgnoreFile};
use rlint::text::Source;
use serde_json::{Value, json};

use super::words::Random;

/// An ignore file or a glob, and paths to match.
pub(super) struct Patterns {
    text: String,
    paths: Vec<String>,
}

/// What was compared.
#[derive(Default)]
pub(super) struct Compared {
    pub(super) pairs: usize,
    /// Pairs that match.
    pub(super) matched: usize,
    /// Files that are refused by both.
    pub(super) refused: usize,
    /// Files that we do not answer for.
    pub(super) unknown: usize,
}

const NAMES: [&str; 12] =
    ["a", "b", "ab", "a.b", "src", ".git", "README.md", "x-1", "ü", "a b", "node_modules", "b.md"];

/// Ignore files with some paths each, the same ones every time.
pub(super) fn files(count: usize) -> Vec<Patterns> {
    let mut random = Random::new(0x9e37_79b9_7f4a_7c15);
    let file = |_| {
        let lines: Vec<String> = (0..1 + random.below(6)).map(|_| line(&mut random)).collect();
        let end = if random.below(4) == 0 { "\r\n" } else { "\n" };
        let mark = if random.below(20) == 0 { "\u{feff}" } else { "" };
        Patterns { text: format!("{mark}{}", lines.join(end)), paths: (0..8).map(|_| path(&mut random)).collect() }
    };
    (0..count).map(file).collect()
}

/// Globs with some paths each.
pub(super) fn globs(count: usize) -> Vec<Patterns> {
    let mut random = Random::new(0x1234_5678_9abc_def1);
    let glob = |_| Patterns { text: pattern(&mut random), paths: (0..8).map(|_| path(&mut random)).collect() };
    (0..count).map(glob).collect()
}

fn line(random: &mut Random) -> String {
    let blank = |random: &mut Random| if random.below(12) == 0 { " " } else { "" };
    let before = blank(random);
    let sign = ["", "", "", "!", "!", "! ", "#", "/", "!/"][random.below(9)];
    format!("{before}{sign}{}{}", pattern(random), blank(random))
}

fn pattern(random: &mut Random) -> String {
    let mut pattern = String::from(["", "", "", "", "", "", "./", "/", "../"][random.below(9)]);
    for index in 0..1 + random.below(2) {
        if index > 0 {
            pattern.push('/');
        }
        for _ in 0..1 + usize::from(random.below(4) == 0) {
            pattern.push_str(part(random));
        }
    }
    pattern.push_str(["", "", "", "/", "/**"][random.below(5)]);
    pattern
}

fn part(random: &mut Random) -> &'static str {
    const PARTS: [&str; 27] = [
        "*", "*", "**", "**", "?", "[ab]", "[a-c]", "[^a]", "[a\\]]", "\\*", "*.md", "{a,b}", "$", "(a)", "+", "..",
        "^", ".", "a|b", "{1}", "\\a", "[^-a]", "[", "]", "\\", "[z-a]", "[a*]",
    ];
    // The last ones are refused, or not followed.
    let known = if random.below(8) == 0 { PARTS.len() } else { 16 };
    if random.below(2) == 0 { PARTS[random.below(known)] } else { name(random) }
}

/// Few names most of the time, so that much matches.
fn name(random: &mut Random) -> &'static str {
    let known = if random.below(3) == 0 { NAMES.len() } else { 3 };
    NAMES[random.below(known)]
}

fn path(random: &mut Random) -> String {
    let parts: Vec<&str> = (0..1 + random.below(3)).map(|_| name(random)).collect();
    parts.join("/")
}

pub(super) fn request_file(file: &Patterns) -> Value {
    json!({ "kind": "ignore", "text": file.text, "files": file.paths })
}

pub(super) fn request_glob(glob: &Patterns) -> Value {
    json!({ "kind": "glob", "word": glob.text, "files": glob.paths })
}

/// Holds our reading of an ignore file against the answer.
pub(super) fn check_file(file: &Patterns, answer: &Value, compared: &mut Compared) {
    let ours = IgnoreFile::new(Arc::new(Source::new(".dockerignore", file.text.as_str())));
    if answer["error"] != "" {
        let unknown = file.paths.iter().all(|path| ours.ignores(path).is_none());
        assert!(ours.is_bad() || unknown, "{:?} is refused: {}", file.text, answer["error"]);
        compared.refused += 1;
        return;
    }
    // Go looks at a pattern only as far as it has to: a mistake further on is met with other paths.
    for (path, expected) in file.paths.iter().zip(answer["ignored"].as_array().expect("a list")) {
        let Some(ignored) = ours.ignores(path) else {
            compared.unknown += 1;
            return;
        };
        assert_eq!(ignored, *expected, "{path:?} behind {:?}", file.text);
        compared.pairs += 1;
        compared.matched += usize::from(ignored);
    }
}

/// Holds our reading of a glob against the answer.
pub(super) fn check_glob(glob: &Patterns, answer: &Value, compared: &mut Compared) {
    let ours = Glob::new(&glob.text);
    let Some(expected) = answer["matches"].as_array() else {
        assert!(ours.is_err(), "{:?} is refused, we take it", glob.text);
        compared.refused += 1;
        return;
    };
    let Ok(ours) = ours else {
        compared.unknown += 1;
        return;
    };
    for (path, expected) in glob.paths.iter().zip(expected) {
        assert_eq!(ours.matches(path), *expected, "{path:?} and {:?}", glob.text);
        compared.pairs += 1;
        compared.matched += usize::from(ours.matches(path));
    }
}
