//! The spanned tree of a YAML stream. Nodes lie in one arena per document; [`Ref`] is how they are read.

use std::sync::Arc;

use crate::syntax::SyntaxError;
use crate::text::Span;

/// Everything in one text: the documents between `---` lines.
#[derive(Debug)]
pub struct Stream {
    /// What was parsed.
    pub text: Arc<str>,
    /// In file order. Each stands by itself: what breaks one does not touch the others.
    pub documents: Vec<Document>,
    /// Every comment of the stream, from `#` to the end of the line.
    pub comments: Vec<Span>,
    /// What is wrong, in file order.
    pub errors: Vec<SyntaxError>,
    /// Whether Go-template actions were found and masked.
    pub templated: bool,
}

/// One document.
#[derive(Debug)]
pub struct Document {
    /// What was parsed: the whole stream, so that spans are those of the file.
    pub text: Arc<str>,
    /// From its first to its last line, markers left out.
    pub span: Span,
    /// What is added to the spans of its nodes: a document that is word for word as before keeps its nodes, wherever
    /// it stands by now.
    pub(super) base: u32,
    /// All its nodes.
    pub(super) nodes: Arc<Vec<Node>>,
    /// Its outermost node; `None` for an empty document.
    pub root: Option<NodeId>,
    /// Lines that recovery left out.
    pub lost: Vec<Span>,
    /// Whether templates choose among its entries: see [`Entry::branch`].
    pub branches: bool,
    /// Whether it has a `<<`.
    pub(super) merges: bool,
}

/// A node, by its place in its document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

/// One node. Its spans count from where its document begins: [`Ref`] gives those of the text.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its value, tag and anchor left out; for a block scalar from its header (`|`) to the end of its last line;
    /// for a block collection from its first to the end of its last child.
    pub(super) span: Span,
    /// The node it lies in; `None` for a root.
    pub(super) parent: Option<NodeId>,
    /// The tag as written: `!reset`, `!!str`.
    pub(super) tag: Option<Span>,
    /// `&name`, the ampersand included.
    pub(super) anchor: Option<Span>,
    /// What it is.
    pub kind: NodeKind,
}

/// What a node is.
#[derive(Clone, Debug)]
pub enum NodeKind {
    /// Nothing is written: `key:`. Reads as null.
    Missing,
    /// A scalar.
    Scalar(Scalar),
    /// A list.
    Sequence(Sequence),
    /// A mapping.
    Mapping(Mapping),
    /// `*name`; `target` is `None` when no such anchor stands before it.
    Alias {
        /// The node with the anchor.
        target: Option<NodeId>,
    },
}

/// A scalar.
#[derive(Clone, Debug)]
pub struct Scalar {
    /// How it is written.
    pub style: ScalarStyle,
    /// Its value where the text of its span is not already that: escapes, folding, several lines, block scalars.
    pub value: Option<Box<str>>,
    /// Where the content lines of a block scalar stand; the span of the node for the others.
    pub(super) content: Span,
    /// A template action stands in it: its value is unknown.
    pub templated: bool,
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScalarStyle {
    /// Without quotes.
    Plain,
    /// `'…'`.
    SingleQuoted,
    /// `"…"`.
    DoubleQuoted,
    /// `|`.
    Literal,
    /// `>`.
    Folded,
}

/// A list.
#[derive(Clone, Debug, Default)]
pub struct Sequence {
    /// In order.
    pub items: Vec<NodeId>,
    /// Whether it is written with brackets.
    pub flow: bool,
    /// Something in it is unknown (a template action on a line of its own, a lost line): what is absent is not
    /// known to be absent.
    pub open: bool,
}

/// A mapping.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    /// In order, duplicates included; `<<` is an ordinary key here.
    pub entries: Vec<Entry>,
    /// Whether it is written with braces.
    pub flow: bool,
    /// As in [`Sequence::open`].
    pub open: bool,
}

/// One key and its value.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The key.
    pub key: NodeId,
    /// The value; a [`NodeKind::Missing`] node when nothing is written.
    pub value: NodeId,
    /// Which branch of a template (`if`, `else`, `range` …) it stands in: 0 for none. Entries of different
    /// branches are alternatives, not duplicates.
    pub branch: u32,
}

/// A node of a document: how trees are read. Copy it freely. Aliases are followed by all accessors except
/// [`Ref::node`] and [`Ref::span`], which speak of what is written here.
#[derive(Clone, Copy, Debug)]
pub struct Ref<'a> {
    /// The document.
    pub document: &'a Document,
    /// The node.
    pub id: NodeId,
}

/// What a mapping says of a key. Decision: unknown stays unknown.
#[derive(Clone, Copy, Debug)]
pub enum Field<'a> {
    /// The key is there.
    Present(Ref<'a>),
    /// It is certainly not there.
    Absent,
    /// The mapping is open, or is no mapping, or is itself unknown.
    Unknown,
}
