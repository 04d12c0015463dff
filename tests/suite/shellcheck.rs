//! ShellCheck beside rlint: how what it says gets into a report, and how far our own rules agree with it.
//!
//! `RLINT_SHOW=SC2086` lists the findings of that code that only one of the two has.

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, Output};

use rlint::lint::{Preset, Settings, check};
use rlint::syntax::kind::Kind;
use rlint::text::Encoding;
use serde_json::Value;

use crate::support::catalog::root;
use crate::support::corpus::{self, DiskFiles};

/// What of the findings of both under the codes of our rules must be shared, in percent.
const LEAST: f64 = 85.0;

/// A finding: file, line from 1, code.
type Found = BTreeSet<(String, u64, String)>;

fn rlint(arguments: &[&str], folder: &std::path::Path, path: Option<&str>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rlint"));
    command.args(arguments).current_dir(folder);
    if let Some(path) = path {
        command.env("PATH", path);
    }
    command.output().expect("rlint runs")
}

/// A folder with a Dockerfile and a program `shellcheck` that gives the same answer whatever it is asked.
#[cfg(unix)]
fn with_answer(dockerfile: &str, answer: &str) -> (tempfile::TempDir, String) {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("Dockerfile"), dockerfile).expect("written");
    let bin = folder.path().join("bin");
    std::fs::create_dir(&bin).expect("made");
    let program = bin.join("shellcheck");
    std::fs::write(&program, format!("#!/bin/sh\nprintf '%s' '{answer}'\nexit 1\n")).expect("written");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("allowed");
    (folder, bin.to_string_lossy().into_owned())
}

/// Two comments on the third line of the first script, which is the first one of the RUN.
#[cfg(unix)]
const ANSWER: &str = r#"{"comments":[
{"file":"0","line":3,"endLine":3,"column":8,"endColumn":10,"level":"info","code":2086,"message":"Quote.","fix":{"replacements":[
{"line":3,"endLine":3,"column":8,"endColumn":8,"insertionPoint":"afterEnd","precedence":7,"replacement":"\""},
{"line":3,"endLine":3,"column":10,"endColumn":10,"insertionPoint":"beforeStart","precedence":7,"replacement":"\""}]}},
{"file":"0","line":3,"endLine":3,"column":1,"endColumn":7,"level":"error","code":2999,"message":"Printed.","fix":null}]}"#;

#[cfg(unix)]
#[test]
fn what_shellcheck_says_stands_at_the_very_word() {
    let (folder, path) = with_answer("FROM debian:bookworm-slim\nRUN printf $a \\\n    b\n", ANSWER);
    let say = |arguments: &[&str]| {
        let always = ["--isolated", "--select=shellcheck", "--output-format=concise", "--exit-zero", "--quiet"];
        let output = rlint(&[&always[..], arguments].concat(), folder.path(), Some(&path));
        String::from_utf8(output.stdout)
            .expect("text")
            .lines()
            .filter(|line| line.contains("SC"))
            .collect::<Vec<_>>()
            .join("\n")
    };
    let both = "Dockerfile:2:5: error[dockerfile/shellcheck] SC2999: Printed.\n\
                Dockerfile:2:12: info[dockerfile/shellcheck] SC2086: Quote.";
    assert_eq!(say(&["--shellcheck=on"]), both);
    assert_eq!(say(&["--shellcheck=auto"]), both);
    assert_eq!(say(&[]), "");
    assert_eq!(say(&["--shellcheck=on", "--ignore=SC2999"]), both.lines().nth(1).expect("two lines"));
    assert_eq!(say(&["--shellcheck=on", "--ignore=SC2086"]), both.lines().next().expect("two lines"));
    // Our own rule says it at the same place.
    assert_eq!(say(&["--shellcheck=on", "--extend-select=unquoted-variable"]), both.lines().next().expect("two lines"));
    let output = rlint(
        &["--isolated", "--select=shellcheck", "--shellcheck=on", "--fix", "--unsafe-fixes"],
        folder.path(),
        Some(&path),
    );
    assert!(output.status.code().is_some_and(|code| code < 2), "{output:?}");
    let fixed = std::fs::read_to_string(folder.path().join("Dockerfile")).expect("there");
    assert!(fixed.contains("RUN printf \"$a\" \\\n    b\n"), "{fixed}");
}

