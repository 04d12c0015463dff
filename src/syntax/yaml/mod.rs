//! The one YAML reader: for linted files, `.rlint.yaml` and the front matter of rules.
//!
//! A text is split into documents first, each is read for itself, so that what breaks one costs no other.

mod access;
mod edit;
mod node;
mod open;
mod parser;
mod recover;
mod region;
mod remove;
mod repair;
mod resolve;
mod split;

use std::sync::Arc;

pub use edit::Draft;
pub use node::*;
pub use resolve::{Ambiguity, Profile, Value, ambiguity, resolve};

/// Reads a stream of documents. Never fails: see [`Stream::errors`].
pub fn parse(text: impl Into<Arc<str>>) -> Stream {
    let text: Arc<str> = text.into();
    let mut stream = Stream {
        text: text.clone(),
        documents: Vec::new(),
        comments: Vec::new(),
        errors: Vec::new(),
        templated: false,
    };
    for chunk in split::documents(&text) {
        let recovered = recover::recover(chunk.parsed.of_text(&text), chunk.parsed.start);
        let mut tree = recovered.tree;
        for (span, column) in &recovered.lost {
            open::open_at(&mut tree.nodes, &text, *span, *column);
        }
        stream.errors.extend(recovered.errors);
        stream.comments.extend(tree.comments);
        if chunk.is_document || tree.root.is_some() {
            stream.documents.push(Document {
                text: text.clone(),
                span: chunk.content,
                nodes: tree.nodes,
                root: tree.root,
                lost: recovered.lost.into_iter().map(|(span, _)| span).collect(),
            });
        }
    }
    stream
}
