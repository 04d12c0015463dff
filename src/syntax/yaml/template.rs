//! Go templates: what Helm renders is read before it is rendered.
//!
//! Actions (`{{ … }}`) are masked by text of the same length, so that everything keeps its offset. Decisions:
//!
//! - An action within a line makes the scalar it stands in unknown. An action alone on its line is left out, and the
//!   mapping or list it would have written into is open. Entries of `if`, `else`, `range` and `with` bodies are
//!   marked with their branch, and what they stand in is open.
//! - What `define` holds is written elsewhere and left out.
//! - A text is only masked when it needs it: when it cannot be read as it is, or when an action stands where YAML has
//!   structure (alone on its line, unquoted at the start of a value). A workflow with `${{ … }}` and a dashboard with
//!   `{{ … }}` in strings are ordinary YAML. A scalar with `{{ … }}` is unknown there too; one with `${{ … }}` is not.

use std::sync::Arc;

use super::node::{Document, Node, NodeId, NodeKind, ScalarStyle};
use super::open::{column_of, open, open_at};
use super::parser::Tree;
use crate::text::Span;

/// `{{ … }}`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Action {
    start: usize,
    end: usize,
    kind: Kind,
    /// The `N` of `nindent N` or `indent N`.
    indent: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// `if`, `with`, `range`, `block`.
    Open,
    Else,
    End,
    Define,
    /// Comments, assignments, `fail`: they write nothing.
    Silent,
    /// Everything else writes text.
    Output,
}

/// How long an action may be for quotes in it to count.
const QUOTED_LIMIT: usize = 16 * 1024;

/// All actions of a text.
pub(super) fn actions(text: &str) -> Vec<Action> {
    let bytes = text.as_bytes();
    let mut actions = Vec::new();
    let mut at = 0;
    while let Some(found) = memchr::memmem::find(&bytes[at..], b"{{") {
        let start = at + found;
        let Some(end) = action_end(text, start) else { break };
        actions.push(describe(text, start, end));
        at = end;
    }
    actions
}

/// Those of `actions` that begin in `span`, with their offsets there.
pub(super) fn actions_in(actions: &[Action], span: Span) -> Vec<Action> {
    let (start, end) = (span.start as usize, span.end as usize);
    let first = actions.partition_point(|action| action.start < start);
    let inside = actions[first..].iter().take_while(|action| action.start < end);
    inside.map(|action| Action { start: action.start - start, end: action.end - start, ..action.clone() }).collect()
}

/// Whether actions count for more than the line they stand in: branches, definitions, and what hides a line that
/// separates documents.
pub(super) fn reach_beyond(text: &str, actions: &[Action]) -> bool {
    let reaches = |action: &Action| {
        !matches!(action.kind, Kind::Output | Kind::Silent) || text[action.start..action.end].contains('\n')
    };
    actions.iter().any(reaches)
}

fn action_end(text: &str, start: usize) -> Option<usize> {
    let body = &text[start + 2..];
    let trimmed = body.strip_prefix('-').unwrap_or(body).trim_start();
    if trimmed.starts_with("/*") {
        let comment = text.len() - trimmed.len();
        let close = comment + trimmed.find("*/")?;
        return text[close..].find("}}").map(|end| close + end + 2);
    }
    let bytes = text.as_bytes();
    let limit = bytes.len().min(start + QUOTED_LIMIT);
    let mut at = start + 2;
    let mut quote = None;
    while at < limit {
        match (quote, bytes[at]) {
            (Some(b'`'), b'`') | (Some(b'"'), b'"' | b'\n') | (Some(b'\''), b'\'' | b'\n') => quote = None,
            (Some(b'"' | b'\''), b'\\') => at += 1,
            (Some(_), _) => {}
            (None, byte @ (b'"' | b'`' | b'\'')) => quote = Some(byte),
            (None, b'}') if bytes.get(at + 1) == Some(&b'}') => return Some(at + 2),
            (None, _) => {}
        }
        at += 1;
    }
    text[start..].find("}}").map(|end| start + end + 2)
}