#[cfg(unix)]
#[test]
fn comments_ignore_its_codes() {
    let text = "FROM debian:bookworm-slim\n# hadolint ignore=SC2999\nRUN printf $a\n";
    let (folder, path) = with_answer(text, ANSWER);
    let output = rlint(
        &["--isolated", "--select=shellcheck", "--shellcheck=on", "--output-format=concise"],
        folder.path(),
        Some(&path),
    );
    let said = String::from_utf8(output.stdout).expect("text");
    assert!(said.contains("SC2086") && !said.contains("SC2999"), "{said}");
}

#[test]
fn a_comment_for_shellcheck_holds_for_the_rules_with_its_codes() {
    let catalog = rlint::catalog();
    let mut settings = Settings::preset(&catalog, Preset::Hadolint);
    settings.parallel = false;
    let found = |text: &str| {
        let mut files = rlint::text::MemoryFiles::default();
        files.insert("Dockerfile", text);
        let found = check(&["Dockerfile".into()], &files, &settings).diagnostics;
        found.iter().filter(|one| one.rule.starts_with("dockerfile/unquoted")).count()
    };
    let run = "RUN ls $a && \\\n    ls $(b)\n";
    assert_eq!(found(&format!("FROM debian:12\n{run}")), 2);
    assert_eq!(found(&format!("FROM debian:12\n# shellcheck disable=SC2086\n{run}")), 1);
    assert_eq!(found("FROM debian:12\nRUN ls $a && \\\n    # shellcheck disable=SC2046,SC2086\n    ls $(b)\n"), 0);
}

#[test]
fn without_shellcheck_the_run_fails_only_where_it_is_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("Dockerfile"), "FROM debian:bookworm-slim\nRUN a\nUSER 1\n").expect("written");
    let nowhere = folder.path().join("nowhere").to_string_lossy().into_owned();
    let on = rlint(&["--isolated", "--shellcheck=on"], folder.path(), Some(&nowhere));
    assert_eq!(on.status.code(), Some(2));
    let said = String::from_utf8_lossy(&on.stderr).into_owned();
    assert!(said.contains("there is no program `shellcheck`"), "{said}");
    let auto = rlint(&["--isolated", "--shellcheck=auto"], folder.path(), Some(&nowhere));
    assert_eq!((auto.status.code(), auto.stderr.len()), (Some(0), 0));
}

#[test]
fn our_rules_agree_with_shellcheck_on_the_scripts_of_the_corpus() {
    if Command::new("shellcheck").arg("--version").output().is_err() {
        println!("skipped: ShellCheck is not installed");
        return;
    }
    let Some(paths) = corpus::files("corpus/dockerfile") else { return };
    let catalog = rlint::catalog();
    let codes: BTreeSet<&str> = catalog
        .rules()
        .iter()
        .flat_map(|rule| rule.aliases.iter())
        .map(|alias| &**alias)
        .filter(|alias| alias.starts_with("SC") && alias.len() == 6)
        .collect();
    let mut settings = Settings::preset(&catalog, Preset::Hadolint);
    settings.file_types.push((globset::Glob::new("**").expect("a glob").compile_matcher(), Kind::Dockerfile));
    // ShellCheck, too, is told which shell it is.
    settings.set_option("dockerfile/bash-only-syntax", "every", Value::Bool(false)).expect("the option is there");
    for rule in ["dockerfile/and-or-as-if", "dockerfile/useless-cat"] {
        settings.set_enabled(rule, true);
    }
    let mut ours = Found::new();
    for diagnostic in check(&paths, &DiskFiles, &settings).diagnostics {
        let aliases = match &diagnostic.alias {
            Some(alias) => vec![alias.to_string()],
            None => catalog.rule(&diagnostic.rule).map_or_else(Vec::new, |rule| {
                rule.aliases.iter().filter(|alias| codes.contains(&***alias)).map(|alias| alias.to_string()).collect()
            }),
        };
        let line = diagnostic.source.lines().position(diagnostic.span.start, Encoding::Utf8).line + 1;
        let path = diagnostic.source.path.to_string_lossy().into_owned();
        ours.extend(aliases.into_iter().map(|alias| (path.clone(), u64::from(line), alias)));
    }
    let folder = root().join("../shared/corpus/dockerfile");
    let arguments = [
        "--isolated",
        "--select=shellcheck",
        "--shellcheck=on",
        "--output-format=json",
        "--exit-zero",
        "--file-type=**=dockerfile",
    ];
    let output = rlint(&[&arguments[..], &[&*folder.to_string_lossy()]].concat(), root(), None);
    let answer: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let mut theirs = Found::new();
    let mut others: BTreeMap<String, usize> = BTreeMap::new();
    for finding in
        answer["diagnostics"].as_array().expect("a list").iter().filter(|one| one["rule"] == "dockerfile/shellcheck")
    {
        let code = finding["aliases"][0].as_str().expect("a code").to_owned();
        if !codes.contains(&*code) {
            *others.entry(code).or_default() += 1;
            continue;
        }
        let path = finding["path"].as_str().expect("a path").to_owned();
        theirs.insert((path, finding["start"]["line"].as_u64().expect("a line"), code));
    }
    compare(&codes, &short(ours), &short(theirs), &others);
}

