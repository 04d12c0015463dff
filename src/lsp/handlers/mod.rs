//! What is asked for, one file for each.

mod code_action;
mod command;
mod completion;
mod fix_all;
mod hints;
mod hover;
mod language;
mod navigation;
mod rename;
mod variables;

pub(super) use code_action::FIX_ALL;
pub(super) use command::COMMANDS;
pub(super) use completion::TRIGGERS;

use lsp_server::{ErrorCode, RequestId};
use lsp_types::{
    CodeActionParams, CompletionParams, DocumentHighlightParams, DocumentLinkParams, DocumentSymbolParams,
    GotoDefinitionParams, HoverParams, InlayHintParams, ReferenceParams, RenameParams, TextDocumentPositionParams, Uri,
};
use serde_json::Value;

use super::requests::{Answer, error};
use super::server::{Server, parse};
use super::snapshot::At;

/// Answers a request, now or later.
pub(super) fn request(server: &mut Server, id: RequestId, method: &str, params: Value) {
    let taken = match method {
        "textDocument/diagnostic" => parse(params).map(|params| server.pull(id.clone(), &params)),
        "textDocument/codeAction" => parse(params).map(|params: CodeActionParams| {
            let uri = params.text_document.uri.clone();
            about_edits(server, &id, &uri, move |at| code_action::answer(at, &params));
        }),
        "textDocument/hover" => parse(params).map(|params: HoverParams| {
            let of = params.text_document_position_params;
            about(server, &id, &of.text_document.uri, move |at| hover::answer(at, of.position));
        }),
        "textDocument/definition" => parse(params).map(|params: GotoDefinitionParams| {
            let of = params.text_document_position_params;
            about(server, &id, &of.text_document.uri, move |at| navigation::definition(at, of.position));
        }),
        "textDocument/references" => parse(params).map(|params: ReferenceParams| {
            let uri = params.text_document_position.text_document.uri.clone();
            about(server, &id, &uri, move |at| navigation::references(at, &params));
        }),
        "textDocument/documentHighlight" => parse(params).map(|params: DocumentHighlightParams| {
            let of = params.text_document_position_params;
            about(server, &id, &of.text_document.uri, move |at| navigation::highlights(at, of.position));
        }),
        "textDocument/documentSymbol" => parse(params).map(|params: DocumentSymbolParams| {
            about(server, &id, &params.text_document.uri, navigation::symbols);
        }),
        "textDocument/documentLink" => parse(params).map(|params: DocumentLinkParams| {
            about(server, &id, &params.text_document.uri, navigation::links);
        }),
        "textDocument/completion" => parse(params).map(|params: CompletionParams| {
            let of = params.text_document_position;
            about(server, &id, &of.text_document.uri, move |at| completion::answer(at, of.position));
        }),
        "textDocument/prepareRename" => parse(params).map(|of: TextDocumentPositionParams| {
            about(server, &id, &of.text_document.uri, move |at| rename::prepare(at, of.position));
        }),
        "textDocument/rename" => parse(params).map(|params: RenameParams| {
            let uri = params.text_document_position.text_document.uri.clone();
            about(server, &id, &uri, move |at| rename::answer(at, &params));
        }),
        "textDocument/inlayHint" => parse(params).map(|params: InlayHintParams| {
            let uri = params.text_document.uri.clone();
            about(server, &id, &uri, move |at| hints::answer(at, &params));
        }),
        "codeAction/resolve" => {
            code_action::resolve(server, &id, params);
            Ok(())
        }
        "workspace/executeCommand" => parse(params).map(|params| command::run(server, &id, params)),
        _ => Err(error(ErrorCode::MethodNotFound, format!("there is no method `{method}`"))),
    };
    if let Err(reason) = taken {
        server.answer(&id, Err(reason));
    }
}

/// Works out an answer about a document that is open; null where it is not.
fn about(server: &mut Server, id: &RequestId, uri: &Uri, work: impl FnOnce(&At) -> Answer + Send + 'static) {
    match server.state.at(uri) {
        Some(at) if at.root.settings.enable => server.work(id.clone(), move || work(&at)),
        _ => server.answer(id, Ok(Value::Null)),
    }
}

/// The same for an answer with edits.
fn about_edits(server: &mut Server, id: &RequestId, uri: &Uri, work: impl FnOnce(&At) -> Answer + Send + 'static) {
    match server.state.at(uri) {
        Some(at) if at.root.settings.enable => edits_of(server, id, at, work),
        _ => server.answer(id, Ok(Value::Null)),
    }
}

/// Answers with edits of a document. Where they cannot say which version they are for, they are given only while the
/// document is still as it was: in another they would be damage.
fn edits_of(server: &mut Server, id: &RequestId, at: At, work: impl FnOnce(&At) -> Answer + Send + 'static) {
    if at.snapshot.client.versioned_edits {
        return server.work(id.clone(), move || work(&at));
    }
    server.work_then(id.clone(), move || {
        let answer = work(&at);
        Box::new(move |server, id| {
            let now = server.state.documents.get(&at.path).map(|document| document.stamp);
            let is_same = now == Some(at.document.stamp);
            let changed = || error(ErrorCode::ContentModified, "the document has changed since");
            server.answer(id, if is_same { answer } else { Err(changed()) });
        })
    });
}
