//! One line of a real file is broken: which findings appear that were not there before, other than the syntax error?

use std::collections::HashMap;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use rlint::lint::{Diagnostic, Preset, Settings, check};
use rlint::syntax::dockerfile::{self, InstructionKind};
use rlint::syntax::yaml;
use rlint::text::{MemoryFiles, Span};

use crate::yaml_recovery::{BREAKS, corpus, dockerfiles, middle_line};

/// A finding by what it says and the text of the line it stands on.
type Said = (String, String, String);

#[test]
fn a_broken_line_of_yaml_brings_no_other_findings() {
    let files = corpus(&["compose", "kubernetes"]);
    if files.is_empty() {
        println!("skipped: no corpus");
        return;
    }
    let mut cases = Vec::new();
    for (index, path) in files.iter().enumerate().filter(|(index, _)| index % 3 != 2) {
        let Ok(text) = fs::read_to_string(path) else { continue };
        if text.len() > 60_000 || text.contains("{{") {
            continue;
        }
        let Some((start, value)) = middle_line(&text) else { continue };
        let end = text[start..].find('\n').map_or(text.len(), |length| start + length);
        for (name, breaking) in BREAKS {
            let broken = breaking(&text, start, value, index);
            let broken_end = (end + broken.len()).saturating_sub(text.len());
            cases.push(Case::new(name, path, &text, start..end, broken, start..broken_end));
        }
    }
    let new = compare(&cases);
    for (name, _) in BREAKS {
        let cases = cases.iter().filter(|case| case.name == name).count();
        println!("{name:20} {cases} files, {} new findings", new.iter().filter(|(broken, _)| *broken == name).count());
    }
    let told: Vec<&String> = new.iter().map(|(_, told)| told).collect();
    println!("{told:#?}");
    // A line that is indented differently may still be YAML, of another meaning: nothing tells that it is wrong.
    assert!(told.len() <= 2, "{} new findings", told.len());
}

#[test]
fn a_broken_instruction_changes_no_other_findings() {
    let files = dockerfiles();
    if files.is_empty() {
        println!("skipped: no corpus");
        return;
    }
    let mut cases = Vec::new();
    for path in files.iter().take(600) {
        let Ok(text) = fs::read_to_string(path) else { continue };
        let parsed = dockerfile::parse(text.as_str());
        let instructions: Vec<Span> = parsed
            .instructions
            .iter()
            .filter(|instruction| matches!(instruction.kind, InstructionKind::Run(_) | InstructionKind::Label(_)))
            .map(|instruction| instruction.span)
            // What is added to the end of a here-document is no longer its end.
            .filter(|span| !span.of_text(&text).contains("<<"))
            .collect();
        let Some(span) = instructions.get(instructions.len() / 2) else { continue };
        let (start, end) = (span.start as usize, span.end as usize);
        for (name, what) in [("unclosed quote", "\""), ("nonsense", " && | ;; )")] {
            let broken = format!("{}{what}{}", &text[..end], &text[end..]);
            cases.push(Case::new(name, path, &text, start..end, broken, start..end + what.len()));
        }
    }
    let new = compare(&cases);
    println!("{} broken Dockerfiles, {} findings elsewhere differ", cases.len(), new.len());
    assert!(new.is_empty(), "{new:#?}");
}

struct Case {
    name: &'static str,
    path: String,
    before: String,
    after: String,
    /// The broken line, in `after`.
    line: Range<u32>,
    /// The same line, in `before`.
    was: Range<u32>,
}

impl Case {
    fn new(
        name: &'static str,
        path: &Path,
        before: &str,
        was: Range<usize>,
        after: String,
        line: Range<usize>,
    ) -> Case {
        let small = |range: Range<usize>| range.start as u32..range.end as u32;
        Case { name, path: place(path), before: before.to_owned(), after, line: small(line), was: small(was) }
    }
}

