//! The preset `hadolint` against what hadolint itself says of the corpus, matched by file, instruction and code.
//!
//! `RLINT_SHOW=DL3008` lists the findings of that code that only one of the two has.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use rlint::lint::{Catalog, Diagnostic, Preset, Rule, Settings, check};
use rlint::syntax::dockerfile::parse;
use rlint::syntax::kind::Kind;
use rlint::text::{Encoding, LineIndex};
use serde_json::Value;

use crate::support::catalog::root;
use crate::support::corpus::{self, DiskFiles};

/// What of the DL findings of both must be shared, in percent, those that were reviewed left out.
const LEAST: f64 = 97.0;

/// What hadolint reports only when it is configured to.
const OFF: [&str; 12] = [
    "DL1001", "DL3026", "DL3049", "DL3050", "DL3051", "DL3052", "DL3053", "DL3054", "DL3055", "DL3056", "DL3057",
    "DL3058",
];

/// A place in the corpus: the file, and the first line of the instruction.
type Place = (String, u32);

/// The places where a code is reported.
type Findings = BTreeMap<String, BTreeSet<Place>>;

#[test]
fn the_preset_hadolint_finds_what_hadolint_finds() {
    let Some((theirs, unreadable)) = theirs() else { return };
    let corpus = Corpus::read(&unreadable);
    let theirs = corpus.by_instruction(theirs);
    let ours = corpus.ours(&theirs);
    let reviewed = reviewed();
    let codes: BTreeSet<&String> = theirs.keys().chain(ours.keys()).collect();
    let mut table = format!("{} files, {} that hadolint cannot read left out\n", corpus.lines.len(), unreadable.len());
    let mut totals: BTreeMap<&str, Tally> = BTreeMap::new();
    table.push_str("code     shared  only ours  only theirs  reviewed   shared/union\n");
    for code in codes {
        let tally = tally(code, &ours, &theirs, &reviewed);
        table.push_str(&tally.row(code));
        totals.entry(&code[..2]).or_default().add(&tally);
    }
    for (family, tally) in &totals {
        table.push_str(&tally.row(&format!("all {family}")));
    }
    println!("{table}");
    show(&ours, &theirs, &reviewed);
    let gone: Vec<_> = reviewed
        .iter()
        .flat_map(|(code, places)| places.iter().map(move |place| (code, place)))
        .filter(|(code, place)| has(&ours, code, place) == has(&theirs, code, place))
        .collect();
    assert!(gone.is_empty(), "these reviewed differences are gone, take them out: {gone:#?}");
    let reached = totals.get("DL").map_or(0.0, Tally::percent);
    assert!(reached >= LEAST, "only {reached:.1} % of the DL findings are shared");
}

/// How the findings of one code compare.
#[derive(Default)]
struct Tally {
    shared: usize,
    only_ours: usize,
    only_theirs: usize,
    /// Differences that were looked at and are right; in none of the others.
    reviewed: usize,
}

impl Tally {
    fn add(&mut self, other: &Tally) {
        self.shared += other.shared;
        self.only_ours += other.only_ours;
        self.only_theirs += other.only_theirs;
        self.reviewed += other.reviewed;
    }

    /// The shared ones in percent of all.
    fn percent(&self) -> f64 {
        let union = self.shared + self.only_ours + self.only_theirs;
        if union == 0 { 100.0 } else { 100.0 * self.shared as f64 / union as f64 }
    }

    fn row(&self, name: &str) -> String {
        let Tally { shared, only_ours, only_theirs, reviewed } = self;
        let percent = self.percent();
        format!("{name:8} {shared:6}  {only_ours:9}  {only_theirs:11}  {reviewed:8}  {percent:11.1} %\n")
    }
}

