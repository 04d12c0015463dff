//! Marks what is unknown because something beside it could not be read.

use super::node::{Node, NodeId, NodeKind, Scalar, ScalarStyle};
use crate::text::Span;

/// Something that stands at `span` and would have belonged at `column` was left out: the collection that it
/// belonged to becomes open; all that it may belong to when the column is not known. A key with nothing behind it
/// whose value it was becomes unknown.
pub(super) fn open_at(nodes: &mut [Node], text: &str, span: Span, column: Option<u32>) {
    // The nodes lie in the order in which they start, except that a collection may start with its first child.
    let before = nodes.partition_point(|node| node.span.start < span.start);
    let Some(leaf) = before.checked_sub(1) else {
        if let Some(root) = nodes.iter_mut().find(|node| node.parent.is_none()) {
            open(root);
        }
        return;
    };
    if nodes[leaf].span.end > span.start && unknown_value(nodes, leaf, span) {
        return;
    }
    let path = path_to(nodes, leaf, span.start);
    let Some(column) = column else {
        unknown_value(nodes, leaf, span);
        path.iter().for_each(|id| open(&mut nodes[id.0 as usize]));
        return;
    };
    let columns: Vec<u32> = path.iter().map(|id| column_of(text, nodes[id.0 as usize].span.start)).collect();
    let same: Vec<NodeId> = path.iter().zip(&columns).filter(|(_, own)| **own == column).map(|(id, _)| *id).collect();
    if !same.is_empty() {
        same.into_iter().for_each(|id| open(&mut nodes[id.0 as usize]));
        return;
    }
    let outer = columns.iter().rposition(|own| *own < column).unwrap_or(0);
    if outer + 1 >= path.len() && unknown_value(nodes, leaf, span) {
        return;
    }
    for id in &path[outer.min(path.len())..] {
        open(&mut nodes[id.0 as usize]);
    }
}

/// The block collections from the root to the node `leaf`, and those that are its value and start behind `offset`.
fn path_to(nodes: &[Node], leaf: usize, offset: u32) -> Vec<NodeId> {
    let mut path = Vec::new();
    let mut at = Some(NodeId(leaf as u32));
    while let Some(id) = at {
        let node = &nodes[id.0 as usize];
        if is_block(node) {
            path.push(id);
        }
        at = node.parent;
    }
    path.reverse();
    // `key:`, the line that was left out, then the first line of the value.
    let mut next = leaf + 1;
    while let Some(node) = nodes.get(next)
        && is_block(node)
        && node.span.start >= offset
        && node.parent.is_some_and(|parent| path.last() == Some(&parent) || parent.0 as usize == leaf)
    {
        path.push(NodeId(next as u32));
        next += 1;
    }
    path
}

/// When the last thing before `span` is a key with nothing behind it or a block of text, that is what is unknown.
fn unknown_value(nodes: &mut [Node], leaf: usize, span: Span) -> bool {
    let node = &mut nodes[leaf];
    match &mut node.kind {
        NodeKind::Missing => {
            let unknown = Scalar { style: ScalarStyle::Plain, value: None, content: node.span, templated: true };
            node.kind = NodeKind::Scalar(unknown);
            true
        }
        NodeKind::Scalar(scalar) if matches!(scalar.style, ScalarStyle::Literal | ScalarStyle::Folded) => {
            scalar.templated = true;
            true
        }
        // It reads on into the lines that were left out.
        NodeKind::Scalar(scalar) if node.span.end > span.start => {
            scalar.templated = true;
            true
        }
        _ => false,
    }
}

/// Makes a collection open.
pub(super) fn open(node: &mut Node) {
    match &mut node.kind {
        NodeKind::Mapping(mapping) => mapping.open = true,
        NodeKind::Sequence(sequence) => sequence.open = true,
        _ => {}
    }
}

fn is_block(node: &Node) -> bool {
    match &node.kind {
        NodeKind::Mapping(mapping) => !mapping.flow,
        NodeKind::Sequence(sequence) => !sequence.flow,
        _ => false,
    }
}

/// How many bytes stand before `offset` on its line.
pub(super) fn column_of(text: &str, offset: u32) -> u32 {
    let line = text.as_bytes().get(..offset as usize).unwrap_or_default();
    memchr::memrchr(b'\n', line).map_or(offset, |newline| offset - newline as u32 - 1)
}