fn describe(text: &str, start: usize, end: usize) -> Action {
    let body = &text[start + 2..end - 2];
    let body = body.strip_prefix('-').unwrap_or(body);
    let body = body.strip_suffix('-').unwrap_or(body).trim();
    let word_end = body.find(|c: char| c.is_whitespace() || c == '(').unwrap_or(body.len());
    let (word, rest) = body.split_at(word_end);
    let rest = rest.trim_start();
    let kind = match word {
        "if" | "with" | "range" | "block" => Kind::Open,
        "else" => Kind::Else,
        "end" => Kind::End,
        "define" => Kind::Define,
        "fail" | "break" | "continue" => Kind::Silent,
        _ if word.starts_with('$') && (rest.starts_with(":=") || rest.starts_with("= ")) => Kind::Silent,
        _ if body.is_empty() || body.starts_with("/*") => Kind::Silent,
        _ => Kind::Output,
    };
    let indent = body.rfind("indent ").and_then(|at| {
        let number = body[at + 7..].trim_start();
        let digits = number.bytes().take_while(u8::is_ascii_digit).count();
        number[..digits].parse().ok()
    });
    Action { start, end, kind, indent }
}

/// Whether actions stand where they break or bend the structure of `text`, which was read as it is.
pub(super) fn bends(text: &str, actions: &[Action], tree: &Tree) -> bool {
    let scalars = tree.nodes.iter().filter_map(|node| match &node.kind {
        NodeKind::Scalar(scalar) => Some((node.span, scalar.style)),
        _ => None,
    });
    let scalars: Vec<(Span, ScalarStyle)> = scalars.collect();
    let inside = |spans: &[Span], at: u32| {
        let next = spans.partition_point(|span| span.start <= at);
        next > 0 && spans[next - 1].end > at
    };
    actions.iter().any(|action| {
        let start = action.start as u32;
        let next = scalars.partition_point(|(span, _)| span.start <= start);
        match next.checked_sub(1).map(|index| scalars[index]).filter(|(span, _)| span.end > start) {
            Some((span, ScalarStyle::Plain)) => span.start == start || is_first_on_line(text, action.start),
            Some(_) => false,
            None => !inside(&tree.comments, start),
        }
    })
}

/// In a text that is read as it is, makes the scalars unknown that actions stand in.
pub(super) fn mark_scalars(text: &str, actions: &[Action], nodes: &mut [Node]) {
    for action in actions {
        if text[..action.start].ends_with('$') {
            continue;
        }
        let next = nodes.partition_point(|node| node.span.start <= action.start as u32);
        let Some(node) = nodes[..next].last_mut().filter(|node| node.span.end > action.start as u32) else { continue };
        let id = NodeId(next as u32 - 1);
        if let NodeKind::Scalar(scalar) = &mut node.kind
            && !matches!(scalar.style, ScalarStyle::Literal | ScalarStyle::Folded)
        {
            scalar.templated = true;
            open_for_key(nodes, id);
        }
    }
}

/// A text without its actions.
pub(super) struct Masked {
    /// As long as the original.
    pub(super) text: String,
    /// Masked within a line.
    inline: Vec<Span>,
    /// Left out, and the column that it would have written at.
    standalone: Vec<(Span, u32)>,
    /// Every action.
    all: Vec<Span>,
    branches: Branches,
}

/// Masks all actions.
pub(super) fn mask(text: &str, actions: &[Action]) -> Masked {
    let mut masking =
        Masking { text, actions, bytes: text.as_bytes().to_vec(), inline: Vec::new(), standalone: Vec::new() };
    let mut first = masking.blank_definitions();
    while first < actions.len() {
        first = masking.line(first);
    }
    let Masking { bytes, mut inline, mut standalone, .. } = masking;
    inline.sort_unstable();
    standalone.sort_unstable();
    // Only whole characters are overwritten, and only by ASCII.
    let text = String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned());
    let all = actions.iter().map(|action| Span::of(action.start..action.end)).collect();
    Masked { text, inline, standalone, all, branches: Branches::new(actions) }
}

