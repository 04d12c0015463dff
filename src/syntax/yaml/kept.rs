//! What was read of a document, kept for as long as it stays word for word the same.

use std::collections::HashMap;
use std::sync::Arc;

use super::node::{Node, NodeId};
use super::recover::{self, Recovered};
use super::template::{self, Action};
use super::{open, parser};
use crate::syntax::SyntaxError;
use crate::text::Span;

/// The documents of one text, for the next reading of it: see [`parse_again`](super::parse_again).
#[derive(Debug, Default)]
pub struct Kept {
    /// By their texts, which whoever wrote the file chose.
    pieces: HashMap<Box<str>, Arc<Piece>>,
}

/// What was read of one document, wherever it stands. Spans count from its first byte; from that of all the text where
/// templates were masked there.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) nodes: Arc<Vec<Node>>,
    pub(super) root: Option<NodeId>,
    pub(super) comments: Vec<Span>,
    pub(super) errors: Vec<SyntaxError>,
    /// What was left out.
    pub(super) lost: Vec<Span>,
    /// Whether something may be merged into its mappings.
    pub(super) merges: bool,
    /// Whether it can be read with its templates as they are.
    pub(super) is_readable: bool,
    /// The templates in it.
    actions: Vec<Action>,
}

impl Piece {
    /// Reads a document with `actions` in it.
    pub(super) fn read(text: &str, actions: Vec<Action>) -> Piece {
        if actions.is_empty() {
            return Piece::recovered(recover::recover(text, 0), text);
        }
        let mut tree = parser::read(text, 0);
        let is_readable = tree.failure.is_none() && !template::bends(text, &actions, &tree);
        template::mark_scalars(text, &actions, &mut tree.nodes);
        Piece { is_readable, actions, ..Piece::recovered(Recovered::whole(tree), text) }
    }

    /// What is known after recovery, with spans in `text`.
    pub(super) fn recovered(recovered: Recovered, text: &str) -> Piece {
        let Recovered { mut tree, errors, lost } = recovered;
        for (span, column) in &lost {
            open::open_at(&mut tree.nodes, text, *span, *column);
        }
        let lost = lost.into_iter().map(|(span, _)| span).collect();
        let merges = tree.nodes.iter().any(|node| node.is_merge_key(text));
        let (nodes, root, comments) = (Arc::new(tree.nodes), tree.root, tree.comments);
        Piece { nodes, root, comments, errors, lost, merges, is_readable: true, actions: Vec::new() }
    }
}

impl Kept {
    /// The piece that `text` with `actions` in it is, taken from `before` or read.
    pub(super) fn piece(&mut self, text: &str, actions: Vec<Action>, before: &mut Kept) -> Arc<Piece> {
        let known = self.pieces.get(text).or_else(|| before.pieces.get(text));
        // What stands before may have a template end elsewhere.
        let known = known.filter(|piece| piece.actions == actions).cloned();
        let piece = known.unwrap_or_else(|| Arc::new(Piece::read(text, actions)));
        let text = before.pieces.remove_entry(text).map_or_else(|| Box::from(text), |(text, _)| text);
        self.pieces.insert(text, piece.clone());
        piece
    }
}