/// The paths from the folder of the corpus.
fn short(found: Found) -> Found {
    let name = |path: String| path.split_once("corpus/dockerfile/").map(|(_, name)| name.to_owned()).unwrap_or(path);
    found.into_iter().map(|(path, line, code)| (name(path), line, code)).collect()
}

fn compare(codes: &BTreeSet<&str>, ours: &Found, theirs: &Found, others: &BTreeMap<String, usize>) {
    let wanted = std::env::var("RLINT_SHOW").unwrap_or_default();
    println!("code     shared  only ours  only theirs");
    let mut total = [0; 3];
    for code in codes {
        let of = |found: &Found| found.iter().filter(|(_, _, own)| own == code).cloned().collect::<Found>();
        let (ours, theirs) = (of(ours), of(theirs));
        let counts =
            [ours.intersection(&theirs).count(), ours.difference(&theirs).count(), theirs.difference(&ours).count()];
        if counts == [0; 3] {
            continue;
        }
        println!("{code:8} {:6}  {:9}  {:11}", counts[0], counts[1], counts[2]);
        for (index, count) in counts.into_iter().enumerate() {
            total[index] += i32::try_from(count).expect("few");
        }
        if wanted == "all" || wanted == *code {
            ours.difference(&theirs).for_each(|(path, line, _)| println!("  only ours   {path}:{line}"));
            theirs.difference(&ours).for_each(|(path, line, _)| println!("  only theirs {path}:{line}"));
        }
    }
    println!("codes that no rule of ours has: {others:?}");
    let percent = 100.0 * f64::from(total[0]) / f64::from(total.iter().sum::<i32>().max(1));
    println!("all      {:6}  {:9}  {:11}  {percent:.1} %", total[0], total[1], total[2]);
    assert!(percent >= LEAST, "only {percent:.1} % are shared");
}

#[test]
fn the_shells_stop_where_our_parser_stops() {
    use rlint::model::dockerfile::{Dockerfile, ShellKind};
    use rlint::model::shell::errors::certain_error;
    use rlint::model::shell::export::export;

    if Command::new("dash").args(["-n", "-c", ":"]).output().is_err() {
        println!("skipped: dash is not installed");
        return;
    }
    let Some(paths) = corpus::files("corpus/dockerfile") else { return };
    let mut counts = [0; 4];
    let mut wrong = Vec::new();
    for path in paths {
        let source = rlint::text::Source::from_bytes(&path, std::fs::read(&path).expect("it can be read"));
        let dockerfile = Dockerfile::new(rlint::syntax::dockerfile::parse(source.text.clone()));
        for instruction in dockerfile.instructions() {
            let (Some(exported), Some(script)) = (export(instruction), instruction.script()) else { continue };
            let shell = if exported.shell == ShellKind::Bash { "bash" } else { "dash" };
            let output = Command::new(shell).args(["-n", "-c", &exported.text]).output().expect("the shell runs");
            let stops = !output.status.success();
            let ours = certain_error(instruction).is_some();
            counts[usize::from(stops) * 2 + usize::from(ours)] += 1;
            if stops != ours {
                let line = source.lines().position(instruction.span().start, Encoding::Utf8).line + 1;
                let said = String::from_utf8_lossy(&output.stderr).lines().next().unwrap_or("").to_owned();
                let error = script.errors.first().map_or("", |error| &error.message);
                wrong.push(format!("{}:{line} ours: {error:?} {shell}: {said:?}", path.display()));
            }
        }
    }
    println!(
        "both read {}, only the shell stops {}, only ours stops {}, both stop {}",
        counts[0], counts[2], counts[1], counts[3]
    );
    println!("{}", wrong.join("\n"));
    assert_eq!(counts[1], 0, "our parser stops where the shell does not");
}
