//! What a comment covers, by where it stands.

use super::Scope;
use crate::lint::document::{Document, Tree};
use crate::model::dockerfile::Dockerfile;
use crate::syntax::dockerfile::InstructionKind;
use crate::syntax::yaml::{self, NodeKind, Stream};
use crate::text::Span;

/// What a kind of comment speaks of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// The next instruction; the node that starts on its line or after it.
    Node,
    /// The stage it stands in; before a FROM, that one. The node, in YAML.
    Stage,
    /// The document of a YAML stream; everything, elsewhere.
    Document,
}

/// The whole document: the file, for one that is the file.
pub(super) fn whole(document: &Document) -> Scope {
    if document.region.is_whole() {
        return Scope::File;
    }
    Scope::Within(document.region.span(Span::of(0..document.text.len())))
}

/// What a comment covers.
pub(super) fn scope(document: &Document, comment: Span, target: Target) -> Scope {
    let span = match &document.tree {
        Tree::Dockerfile(_) if target == Target::Document => return whole(document),
        Tree::Dockerfile(dockerfile) if target == Target::Stage => stage(dockerfile, comment),
        Tree::Dockerfile(dockerfile) => instruction(dockerfile, comment),
        Tree::Compose(stream) | Tree::Kubernetes(stream) if target == Target::Document => {
            yaml_document(stream, comment)
        }
        Tree::Compose(stream) => yaml_node(stream, comment, false),
        Tree::Kubernetes(stream) => yaml_node(stream, comment, true),
        Tree::Dockerignore(_) if target != Target::Node => return whole(document),
        Tree::Dockerignore(file) => file.patterns.iter().map(|own| own.span).find(|span| span.start >= comment.end),
        Tree::Outer => None,
    };
    span.map_or(Scope::Nothing, |span| Scope::Within(document.region.span(span)))
}

/// Whether nothing but comments, blanks and directives stands before it.
pub(super) fn is_leading(document: &Document, comment: Span) -> bool {
    match &document.tree {
        Tree::Dockerfile(dockerfile) => {
            dockerfile.tree.instructions.first().is_none_or(|first| comment.start < first.span.start)
        }
        Tree::Compose(stream) | Tree::Kubernetes(stream) => {
            let roots = stream.documents.iter().filter_map(yaml::Document::root);
            roots.map(|root| root.outer_span().start).min().is_none_or(|first| comment.start < first)
        }
        Tree::Dockerignore(file) => file.patterns.first().is_none_or(|first| comment.start < first.span.start),
        Tree::Outer => false,
    }
}

/// From the comment to the end of the next instruction; the instruction around a comment between its lines.
fn instruction(dockerfile: &Dockerfile, comment: Span) -> Option<Span> {
    let next = dockerfile.tree.instructions.iter().find(|instruction| instruction.span.end > comment.start)?;
    Some(Span::new(next.span.start.min(comment.start), next.span.end))
}

fn stage(dockerfile: &Dockerfile, comment: Span) -> Option<Span> {
    let instructions = &dockerfile.tree.instructions;
    let is_from = |index: &usize| matches!(instructions[*index].kind, InstructionKind::From(_));
    let next = instructions.iter().position(|instruction| instruction.span.start > comment.start);
    let first = match next.filter(is_from) {
        Some(next) => next,
        None => (0..next.unwrap_or(instructions.len())).rev().find(is_from)?,
    };
    let end = (first + 1..instructions.len()).find(is_from);
    let end = end.map_or(dockerfile.text().len() as u32, |end| instructions[end].span.start);
    Some(Span::new(instructions[first].span.start, end))
}

fn yaml_document(stream: &Stream, comment: Span) -> Option<Span> {
    let document = stream.documents.iter().find(|document| document.span.end >= comment.start)?;
    Some(document.span)
}

/// On a line of its own: what starts on the next line where something starts. Else what starts on its line, or what
/// encloses the line where nothing does. An item starts at its dash, an entry at its key; `roots` says whether a
/// comment above a document stands for all of it.
fn yaml_node(stream: &Stream, comment: Span, roots: bool) -> Option<Span> {
    let text = &stream.text;
    let line = line_start(text, comment.start);
    let alone = text[line as usize..comment.start as usize].trim().is_empty();
    let mut places = places(stream);
    if alone {
        if roots {
            let documents = stream.documents.iter().filter_map(yaml::Document::root);
            places.extend(documents.filter_map(|root| starting(text, root.outer_span())));
        }
        return places.into_iter().filter(|place| place.start > comment.start).min_by(outermost);
    }
    let on_line = places.iter().copied().filter(|place| line <= place.start && place.start < comment.start);
    on_line.min_by(outermost).or_else(|| enclosing(&places, comment.start))
}

/// The smallest place around an offset.
fn enclosing(places: &[Span], offset: u32) -> Option<Span> {
    places.iter().copied().filter(|place| place.contains(offset)).min_by_key(|place| place.len())
}

fn outermost(a: &Span, b: &Span) -> std::cmp::Ordering {
    a.start.cmp(&b.start).then(b.end.cmp(&a.end))
}

/// The entries and items that start a line: from the first byte of the line that is no blank to their end.
pub(super) fn places(stream: &Stream) -> Vec<Span> {
    let mut places = Vec::new();
    for document in &stream.documents {
        let span = |id: yaml::NodeId| document.get(id).outer_span();
        for node in document.all() {
            match &node.node().kind {
                NodeKind::Mapping(mapping) => {
                    places.extend(mapping.entries.iter().map(|entry| span(entry.key).cover(span(entry.value))))
                }
                NodeKind::Sequence(sequence) => places.extend(sequence.items.iter().map(|item| span(*item))),
                _ => {}
            }
        }
    }
    places.into_iter().filter_map(|place| starting(&stream.text, place)).collect()
}

/// The span from the first byte of its line that is no blank, if only dashes and blanks stand before it there.
fn starting(text: &str, span: Span) -> Option<Span> {
    let line = line_start(text, span.start);
    let before = text.get(line as usize..span.start as usize)?;
    let indent = before.len() - before.trim_start().len();
    before
        .bytes()
        .all(|byte| matches!(byte, b' ' | b'\t' | b'-' | b'?'))
        .then(|| Span::new(line + indent as u32, span.end))
}

/// The offset of the first byte of the line of `offset`.
pub(super) fn line_start(text: &str, offset: u32) -> u32 {
    memchr::memrchr(b'\n', &text.as_bytes()[..(offset as usize).min(text.len())]).map_or(0, |at| at as u32 + 1)
}
