//! An installed ShellCheck, run once for all scripts of a run. What it says is mapped back into the Dockerfiles.

use std::borrow::Cow;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use serde::Deserialize;

use super::args::ShellCheck;
use crate::build::{Effect, Effects};
use crate::lint::{Applicability, Diagnostic, Fix, Settings, Severity};
use crate::model::dockerfile::Dockerfile;
use crate::model::shell::export::{Exported, export};
use crate::model::shell::features;
use crate::syntax::dockerfile::parse;
use crate::syntax::kind::{Kind, kind_of};
use crate::text::{Edit, Files, Source};

/// The rule under which its findings are reported.
pub(super) const RULE: &str = "dockerfile/shellcheck";

/// What makes no sense for a script in a Dockerfile: files that cannot be followed, a first line that is not there, a
/// name that ShellCheck does not take for a shell, an `else` and an `if` that only here stand on one line.
const EXCLUDED: &str = "--exclude=SC1075,SC1090,SC1091,SC1128,SC2148,SC2187";

/// The findings in the files at `paths`. Nothing where it is not wanted, not installed and only wanted if it is, or the
/// rule is off.
///
/// # Errors
///
/// A message when it is wanted and cannot be run.
pub(super) fn findings(
    when: ShellCheck,
    paths: &[PathBuf],
    files: &dyn Files,
    settings: &Settings,
) -> Result<Vec<Diagnostic>, String> {
    if when == ShellCheck::Off || !settings.is_enabled(RULE) {
        return Ok(Vec::new());
    }
    let scripts: Vec<Script> = paths.iter().flat_map(|path| scripts(path, files, settings)).collect();
    if scripts.is_empty() && when == ShellCheck::Auto {
        return Ok(Vec::new());
    }
    match run(&scripts) {
        Ok(comments) => Ok(comments.iter().filter_map(|comment| comment.diagnostic(&scripts)).collect()),
        Err(Failure::NotInstalled) if when == ShellCheck::Auto => Ok(Vec::new()),
        Err(Failure::NotInstalled) => Err("--shellcheck on: there is no program `shellcheck` on the PATH; install \
                                           ShellCheck, or say `--shellcheck auto` to use it where it is installed"
            .to_owned()),
        Err(Failure::Other(reason)) => Err(format!("--shellcheck: {reason}")),
    }
}

/// A script and the file it stands in.
struct Script {
    source: Arc<Source>,
    exported: Exported,
    effect: Effect,
}

enum Failure {
    NotInstalled,
    Other(String),
}

fn scripts(path: &Path, files: &dyn Files, settings: &Settings) -> Vec<Script> {
    let Ok(bytes) = files.read(path) else { return Vec::new() };
    if bytes.len() as u64 > settings.largest_file {
        return Vec::new();
    }
    let source = Arc::new(Source::from_bytes(path, bytes));
    let kind = settings.file_type(path).or_else(|| kind_of(path, &source.text));
    if kind != Some(Kind::Dockerfile) {
        return Vec::new();
    }
    let dockerfile = Dockerfile::new(parse(source.text.clone()));
    let script = |instruction| {
        let exported = export(instruction)?;
        Some(Script { source: source.clone(), exported, effect: Effect::of_command(instruction) })
    };
    dockerfile.instructions().filter_map(script).collect()
}