impl Masked {
    /// Whether what is wrong at `offset` is wrong in every rendering: a line of one branch may fit where that of
    /// another does not.
    pub(super) fn is_certain(&self, root: Option<&Node>, offset: u32) -> bool {
        let around = root.map(|root| {
            self.branches.common(self.branches.at(root.span.start), self.branches.at(root.span.end.saturating_sub(1)))
        });
        around.is_some_and(|around| self.branches.within(around, self.branches.at(offset)))
    }

    /// Says in the document that was read from the masked text what is unknown there.
    pub(super) fn mark(&self, document: &mut Document) {
        let text = document.text.clone();
        let (first, last) = (document.span.start, document.span.end);
        let nodes = Arc::make_mut(&mut document.nodes);
        for span in &self.inline {
            let next = nodes.partition_point(|node| node.span.start <= span.start);
            let inside = |node: &&mut Node| node.span.end > span.start && matches!(node.kind, NodeKind::Scalar(_));
            let Some(node) = nodes[..next].last_mut().filter(inside) else { continue };
            if let NodeKind::Scalar(scalar) = &mut node.kind {
                scalar.templated = true;
                open_for_key(nodes, NodeId(next as u32 - 1));
            }
        }
        for (span, column) in &self.standalone {
            if span.start >= first && span.end <= last {
                open_at(nodes, &text, *span, Some(*column));
            }
        }
        for node in nodes {
            let span = node.span;
            if let NodeKind::Scalar(scalar) = &mut node.kind
                && matches!(scalar.style, ScalarStyle::Literal | ScalarStyle::Folded)
            {
                let next = self.all.partition_point(|action| action.end <= span.start);
                scalar.templated |= self.all.get(next).is_some_and(|action| action.start < span.end);
            }
        }
        self.branches.mark(document);
    }
}

struct Masking<'t> {
    text: &'t str,
    actions: &'t [Action],
    bytes: Vec<u8>,
    inline: Vec<Span>,
    standalone: Vec<(Span, u32)>,
}

