//! Commands that a client may have run.

use lsp_server::{ErrorCode, RequestId};
use lsp_types::{ExecuteCommandParams, MessageType, Range, Uri};
use serde::Deserialize;
use serde_json::{Value, json};

use super::code_action::touched;
use super::fix_all;
use crate::lint::verify::Before;
use crate::lsp::convert::workspace_edit;
use crate::lsp::requests::{Asked, error};
use crate::lsp::server::{Server, parse};
use crate::lsp::snapshot::At;

/// Applies everything that is safe to a document.
const APPLY_AUTOFIX: &str = "rlint.applyAutofix";
/// Says what there is to know when something is wrong with the server.
const DEBUG_INFORMATION: &str = "rlint.debugInformation";
/// Gives back the page of a rule.
const EXPLAIN: &str = "rlint.explain";
/// Holds a fix to the plan of what is built. Nothing is run.
pub(super) const PLAN_FIX: &str = "rlint.planFix";
/// Has an edit applied, for clients whose code actions can only be commands.
pub(super) const APPLY_EDIT: &str = "rlint.applyEdit";

/// All of them.
pub(in crate::lsp) const COMMANDS: [&str; 5] = [APPLY_AUTOFIX, APPLY_EDIT, DEBUG_INFORMATION, EXPLAIN, PLAN_FIX];

/// A document in the state that a command is for.
#[derive(Debug, Deserialize)]
struct Target {
    uri: Uri,
    version: Option<i32>,
}

/// A fix of a finding.
#[derive(Debug, Deserialize)]
struct FixTarget {
    uri: Uri,
    version: i32,
    rule: String,
    range: Range,
    /// Which of the fixes of the finding.
    fix: usize,
}

/// `workspace/executeCommand`.
pub(super) fn run(server: &mut Server, id: &RequestId, params: ExecuteCommandParams) {
    let first = params.arguments.into_iter().next().unwrap_or_default();
    let done = match params.command.as_str() {
        APPLY_AUTOFIX => parse(first).and_then(|target| apply_autofix(server, id, &target)),
        APPLY_EDIT => {
            apply(server, "rlint", &first);
            server.answer(id, Ok(Value::Null));
            Ok(())
        }
        DEBUG_INFORMATION => {
            let text = information(server);
            server.answer(id, Ok(json!(text)));
            Ok(())
        }
        EXPLAIN => parse(first).and_then(|word: String| explain(server, id, &word)),
        PLAN_FIX => parse(first).and_then(|target| plan_fix(server, id, target)),
        other => Err(error(ErrorCode::InvalidParams, format!("there is no command `{other}`"))),
    };
    if let Err(reason) = done {
        server.answer(id, Err(reason));
    }
}

/// The document of a command, in the state it is for.
fn document(server: &mut Server, uri: &Uri, version: Option<i32>) -> Result<At, lsp_server::ResponseError> {
    let at = server.state.at(uri);
    let at = at.ok_or_else(|| error(ErrorCode::InvalidParams, format!("`{}` is not open", uri.as_str())))?;
    if version.is_some_and(|version| version != at.document.version) {
        return Err(changed_since());
    }
    Ok(at)
}

fn changed_since() -> lsp_server::ResponseError {
    error(ErrorCode::ContentModified, "the document has changed since")
}

fn apply_autofix(server: &mut Server, id: &RequestId, target: &Target) -> Result<(), lsp_server::ResponseError> {
    let at = document(server, &target.uri, target.version)?;
    if !server.state.client.applies_edits {
        return Err(error(ErrorCode::RequestFailed, "the client cannot be asked to apply edits"));
    }
    server.work_then(id.clone(), move || {
        let edits = fix_all::edits(&at);
        Box::new(move |server, id| {
            let now = server.state.documents.get(&at.path).map(|document| document.stamp);
            if now != Some(at.document.stamp) {
                return server.answer(id, Err(changed_since()));
            }
            if let Some(edits) = edits {
                apply(server, "Fix everything that is safe (rlint)", &workspace_edit(&at, &edits));
            }
            server.answer(id, Ok(Value::Null));
        })
    });
    Ok(())
}

fn apply(server: &mut Server, label: &str, edit: &Value) {
    let method = "workspace/applyEdit";
    server.ask(method, json!({ "label": label, "edit": edit }), Asked::Other(method.to_owned()));
}

/// What there is to know when something is wrong with the server.
fn information(server: &mut Server) -> String {
    let snapshot = server.state.snapshot();
    let mut text = format!("rlint {}\n", env!("CARGO_PKG_VERSION"));
    let diagnostics = if snapshot.client.pulls_diagnostics { "asked for by the client" } else { "sent to the client" };
    text.push_str(&format!("columns: {:?}\ndiagnostics: {diagnostics}\n", snapshot.client.encoding));
    for root in snapshot.roots.iter() {
        text.push_str(&format!("folder: {}\n  settings: {:?}\n", root.folder.display(), root.settings));
    }
    for (path, document) in snapshot.documents.iter() {
        let found = snapshot.checked.get(path).map_or(0, |checked| checked.found.len());
        let bytes = document.text().len();
        text.push_str(&format!(
            "open: {} (version {}, {bytes} bytes, {found} findings)\n",
            path.display(),
            document.version
        ));
    }
    text
}

fn explain(server: &mut Server, id: &RequestId, word: &str) -> Result<(), lsp_server::ResponseError> {
    let rules = crate::lsp::root::catalog().select(word);
    let rules = rules.map_err(|_| error(ErrorCode::InvalidParams, format!("no rule is called `{word}`")))?;
    let pages: Vec<&str> = rules.iter().map(|rule| rule.body()).collect();
    server.answer(id, Ok(json!(pages.join("\n\n"))));
    Ok(())
}

fn plan_fix(server: &mut Server, id: &RequestId, target: FixTarget) -> Result<(), lsp_server::ResponseError> {
    let at = document(server, &target.uri, Some(target.version))?;
    server.work_then(id.clone(), move || {
        let planned = planned(&at, &target);
        Box::new(move |server, id| {
            // The message has to come before the answer.
            if let Ok(text) = &planned {
                server.show(MessageType::INFO, text.clone());
            }
            server.answer(id, planned.map(|text| json!(text)));
        })
    });
    Ok(())
}

/// What a fix changes in the plan of what is built.
fn planned(at: &At, target: &FixTarget) -> Result<String, lsp_server::ResponseError> {
    let gone = || error(ErrorCode::ContentModified, "the finding is not there any more");
    let span = at.document.span(target.range, at.snapshot.client.encoding);
    let found = touched(at, span);
    let diagnostic = found.iter().find(|found| found.rule == target.rule && found.span == span).ok_or_else(gone)?;
    let fix = diagnostic.fixes.get(target.fix).ok_or_else(gone)?;
    let holding = at.holding();
    let before = Before::new(&diagnostic.source, holding.checker.settings());
    Ok(match before.with(&[fix]) {
        Ok(changes) if changes.is_empty() => {
            format!("\u{201c}{}\u{201d} changes nothing in the plan of what is built. Nothing was run.", fix.title)
        }
        Ok(changes) => {
            let changes: Vec<&str> = changes.iter().map(|change| change.message.as_str()).collect();
            format!(
                "{}: that and nothing else \u{201c}{}\u{201d} changes in the plan of what is built. Nothing was run.",
                changes.join("; "),
                fix.title
            )
        }
        Err(reason) => format!("\u{201c}{}\u{201d} does not hold: {reason}", fix.title),
    })
}
