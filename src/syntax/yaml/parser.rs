//! Events of `granit-parser` into nodes. The only file that names that crate.

use std::borrow::Cow;
use std::ops::Range;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle as EventStyle, ScanError, StructureStyle};

use super::node::{Entry, Mapping, Node, NodeId, NodeKind, Scalar, ScalarStyle, Sequence};
use crate::text::Span;

/// Collections within collections that are read; whatever lies deeper is an error.
const DEPTH_LIMIT: usize = 200;

/// The nodes of one document, and where reading it ended early.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) nodes: Vec<Node>,
    pub(super) root: Option<NodeId>,
    pub(super) comments: Vec<Span>,
    pub(super) failure: Option<Failure>,
}

impl Tree {
    /// Moves every span.
    pub(super) fn relocate(&mut self, moved: impl Fn(Span) -> Span) {
        for node in &mut self.nodes {
            node.span = moved(node.span);
            node.tag = node.tag.map(&moved);
            node.anchor = node.anchor.map(&moved);
            if let NodeKind::Scalar(scalar) = &mut node.kind {
                scalar.content = moved(scalar.content);
            }
        }
        for comment in &mut self.comments {
            *comment = moved(*comment);
        }
    }
}

/// Why reading ended early. Offsets are those of the whole text.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    /// Where the parser noticed.
    pub(super) offset: u32,
    /// The end of the last thing that was read.
    pub(super) good: u32,
    /// The collections that were open there, outermost first: where they start, and whether in brackets.
    pub(super) open: Vec<(u32, bool)>,
    /// What it says, made readable.
    pub(super) message: Cow<'static, str>,
    /// What kind of mistake it is.
    pub(super) cause: Cause,
}

/// Mistakes that recovery treats each in its own way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// An opening quote or bracket without its partner: it stands long before the place where this was noticed.
    Unclosed,
    /// A line within quotes is indented too little. libyaml, which go-yaml was made from, does not mind.
    QuoteIndent,
    /// Deeper than [`DEPTH_LIMIT`].
    Depth,
    /// Anything else.
    Other,
}

/// Reads the one document that stands in `text`, whose first byte is at `base` of the whole.
pub(super) fn read(text: &str, base: u32) -> Tree {
    let mut builder = Builder::new(text, base);
    let mut parser = Parser::new_from_str_with_options(text, options(true));
    while let Some(event) = parser.next_event() {
        match event {
            Ok((event, span)) => builder.event(event, &span),
            Err(error) => {
                builder.tree.failure = Some(failure(&error, text, base, builder.cursor, builder.open()));
                break;
            }
        }
    }
    builder.finish()
}

/// Only how far `text` can be read: [`Tree::failure`] of [`read`] at a third of its price.
pub(super) fn probe(text: &str, base: u32) -> Option<Failure> {
    let mut good = 0;
    let mut open: Vec<(u32, bool)> = Vec::new();
    let mut parser = Parser::new_from_str_with_options(text, options(false));
    while let Some(event) = parser.next_event() {
        let (event, span) = match event {
            Ok(event) => event,
            Err(error) => return Some(failure(&error, text, base, good, open)),
        };
        let range = span.byte_range().unwrap_or_default();
        match event {
            Event::SequenceStart(style, ..) | Event::MappingStart(style, ..) => {
                open.push((base + range.start as u32, style == StructureStyle::Flow));
            }
            Event::SequenceEnd | Event::MappingEnd => {
                open.pop();
            }
            Event::Scalar(..) | Event::Alias(_) | Event::UnresolvedAlias(_) => good = good.max(range.end),
            _ => {}
        }
    }
    None
}

fn options(full: bool) -> granit_parser::Options {
    let mut options = granit_parser::options! {
        emit_unresolved_aliases: true,
        emit_anchor_events: full,
        max_buffered_comment_events: usize::MAX,
        flow_nesting_limit: DEPTH_LIMIT,
        block_nesting_limit: DEPTH_LIMIT,
    };
    options.set_emit_comments(full);
    options
}