/// The findings that only the broken text has, off its broken line; each with the kind of breakage.
fn compare(cases: &[Case]) -> Vec<(&'static str, String)> {
    let mut files = MemoryFiles::default();
    let mut paths: Vec<PathBuf> = Vec::new();
    for (index, case) in cases.iter().enumerate() {
        for (side, text) in [("before", &case.before), ("after", &case.after)] {
            let path = PathBuf::from(format!("{index}/{side}/{}", case.path));
            files.insert(&path, text.as_str());
            paths.push(path);
        }
    }
    let report = check(&paths, &files, &Settings::preset(&rlint::catalog(), Preset::All));
    let mut found: HashMap<String, Vec<&Diagnostic>> = HashMap::new();
    for diagnostic in &report.diagnostics {
        found.entry(diagnostic.source.path.display().to_string()).or_default().push(diagnostic);
    }
    let mut result = Vec::new();
    for (index, case) in cases.iter().enumerate() {
        let found = |side: &str| found.get(&format!("{index}/{side}/{}", case.path)).cloned().unwrap_or_default();
        let mut before = found("before");
        for new in found("after") {
            if new.rule == "rlint/syntax" || case.line.contains(&new.span.start) {
                continue;
            }
            // A finding may be named after what is broken, or move off the broken line.
            let known = before.iter().position(|old| say(old) == say(new)).or_else(|| {
                before.iter().position(|old| {
                    let same_line = say(old).2 == say(new).2 || case.was.contains(&old.span.start);
                    // One finding may stand for several places.
                    let labelled = || old.labels.iter().any(|label| line_at(old, label.span) == say(new).2);
                    old.rule == new.rule && (same_line || labelled())
                })
            });
            match known {
                Some(known) => drop(before.swap_remove(known)),
                None => result.push((case.name, format!("{}: {}: {:?}", case.name, case.path, say(new)))),
            }
        }
    }
    result
}

fn say(diagnostic: &Diagnostic) -> Said {
    (diagnostic.rule.to_string(), diagnostic.message.clone(), line_at(diagnostic, diagnostic.span))
}

fn line_at(diagnostic: &Diagnostic, span: Span) -> String {
    let text = &diagnostic.source.text;
    let start = text[..span.start as usize].rfind('\n').map_or(0, |newline| newline + 1);
    text[start..].lines().next().unwrap_or("").trim().to_owned()
}

/// What charts leave open is not missing.
#[test]
fn nothing_is_missing_from_what_a_template_leaves_open() {
    let files = corpus(&["helm"]);
    if files.is_empty() {
        println!("skipped: no corpus");
        return;
    }
    let mut memory = MemoryFiles::default();
    let mut paths = Vec::new();
    for path in &files {
        let Ok(text) = fs::read_to_string(path) else { continue };
        memory.insert(place(path), text);
        paths.push(PathBuf::from(place(path)));
    }
    let report = check(&paths, &memory, &Settings::preset(&rlint::catalog(), Preset::All));
    let (mut missing, mut wrong) = (0, Vec::new());
    for diagnostic in &report.diagnostics {
        let name = diagnostic.rule.rsplit('/').next().unwrap();
        if !name.starts_with("missing-") && !matches!(name, "run-as-root" | "privilege-escalation") {
            continue;
        }
        let stream = yaml::parse(&*diagnostic.source.text);
        let at = diagnostic.span.start;
        let nodes = stream.documents.iter().flat_map(yaml::Document::all);
        let around = nodes.filter(|node| node.is_mapping() && node.span().contains(at) && node.has_key("image")).last();
        missing += 1;
        // What stands in the open mapping itself may well be wrong.
        let is_said = around.is_some_and(|container| container.entries().any(|(_, value)| value.span().contains(at)));
        if around.is_some_and(yaml::Ref::is_open) && name.starts_with("missing-") && is_said {
            wrong.push(format!("{} {} {}", place(&diagnostic.source.path), diagnostic.rule, diagnostic.message));
        }
    }
    println!("{missing} findings of something missing in charts");
    assert!(missing > 10, "{missing}");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The path in the corpus, without its owner's folders.
fn place(path: &Path) -> String {
    let path = path.to_string_lossy();
    path.rsplit_once("corpus/").map_or_else(|| path.to_string(), |(_, place)| place.to_owned())
}
