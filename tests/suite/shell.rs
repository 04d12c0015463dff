//! Our parser of shell scripts beside the shells, and over scripts that are broken in every way.

use std::fs;
use std::process::Command;

use rlint::model::dockerfile::Dockerfile;
use rlint::model::shell::export::export;
use rlint::syntax::{dockerfile, shell};

use crate::support::catalog::root;
use crate::support::corpus;
use crate::support::invariants::script_is_sound;

/// A script, and who stops at a mistake in it: `dash`, `bash`, `both` or `neither`.
struct Case {
    stops: String,
    script: String,
}

/// The scripts of `tests/fixtures/shell/verdicts.txt`, each behind a line `%% WHO`.
fn cases() -> Vec<Case> {
    let path = root().join("tests/fixtures/shell/verdicts.txt");
    let text = fs::read_to_string(path).expect("the fixture is in the repository");
    let cases = text.split("%% ").skip(1).map(|case| {
        let (stops, script) = case.split_once('\n').expect("a script");
        Case { stops: stops.to_owned(), script: script.strip_suffix('\n').unwrap_or(script).to_owned() }
    });
    cases.collect()
}

#[test]
fn a_mistake_is_what_both_shells_stop_at() {
    let cases = cases();
    assert!(cases.len() > 150, "{} cases", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        // `[[` is a program to dash, whatever its arguments are.
        let expected = case.stops == "both" || case.stops == "bash" && case.script.starts_with("[[");
        let errors = shell::parse(&case.script, &0).errors;
        if errors.is_empty() == expected {
            wrong.push(format!("{} stops at {:?}, we say {errors:?}", case.stops, case.script));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Whether a shell stops at a script; `None` when it is not installed.
fn stops(shell: &str, script: &str) -> Option<bool> {
    let output = Command::new(shell).args(["-n", "-c", script]).output().ok()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    // Bash tells a mistake in `[[ … ]]` and gives 0.
    let told = ["syntax error", "unexpected", "conditional"].iter().any(|word| said.contains(word));
    Some(!output.status.success() || shell == "bash" && told)
}

#[test]
fn the_shells_stop_where_the_fixture_says_so() {
    let mut wrong = Vec::new();
    for case in cases() {
        for shell in ["dash", "bash"] {
            let Some(found) = stops(shell, &case.script) else {
                println!("skipped: {shell} is not installed");
                continue;
            };
            if found != (case.stops == "both" || case.stops == shell) {
                wrong.push(format!("{shell} {} {:?}", if found { "stops at" } else { "reads" }, case.script));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What is put into scripts to break them.
const PIECES: [&str; 56] = [
    "'",
    "\"",
    "`",
    "$(",
    ")",
    "(",
    "{ ",
    " }",
    "; ",
    ";;",
    " && ",
    " | ",
    "\n",
    "${",
    "}",
    " fi",
    " done; ",
    " then ",
    " do ",
    "if ",
    "case a in ",
    " esac ",
    "<<E\n",
    "\\",
    "#",
    "$((",
    "))",
    " ! ",
    "&",
    ">",
    "<",
    "[[ ",
    " ]]",
    "function ",
    "f() ",
    "=(",
    "[",
    "]",
    "$",
    "*",
    "else ",
    "for i in ",
    "2>",
    "&>",
    "\nE\n",
    "$'",
    "<(",
    "((",
    "time ",
    "coproc ",
    "$[",
    "\u{e9}",
    "\u{4e2d}",
    "\r\n",
    "\\\n",
    "sh -c '",
];

/// The same numbers in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % limit.max(1)
    }
}

/// Breaks a script in a few places.
fn broken(script: &str, numbers: &mut Numbers) -> String {
    let mut broken = script.to_owned();
    for _ in 0..1 + numbers.below(3) {
        let mut at = numbers.below(broken.len() + 1);
        while !broken.is_char_boundary(at) {
            at -= 1;
        }
        match numbers.below(5) {
            0 => broken.truncate(at),
            1 => drop(broken.drain(..at)),
            _ => broken.insert_str(at, PIECES[numbers.below(PIECES.len())]),
        }
    }
    broken
}

/// The scripts of the fixture and of real files.
fn scripts() -> Vec<String> {
    let mut scripts: Vec<String> = cases().into_iter().map(|case| case.script).collect();
    for path in corpus::files("corpus/dockerfile").unwrap_or_default() {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let dockerfile = Dockerfile::new(dockerfile::parse(text));
        scripts.extend(dockerfile.instructions().filter_map(|one| Some(export(one)?.text)));
    }
    scripts.sort_unstable();
    scripts.dedup();
    scripts.retain(|script| script.len() < 4_000);
    scripts
}

#[test]
fn broken_scripts_have_sound_trees() {
    let mut numbers = Numbers(0x5eed);
    let scripts = scripts();
    for script in &scripts {
        script_is_sound(script);
        for _ in 0..3 {
            script_is_sound(&broken(script, &mut numbers));
        }
    }
    println!("{} scripts", scripts.len());
}

#[test]
fn the_shells_stop_at_what_is_broken_where_we_do() {
    let mut numbers = Numbers(0xfeed);
    let scripts = scripts();
    let mut counts = [0; 3];
    let mut wrong = Vec::new();
    for _ in 0..500 {
        let script = broken(&scripts[numbers.below(scripts.len())], &mut numbers);
        // The rest is for a program of Windows, or for one that fills in a template; the first would be taken for a flag.
        if script.starts_with(['-', '+']) || script.contains("{{") || script.contains("C:\\") || script.contains('\0') {
            continue;
        }
        let (Some(dash), Some(bash)) = (stops("dash", &script), stops("bash", &script)) else {
            println!("skipped: dash or bash is not installed");
            return;
        };
        let errors = shell::parse(&script, &0).errors;
        match (dash, bash) {
            (true, true) => counts[0] += 1,
            (false, false) => counts[1] += 1,
            // In what one of them reads, we find a mistake or not.
            _ => {
                counts[2] += 1;
                continue;
            }
        }
        if dash == errors.is_empty() {
            wrong.push(format!("{script:?}: both {}, we say {errors:?}", if dash { "stop" } else { "go on" }));
        }
    }
    println!("both stop {}, both go on {}, one stops {}", counts[0], counts[1], counts[2]);
    println!("{wrong:#?}");
    assert!(counts[0] > 20 && counts[1] > 20, "{counts:?}");
    assert!(wrong.len() <= 2, "{} are read otherwise", wrong.len());
}