fn failure(error: &ScanError, text: &str, base: u32, good: usize, open: Vec<(u32, bool)>) -> Failure {
    let offset = error.marker().byte_offset().unwrap_or(good).min(text.len());
    let (message, cause) = explain(error.kind());
    Failure { offset: base + offset as u32, good: base + good as u32, open, message, cause }
}

/// A collection that is being read.
struct Frame {
    id: NodeId,
    flow: bool,
    is_mapping: bool,
    /// The key whose value comes next.
    key: Option<NodeId>,
}

struct Builder<'t> {
    text: &'t str,
    base: u32,
    tree: Tree,
    frames: Vec<Frame>,
    /// The nodes of the anchors by the parser's numbers, which start with 1.
    anchors: Vec<(usize, NodeId)>,
    /// Behind the last token that was read, in `text`.
    cursor: usize,
    /// The node of the event before.
    latest: Option<NodeId>,
}

impl<'t> Builder<'t> {
    fn new(text: &'t str, base: u32) -> Builder<'t> {
        let tree = Tree { nodes: Vec::with_capacity(text.len() / 24), ..Tree::default() };
        Builder { text, base, tree, frames: Vec::new(), anchors: Vec::new(), cursor: 0, latest: None }
    }

    fn event(&mut self, event: Event<'t>, at: &granit_parser::Span) {
        let range = at.byte_range().unwrap_or_default();
        let tag = at.tag_span().and_then(|tag| tag.byte_range());
        match event {
            Event::DocumentStart(..) => self.cursor = self.cursor.max(range.end),
            Event::Comment(..) => self.tree.comments.push(self.span(range.start, range.end)),
            Event::Scalar(value, style, ..) => {
                self.enter();
                self.skip_tag(tag.as_ref());
                let id = self.scalar(value, style, range.start, range.end);
                self.attach(id, tag);
            }
            Event::Alias(anchor) => {
                self.enter();
                let target = self.anchors.iter().rev().find(|(known, _)| *known == anchor).map(|(_, id)| *id);
                self.alias(target, range.start, range.end);
            }
            Event::UnresolvedAlias(_) => {
                self.enter();
                self.alias(None, range.start, range.end);
            }
            Event::SequenceStart(style, ..) => {
                self.enter();
                self.skip_tag(tag.as_ref());
                let flow = style == StructureStyle::Flow;
                let start = if flow { range.start } else { self.seek(b"-").unwrap_or(range.start) };
                let kind = NodeKind::Sequence(Sequence { flow, ..Sequence::default() });
                self.begin(kind, flow, false, start, range.end, tag);
            }
            Event::MappingStart(style, ..) => {
                self.enter();
                self.skip_tag(tag.as_ref());
                let flow = style == StructureStyle::Flow;
                let kind = NodeKind::Mapping(Mapping { flow, ..Mapping::default() });
                self.begin(kind, flow, true, range.start, range.end, tag);
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(range.end),
            Event::Anchor(number, _) => {
                if let Some(id) = self.latest {
                    self.anchors.push((number, id));
                    let span = self.span(range.start, range.end);
                    self.tree.nodes[id.0 as usize].anchor = Some(span);
                }
            }
            _ => {}
        }
    }

    fn finish(mut self) -> Tree {
        while !self.frames.is_empty() {
            let end = self.cursor;
            self.end(end);
        }
        let is_missing =
            |node: &Node| matches!(node.kind, NodeKind::Missing) && node.tag.is_none() && node.anchor.is_none();
        if self.tree.nodes.len() == 1 && is_missing(&self.tree.nodes[0]) {
            self.tree.nodes.clear();
            self.tree.root = None;
        }
        if !self.tree.comments.is_sorted() {
            self.tree.comments.sort_unstable();
        }
        self.tree
    }

    fn open(&self) -> Vec<(u32, bool)> {
        let start = |frame: &Frame| self.tree.nodes[frame.id.0 as usize].span.start;
        self.frames.iter().map(|frame| (start(frame), frame.flow)).collect()
    }

    /// Steps over the indicator in front of the next node: `-` of an item, `:` of a value.
    fn enter(&mut self) {
        let Some(frame) = self.frames.last() else { return };
        let indicator = match (frame.is_mapping, frame.key.is_some(), frame.flow) {
            (false, _, false) => b"-",
            (true, true, _) => b":",
            _ => return,
        };
        if let Some(at) = self.seek(indicator) {
            self.cursor = at + 1;
        }
    }

    fn skip_tag(&mut self, tag: Option<&Range<usize>>) {
        if let Some(tag) = tag {
            self.cursor = self.cursor.max(tag.end);
        }
    }

    /// The next of `wanted` with nothing before it but white space, comments, anchors and indicators.
    fn seek(&self, wanted: &[u8]) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let mut at = self.cursor;
        loop {
            let byte = *bytes.get(at)?;
            if wanted.contains(&byte) {
                return Some(at);
            }
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | b'?' | b',' => at += 1,
                b'#' => at += memchr::memchr(b'\n', &bytes[at..])?,
                b'&' | b'!' => at += bytes[at..].iter().position(u8::is_ascii_whitespace)?,
                _ => return None,
            }
        }
    }

