//! What was read of a document, kept for as long as it stays word for word the same.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::node::{Node, NodeId};
use super::open;
use super::recover::{self, Recovered};
use crate::syntax::SyntaxError;
use crate::text::Span;

/// The documents of one text, for the next reading of it: see [`parse_again`](super::parse_again).
#[derive(Debug, Default)]
pub struct Kept {
    pieces: FxHashMap<Box<str>, Arc<Piece>>,
}

/// What was read of one document, wherever it stands: spans count from its first byte, or from that of all the text
/// where templates were masked in that.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) nodes: Arc<Vec<Node>>,
    pub(super) root: Option<NodeId>,
    pub(super) comments: Vec<Span>,
    pub(super) errors: Vec<SyntaxError>,
    /// What was left out.
    pub(super) lost: Vec<Span>,
}

impl Piece {
    /// Reads a document.
    pub(super) fn read(text: &str) -> Piece {
        Piece::new(recover::recover(text, 0), text)
    }

    /// What is known after recovery, with spans in `text`.
    pub(super) fn new(recovered: Recovered, text: &str) -> Piece {
        let Recovered { mut tree, errors, lost } = recovered;
        for (span, column) in &lost {
            open::open_at(&mut tree.nodes, text, *span, *column);
        }
        let lost = lost.into_iter().map(|(span, _)| span).collect();
        Piece { nodes: Arc::new(tree.nodes), root: tree.root, comments: tree.comments, errors, lost }
    }
}

impl Kept {
    /// The piece that `text` is, taken from `before` or read.
    pub(super) fn piece(&mut self, text: &str, before: &mut Kept) -> Arc<Piece> {
        if let Some(piece) = self.pieces.get(text) {
            return piece.clone();
        }
        let (text, piece) =
            before.pieces.remove_entry(text).unwrap_or_else(|| (Box::from(text), Arc::new(Piece::read(text))));
        self.pieces.entry(text).or_insert(piece).clone()
    }
}
