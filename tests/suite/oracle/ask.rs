//! Builds the oracle and talks to it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::{Value, json};

/// Which of the Go programs, built when it is first asked.
struct Program {
    /// Its folder.
    folder: &'static str,
    built: OnceLock<Result<Oracle, String>>,
}

/// Reads Dockerfiles and expands words.
static READER: Program = Program { folder: "tests/oracle", built: OnceLock::new() };

/// Builds Dockerfiles, up to where something would run.
static BUILDER: Program = Program { folder: "tests/oracle/build", built: OnceLock::new() };

/// A built oracle.
pub(super) struct Oracle {
    program: PathBuf,
    /// The folder of the BuildKit module.
    module: String,
    /// The folder of the compose-go module.
    pub(super) compose_module: String,
}

impl Oracle {
    /// The one that reads; `None`, and a line that says so, where it cannot be built. In CI it must be.
    pub(super) fn start() -> Option<&'static Oracle> {
        Oracle::of(&READER)
    }

    /// The one that builds.
    pub(super) fn builder() -> Option<&'static Oracle> {
        Oracle::of(&BUILDER)
    }

    fn of(program: &'static Program) -> Option<&'static Oracle> {
        match program.built.get_or_init(|| build(program.folder)) {
            Ok(oracle) => Some(oracle),
            Err(why) => {
                assert!(std::env::var_os("CI").is_none(), "the oracle must run in CI: {why}");
                println!("skipped, no oracle: {why}");
                None
            }
        }
    }

    /// The request for BuildKit's own test cases.
    pub(super) fn cases_request(&self) -> Value {
        json!({ "kind": "cases", "module": self.module })
    }

    /// One answer for each request, in order.
    pub(super) fn ask(&self, requests: &[Value]) -> Vec<Value> {
        let mut input = String::new();
        for request in requests {
            input.push_str(&request.to_string());
            input.push('\n');
        }
        let mut child = Command::new(&self.program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the oracle was just built");
        let mut stdin = child.stdin.take().expect("it is piped");
        let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
        let output = child.wait_with_output().expect("it runs to its end");
        writer.join().expect("the writer does not panic").expect("the oracle reads all requests");
        assert!(output.status.success(), "the oracle failed: {}", output.status);
        let text = String::from_utf8(output.stdout).expect("JSON is UTF-8");
        let answers: Vec<Value> =
            text.lines().map(|line| serde_json::from_str(line).expect("answers are JSON lines")).collect();
        assert_eq!(answers.len(), requests.len(), "one answer per request");
        answers
    }
}

fn build(folder: &str) -> Result<Oracle, String> {
    let name = format!("{}{}", folder.replace('/', "-"), std::env::consts::EXE_SUFFIX);
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let output = program.to_str().ok_or("the target folder is not UTF-8")?;
    go(&folder, &["build", "-o", output, "."])?;
    // Each program is asked only about the modules it has.
    let module = |name: &str| go(&folder, &["list", "-m", "-f", "{{.Dir}}", name]).map(|path| path.trim().to_owned());
    let compose_module = module("github.com/compose-spec/compose-go/v2").unwrap_or_default();
    Ok(Oracle { program, module: module("github.com/moby/buildkit")?, compose_module })
}

fn go(folder: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new("go")
        .args(arguments)
        .current_dir(folder)
        .output()
        .map_err(|error| format!("Go does not start: {error}"))?;
    if !output.status.success() {
        return Err(format!("go {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr).trim()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
