//! Quick fixes, comments that ignore, and everything that is safe at once.

use lsp_server::{ErrorCode, RequestId};
use lsp_types::{CodeActionKind, CodeActionParams, Uri};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::fix_all;
use crate::lint::suppress::add_ignores;
use crate::lint::{Applicability, Diagnostic, Fix, verify};
use crate::lsp::convert::{self, fix_title, snippet_edit, workspace_edit};
use crate::lsp::requests::{Answer, error};
use crate::lsp::server::Server;
use crate::lsp::snapshot::At;
use crate::text::Span;

/// The kind of the action that applies everything that is safe.
pub(in crate::lsp) const FIX_ALL: &str = "source.fixAll.rlint";

/// The reason that somebody is to write in place of.
const REASON: &str = "\u{2026}";

/// What an action needs to be worked out later.
#[derive(Debug, Serialize, Deserialize)]
struct Later {
    uri: Uri,
    version: i32,
}

/// `textDocument/codeAction`.
pub(super) fn answer(at: &At, params: &CodeActionParams) -> Answer {
    let wanted = |kind: &str| {
        let only = params.context.only.as_deref();
        // An editor that asks for `source` or `source.fixAll` asks for all of them.
        only.is_none_or(|only| only.iter().any(|asked| is_kind(kind, asked.as_str())))
    };
    let mut actions = Vec::new();
    if wanted(CodeActionKind::QUICKFIX.as_str()) {
        let range = at.document.span(params.range, at.snapshot.client.encoding);
        let mut found = touched(at, range);
        let settings = at.holding();
        verify::withhold(&mut found, settings.checker.settings());
        for diagnostic in &found {
            actions.extend(quick_fixes(at, diagnostic));
        }
        if at.root.settings.disable_rule_comment {
            actions.extend(found.iter().filter_map(|diagnostic| ignore(at, diagnostic)));
        }
        // They change nothing: whoever looks for a fix has passed the fixes by then.
        actions.extend(found.iter().flat_map(|diagnostic| plans(at, diagnostic)));
    }
    if at.root.settings.fix_all && wanted(FIX_ALL) {
        actions.extend(fix_all_action(at)?);
    }
    if !at.snapshot.client.code_action_literals {
        actions = actions.into_iter().filter_map(|action| as_command(at, &action)).collect();
    }
    Ok(Value::Array(actions))
}

/// `codeAction/resolve`: works out the edit.
pub(super) fn resolve(server: &mut Server, id: &RequestId, action: Value) {
    let later = action.get("data").cloned().and_then(|data| serde_json::from_value::<Later>(data).ok());
    let Some(later) = later else { return server.answer(id, Ok(action)) };
    let at = server.state.at(&later.uri).filter(|at| at.document.version == later.version);
    let Some(at) = at else {
        let reason = "the document has changed since the action was offered";
        return server.answer(id, Err(error(ErrorCode::ContentModified, reason)));
    };
    super::edits_of(server, id, at, move |at| {
        let mut action = action;
        if let (Some(object), Some(edits)) = (action.as_object_mut(), fix_all::edits(at)) {
            object.insert("edit".to_owned(), workspace_edit(at, &edits));
        }
        Ok(action)
    });
}

/// The findings that touch a range.
pub(super) fn touched(at: &At, range: Span) -> Vec<Diagnostic> {
    let checked = at.checked();
    let touches = |span: Span| span.start <= range.end && range.start <= span.end;
    checked.found.iter().filter(|diagnostic| touches(diagnostic.span)).cloned().collect()
}

/// The actions that mend a finding, the most trusted first.
fn quick_fixes(at: &At, diagnostic: &Diagnostic) -> Vec<Value> {
    let safe = diagnostic.fixes.iter().filter(|fix| fix.applicability == Applicability::Safe).count();
    let mut actions = Vec::new();
    let mut fixes: Vec<&Fix> = diagnostic.fixes.iter().collect();
    fixes.sort_by_key(|fix| std::cmp::Reverse(fix.applicability));
    for fix in fixes {
        let edit = match fix.applicability {
            Applicability::Manual => snippet_edit(at, &fix.edits),
            Applicability::Unsafe | Applicability::Safe => workspace_edit(at, &fix.edits),
        };
        let mut action = quick_fix(at, &fix_title(&fix.title, fix.applicability), diagnostic);
        action.insert("edit".to_owned(), edit);
        if at.snapshot.client.preferred_actions && safe == 1 && fix.applicability == Applicability::Safe {
            action.insert("isPreferred".to_owned(), json!(true));
        }
        actions.push(Value::Object(action));
    }
    actions
}