/// Runs it over all scripts at once.
fn run(scripts: &[Script]) -> Result<Vec<Comment>, Failure> {
    let other = |reason: &dyn std::fmt::Display| Failure::Other(reason.to_string());
    let folder = tempfile::tempdir().map_err(|reason| other(&reason))?;
    let mut command = Command::new("shellcheck");
    command.args(["--norc", "--format=json1", EXCLUDED]).current_dir(folder.path()).stdin(Stdio::null());
    for (number, script) in scripts.iter().enumerate() {
        let name = number.to_string();
        let mut file = std::fs::File::create(folder.path().join(&name)).map_err(|reason| other(&reason))?;
        file.write_all(script.exported.text.as_bytes()).map_err(|reason| other(&reason))?;
        command.arg(name);
    }
    if scripts.is_empty() {
        command.arg("--version");
    }
    let output = command.output().map_err(|reason| match reason.kind() {
        ErrorKind::NotFound => Failure::NotInstalled,
        _ => Failure::Other(format!("`shellcheck` cannot be started: {reason}")),
    })?;
    if scripts.is_empty() {
        return Ok(Vec::new());
    }
    // 0 is nothing found, 1 something found.
    if !matches!(output.status.code(), Some(0 | 1)) {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(Failure::Other(format!(
            "`shellcheck` failed: {}",
            said.lines().next().unwrap_or("it did not say why")
        )));
    }
    let answer: Answer = serde_json::from_slice(&output.stdout)
        .map_err(|reason| Failure::Other(format!("what `shellcheck` wrote cannot be read: {reason}")))?;
    Ok(answer.comments)
}

/// Its answer in the format `json1`, in which a tab is one column.
#[derive(Deserialize)]
struct Answer {
    comments: Vec<Comment>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Comment {
    file: String,
    #[serde(flatten)]
    place: Place,
    level: String,
    code: u32,
    message: String,
    fix: Option<Correction>,
}

#[derive(Deserialize)]
struct Correction {
    replacements: Vec<Replacement>,
}

#[derive(Deserialize)]
struct Replacement {
    #[serde(flatten)]
    place: Place,
    replacement: String,
}

/// Lines and columns from 1, columns in characters.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Place {
    line: usize,
    end_line: usize,
    column: usize,
    end_column: usize,
}

impl Comment {
    fn diagnostic(&self, scripts: &[Script]) -> Option<Diagnostic> {
        let script = scripts.get(self.file.parse::<usize>().ok()?)?;
        let code = format!("SC{:04}", self.code);
        if features::is_code_known_to(&code, script.exported.shell) {
            return None;
        }
        let range = self.place.range(&script.exported.text)?;
        let span = script.exported.span(range)?;
        let severity = match self.level.as_str() {
            "error" => Severity::Error,
            "warning" => Severity::Warning,
            _ => Severity::Info,
        };
        let fix = self.fix.as_ref().and_then(|fix| fix.read(script));
        Some(Diagnostic {
            rule: Cow::Borrowed(RULE),
            severity,
            source: script.source.clone(),
            span,
            message: format!("{code}: {}", self.message.trim()),
            labels: Vec::new(),
            notes: Vec::new(),
            fixes: fix.into_iter().collect(),
            alias: Some(code.into()),
        })
    }
}

impl Correction {
    /// Its edits in the file; `None` when one of them cannot be said exactly there.
    fn read(&self, script: &Script) -> Option<Fix> {
        let edit = |replacement: &Replacement| {
            let range = replacement.place.range(&script.exported.text)?;
            let exact = script.exported.is_as_written(range.clone(), &script.source.text);
            let one_line = !replacement.replacement.contains('\n');
            let span = script.exported.span(range)?;
            (exact && one_line).then(|| Edit { span, text: replacement.replacement.clone() })
        };
        let edits: Vec<Edit> = self.replacements.iter().map(edit).collect::<Option<_>>()?;
        (!edits.is_empty()).then(|| Fix {
            title: Cow::Borrowed("do as ShellCheck says"),
            applicability: Applicability::Unsafe,
            edits,
            effects: Effects::NONE.with(script.effect),
            verification: None,
        })
    }
}

impl Place {
    fn range(&self, text: &str) -> Option<std::ops::Range<usize>> {
        let start = offset(text, self.line, self.column)?;
        let end = offset(text, self.end_line, self.end_column)?;
        (start <= end).then_some(start..end)
    }
}

fn offset(text: &str, line: usize, column: usize) -> Option<usize> {
    let mut lines = text.split_inclusive('\n');
    let before: usize = lines.by_ref().take(line.checked_sub(1)?).map(str::len).sum();
    let own = lines.next().unwrap_or("");
    let at = own.char_indices().map(|(at, _)| at).chain([own.len()]).nth(column.checked_sub(1)?)?;
    Some(before + at)
}
