//! The one YAML reader: for linted files, `.rlint.yaml` and the front matter of rules.
//!
//! A text is split into documents first, each is read for itself, so that what breaks one costs no other.

mod access;
mod edit;
mod line;
mod node;
mod open;
mod parser;
mod recover;
mod region;
mod repair;
mod resolve;
mod split;
mod template;

use std::sync::Arc;

pub use edit::Draft;
use parser::Tree;
use recover::Recovered;
use split::Chunk;
use template::Masked;

use crate::syntax::SyntaxError;
use crate::text::Span;

pub use node::*;
pub use resolve::{Ambiguity, Profile, Value, ambiguity, resolve};

/// Reads a stream of documents. Never fails: see [`Stream::errors`].
pub fn parse(text: impl Into<Arc<str>>) -> Stream {
    let text: Arc<str> = text.into();
    let actions = template::actions(&text);
    if actions.is_empty() {
        return assemble(&text, read_all(&text), None);
    }
    let chunks: Vec<(Chunk, Recovered)> = split::documents(&text)
        .into_iter()
        .map(|chunk| {
            let tree = parser::read(chunk.parsed.of_text(&text), chunk.parsed.start);
            (chunk, Recovered { tree, errors: Vec::new(), lost: Vec::new() })
        })
        .collect();
    let trees: Vec<&Tree> = chunks.iter().map(|(_, recovered)| &recovered.tree).collect();
    let whole = trees.iter().all(|tree| tree.failure.is_none());
    if whole && !template::bends(&text, &actions, &trees) {
        let mut stream = assemble(&text, chunks, None);
        for document in &mut stream.documents {
            template::mark_scalars(&text, &actions, &mut document.nodes);
        }
        return stream;
    }
    let masked = template::mask(&text, &actions);
    assemble(&text, read_all(&masked.text), Some(&masked))
}

fn read_all(text: &str) -> Vec<(Chunk, Recovered)> {
    let recovered = |chunk: Chunk| {
        let recovered = recover::recover(chunk.parsed.of_text(text), chunk.parsed.start);
        (chunk, recovered)
    };
    split::documents(text).into_iter().map(recovered).collect()
}

fn assemble(text: &Arc<str>, chunks: Vec<(Chunk, Recovered)>, masked: Option<&Masked>) -> Stream {
    let mut stream = Stream {
        text: text.clone(),
        documents: Vec::with_capacity(chunks.len()),
        comments: Vec::new(),
        errors: Vec::new(),
        templated: masked.is_some(),
    };
    let unread =
        (chunks.len() >= split::MOST_DOCUMENTS).then(|| chunks.last().map(|(chunk, _)| chunk.parsed.end)).flatten();
    for (chunk, recovered) in chunks {
        let mut tree = recovered.tree;
        for (span, column) in &recovered.lost {
            open::open_at(&mut tree.nodes, text, *span, *column);
        }
        let root = tree.root.map(|root| &tree.nodes[root.0 as usize]);
        let certain = |error: &SyntaxError| masked.is_none_or(|masked| masked.is_certain(root, error.span.start));
        stream.errors.extend(recovered.errors.into_iter().filter(certain));
        stream.comments.extend(tree.comments);
        if !chunk.is_document && tree.root.is_none() {
            continue;
        }
        let lost = recovered.lost.into_iter().map(|(span, _)| span).collect();
        let mut document =
            Document { text: text.clone(), span: chunk.content, nodes: tree.nodes, root: tree.root, lost };
        if let Some(masked) = masked {
            masked.mark(&mut document);
        }
        stream.documents.push(document);
    }
    if let Some(start) = unread {
        let message = format!("more than {} documents", split::MOST_DOCUMENTS);
        let note = Some("what follows is not read".to_owned());
        stream.errors.push(SyntaxError { span: Span::empty(start), message, note, meant: None });
    }
    stream
}
