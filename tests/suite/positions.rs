//! Where findings inside a RUN of several lines are: at the very word or command, never at the whole instruction.
//!
//! `RLINT_SHOW=rule-name` lists the spans of a rule, each with its message.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use rayon::prelude::*;
use rlint::lint::{Diagnostic, Preset, Settings, check};
use rlint::model::dockerfile::{Dockerfile, Instruction};
use rlint::syntax::dockerfile::{self, Command, InstructionKind};
use rlint::syntax::shell::{List, Node};
use rlint::text::{Files, MemoryFiles, Span};

use crate::support::catalog::pages;
use crate::support::corpus::{self, DiskFiles};

/// Rules whose finding covers more than a word or a command, and why that is right.
const WIDE: &[(&str, &str)] = &[];

/// Rules whose message quotes code that is not what the span covers, and why that is right.
const OTHER_TEXT: &[(&str, &str)] = &[
    ("pipefail", "the exit code of the quoted program is lost at the `|` after it, which `SHELL` would change"),
    ("remote-script-exec", "the program that runs it is at fault, what is quoted only downloads it"),
];

/// A finding inside a RUN of several lines.
struct Found {
    rule: String,
    place: String,
    message: String,
    /// What is there, with continuations taken out.
    text: String,
    /// What is wrong with its span.
    fault: Option<&'static str>,
}

#[test]
fn findings_in_a_long_step_are_at_the_very_word() {
    let found = all_found();
    show(&found);
    let wide: BTreeSet<&str> = WIDE.iter().map(|(rule, _)| *rule).collect();
    let faults: Vec<String> = found
        .iter()
        .filter(|one| !wide.contains(&*one.rule))
        .filter_map(|one| Some(format!("{} {}: {} `{}`", one.place, one.rule, one.fault?, one.text)))
        .collect();
    assert!(faults.is_empty(), "{} findings, such as\n{}", faults.len(), faults[..faults.len().min(20)].join("\n"));
    unused(&wide, found.iter().filter(|one| one.fault.is_some()));
}

#[test]
fn what_a_message_quotes_is_what_the_span_covers() {
    let found = all_found();
    let other: BTreeSet<&str> = OTHER_TEXT.iter().map(|(rule, _)| *rule).collect();
    let differs = |one: &&Found| {
        let quoted = quotes(&one.message);
        // What is quoted of a variable is its value.
        let same = |quote: &&str| one.text.contains('$') || one.text.contains(*quote) || quote.contains(&*one.text);
        !quoted.is_empty() && !quoted.iter().any(same)
    };
    let faults: Vec<String> = found
        .iter()
        .filter(|one| !other.contains(&*one.rule))
        .filter(differs)
        .map(|one| format!("{} {}: `{}` is under `{}`", one.place, one.rule, one.message, one.text))
        .collect();
    assert!(faults.is_empty(), "{} findings, such as\n{}", faults.len(), faults[..faults.len().min(20)].join("\n"));
    unused(&other, found.iter().filter(differs));
}

/// An exception that nothing needs is to be taken out. Only the corpus has all of them.
fn unused<'f>(exceptions: &BTreeSet<&str>, needed: impl Iterator<Item = &'f Found>) {
    if corpus::files("corpus/dockerfile").is_none() {
        return;
    }
    let needed: BTreeSet<&str> = needed.map(|one| &*one.rule).collect();
    let unused: Vec<&&str> = exceptions.iter().filter(|rule| !needed.contains(**rule)).collect();
    assert!(unused.is_empty(), "no finding needs these exceptions: {unused:?}");
}

/// The pieces in backticks.
fn quotes(message: &str) -> Vec<&str> {
    message.split('`').skip(1).step_by(2).filter(|quote| !quote.is_empty()).collect()
}

/// Of every rule, over the bad examples of all pages and over real files.
fn all_found() -> Vec<Found> {
    let found = Mutex::new(Vec::new());
    let add = |path: &Path, files: &dyn Files| {
        let own = found_in(path, files);
        found.lock().expect("pushing does not panic").extend(own);
    };
    for rule in &pages() {
        for example in rule.page.examples.iter().filter(|example| example.bad && example.language == "dockerfile") {
            let mut files = MemoryFiles::default();
            for (name, block) in &example.files {
                files.insert(name, block.text.as_str());
            }
            let path = PathBuf::from(example.path.clone().unwrap_or("Dockerfile".to_owned()));
            files.insert(&path, example.block.text.as_str());
            add(&path, &files);
        }
    }
    let real = corpus::files("corpus/dockerfile").unwrap_or_default();
    real.par_iter().for_each(|path| add(path, &DiskFiles));
    let mut found = found.into_inner().expect("pushing does not panic");
    found.sort_by(|a, b| (&a.rule, &a.place).cmp(&(&b.rule, &b.place)));
    found
}

