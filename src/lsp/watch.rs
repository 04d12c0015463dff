//! Files that change outside of the editor.

use lsp_types::{DidChangeWatchedFilesParams, FileChangeType};
use serde_json::json;

use super::requests::Asked;
use super::server::Server;
use super::uri;

/// What is watched: everything that a finding may depend on, as globs.
const WATCHED: [&str; 13] = [
    "**/*[Dd]ockerfile*",
    "**/*[Cc]ontainerfile*",
    "**/*.{yaml,yml}",
    "**/*.dockerignore",
    "**/.dockerignore",
    "**/docker-bake*.{hcl,json}",
    "**/.env",
    "**/*.env",
    "**/.rlint.yaml",
    "**/.hadolint.{yaml,yml}",
    "**/.kube-linter.{yaml,yml}",
    "**/*baseline*.json",
    // Pages of rules.
    "**/*.md",
];

/// Asks the client to tell of files and settings that change, as far as it can.
pub(super) fn register(server: &mut Server) {
    let mut registrations = Vec::new();
    if server.state.client.registers_watchers {
        let watchers: Vec<_> = WATCHED.iter().map(|glob| json!({ "globPattern": glob })).collect();
        registrations.push(json!({
            "id": "rlint.files",
            "method": "workspace/didChangeWatchedFiles",
            "registerOptions": { "watchers": watchers },
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
    let changes: Vec<_> =
        params.changes.iter().filter_map(|change| Some((uri::path_of(&change.uri)?, change.typ))).collect();
    if changes.iter().any(|(path, _)| server.state.is_configuration(path)) {
        return server.configuration_changed();
    }
    if changes.iter().any(|(_, kind)| *kind != FileChangeType::CHANGED) {
        return server.files_changed();
    }
    for (path, _) in changes {
        // What is open counts as it is in the editor.
        if server.state.documents.get(&path).is_none() {
            server.content_changed(&path);
        }
    }
}