fn tally(code: &str, ours: &Findings, theirs: &Findings, reviewed: &Findings) -> Tally {
    let mut tally = Tally::default();
    let places: BTreeSet<&Place> = [ours, theirs].into_iter().filter_map(|all| all.get(code)).flatten().collect();
    for place in places {
        *match (has(ours, code, place), has(theirs, code, place)) {
            (true, true) => &mut tally.shared,
            _ if has(reviewed, code, place) => &mut tally.reviewed,
            (true, false) if is_hidden(code, place, theirs) => &mut tally.reviewed,
            (true, false) => &mut tally.only_ours,
            _ => &mut tally.only_theirs,
        } += 1;
    }
    tally
}

/// Whether hadolint has another finding of ShellCheck there: it shows one of them for an instruction.
fn is_hidden(code: &str, place: &Place, theirs: &Findings) -> bool {
    code.starts_with("SC") && theirs.keys().any(|other| other.starts_with("SC") && has(theirs, other, place))
}

fn has(findings: &Findings, code: &str, place: &Place) -> bool {
    findings.get(code).is_some_and(|places| places.contains(place))
}

/// Lists the differences of the code that `RLINT_SHOW` names, or of `all`.
fn show(ours: &Findings, theirs: &Findings, reviewed: &Findings) {
    let Ok(wanted) = std::env::var("RLINT_SHOW") else { return };
    let mut text = String::new();
    for (sign, findings, others) in [("only ours  ", ours, theirs), ("only theirs", theirs, ours)] {
        for (code, places) in findings.iter().filter(|(code, _)| wanted == "all" || wanted == **code) {
            for place in places.iter().filter(|place| !has(others, code, place)) {
                let hidden = sign.contains("ours") && is_hidden(code, place, theirs);
                let note = if hidden || has(reviewed, code, place) { "  (reviewed)" } else { "" };
                let _ = writeln!(text, "{sign}  {code}  {}:{}{note}", place.0, place.1);
            }
        }
    }
    println!("{text}");
}

/// What hadolint found, by line, and the files it cannot read; `None` where the corpus is not there.
fn theirs() -> Option<(Findings, BTreeSet<String>)> {
    let path = root().join("../shared/corpus/expected/hadolint-2.15.1.json");
    let Ok(text) = fs::read_to_string(&path) else {
        println!("skipped: {} is not there", path.display());
        return None;
    };
    let list: Vec<Value> = serde_json::from_str(&text).expect("a list of findings");
    let file = |finding: &Value| finding["file"].as_str().expect("a file").to_owned();
    let unreadable: BTreeSet<String> = list.iter().filter(|one| one["code"] == "DL1000").map(file).collect();
    let mut found = Findings::new();
    for finding in list.iter().filter(|finding| !unreadable.contains(&file(finding))) {
        let line = finding["line"].as_u64().expect("a line") as u32;
        let code = finding["code"].as_str().expect("a code");
        found.entry(code.to_owned()).or_default().insert((file(finding), line));
    }
    Some((found, unreadable))
}

/// The reviewed differences: files `CODE.txt` with lines `file:line | reason`.
fn reviewed() -> Findings {
    let mut found = Findings::new();
    let folder = root().join("tests/fixtures/hadolint");
    for entry in fs::read_dir(folder).expect("the folder is in the repository") {
        let path = entry.expect("it can be listed").path();
        if path.extension().is_none_or(|extension| extension != "txt") {
            continue;
        }
        let code = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).expect("a list is text");
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (place, reason) = line.split_once(" | ").expect("lines are `file:line | reason`");
            assert!(!reason.trim().is_empty(), "`{line}` has no reason");
            let (file, number) = place.rsplit_once(':').expect("a place is `file:line`");
            let number = number.parse().expect("a line is a number");
            found.entry(code.clone()).or_default().insert((format!("dockerfile/{file}"), number));
        }
    }
    found
}

/// The files that both can read.
struct Corpus {
    paths: Vec<PathBuf>,
    /// For each file, by the name that hadolint's list has for it, the first and last lines of its instructions.
    lines: BTreeMap<String, Vec<(u32, u32)>>,
}