impl Masking<'_> {
    /// Blanks what stands in `define`. Returns the first action that is left.
    fn blank_definitions(&mut self) -> usize {
        let mut depth = 0_usize;
        let mut from = None;
        for action in self.actions {
            match action.kind {
                Kind::Define if from.is_none() => (from, depth) = (Some(action.start), 1),
                Kind::Define | Kind::Open if from.is_some() => depth += 1,
                Kind::End if from.is_some() => {
                    depth -= 1;
                    if depth == 0
                        && let Some(start) = from.take()
                    {
                        self.fill(start, action.end, b' ');
                    }
                }
                _ => {}
            }
        }
        if let Some(start) = from {
            self.fill(start, self.text.len(), b' ');
        }
        0
    }

    /// Masks the actions that share a line with `first`. Returns the first one behind.
    fn line(&mut self, first: usize) -> usize {
        let source = self.text.as_bytes();
        let line_start = memchr::memrchr(b'\n', &source[..self.actions[first].start]).map_or(0, |newline| newline + 1);
        let mut last = first;
        let mut line_end = self.line_end(self.actions[last].end);
        while let Some(next) = self.actions.get(last + 1).filter(|next| next.start < line_end) {
            line_end = self.line_end(next.end);
            last += 1;
        }
        let actions = &self.actions[first..=last];
        if self.bytes[actions[0].start] != b'{' {
            // It was part of a definition.
            return first + 1;
        }
        let before = self.text[line_start..actions[0].start].trim_ascii();
        let behind = self.text[actions[actions.len() - 1].end..line_end].trim_ascii();
        let between = actions.windows(2).any(|pair| !self.text[pair[0].end..pair[1].start].trim_ascii().is_empty());
        if before.starts_with('#') {
            if self.text[line_start..line_end].contains('\n') {
                self.fill(line_start, line_end, b' ');
            }
        } else if before.is_empty() && !between && (behind.is_empty() || behind.starts_with('#')) {
            for action in first..=last {
                self.leave_out(action);
            }
            // Not spaces: those could be indentation of a block of text.
            self.bytes[line_start..self.actions[last].end].fill(b'\n');
        } else if before.is_empty() && actions[0].kind != Kind::Output && !self.is_templated_key(first, last, behind) {
            self.bytes[line_start..line_end].fill(b'\n');
            let column = (actions[0].start - line_start) as u32;
            self.standalone.push((Span::of(actions[0].start..line_end), column));
        } else {
            self.within_line(first, last, line_start);
        }
        last + 1
    }

    fn within_line(&mut self, first: usize, last: usize, line_start: usize) {
        let mut at = first;
        while at <= last {
            let action = self.actions[at].clone();
            match action.kind {
                Kind::Open => {
                    if let Some(close) = self.closing(at, last) {
                        let end = self.actions[close].end;
                        self.fill_all(action.start, end);
                        self.inline.push(Span::of(action.start..end));
                        at = close;
                    } else {
                        self.fill(action.start, action.end, b' ');
                    }
                }
                Kind::Output => {
                    let before = self.text[line_start..action.start].trim_ascii_end();
                    // `labels: {{- include "labels" . | nindent 4 }}` writes the lines of a mapping.
                    if action.indent.is_some() && before.ends_with([':', '|', '>']) && at == last {
                        self.leave_out(at);
                    } else {
                        self.fill_all(action.start, action.end);
                        self.inline.push(Span::of(action.start..action.end));
                    }
                }
                Kind::Else | Kind::End | Kind::Define | Kind::Silent => self.fill(action.start, action.end, b' '),
            }
            at += 1;
        }
    }

    /// The `end` of the `if` at `open`, on the same line.
    fn closing(&self, open: usize, last: usize) -> Option<usize> {
        let mut depth = 0_i32;
        for at in open..=last {
            match self.actions[at].kind {
                Kind::Open => depth += 1,
                Kind::End => depth -= 1,
                _ => {}
            }
            if depth <= 0 {
                return (self.actions[open].kind == Kind::Open && depth == 0).then_some(at);
            }
        }
        None
    }

    /// `{{ if … }}a{{ else }}b{{ end }}: value`.
    fn is_templated_key(&self, first: usize, last: usize, behind: &str) -> bool {
        self.closing(first, last).is_some_and(|close| close < last || !behind.is_empty())
    }

    fn leave_out(&mut self, index: usize) {
        let action = &self.actions[index];
        let (start, end) = (action.start, action.end);
        if action.kind == Kind::Output {
            let column = action.indent.unwrap_or_else(|| column_of(self.text, start as u32));
            self.standalone.push((Span::of(start..end), column));
        }
        self.fill(start, end, b' ');
    }

    /// Overwrites all but line breaks.
    fn fill(&mut self, start: usize, end: usize, byte: u8) {
        for slot in &mut self.bytes[start..end] {
            if *slot != b'\n' {
                *slot = byte;
            }
        }
    }

    /// Overwrites line breaks too: what spans lines becomes one word.
    fn fill_all(&mut self, start: usize, end: usize) {
        self.bytes[start..end].fill(b'x');
    }

    fn line_end(&self, from: usize) -> usize {
        memchr::memchr(b'\n', &self.text.as_bytes()[from..]).map_or(self.text.len(), |length| from + length)
    }
}

/// Which body of `if`, `else`, `range`, `with` each place stands in.
#[derive(Debug)]
struct Branches {
    /// From this offset on, this branch; in rising order. Branch 0 is none.
    starts: Vec<(u32, u32)>,
    /// The branch around each branch.
    parents: Vec<u32>,
}