fn found_in(path: &Path, files: &dyn Files) -> Vec<Found> {
    let mut settings = Settings::preset(&rlint::catalog(), Preset::All);
    settings.parallel = false;
    let report = check(&[path.to_owned()], files, &settings);
    let Some(first) = report.diagnostics.first() else { return Vec::new() };
    let text = first.source.text.clone();
    let dockerfile = Dockerfile::new(dockerfile::parse(text.clone()));
    // What the scripts of each long RUN consist of.
    let steps: Vec<(Span, Vec<Span>)> = dockerfile
        .instructions()
        .filter(|instruction| is_long_step(*instruction))
        .map(|instruction| (instruction.span(), pieces(instruction)))
        .collect();
    let in_step = |diagnostic: &Diagnostic| {
        let (step, pieces) = steps.iter().find(|(step, _)| step.encloses(diagnostic.span))?;
        Some(Found {
            rule: diagnostic.rule.trim_start_matches("dockerfile/").to_owned(),
            place: format!("{}:{}", path.display(), text[..diagnostic.span.start as usize].matches('\n').count() + 1),
            message: diagnostic.message.clone(),
            text: joined(diagnostic.span.of_text(&text)),
            fault: fault(diagnostic.span, *step, pieces, &text),
        })
    };
    report.diagnostics.iter().filter(|d| d.rule.starts_with("dockerfile/")).filter_map(in_step).collect()
}

fn is_long_step(instruction: Instruction<'_>) -> bool {
    matches!(instruction.node.kind, InstructionKind::Run(_)) && instruction.text().contains('\n')
}

/// The words and commands of its script, and its flags.
fn pieces(instruction: Instruction<'_>) -> Vec<Span> {
    let mut pieces = Vec::new();
    let mut add = |list: &List| {
        list.visit(&mut |node| match node {
            Node::Pipeline(pipeline) => pieces.push(pipeline.span),
            Node::Simple(command) => {
                pieces.push(command.span);
                if let (Some(first), Some(last)) = (command.words.first(), command.words.last()) {
                    pieces.push(first.span.cover(last.span));
                }
            }
            Node::Compound(compound) => pieces.push(compound.span),
            Node::Word(word) => pieces.push(word.span),
            Node::List(_) => {}
        });
    };
    match instruction.command() {
        Some(Command::Shell(form)) => add(&form.script.list),
        Some(Command::Exec(form)) => form.script.iter().for_each(|script| add(&script.list)),
        None => {}
    }
    pieces.extend(instruction.node.flags.iter().map(|flag| flag.span));
    pieces.extend(instruction.node.heredocs.iter().map(|heredoc| heredoc.body));
    pieces
}

/// What is wrong with a span in a step; `None` where it is in one line, or one word or command over several.
fn fault(span: Span, step: Span, pieces: &[Span], text: &str) -> Option<&'static str> {
    let code = span.of_text(text);
    if span == step {
        return Some("covers the whole instruction");
    }
    if code.is_empty() {
        return None;
    }
    // Blanks themselves may be what is wrong.
    if code.trim() != code && !code.trim().is_empty() {
        return Some("has blanks at its ends");
    }
    (code.contains('\n') && !pieces.contains(&span)).then_some("goes over several lines and is no word or command")
}

/// Continuations taken out.
fn joined(code: &str) -> String {
    let lines: Vec<&str> = code.lines().map(|line| line.trim().trim_end_matches('\\').trim_end()).collect();
    lines.join(" ")
}

fn show(found: &[Found]) {
    let Ok(wanted) = std::env::var("RLINT_SHOW") else { return };
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for one in found {
        *counts.entry(&one.rule).or_default() += 1;
        if one.rule == wanted {
            println!("{}: {}\n    under `{}`", one.place, one.message, one.text);
        }
    }
    println!("{counts:#?}");
}