impl Corpus {
    fn read(unreadable: &BTreeSet<String>) -> Corpus {
        let mut corpus = Corpus { paths: Vec::new(), lines: BTreeMap::new() };
        for path in corpus::files("corpus/dockerfile").unwrap_or_default() {
            let name = name(&path.to_string_lossy());
            if unreadable.contains(&name) {
                continue;
            }
            let bytes = fs::read(&path).expect("the corpus can be read");
            let text = rlint::text::Source::from_bytes("Dockerfile", bytes).text.clone();
            let index = LineIndex::new(&text);
            let tree = parse(text);
            let lines = |span: rlint::text::Span| (index.line_of(span.start) + 1, index.line_of(span.end) + 1);
            let instructions = tree.instructions.iter().map(|instruction| lines(instruction.span)).collect();
            corpus.lines.insert(name, instructions);
            corpus.paths.push(path);
        }
        corpus
    }

    /// The first line of the instruction around a line; the line itself where there is none.
    fn instruction(&self, file: &str, line: u32) -> u32 {
        let instructions = self.lines.get(file).map(Vec::as_slice).unwrap_or_default();
        let around = instructions.iter().find(|(first, last)| (*first..=*last).contains(&line));
        around.map_or(line, |(first, _)| *first)
    }

    fn by_instruction(&self, found: Findings) -> Findings {
        let place = |(file, line): Place| (file.clone(), self.instruction(&file, line));
        found.into_iter().map(|(code, places)| (code, places.into_iter().map(place).collect())).collect()
    }

    /// What the preset finds, under hadolint's codes.
    fn ours(&self, theirs: &Findings) -> Findings {
        let catalog = rlint::catalog();
        let mut settings = Settings::preset(&catalog, Preset::Hadolint);
        settings.file_types.push((globset::Glob::new("**").expect("a glob").compile_matcher(), Kind::Dockerfile));
        let mut found = Findings::new();
        for diagnostic in check(&self.paths, &DiskFiles, &settings).diagnostics {
            let place = self.place(&diagnostic);
            for code in codes(&catalog, &diagnostic, &place, theirs) {
                found.entry(code).or_default().insert(place.clone());
            }
        }
        found
    }

    fn place(&self, diagnostic: &Diagnostic) -> Place {
        let file = name(&diagnostic.source.path.to_string_lossy());
        let line = diagnostic.source.lines().position(diagnostic.span.start, Encoding::Utf8).line + 1;
        let line = self.instruction(&file, line);
        (file, line)
    }
}

/// The codes a finding counts for: of those of its rule the ones that are expected there, else the first.
fn codes(catalog: &Catalog, diagnostic: &Diagnostic, place: &Place, theirs: &Findings) -> Vec<String> {
    if let Some(alias) = &diagnostic.alias {
        return vec![alias.to_string()];
    }
    let all: Vec<String> = catalog.rule(&diagnostic.rule).map(codes_of).unwrap_or_default();
    let expected: Vec<String> = all.iter().filter(|code| has(theirs, code, place)).cloned().collect();
    if expected.is_empty() { all.into_iter().take(1).collect() } else { expected }
}

/// The codes of a rule that hadolint reports by default.
fn codes_of(rule: &'static Rule) -> Vec<String> {
    let is_code = |alias: &str| {
        let digits = alias.strip_prefix("DL").or_else(|| alias.strip_prefix("SC")).unwrap_or("");
        digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit()) && !OFF.contains(&alias)
    };
    rule.aliases.iter().filter(|alias| is_code(alias)).map(|alias| alias.to_string()).collect()
}

/// `dockerfile/…`, as hadolint's list names a file.
fn name(path: &str) -> String {
    let path = path.replace('\\', "/");
    path.split_once("/corpus/").map_or(path.clone(), |(_, name)| name.to_owned())
}