    fn scalar(&mut self, value: Cow<'t, str>, style: EventStyle, start: usize, end: usize) -> NodeId {
        let style = match style {
            EventStyle::Plain if start == end => {
                let span = self.span(self.cursor, self.cursor);
                return self.push(NodeKind::Missing, span);
            }
            EventStyle::Plain => ScalarStyle::Plain,
            EventStyle::SingleQuoted => ScalarStyle::SingleQuoted,
            EventStyle::DoubleQuoted => ScalarStyle::DoubleQuoted,
            EventStyle::Literal => ScalarStyle::Literal,
            EventStyle::Folded => ScalarStyle::Folded,
        };
        if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
            return self.block_scalar(&value, style, end);
        }
        let written = self.text.get(start..end).unwrap_or("");
        let written = match style {
            ScalarStyle::Plain => written,
            _ => written.get(1..written.len().saturating_sub(1)).unwrap_or(""),
        };
        let value = (written != value).then(|| value.into());
        self.cursor = end;
        let span = self.span(start, end);
        self.push(NodeKind::Scalar(Scalar { style, value, content: span, templated: false }), span)
    }

    /// The events begin a block scalar at its first line and end it after its last line break.
    fn block_scalar(&mut self, value: &str, style: ScalarStyle, end: usize) -> NodeId {
        let bytes = self.text.as_bytes();
        let header = self.seek(b"|>").unwrap_or(self.cursor);
        let header_end = memchr::memchr(b'\n', &bytes[header..]).map_or(bytes.len(), |length| header + length + 1);
        let mut last = end.max(header_end).min(bytes.len());
        self.cursor = last;
        while last > header_end && matches!(bytes[last - 1], b'\n' | b'\r' | b' ' | b'\t') {
            last -= 1;
        }
        let at_end = end >= bytes.len() && !self.text.ends_with('\n');
        // The parser adds a line break that the file does not have.
        let value = if at_end { value.strip_suffix('\n').unwrap_or(value) } else { value };
        let content = self.span(header_end, last);
        let end = if last > header_end { last } else { trimmed(self.text, header, header_end) };
        let span = self.span(header, end);
        self.push(NodeKind::Scalar(Scalar { style, value: Some(value.into()), content, templated: false }), span)
    }

    fn alias(&mut self, target: Option<NodeId>, start: usize, end: usize) {
        self.cursor = end;
        let span = self.span(start, end);
        let id = self.push(NodeKind::Alias { target }, span);
        self.attach(id, None);
    }

    fn begin(
        &mut self,
        kind: NodeKind,
        flow: bool,
        is_mapping: bool,
        start: usize,
        end: usize,
        tag: Option<Range<usize>>,
    ) {
        if flow {
            self.cursor = self.cursor.max(end);
        }
        let span = self.span(start, end);
        let id = self.push(kind, span);
        self.attach(id, tag);
        self.frames.push(Frame { id, flow, is_mapping, key: None });
    }

    fn end(&mut self, end: usize) {
        let Some(frame) = self.frames.pop() else { return };
        if let Some(key) = frame.key {
            // Reading ended between a key and its value.
            let span = self.span(self.cursor, self.cursor);
            let value = self.push(NodeKind::Missing, span);
            self.tree.nodes[value.0 as usize].parent = Some(frame.id);
            self.add(frame.id, key, value);
        }
        if frame.flow {
            self.cursor = self.cursor.max(end);
        }
        let node = &self.tree.nodes[frame.id.0 as usize];
        let first = match &node.kind {
            NodeKind::Mapping(mapping) => mapping.entries.first().map(|entry| entry.key),
            _ => None,
        };
        let last = match &node.kind {
            NodeKind::Mapping(mapping) => mapping.entries.last().map(|entry| entry.value),
            NodeKind::Sequence(sequence) => sequence.items.last().copied(),
            _ => None,
        };
        let mut span = node.span;
        let bracket = self.text.as_bytes().get((span.start - self.base) as usize);
        if frame.flow && matches!(bracket, Some(b'[' | b'{')) {
            span.end = self.base + end as u32;
        } else {
            if let Some(first) = first {
                span.start = self.outer(first).start;
            }
            span.end = last.map_or(span.end, |last| self.outer(last).end);
        }
        self.tree.nodes[frame.id.0 as usize].span = Span::new(span.start, span.end);
    }

    /// The span of a node with its tag and anchor.
    fn outer(&self, id: NodeId) -> Span {
        let node = &self.tree.nodes[id.0 as usize];
        [node.tag, node.anchor].into_iter().flatten().fold(node.span, Span::cover)
    }

    /// Puts a node where it belongs: at the root, in a sequence, or as key or value in a mapping.
    fn attach(&mut self, id: NodeId, tag: Option<Range<usize>>) {
        if let Some(tag) = tag {
            self.tree.nodes[id.0 as usize].tag = Some(self.span(tag.start, tag.end));
        }
        self.latest = Some(id);
        let Some(frame) = self.frames.last_mut() else {
            self.tree.root.get_or_insert(id);
            return;
        };
        let parent = frame.id;
        self.tree.nodes[id.0 as usize].parent = Some(parent);
        if !frame.is_mapping {
            if let NodeKind::Sequence(sequence) = &mut self.tree.nodes[parent.0 as usize].kind {
                sequence.items.push(id);
            }
            return;
        }
        match frame.key.take() {
            None => frame.key = Some(id),
            Some(key) => self.add(parent, key, id),
        }
    }

    fn add(&mut self, mapping: NodeId, key: NodeId, value: NodeId) {
        if let NodeKind::Mapping(mapping) = &mut self.tree.nodes[mapping.0 as usize].kind {
            mapping.entries.push(Entry { key, value, branch: 0 });
        }
    }

    fn push(&mut self, kind: NodeKind, span: Span) -> NodeId {
        let id = NodeId(self.tree.nodes.len() as u32);
        self.tree.nodes.push(Node { span, parent: None, tag: None, anchor: None, kind });
        id
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.base + start as u32, self.base + end as u32)
    }
}

