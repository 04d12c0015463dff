//! The configuration of hadolint: read as it stands, and written as ours.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use rlint::config::Resolved;
use rlint::config::discover::Discovery;
use rlint::config::options::Options;
use rlint::lint::{Diagnostic, check};
use rlint::text::Files;

use crate::support::corpus::{self, DiskFiles};

/// Made up, so that each key counts somewhere.
const CONFIGURATIONS: [&str; 5] = [
    "ignored: [DL3008, DL4006, SC2086, SC1091, DL3005]\n",
    "override:\n  error: [DL3007, DL3006]\n  warning: [DL3020]\n  info: [DL3002, DL3020]\n  style: [DL4000]\n\
     failure-threshold: error\n",
    "trustedRegistries: [docker.io, \"*.gcr.io\", mcr.microsoft.com]\nignored:\n  - DL3026\n  - DL3000\nno-fail: true\n",
    "trustedRegistries: [quay.io]\nfailure-threshold: style\ndisable-ignore-pragma: true\n",
    "label-schema:\n  org.opencontainers.image.title: text\n  org.opencontainers.image.url: url\n  maintainer: email\n  \
     version: semver\nstrict-labels: true\noverride: {error: [DL3049], info: [DL3050]}\n",
];

#[test]
fn a_configuration_of_hadolint_finds_the_same_when_it_is_written_as_ours() {
    let mut paths = corpus::files("corpus/dockerfile").unwrap_or_default();
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("own");
    fs::create_dir(&own).unwrap();
    for (index, text) in SOME.iter().enumerate() {
        let path = own.join(format!("{index}.Dockerfile"));
        fs::write(&path, text).unwrap();
        paths.push(path);
    }
    let without = findings(&resolved(&folder.path().join("own")), &paths);
    for (index, text) in CONFIGURATIONS.iter().enumerate() {
        let theirs = folder.path().join(format!("theirs-{index}"));
        let ours = folder.path().join(format!("ours-{index}"));
        fs::create_dir(&theirs).unwrap();
        fs::create_dir(&ours).unwrap();
        fs::write(theirs.join(".hadolint.yaml"), text).unwrap();
        let run = Command::new(env!("CARGO_BIN_EXE_rlint"))
            .args(["config", "--from", ".hadolint.yaml"])
            .current_dir(&theirs)
            .output()
            .unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        fs::write(ours.join(".rlint.yaml"), &run.stdout).unwrap();
        let (theirs, ours) = (resolved(&theirs), resolved(&ours));
        assert_eq!(theirs.fail_on, ours.fail_on, "{text}");
        let (theirs, ours) = (findings(&theirs, &paths), findings(&ours, &paths));
        assert_ne!(theirs, without, "it changes nothing: {text}");
        assert!(theirs == ours, "the findings differ: {text}{}", String::from_utf8_lossy(&run.stdout));
        println!("{} files, {} findings: {}", paths.len(), theirs.len(), text.replace('\n', "; "));
    }
}

/// Where there is no corpus.
const SOME: [&str; 3] = [
    "FROM quay.io/acme/app:latest\nMAINTAINER me\n# hadolint ignore=DL3000\nWORKDIR app\nLABEL version=one url=x\n",
    "FROM debian:12\nRUN apt-get install -y curl\nRUN curl https://example.com | sh\nADD a b\n",
    "FROM python\nWORKDIR app\nUSER root\n",
];

/// What holds in a folder.
fn resolved(folder: &Path) -> Resolved {
    let catalog = rlint::catalog();
    let discovery = Discovery::new(&catalog, folder.to_path_buf(), Options::default());
    let found =
        discovery.of_folder(folder).map_err(|errors| errors.iter().map(|error| error.message.clone()).collect());
    let resolved: Result<_, Vec<String>> = found;
    (*resolved.unwrap()).clone()
}

fn findings(resolved: &Resolved, paths: &[PathBuf]) -> Vec<String> {
    let files: &dyn Files = &DiskFiles;
    let text = |own: &Diagnostic| {
        format!("{}:{:?} {} {:?} {}", own.source.path.display(), own.span, own.rule, own.severity, own.message)
    };
    check(paths, files, &resolved.settings).diagnostics.iter().map(text).collect()
}
