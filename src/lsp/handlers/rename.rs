//! Renaming: of names of which every place is known.

use lsp_server::{ErrorCode, ResponseError};
use lsp_types::{Position, RenameParams};
use serde_json::{Value, json};

use super::language::{Reach, documents, names, other_yaml};
use crate::lint::document::{Document, Tree};
use crate::lsp::convert;
use crate::lsp::requests::{Answer, error};
use crate::lsp::snapshot::At;
use crate::model::names::{Renaming, anchor_at, stage_at};
use crate::text::{Edit, Files, Span};

/// `textDocument/prepareRename`: the name at a place; null where there is none.
pub(super) fn prepare(at: &At, position: Position) -> Answer {
    let offset = at.offset(position);
    let Some(renaming) = renaming(at, offset)? else { return nothing(at, offset) };
    let stands = |span: &&Span| span.start <= offset + 1 && offset <= span.end;
    let Some(place) = renaming.places.iter().find(stands) else { return Ok(Value::Null) };
    Ok(json!({ "range": at.range(*place), "placeholder": renaming.name }))
}

/// `textDocument/rename`.
pub(super) fn answer(at: &At, params: &RenameParams) -> Answer {
    let offset = at.offset(params.text_document_position.position);
    let Some(renaming) = renaming(at, offset)? else { return nothing(at, offset) };
    renaming.check(&params.new_name).map_err(refused)?;
    let edits: Vec<Edit> =
        renaming.places.iter().map(|place| Edit { span: *place, text: params.new_name.clone() }).collect();
    Ok(convert::workspace_edit(at, &edits))
}

/// The name at an offset of the file, its places in the file.
fn renaming(at: &At, offset: u32) -> Result<Option<Renaming>, ResponseError> {
    let files = at.files();
    let all = documents(at, &files);
    if let Some(stream) = other_yaml(at, &all) {
        return Ok(anchor_at(&stream, offset));
    }
    // What lies in another file is named by that, too.
    let Some(document) = all.first().filter(|document| document.region.is_whole()) else { return Ok(None) };
    in_document(at, document, offset, &files).transpose().map_err(refused)
}

fn in_document(at: &At, document: &Document, offset: u32, files: &dyn Files) -> Option<Result<Renaming, String>> {
    match &document.tree {
        Tree::Dockerfile(dockerfile) => {
            let holding = at.holding();
            stage_at(dockerfile, offset, &holding.checker.project(files).targets(&at.name))
        }
        Tree::Compose(stream) | Tree::Kubernetes(stream) => anchor_at(stream, offset).map(Ok),
        Tree::Dockerignore(_) | Tree::Outer => None,
    }
}

/// Where nothing can be renamed: why not, where something has a name.
fn nothing(at: &At, offset: u32) -> Answer {
    if names(at, Reach::File).declarations(offset).is_empty() {
        return Ok(Value::Null);
    }
    let reason = "only the stages of a Dockerfile and the anchors of YAML can be renamed: of other names, not every place \
                  is known";
    Err(refused(reason.to_owned()))
}

fn refused(reason: String) -> ResponseError {
    error(ErrorCode::RequestFailed, reason)
}
