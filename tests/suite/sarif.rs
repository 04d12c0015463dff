//! SARIF, held against the validator of its authors with the rules of GitHub. The validator is an npm package;
//! `tests/run` installs it. Without it the test says that it is skipped; in CI it is required.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Where `tests/run` installs the package, unless `RLINT_SARIF_MULTITOOL` names the program.
const PROGRAM: &str = "target/sarif/node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool";

#[test]
fn the_validator_of_sarif_finds_neither_errors_nor_warnings() {
    let Some(program) = program() else { return };
    let folder = tempfile::tempdir().unwrap();
    write_example(folder.path());
    let log = folder.path().join("findings.sarif");
    let run = Command::new(env!("CARGO_BIN_EXE_rlint"))
        .args(["--preset", "all", "--show-suppressed", "--output-format", "sarif", "-o"])
        .arg(&log)
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(1), "{}", String::from_utf8_lossy(&run.stderr));
    let levels = validate(&program, folder.path(), &log);
    assert!(levels.iter().all(|(level, _)| level == "note"), "{levels:#?}");
}

#[test]
fn the_validator_of_sarif_is_awake() {
    let Some(program) = program() else { return };
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("findings.sarif");
    let bad = r#"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "results": [{"message": {"text": ""}}]}]}"#;
    fs::write(&log, bad).unwrap();
    let levels = validate(&program, folder.path(), &log);
    assert!(levels.iter().any(|(level, _)| level == "error"), "{levels:#?}");
}

fn program() -> Option<PathBuf> {
    let named = std::env::var_os("RLINT_SARIF_MULTITOOL").map(PathBuf::from);
    let program = named.unwrap_or_else(|| PathBuf::from(PROGRAM));
    if program.is_file() {
        return Some(fs::canonicalize(program).unwrap());
    }
    assert!(std::env::var_os("CI").is_none(), "{} is not there, and CI needs it", program.display());
    println!("skipped: {} is not there; tests/run installs it", program.display());
    None
}

/// Findings in three languages, with labels, notes, fixes, something held back, and names that need encoding.
fn write_example(folder: &Path) {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: a\n      \
               image: nginx:latest  # rlint ignore=latest-tag reason=\"an example\"\n      securityContext:\n        \
               allowPrivilegeEscalation: true\n        privileged: true\n";
    fs::create_dir(folder.join(".git")).unwrap();
    fs::create_dir(folder.join("a folder")).unwrap();
    fs::write(folder.join("a folder/中文.yaml"), pod).unwrap();
    let cron = "apiVersion: batch/v1beta1\nkind: CronJob\nmetadata:\n  name: b\n";
    fs::write(folder.join("cron.yaml"), cron).unwrap();
    fs::write(folder.join("compose.yaml"), "services:\n  web:\n    image: nginx\n    ports: [80]\n").unwrap();
    fs::write(folder.join("Dockerfile"), "FROM a:latest AS b\nFROM a AS b\n# 😀\nENV\nADD x y\n").unwrap();
}

/// What the validator says: level and message of each of its results.
fn validate(program: &Path, folder: &Path, log: &Path) -> Vec<(String, String)> {
    let report = folder.join("validation.sarif");
    let run = Command::new(program)
        .arg("validate")
        .arg(log)
        .arg("-o")
        .arg(&report)
        .args(["--log", "ForceOverwrite", "--rule-kind", "Sarif;Ghas", "--level", "Error;Warning;Note"])
        .env("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1")
        .output()
        .unwrap();
    let text = fs::read_to_string(&report).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&run.stdout)));
    let report: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap();
    let results = report["runs"][0]["results"].as_array().cloned().unwrap_or_default();
    let results = results.iter().map(|result| {
        let level = result["level"].as_str().unwrap_or("warning").to_owned();
        let message = format!("{} {}", result["ruleId"], result["message"]);
        (level, message)
    });
    results.collect()
}
