//! The one YAML reader: for linted files, `.rlint.yaml` and the front matter of rules.
//!
//! A text is split into documents first, each is read for itself, so that what breaks one costs no other.

mod access;
mod edit;
mod kept;
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
pub use kept::Kept;
use kept::Piece;
use split::Chunk;
use template::{Action, Masked};

use crate::syntax::SyntaxError;
use crate::text::Span;

pub use node::*;
pub use resolve::{Ambiguity, Profile, Value, ambiguity, resolve};

/// Reads a stream of documents. Never fails: see [`Stream::errors`].
pub fn parse(text: impl Into<Arc<str>>) -> Stream {
    read(&text.into(), |chunk, actions| Arc::new(Piece::read(chunk, actions)))
}

/// As [`parse`], for a text that was read before in another state: documents that are word for word the same are not
/// read again.
pub fn parse_again(text: impl Into<Arc<str>>, kept: &mut Kept) -> Stream {
    let mut now = Kept::default();
    let stream = read(&text.into(), |chunk, actions| now.piece(chunk, actions, kept));
    *kept = now;
    stream
}

/// A document, or what stands around one.
struct Part {
    chunk: Chunk,
    piece: Arc<Piece>,
    /// What is added to the spans of the piece.
    base: u32,
    /// Whether templates were masked in it.
    is_masked: bool,
}

fn read(text: &Arc<str>, mut piece: impl FnMut(&str, Vec<Action>) -> Arc<Piece>) -> Stream {
    let actions = template::actions(text);
    let part = |chunk: Chunk| {
        let base = chunk.parsed.start;
        let piece = piece(chunk.parsed.of_text(text), template::actions_in(&actions, chunk.parsed));
        Part { chunk, piece, base, is_masked: false }
    };
    let mut parts: Vec<Part> = split::documents(text).into_iter().map(part).collect();
    if parts.iter().all(|part| part.piece.is_readable) {
        return assemble(text, parts, None);
    }
    let masked = template::mask(text, &actions);
    let mask = |chunk: Chunk| {
        let recovered = recover::recover(chunk.parsed.of_text(&masked.text), chunk.parsed.start);
        Part { chunk, piece: Arc::new(Piece::recovered(recovered, text)), base: 0, is_masked: true }
    };
    if template::reach_beyond(text, &actions) {
        parts = split::documents(&masked.text).into_iter().map(mask).collect();
    } else {
        let mask = |part: Part| if part.piece.is_readable { part } else { mask(part.chunk) };
        parts = parts.into_iter().map(mask).collect();
    }
    assemble(text, parts, Some(&masked))
}

fn assemble(text: &Arc<str>, parts: Vec<Part>, masked: Option<&Masked>) -> Stream {
    let mut stream = Stream {
        text: text.clone(),
        documents: Vec::with_capacity(parts.len()),
        comments: Vec::new(),
        errors: Vec::new(),
        templated: masked.is_some(),
    };
    let unread =
        (parts.len() >= split::MOST_DOCUMENTS).then(|| parts.last().map(|part| part.chunk.parsed.end)).flatten();
    for Part { chunk, piece, base, is_masked } in parts {
        let piece = Arc::unwrap_or_clone(piece);
        let masked = masked.filter(|_| is_masked);
        let root = piece.root.map(|root| &piece.nodes[root.0 as usize]);
        let certain = |error: &SyntaxError| masked.is_none_or(|masked| masked.is_certain(root, error.span.start));
        stream.errors.extend(piece.errors.into_iter().map(|error| error.after(base)).filter(certain));
        stream.comments.extend(piece.comments.into_iter().map(|comment| comment.after(base)));
        if !chunk.is_document && piece.root.is_none() {
            continue;
        }
        let lost = piece.lost.into_iter().map(|span| span.after(base)).collect();
        let (text, span) = (text.clone(), chunk.content);
        let Piece { nodes, root, merges, .. } = piece;
        let mut document = Document { text, span, base, nodes, root, lost, branches: false, merges };
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
