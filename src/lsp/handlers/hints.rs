//! Inlay hints: what builds a step again.

use lsp_types::{InlayHintParams, Position};
use serde_json::{Value, json};

use super::language::{rebuilt_by, steps};
use crate::lsp::requests::Answer;
use crate::lsp::snapshot::At;

/// `textDocument/inlayHint`; nothing unless the user asked for it.
pub(super) fn answer(at: &At, params: &InlayHintParams) -> Answer {
    if !at.root.settings.rebuilt_by {
        return Ok(json!([]));
    }
    let shown = at.document.span(params.range, at.snapshot.client.encoding);
    let steps = steps(at).into_iter().filter(|step| shown.start <= step.span.end && step.span.start <= shown.end);
    let hints = steps.filter_map(|step| {
        let words = rebuilt_by(step.all)?;
        Some(json!({ "position": line_end(at, step.keyword.start), "label": format!("rebuilt by {words}"), "paddingLeft": true }))
    });
    Ok(Value::Array(hints.collect()))
}

/// The end of the line that an offset lies on.
fn line_end(at: &At, offset: u32) -> Position {
    let rest = at.document.text().get(offset as usize..).unwrap_or("");
    let length = rest.find(['\r', '\n']).unwrap_or(rest.len());
    at.range(crate::text::Span::empty(offset + length as u32)).start
}
