//! What the client says of documents, folders and settings.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use lsp_types::{
    DidChangeTextDocumentParams, DidChangeWorkspaceFoldersParams, DidCloseTextDocumentParams,
    DidOpenTextDocumentParams, DidSaveTextDocumentParams, MessageType, Uri,
};
use serde_json::{Value, json};

use super::documents::Document;
use super::server::Server;
use super::settings::Settings;
use super::uri;

/// `textDocument/didOpen`. A document that is open already gets the text that now counts.
pub(super) fn opened(server: &mut Server, params: DidOpenTextDocumentParams) {
    let opened = params.text_document;
    let Some(path) = known_path(server, &opened.uri) else { return };
    server.state.ensure_root(&path);
    let is_new = server.state.documents.get(&path).is_none();
    let on_disk = server.state.disk.exists(&path);
    server.state.epoch += 1;
    let document = Document::new(opened.uri, opened.version, server.state.epoch, opened.text);
    Arc::make_mut(&mut server.state.documents).insert(path.clone(), document);
    if is_new && !server.state.client.registers_watchers {
        server.configuration_changed();
    } else if is_new && !on_disk {
        server.files_changed();
    } else {
        server.content_changed(&path);
    }
}

/// `textDocument/didChange`.
pub(super) fn changed(server: &mut Server, params: DidChangeTextDocumentParams) {
    let Some(path) = known_path(server, &params.text_document.uri) else { return };
    let encoding = server.state.client.encoding;
    let version = params.text_document.version;
    server.state.epoch += 1;
    let stamp = server.state.epoch;
    let Some(document) = Arc::make_mut(&mut server.state.documents).get_mut(&path) else {
        let message = format!("`{}` changed, but it is not open", params.text_document.uri.as_str());
        return server.log(MessageType::WARNING, message);
    };
    let before = document.version;
    document.change(version, stamp, params.content_changes, encoding);
    if version <= before {
        let message = format!("`{}` went from version {before} to {version}", params.text_document.uri.as_str());
        server.log(MessageType::WARNING, message);
    }
    if !server.runs_on_save(&path) {
        server.content_changed(&path);
    }
}

/// `textDocument/didSave`.
pub(super) fn saved(server: &mut Server, params: &DidSaveTextDocumentParams) {
    let Some(path) = known_path(server, &params.text_document.uri) else { return };
    // Who tells of no file that changes outside of the editor has all of them looked at anew at such a moment.
    if server.state.is_configuration(&path) || !server.state.client.registers_watchers {
        server.configuration_changed();
    } else if server.runs_on_save(&path) {
        server.content_changed(&path);
    }
}

/// `textDocument/didClose`. What counts from now on is what is on the disk.
pub(super) fn closed(server: &mut Server, params: &DidCloseTextDocumentParams) {
    let Some(path) = known_path(server, &params.text_document.uri) else { return };
    if !Arc::make_mut(&mut server.state.documents).remove(&path) {
        let message = format!("`{}` was closed, but it is not open", params.text_document.uri.as_str());
        return server.log(MessageType::WARNING, message);
    }
    server.forget(&path);
    if !server.state.client.pulls_diagnostics {
        let params = json!({ "uri": params.text_document.uri, "diagnostics": [] });
        server.tell("textDocument/publishDiagnostics", params);
    }
    if server.state.disk.exists(&path) {
        server.content_changed(&path);
    } else {
        server.files_changed();
    }
}

/// `workspace/didChangeWorkspaceFolders`.
pub(super) fn folders(server: &mut Server, params: &DidChangeWorkspaceFoldersParams) {
    for folder in params.event.removed.iter().filter_map(|folder| uri::path_of(&folder.uri)) {
        server.state.remove_folder(&folder);
    }
    let mut problems = Vec::new();
    for folder in params.event.added.iter().filter_map(|folder| uri::path_of(&folder.uri)) {
        problems.extend(server.state.add_folder(&folder, true));
    }
    server.complain(&problems);
    server.files_changed();
    server.ask_for_settings();
}

/// `workspace/didChangeConfiguration`: the settings are asked for, or in the message where they cannot be.
pub(super) fn settings_changed(server: &mut Server, params: &Value) {
    if server.state.client.configuration {
        return server.ask_for_settings();
    }
    let sent = params.get("settings").map(|settings| settings.get("rlint").unwrap_or(settings));
    let Some(sent) = sent.filter(|sent| !sent.is_null()) else { return };
    let (settings, problems) =
        if is_empty(sent) { ((*server.state.greeted).clone(), Vec::new()) } else { Settings::read(sent) };
    let is_new = *server.state.settings != settings;
    server.state.settings = Arc::new(settings);
    server.state.scoped.clear();
    if is_new {
        server.state.complaints.clear();
    }
    server.complain(&problems);
    if is_new {
        server.configuration_changed();
    }
}

/// The answer to `workspace/configuration`: what holds everywhere, and then for each of `folders`.
pub(super) fn settings_came(server: &mut Server, folders: &[PathBuf], sent: &Value) {
    let Some(items) = sent.as_array() else { return };
    let mut problems = Vec::new();
    let mut read = |value: &Value| {
        let (settings, wrong) = Settings::read(value);
        problems.extend(wrong);
        Arc::new(settings)
    };
    let before = in_force(server, folders);
    // A client without settings of ours says null: then what it said in its greeting counts.
    if let Some(global) = items.first() {
        server.state.settings = if is_empty(global) { server.state.greeted.clone() } else { read(global) };
    }
    for (folder, value) in folders.iter().zip(items.iter().skip(1)) {
        if is_empty(value) {
            server.state.scoped.remove(folder);
        } else {
            let settings = read(value);
            server.state.scoped.insert(folder.clone(), settings);
        }
    }
    problems.sort();
    problems.dedup();
    let is_new = before != in_force(server, folders);
    if is_new {
        server.state.complaints.clear();
    }
    server.complain(&problems);
    if is_new {
        server.configuration_changed();
    }
}

/// What holds everywhere, and in each of `folders`.
fn in_force(server: &Server, folders: &[PathBuf]) -> Vec<Arc<Settings>> {
    let everywhere = &server.state.settings;
    let scoped = folders.iter().map(|folder| server.state.scoped.get(folder).unwrap_or(everywhere));
    std::iter::once(everywhere).chain(scoped).cloned().collect()
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_object().is_some_and(serde_json::Map::is_empty)
}

fn known_path(server: &mut Server, uri: &Uri) -> Option<PathBuf> {
    let path = server.state.path_of(uri);
    if path.is_none() {
        server.log(MessageType::LOG, format!("`{}` is no file, and is not looked at", uri.as_str()));
    }
    path.filter(|path| path != Path::new("/"))
}