/// Where the line from `start` to `end` ends without white space.
fn trimmed(text: &str, start: usize, end: usize) -> usize {
    start + text.get(start..end).unwrap_or("").trim_end().len()
}

/// The parser's complaint in words for people.
fn explain(kind: &ErrorKind) -> (Cow<'static, str>, Cause) {
    let message = match kind {
        ErrorKind::UnclosedQuotedScalar | ErrorKind::DocumentIndicatorInQuotedScalar => {
            return ("this quote is never closed".into(), Cause::Unclosed);
        }
        ErrorKind::UnclosedFlowCollection { open } => {
            return (format!("this `{open}` is never closed").into(), Cause::Unclosed);
        }
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => {
            return (format!("`{open}` is closed by `{close}`").into(), Cause::Unclosed);
        }
        ErrorKind::ExpectedFlowSequenceSeparator
        | ErrorKind::ExpectedFlowMappingSeparator
        | ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofImplicitFlowMapping
        | ErrorKind::BlockEntryInFlowCollection
        | ErrorKind::InvalidFlowScalarIndent => {
            return ("a quote or bracket is not closed, or a comma is missing".into(), Cause::Unclosed);
        }
        ErrorKind::InvalidQuotedScalarIndent => {
            return ("a quote is not closed, or its lines are indented too little".into(), Cause::QuoteIndent);
        }
        ErrorKind::RecursionLimitExceeded => {
            return (format!("more than {DEPTH_LIMIT} levels of nesting").into(), Cause::Depth);
        }
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => "mapping key has no `:`",
        ErrorKind::ExpectedBlockMappingKey | ErrorKind::ExpectedBlockSequenceEntry => {
            "this line does not fit into the mapping or list around it"
        }
        ErrorKind::InvalidColonPlacement => "a `:` cannot stand here",
        ErrorKind::MappingValueNotAllowed | ErrorKind::MappingKeyNotAllowed => "a mapping cannot start here",
        ErrorKind::InvalidIndentation => "indentation fits no line above",
        ErrorKind::BlockSequenceEntryNotAllowed => "a list cannot start here",
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInPlainScalar
        | ErrorKind::InvalidBlockEntryWhitespace
        | ErrorKind::InvalidMappingValueWhitespace => "a tab cannot indent YAML",
        ErrorKind::InvalidBlockScalarIndent => "line is indented less than the block of text it belongs to",
        ErrorKind::InvalidBlockScalarHeader | ErrorKind::ZeroBlockScalarIndent => {
            "text stands behind the `|` or `>` of a block of text"
        }
        ErrorKind::InvalidTrailingSingleQuotedScalar | ErrorKind::InvalidTrailingDoubleQuotedScalar => {
            "text follows a closed quote"
        }
        ErrorKind::UnknownQuotedScalarEscape => "no such escape in a double-quoted string",
        ErrorKind::InvalidQuotedScalarHexEscape
        | ErrorKind::InvalidLowSurrogateHexEscape
        | ErrorKind::InvalidLowSurrogate
        | ErrorKind::MissingLowSurrogate
        | ErrorKind::UnpairedLowSurrogate
        | ErrorKind::InvalidUnicodeEscape => "escape in a double-quoted string is no character",
        ErrorKind::UnexpectedCharacter { character } => {
            return (format!("`{}` cannot start a value", character.escape_default()).into(), Cause::Other);
        }
        ErrorKind::MisplacedFlowCollectionEnd => "closing bracket was never opened",
        ErrorKind::ExpectedNodeContent => "a value is missing here",
        ErrorKind::CommentInterceptedScalar => "a comment interrupts a value of several lines",
        ErrorKind::CommentNotSeparated => "`#` starts a comment only after a space",
        ErrorKind::MissingAnchorOrAliasName => "`*` or `&` without a name",
        ErrorKind::PlainScalarStartsWithDashFlowIndicator => "`-` stands before a bracket or comma",
        ErrorKind::UndeclaredTagHandle => "tag has a prefix that is declared nowhere",
        other => return (other.to_string().into(), Cause::Other),
    };
    (message.into(), Cause::Other)
}
