//! Builds the oracle and talks to it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::{Value, json};

/// A built oracle.
pub(super) struct Oracle {
    program: PathBuf,
    /// The folder of the BuildKit module.
    module: String,
    /// The folder of the compose-go module.
    pub(super) compose_module: String,
}

impl Oracle {
    /// Builds it; `None`, and a line that says so, where that is not possible. In CI it must be.
    pub(super) fn start() -> Option<&'static Oracle> {
        static ORACLE: OnceLock<Result<Oracle, String>> = OnceLock::new();
        match ORACLE.get_or_init(build) {
            Ok(oracle) => Some(oracle),
            Err(why) => {
                assert!(std::env::var("CI").as_deref() != Ok("true"), "the oracle must run in CI: {why}");
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

fn build() -> Result<Oracle, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle");
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("oracle{}", std::env::consts::EXE_SUFFIX));
    let output = program.to_str().ok_or("the target folder is not UTF-8")?;
    go(&folder, &["build", "-o", output, "."])?;
    let module = go(&folder, &["list", "-m", "-f", "{{.Dir}}", "github.com/moby/buildkit"])?;
    let compose = go(&folder, &["list", "-m", "-f", "{{.Dir}}", "github.com/compose-spec/compose-go/v2"])?;
    Ok(Oracle { program, module: module.trim().to_owned(), compose_module: compose.trim().to_owned() })
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
