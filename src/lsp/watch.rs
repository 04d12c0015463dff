//! Files that change outside of the editor.

use std::path::Path;

use lsp_types::{DidChangeWatchedFilesParams, FileChangeType};
use serde_json::json;

use super::requests::Asked;
use super::server::Server;
use super::uri;

/// What is watched. A finding may depend on any file: COPY takes files of every name, and so do `env_file`, `extends` and
/// the keys of a configuration that name files. What nothing depends on is passed over when it is told.
const WATCHED: &str = "**/*";

/// Asks the client to tell of files and settings that change, as far as it can.
pub(super) fn register(server: &mut Server) {
    let mut registrations = Vec::new();
    if server.state.client.registers_watchers {
        registrations.push(json!({
            "id": "rlint.files",
            "method": "workspace/didChangeWatchedFiles",
            "registerOptions": { "watchers": [{ "globPattern": WATCHED }] },
        }));
    }
    if server.state.client.registers_configuration {
        registrations.push(json!({
            "id": "rlint.settings",
            "method": "workspace/didChangeConfiguration",
            "registerOptions": { "section": "rlint" },
        }));
    }
    if !registrations.is_empty() {
        let method = "client/registerCapability";
        server.ask(method, json!({ "registrations": registrations }), Asked::Other(method.to_owned()));
    }
}

/// `workspace/didChangeWatchedFiles`.
pub(super) fn changed(server: &mut Server, params: &DidChangeWatchedFilesParams) {
    let mut changes: Vec<_> =
        params.changes.iter().filter_map(|change| Some((uri::path_of(&change.uri)?, change.typ))).collect();
    changes.retain(|(path, _)| !is_inside_git(path));
    if changes.iter().any(|(path, _)| server.state.is_configuration(path)) {
        return server.configuration_changed();
    }
    let dependencies = server.state.dependencies.clone();
    // Some clients call it a change when a file comes to be.
    let came_or_went = |path: &Path, kind| match kind {
        FileChangeType::CHANGED => dependencies.on_absence(path),
        _ => dependencies.on_presence(path),
    };
    if changes.iter().any(|(path, kind)| came_or_went(path, *kind)) {
        return server.files_changed();
    }
    for (path, _) in changes {
        // What is open counts as it is in the editor.
        if server.state.documents.get(&path).is_none() && server.state.dependencies.on_content(&path) {
            server.content_changed(&path);
        }
    }
}

/// Whether Git keeps its own things there: it writes files at every look at a repository.
fn is_inside_git(path: &Path) -> bool {
    path.parent().is_some_and(|folder| folder.components().any(|part| part.as_os_str() == ".git"))
}
