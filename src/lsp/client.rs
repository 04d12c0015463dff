//! What the client said of itself when it greeted.

use lsp_types::{ClientCapabilities, InitializeParams, MarkupKind, PositionEncodingKind};
use serde_json::Value;

use crate::text::Encoding;

/// What a client can do. What it does not say, it cannot.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that a client says or does not say")]
pub(super) struct Client {
    /// What a column counts.
    pub(super) encoding: Encoding,
    /// It asks for diagnostics; else they are sent to it.
    pub(super) pulls_diagnostics: bool,
    /// It can be asked to ask for diagnostics again.
    pub(super) refreshes_diagnostics: bool,
    /// It can be asked to ask for inlay hints again.
    pub(super) refreshes_hints: bool,
    /// Its settings can be asked for.
    pub(super) configuration: bool,
    /// It tells of changed settings when it is asked to.
    pub(super) registers_configuration: bool,
    /// It watches files when it is asked to.
    pub(super) registers_watchers: bool,
    /// Edits may name the version that they are for.
    pub(super) versioned_edits: bool,
    /// Edits may hold snippets.
    pub(super) snippet_edits: bool,
    /// It can be asked to apply edits.
    pub(super) applies_edits: bool,
    /// Code actions may be more than commands.
    pub(super) code_action_literals: bool,
    /// The edit of a code action may come later.
    pub(super) resolves_edits: bool,
    /// A code action may be the preferred one.
    pub(super) preferred_actions: bool,
    /// What it keeps of a diagnostic comes back.
    pub(super) diagnostic_data: bool,
    /// Diagnostics may have links.
    pub(super) code_description: bool,
    /// Diagnostics may have tags.
    pub(super) tags: bool,
    /// Diagnostics may name other places.
    pub(super) related_information: bool,
    /// Hovers may be Markdown.
    pub(super) markdown: bool,
    /// It asks whether a name can be renamed before it asks for the new one.
    pub(super) prepares_renames: bool,
    /// Symbols may lie within symbols.
    pub(super) nested_symbols: bool,
}

impl Client {
    /// Reads the greeting; `raw` is the same as it came, for what the types do not know yet.
    pub(super) fn new(params: &InitializeParams, raw: &Value) -> Client {
        let capabilities = &params.capabilities;
        let document = capabilities.text_document.as_ref();
        let workspace = capabilities.workspace.as_ref();
        let edits = workspace.and_then(|workspace| workspace.workspace_edit.as_ref());
        let actions = document.and_then(|document| document.code_action.as_ref());
        let pull = document.is_some_and(|document| document.diagnostic.is_some());
        let publish = document.and_then(|document| document.publish_diagnostics.as_ref());
        let hover = document.and_then(|document| document.hover.as_ref());
        let resolvable = actions.and_then(|actions| actions.resolve_support.as_ref());
        // What a diagnostic may have is said for those that are sent. Who asks for them knows all of it.
        let has = |said: Option<bool>| said.unwrap_or(false) || pull && publish.is_none();
        let raw = |path: &str| raw.pointer(path).and_then(Value::as_bool).unwrap_or(false);
        Client {
            encoding: encoding(capabilities),
            pulls_diagnostics: pull,
            refreshes_diagnostics: raw("/capabilities/workspace/diagnostics/refreshSupport")
                || raw("/capabilities/workspace/diagnostic/refreshSupport"),
            refreshes_hints: raw("/capabilities/workspace/inlayHint/refreshSupport"),
            configuration: workspace.and_then(|workspace| workspace.configuration).unwrap_or(false),
            registers_configuration: raw("/capabilities/workspace/didChangeConfiguration/dynamicRegistration"),
            registers_watchers: raw("/capabilities/workspace/didChangeWatchedFiles/dynamicRegistration"),
            versioned_edits: edits.and_then(|edits| edits.document_changes).unwrap_or(false),
            snippet_edits: raw("/capabilities/workspace/workspaceEdit/snippetEditSupport"),
            applies_edits: workspace.and_then(|workspace| workspace.apply_edit).unwrap_or(false),
            code_action_literals: actions.is_some_and(|actions| actions.code_action_literal_support.is_some()),
            resolves_edits: resolvable
                .is_some_and(|resolvable| resolvable.properties.iter().any(|name| name == "edit"))
                && actions.and_then(|actions| actions.data_support).unwrap_or(false),
            preferred_actions: actions.and_then(|actions| actions.is_preferred_support).unwrap_or(false),
            diagnostic_data: has(publish.and_then(|publish| publish.data_support)),
            code_description: has(publish.and_then(|publish| publish.code_description_support)),
            tags: has(publish.map(|publish| publish.tag_support.is_some())),
            related_information: has(publish.and_then(|publish| publish.related_information)),
            markdown: hover
                .and_then(|hover| hover.content_format.as_ref())
                .is_some_and(|formats| formats.contains(&MarkupKind::Markdown)),
            prepares_renames: raw("/capabilities/textDocument/rename/prepareSupport"),
            nested_symbols: raw("/capabilities/textDocument/documentSymbol/hierarchicalDocumentSymbolSupport"),
        }
    }
}

/// UTF-8 where it is offered: it is what we count in. Else what every client must understand.
fn encoding(capabilities: &ClientCapabilities) -> Encoding {
    let offered = capabilities.general.as_ref().and_then(|general| general.position_encodings.as_deref());
    if offered.unwrap_or_default().contains(&PositionEncodingKind::UTF8) { Encoding::Utf8 } else { Encoding::Utf16 }
}
