//! Inputs that hadolint answers wrongly, found by running it (2.15.1), and what is true of them.

use rlint::lint::{Diagnostic, Preset, Settings, check};
use rlint::text::MemoryFiles;

/// One input.
struct Case {
    /// What is true of it, as a sentence.
    truth: &'static str,
    /// The Dockerfile.
    text: &'static str,
    /// A file beside it.
    beside: Option<(&'static str, &'static str)>,
    /// The ids, of us or of others, of what is to be found, each with the code it is found at.
    finds: &'static [(&'static str, &'static str)],
    /// The ids of what is not to be found.
    silent: &'static [&'static str],
    /// The presets in which this is so.
    presets: &'static [Preset],
}

/// Also in the preset `hadolint`, which takes the wider triggers of hadolint.
const BOTH: &[Preset] = &[Preset::Recommended, Preset::Strict, Preset::Hadolint];

/// Where it is no trigger that hadolint has wider.
const OURS: &[Preset] = &[Preset::Recommended, Preset::Strict];

const CASES: &[Case] = &[
    Case {
        truth: "deleting another folder leaves the package lists where they are",
        text: "FROM debian:12\nRUN apt-get update && apt-get install -y curl=8 && rm -rf /tmp/x\n",
        beside: None,
        finds: &[("DL3009", "apt-get update")],
        silent: &[],
        presets: &[Preset::Strict, Preset::Hadolint],
    },
    Case {
        truth: "a pipe after `set -o pipefail` is handled, or the shell is the wrong one: one message at most",
        text: "FROM debian:12\nRUN set -o pipefail; curl -fsSL https://example.com/x | tar x\n",
        beside: None,
        finds: &[],
        silent: &["DL4006"],
        presets: BOTH,
    },
    Case {
        truth: "an image without a tag is one behind a variable too",
        text: "ARG I=debian\nFROM $I\n",
        beside: None,
        finds: &[("DL3006", "$I")],
        silent: &[],
        presets: BOTH,
    },
    Case {
        truth: "a tag behind a variable in quotes is a tag",
        text: "ARG I=\"alpine:3\"\nFROM \"${I}\"\n",
        beside: None,
        finds: &[],
        silent: &["DL3006"],
        presets: BOTH,
    },
    Case {
        truth: "a stage that does not ship may end as root",
        text: "FROM debian:12 AS build\nUSER root\nRUN make\n\nFROM debian:12\nUSER app\n",
        beside: None,
        finds: &[],
        silent: &["DL3002"],
        presets: OURS,
    },
    Case {
        truth: "an escaped `$` refers to nothing",
        text: "FROM debian:12\nENV A=1 B=\"\\${A}\"\n",
        beside: None,
        finds: &[],
        silent: &["DL3044"],
        presets: BOTH,
    },
    Case {
        truth: "a context that is named on the command line is a legal source",
        text: "FROM debian:12\nCOPY --from=ctx a /b\n",
        beside: None,
        finds: &[],
        silent: &["DL3022"],
        presets: OURS,
    },
    Case {
        truth: "`cd` in a subshell does no harm",
        text: "FROM debian:12\nRUN (cd /x && make)\n",
        beside: None,
        finds: &[],
        silent: &["DL3003"],
        presets: OURS,
    },
    Case {
        truth: "`exec` makes the program the first process",
        text: "FROM debian:12\nCMD exec foo\n",
        beside: None,
        finds: &[],
        silent: &["DL3025"],
        presets: OURS,
    },
    Case {
        truth: "SHELL has no effect on a RUN without a shell",
        text: "FROM debian:12\nRUN [\"/bin/sh\",\"-c\",\"a | b\"]\n",
        beside: None,
        finds: &[],
        silent: &["DL4006"],
        presets: BOTH,
    },
    Case {
        truth: "`--device` is a flag of RUN",
        text: "FROM debian:12\nRUN --device=nvidia.com/gpu=all x\n",
        beside: None,
        finds: &[],
        silent: &["SC2215", "rlint/syntax"],
        presets: BOTH,
    },
    Case {
        truth: "a heredoc for Python is no shell script",
        text: "FROM python:3.13\nRUN <<EOF python3\nprint('a' | {})\nif True: (\n  cd)\nEOF\n",
        beside: None,
        finds: &[],
        silent: &["SC1072", "SC1073", "DL4006", "DL3003", "rlint/syntax"],
        presets: BOTH,
    },
    Case {
        truth: "what is wrong on line 4 is found on line 4",
        text: "FROM debian:12\nRUN true \\\n    && true \\\n    && sudo make\n",
        beside: None,
        finds: &[("DL3004", "sudo")],
        silent: &[],
        presets: BOTH,
    },
];

#[test]
fn what_hadolint_gets_wrong_is_answered_as_it_is() {
    assert_eq!(CASES.len(), 13);
    let mut wrong = Vec::new();
    for case in CASES {
        for preset in case.presets {
            let found = lint(case, *preset);
            wrong.extend(faults(case, &found).into_iter().map(|fault| {
                let list: Vec<String> = found.iter().map(|d| format!("{}: {}", d.rule, d.message)).collect();
                format!("{} ({}): {fault}\n    found: {list:?}", case.truth, preset.name())
            }));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_problem_is_on_its_own_line() {
    let case = CASES.last().expect("there are some");
    let found = lint(case, Preset::Hadolint);
    let sudo = found.iter().find(|diagnostic| diagnostic.rule == "dockerfile/sudo").expect("it is found");
    assert_eq!(case.text[..sudo.span.start as usize].matches('\n').count() + 1, 4);
}

fn lint(case: &Case, preset: Preset) -> Vec<Diagnostic> {
    let settings = Settings::preset(&rlint::catalog(), preset);
    let mut files = MemoryFiles::default();
    files.insert("Dockerfile", case.text);
    if let Some((name, text)) = case.beside {
        files.insert(name, text);
    }
    check(&["Dockerfile".into()], &files, &settings).diagnostics
}

fn faults(case: &Case, found: &[Diagnostic]) -> Vec<String> {
    let of = |id: &str| found.iter().filter(|diagnostic| bears(diagnostic, id)).collect::<Vec<_>>();
    let missing = case.finds.iter().filter(|(id, code)| !of(id).iter().any(|d| d.span.of_text(case.text) == *code));
    let missing = missing.map(|(id, code)| format!("no {id} at `{code}`"));
    let extra = case.silent.iter().filter(|id| !of(id).is_empty()).map(|id| format!("{id} is reported"));
    missing.chain(extra).collect()
}

/// Whether the rule of a finding has that id, or another tool's.
fn bears(diagnostic: &Diagnostic, id: &str) -> bool {
    let catalog = rlint::catalog();
    let aliases = catalog.rule(&diagnostic.rule).map(|rule| rule.aliases.clone()).unwrap_or_default();
    diagnostic.rule == id || aliases.iter().any(|alias| alias == id)
}