impl Branches {
    fn new(actions: &[Action]) -> Branches {
        let mut branches = Branches { starts: vec![(0, 0)], parents: vec![0] };
        let mut stack = vec![0];
        for action in actions {
            let ends = matches!(action.kind, Kind::Else | Kind::End);
            let begins = matches!(action.kind, Kind::Open | Kind::Define | Kind::Else);
            if ends && stack.len() > 1 {
                stack.pop();
            }
            let around = stack.last().copied().unwrap_or(0);
            if begins {
                stack.push(branches.parents.len() as u32);
                branches.parents.push(around);
            }
            if begins || ends {
                branches.starts.push((action.end as u32, stack.last().copied().unwrap_or(0)));
            }
        }
        branches
    }

    fn at(&self, offset: u32) -> u32 {
        let next = self.starts.partition_point(|(start, _)| *start <= offset);
        self.starts[next.saturating_sub(1)].1
    }

    /// The innermost branch around both.
    fn common(&self, one: u32, other: u32) -> u32 {
        let mut one = one;
        while one != 0 && !self.within(other, one) {
            one = self.parents[one as usize];
        }
        one
    }

    fn within(&self, inner: u32, outer: u32) -> bool {
        let mut at = inner;
        while at != outer && at != 0 {
            at = self.parents[at as usize];
        }
        at == outer
    }

    /// Numbers the entries that stand in another branch than the mapping or list itself, and opens that.
    fn mark(&self, document: &mut Document) {
        if self.parents.len() == 1 {
            return;
        }
        let around = self.around(document);
        let nodes = Arc::make_mut(&mut document.nodes);
        for (index, around) in around.into_iter().enumerate() {
            let starts: Vec<u32> = match &nodes[index].kind {
                NodeKind::Mapping(mapping) => mapping.entries.iter().map(|entry| entry.key).collect::<Vec<_>>(),
                NodeKind::Sequence(sequence) => sequence.items.clone(),
                _ => continue,
            }
            .into_iter()
            .map(|id| self.at(nodes[id.0 as usize].span.start))
            .collect();
            let is_other = |branch: u32| !self.within(around, branch);
            if !starts.iter().any(|branch| is_other(*branch)) {
                continue;
            }
            open(&mut nodes[index]);
            if let NodeKind::Mapping(mapping) = &mut nodes[index].kind {
                for (entry, branch) in mapping.entries.iter_mut().zip(starts) {
                    if is_other(branch) {
                        entry.branch = branch;
                        document.branches = true;
                    }
                }
            }
        }
    }

    /// The branch in which each node as a whole stands: that of its key for a value, of all of it for the root.
    fn around(&self, document: &Document) -> Vec<u32> {
        let nodes = &document.nodes;
        let mut around: Vec<u32> = nodes.iter().map(|node| self.at(node.span.start)).collect();
        if let Some(root) = document.root.map(|root| root.0 as usize) {
            around[root] = self.common(around[root], self.at(nodes[root].span.end.saturating_sub(1)));
        }
        for node in nodes.iter() {
            let NodeKind::Mapping(mapping) = &node.kind else { continue };
            for entry in &mapping.entries {
                around[entry.value.0 as usize] = self.at(nodes[entry.key.0 as usize].span.start);
            }
        }
        around
    }
}

/// A mapping with a key that is unknown has keys that are unknown.
fn open_for_key(nodes: &mut [Node], id: NodeId) {
    let Some(parent) = nodes[id.0 as usize].parent else { return };
    let parent = &mut nodes[parent.0 as usize];
    if let NodeKind::Mapping(mapping) = &parent.kind
        && mapping.entries.iter().any(|entry| entry.key == id)
    {
        open(parent);
    }
}

fn is_first_on_line(text: &str, at: usize) -> bool {
    text[..at].trim_end_matches([' ', '\t']).ends_with('\n')
}