/// The actions that say what the fixes of a finding do to what is built.
fn plans(at: &At, diagnostic: &Diagnostic) -> Vec<Value> {
    let mut actions = Vec::new();
    for (number, fix) in diagnostic.fixes.iter().enumerate().filter(|(_, fix)| fix.verification.is_some()) {
        let mut action = quick_fix(at, &format!("Plan this fix: {}", fix.title), diagnostic);
        let range = at.range(diagnostic.span);
        let arguments = json!([{
            "uri": at.document.uri, "version": at.document.version, "rule": diagnostic.rule, "range": range, "fix": number,
        }]);
        let command = json!({ "title": "Plan this fix", "command": super::command::PLAN_FIX, "arguments": arguments });
        action.insert("command".to_owned(), command);
        actions.push(Value::Object(action));
    }
    actions
}

/// The action that writes a comment that ignores a finding.
fn ignore(at: &At, diagnostic: &Diagnostic) -> Option<Value> {
    let settings = at.holding();
    let settings = settings.checker.settings();
    let added = add_ignores(&at.source(), std::slice::from_ref(diagnostic), Some(REASON), settings);
    if added.edits.is_empty() {
        return None;
    }
    let mut action = quick_fix(at, &format!("Ignore {} here, with a reason", diagnostic.rule), diagnostic);
    action.insert("edit".to_owned(), snippet_edit(at, &added.edits));
    Some(Value::Object(action))
}

fn quick_fix(at: &At, title: &str, diagnostic: &Diagnostic) -> Map<String, Value> {
    let mut action = Map::new();
    action.insert("title".to_owned(), json!(title));
    action.insert("kind".to_owned(), json!(CodeActionKind::QUICKFIX));
    action.insert("diagnostics".to_owned(), json!([convert::diagnostic(at, diagnostic)]));
    action
}

/// The action that applies everything that is safe; without its edit where the client takes that later.
fn fix_all_action(at: &At) -> Result<Option<Value>, lsp_server::ResponseError> {
    let checked = at.checked();
    let is_safe =
        |diagnostic: &&Diagnostic| diagnostic.fixes.iter().any(|fix| fix.applicability == Applicability::Safe);
    let safe: Vec<&Diagnostic> = checked.found.iter().filter(is_safe).collect();
    if safe.is_empty() {
        return Ok(None);
    }
    let mut action = json!({ "title": "Fix everything that is safe (rlint)", "kind": FIX_ALL });
    let Some(object) = action.as_object_mut() else { return Ok(None) };
    if at.snapshot.client.resolves_edits {
        object.insert("data".to_owned(), json!({ "uri": at.document.uri, "version": at.document.version }));
    } else {
        let Some(edits) = fix_all::edits(at) else { return Ok(None) };
        object.insert("edit".to_owned(), workspace_edit(at, &edits));
    }
    Ok(Some(action))
}

/// An action for a client that knows only commands.
fn as_command(at: &At, action: &Value) -> Option<Value> {
    if let Some(command) = action.get("command") {
        return Some(
            json!({ "title": action["title"], "command": command["command"], "arguments": command["arguments"] }),
        );
    }
    let edit = action.get("edit").filter(|_| at.snapshot.client.applies_edits)?;
    Some(json!({ "title": action["title"], "command": super::command::APPLY_EDIT, "arguments": [edit] }))
}

/// Whether `kind` is `asked`, or one of its kind.
fn is_kind(kind: &str, asked: &str) -> bool {
    asked.is_empty() || kind == asked || kind.strip_prefix(asked).is_some_and(|rest| rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_for_a_kind_asks_for_what_lies_below_it() {
        for (asked, is_asked) in [
            ("", true),
            ("source", true),
            ("source.fixAll", true),
            (FIX_ALL, true),
            ("source.fix", false),
            ("quickfix", false),
            ("source.fixAll.other", false),
        ] {
            assert_eq!(is_kind(FIX_ALL, asked), is_asked, "{asked}");
        }
    }
}
