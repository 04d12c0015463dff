//! What is asked for, one file for each.

mod code_action;
mod command;
mod fix_all;

pub(super) use code_action::FIX_ALL;
pub(super) use command::COMMANDS;

use lsp_server::{ErrorCode, RequestId};
use lsp_types::Uri;
use serde_json::Value;

use super::requests::{Answer, error};
use super::server::{Server, parse};
use super::snapshot::At;

/// Answers a request, now or later.
pub(super) fn request(server: &mut Server, id: RequestId, method: &str, params: Value) {
    let taken = match method {
        "textDocument/diagnostic" => parse(params).map(|params| server.pull(id.clone(), &params)),
        "textDocument/codeAction" => parse(params).map(|params: lsp_types::CodeActionParams| {
            let uri = params.text_document.uri.clone();
            about(server, &id, &uri, move |at| code_action::answer(at, &params));
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
