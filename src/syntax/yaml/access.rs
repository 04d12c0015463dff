//! How trees are read.

use super::node::{Document, Entry, Field, Mapping, Node, NodeId, NodeKind, Ref, Scalar, ScalarStyle, Stream};
use crate::text::Span;

/// Mappings that `<<` may lead through for one look-up. Real files need two or three.
const MERGE_LIMIT: usize = 64;

/// What a mapping says of a key by itself.
struct Own<'a> {
    found: Option<(Ref<'a>, Ref<'a>)>,
    /// Whether `<<` brings more into it.
    merges: bool,
}

impl Stream {
    /// The outermost nodes of the documents that have one.
    pub fn roots(&self) -> impl Iterator<Item = Ref<'_>> {
        self.documents.iter().filter_map(Document::root)
    }
}

impl Document {
    /// The outermost node.
    pub fn root(&self) -> Option<Ref<'_>> {
        self.root.map(|id| self.get(id))
    }

    /// A node of this document.
    pub fn get(&self, id: NodeId) -> Ref<'_> {
        Ref { document: self, id }
    }

    /// All nodes in the order in which they are written, keys included.
    pub fn all(&self) -> impl Iterator<Item = Ref<'_>> {
        (0..self.nodes.len() as u32).map(|id| self.get(NodeId(id)))
    }
}

impl Node {
    /// Whether it is a plain `<<`; `text` begins where its spans count from.
    pub(super) fn is_merge_key(&self, text: &str) -> bool {
        matches!(&self.kind, NodeKind::Scalar(scalar) if scalar.style == ScalarStyle::Plain)
            && self.span.len() == 2
            && self.span.of_text(text) == "<<"
    }
}

impl PartialEq for Ref<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.document, other.document) && self.id == other.id
    }
}

impl Eq for Ref<'_> {}

impl<'a> Ref<'a> {
    /// What is written here: an alias is an alias.
    pub fn node(self) -> &'a Node {
        &self.document.nodes[self.id.0 as usize]
    }

    /// Where it is written, tag and anchor left out.
    pub fn span(self) -> Span {
        self.node().span.after(self.document.base)
    }

    /// Where it is written, tag and anchor included.
    pub fn outer_span(self) -> Span {
        [self.tag_span(), self.anchor_span()].into_iter().flatten().fold(self.span(), Span::cover)
    }

    /// The text of its span, quotes and all.
    pub fn text(self) -> &'a str {
        self.span().of_text(&self.document.text)
    }

    /// The tag as written: `!reset`, `!!str`.
    pub fn tag(self) -> Option<&'a str> {
        self.follow().own_tag()
    }

    /// The tag that is written here, before an alias too.
    pub fn own_tag(self) -> Option<&'a str> {
        self.tag_span().map(|tag| tag.of_text(&self.document.text))
    }

    /// Where the tag that is written here stands.
    pub fn tag_span(self) -> Option<Span> {
        self.node().tag.map(|tag| tag.after(self.document.base))
    }

    /// Where the anchor that is written here stands, the ampersand included.
    pub fn anchor_span(self) -> Option<Span> {
        self.node().anchor.map(|anchor| anchor.after(self.document.base))
    }

    /// Where the content lines of a block scalar stand; the span of the others. `None` for what is no scalar.
    pub(super) fn content(self) -> Option<Span> {
        let target = self.follow();
        target.scalar().map(|scalar| scalar.content.after(self.document.base))
    }

    /// What an alias stands for; itself for everything else, and for an alias to nothing.
    pub fn follow(self) -> Ref<'a> {
        match self.node().kind {
            NodeKind::Alias { target: Some(target) } => self.document.get(target),
            _ => self,
        }
    }

    /// An alias whose anchor is missing, or a scalar with a template action in it.
    pub fn is_unknown(self) -> bool {
        match &self.follow().node().kind {
            NodeKind::Alias { .. } => true,
            NodeKind::Scalar(scalar) => scalar.templated,
            _ => false,
        }
    }

    /// The scalar.
    pub fn scalar(self) -> Option<&'a Scalar> {
        match &self.follow().node().kind {
            NodeKind::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The value of a scalar as text, whatever its type: `8080` and `"8080"` read the same. `None` for a scalar
    /// with a template action, and for what is no scalar (`key:` with nothing behind it is none).
    pub fn as_str(self) -> Option<&'a str> {
        let target = self.follow();
        match &target.node().kind {
            NodeKind::Scalar(scalar) if !scalar.templated => Some(target.value_of(scalar)),
            _ => None,
        }
    }

    /// Whether it is nothing, `~` or `null`. A quoted `"null"` is a string.
    pub fn is_null(self) -> bool {
        let target = self.follow();
        match &target.node().kind {
            NodeKind::Missing => true,
            NodeKind::Scalar(scalar) => {
                let plain = scalar.style == ScalarStyle::Plain && !scalar.templated && target.node().tag.is_none();
                plain && matches!(target.value_of(scalar), "~" | "null" | "Null" | "NULL")
            }
            _ => false,
        }
    }

    /// Whether it is a mapping.
    pub fn is_mapping(self) -> bool {
        self.mapping().is_some()
    }

    /// Whether it is a sequence.
    pub fn is_sequence(self) -> bool {
        matches!(self.follow().node().kind, NodeKind::Sequence(_))
    }

    /// Whether it is a scalar, `Missing` not included.
    pub fn is_scalar(self) -> bool {
        self.scalar().is_some()
    }

    /// Whether something in this mapping or sequence is unknown, so that what is absent is not known to be absent.
    pub fn is_open(self) -> bool {
        match &self.follow().node().kind {
            NodeKind::Mapping(mapping) => mapping.open,
            NodeKind::Sequence(sequence) => sequence.open,
            _ => self.is_unknown(),
        }
    }

    /// The items of a sequence; nothing for anything else.
    pub fn items(self) -> impl DoubleEndedIterator<Item = Ref<'a>> + ExactSizeIterator {
        let items = match &self.follow().node().kind {
            NodeKind::Sequence(sequence) => sequence.items.as_slice(),
            _ => &[],
        };
        let document = self.document;
        items.iter().map(move |id| document.get(*id))
    }

    /// Keys and values that are written here, duplicates and `<<` included; nothing for what is no mapping.
    pub fn entries(self) -> impl DoubleEndedIterator<Item = (Ref<'a>, Ref<'a>)> + ExactSizeIterator {
        let document = self.document;
        self.own_entries().iter().map(move |entry| (document.get(entry.key), document.get(entry.value)))
    }

    /// The entries as they lie in the tree, with their branches.
    pub fn own_entries(self) -> &'a [Entry] {
        self.mapping().map_or(&[], |mapping| mapping.entries.as_slice())
    }

    /// Keys and values as a reader sees them after `<<`: own entries first, then those that are merged in and that
    /// are not hidden by an earlier one.
    pub fn merged_entries(self) -> Vec<(Ref<'a>, Ref<'a>)> {
        let mut result: Vec<(Ref<'a>, Ref<'a>)> = self.entries().filter(|(key, _)| !key.is_merge_key()).collect();
        if result.len() == self.own_entries().len() {
            return result;
        }
        let own = result.len();
        let mut hidden: rustc_hash::FxHashSet<&str> = result.iter().filter_map(|(key, _)| key.as_str()).collect();
        for source in self.merge_sources().skip(1) {
            let mut latest: Vec<(Ref<'a>, Ref<'a>)> = Vec::new();
            for (key, value) in source.entries().filter(|(key, _)| !key.is_merge_key()) {
                if key.as_str().is_none_or(|name| !hidden.contains(name)) {
                    latest.push((key, value));
                }
            }
            hidden.extend(latest.iter().filter_map(|(key, _)| key.as_str()));
            result.extend(latest);
        }
        debug_assert!(result.len() >= own, "merging only adds");
        result
    }

    /// The value of `key`, its own or one that `<<` brings in; it points to where it is written. Of duplicates, the
    /// last of the branch that the first one stands in.
    pub fn get(self, key: &str) -> Option<Ref<'a>> {
        self.entry(key).map(|(_, value)| value)
    }

    /// As [`Ref::get`], with the key.
    pub fn entry(self, key: &str) -> Option<(Ref<'a>, Ref<'a>)> {
        let own = self.own_entry(key);
        if own.found.is_some() || !own.merges {
            return own.found;
        }
        self.merge_sources().skip(1).find_map(|source| source.own_entry(key).found)
    }

    /// What is known of `key`.
    pub fn field(self, key: &str) -> Field<'a> {
        let Some(mapping) = self.mapping() else {
            return if self.is_null() { Field::Absent } else { Field::Unknown };
        };
        let own = self.own_entry(key);
        if !own.merges {
            let absent = if mapping.open { Field::Unknown } else { Field::Absent };
            return own.found.map_or(absent, |(_, value)| Field::Present(value));
        }
        if let Some(value) = self.get(key) {
            return Field::Present(value);
        }
        let mut sources = 0;
        let unclear = self.merge_sources().any(|source| {
            sources += 1;
            !source.is_mapping() || source.is_open()
        });
        // Beyond the limit nobody looked.
        if unclear || sources == MERGE_LIMIT { Field::Unknown } else { Field::Absent }
    }

    /// Whether `key` is there, its own or by `<<`.
    pub fn has_key(self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// [`Ref::get`] for one key after the other.
    pub fn path(self, keys: &[&str]) -> Option<Ref<'a>> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The mapping or sequence that it is written in.
    pub fn parent(self) -> Option<Ref<'a>> {
        self.node().parent.map(|parent| self.document.get(parent))
    }

    /// The key that this value is written under; `None` for items, keys and roots.
    pub fn key_of(self) -> Option<Ref<'a>> {
        let parent = self.parent()?;
        let entry = parent.own_entries().iter().find(|entry| entry.value == self.id)?;
        Some(self.document.get(entry.key))
    }

    /// The entry that this key or value belongs to, as it lies in the tree.
    pub fn entry_of(self) -> Option<Entry> {
        let entries = self.parent()?.own_entries();
        entries.iter().find(|entry| entry.value == self.id || entry.key == self.id).copied()
    }

    /// Whether it is a plain `<<`.
    pub fn is_merge_key(self) -> bool {
        let document = self.document;
        document.merges && self.node().is_merge_key(&document.text[document.base as usize..])
    }

    /// The mapping behind it.
    pub fn mapping(self) -> Option<&'a Mapping> {
        match &self.follow().node().kind {
            NodeKind::Mapping(mapping) => Some(mapping),
            _ => None,
        }
    }

    fn value_of(self, scalar: &'a Scalar) -> &'a str {
        if let Some(value) = &scalar.value {
            return value;
        }
        let text = self.text();
        match scalar.style {
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => {
                text.get(1..text.len().saturating_sub(1)).unwrap_or("")
            }
            _ => text,
        }
    }

    fn own_entry(self, wanted: &str) -> Own<'a> {
        let mut found: Option<&Entry> = None;
        let mut merges = false;
        for entry in self.own_entries() {
            let key = self.document.get(entry.key);
            let same_branch = found.is_none_or(|found| found.branch == entry.branch);
            if same_branch && key.reads(wanted) {
                found = Some(entry);
            } else {
                merges |= key.is_merge_key();
            }
        }
        Own { found: found.map(|entry| (self.document.get(entry.key), self.document.get(entry.value))), merges }
    }

    /// Whether [`Ref::as_str`] is `wanted`. Most keys are told apart by their length alone.
    fn reads(self, wanted: &str) -> bool {
        let node = self.node();
        match &node.kind {
            NodeKind::Scalar(Scalar { style: ScalarStyle::Plain, value: None, templated, .. }) => {
                !templated && node.span.len() as usize == wanted.len() && self.text() == wanted
            }
            _ => self.as_str() == Some(wanted),
        }
    }

    /// This mapping, then everything that `<<` brings into it in the order of precedence. Each mapping comes once,
    /// so that merges in circles or in great numbers end. What is merged and no mapping comes too.
    fn merge_sources(self) -> impl Iterator<Item = Ref<'a>> {
        let mut seen: Vec<NodeId> = Vec::new();
        let mut waiting: Vec<Ref<'a>> = vec![self.follow()];
        std::iter::from_fn(move || {
            loop {
                let next = waiting.pop()?;
                if seen.contains(&next.id) {
                    continue;
                }
                seen.push(next.id);
                if seen.len() > MERGE_LIMIT {
                    return None;
                }
                let merges = next.entries().filter(|(key, _)| key.is_merge_key());
                let at = waiting.len();
                for (_, value) in merges {
                    let value = value.follow();
                    if value.is_sequence() {
                        waiting.extend(value.items().map(Ref::follow));
                    } else {
                        waiting.push(value);
                    }
                }
                waiting[at..].reverse();
                return Some(next);
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::syntax::yaml::{Field, parse};

    #[test]
    fn values_are_found_by_path_and_know_where_they_stand() {
        let stream = parse("spec:\n  image: \"nginx:1\"  # c\n  args: [a, 'b']\n");
        let root = stream.documents[0].root().expect("one document");
        let image = root.path(&["spec", "image"]).expect("written");
        assert_eq!((image.as_str(), image.text()), (Some("nginx:1"), "\"nginx:1\""));
        assert_eq!(image.key_of().and_then(|key| key.as_str()), Some("image"));
        assert_eq!(image.parent(), root.get("spec"));
        let args: Vec<_> = root.path(&["spec", "args"]).expect("written").items().filter_map(|a| a.as_str()).collect();
        assert_eq!(args, ["a", "b"]);
        assert_eq!(stream.comments.len(), 1);
    }

    #[test]
    fn a_merged_value_points_to_where_it_is_written() {
        let text = "base: &b {a: 1, b: 2}\nmore: &m {b: 3, c: 4}\nx:\n  <<: [*b, *m]\n  a: 9\ny: {<<: *b}\n";
        let stream = parse(text);
        let root = stream.documents[0].root().expect("one document");
        let x = root.get("x").expect("written");
        assert_eq!(x.get("a").and_then(|a| a.as_str()), Some("9"));
        let b = x.get("b").expect("merged");
        assert_eq!((b.as_str(), b.span().start as usize), (Some("2"), text.find("2}").expect("there")));
        let merged: Vec<_> =
            x.merged_entries().iter().filter_map(|(key, value)| Some((key.as_str()?, value.as_str()?))).collect();
        assert_eq!(merged, [("a", "9"), ("b", "2"), ("c", "4")]);
        assert!(matches!(root.get("y").expect("written").field("z"), Field::Absent));
    }

    #[test]
    fn what_stands_beyond_the_limit_of_merges_is_unknown() {
        let mut text = "m0: &m0 {a: 1}\n".to_owned();
        for number in 1..100 {
            text.push_str(&format!("m{number}: &m{number} {{<<: *m{}}}\n", number - 1));
        }
        let stream = parse(text);
        let root = stream.documents[0].root().expect("one document");
        assert!(matches!(root.get("m99").expect("written").field("a"), Field::Unknown));
        assert!(matches!(root.get("m20").expect("written").field("a"), Field::Present(_)));
    }

    #[test]
    fn a_mapping_that_merges_itself_ends() {
        let stream = parse("a: &a\n  <<: *a\n  b: 1\n");
        let a = stream.documents[0].root().and_then(|root| root.get("a")).expect("written");
        assert!(matches!(a.field("c"), Field::Absent));
        assert!(matches!(a.field("b"), Field::Present(_)));
    }

    #[test]
    fn what_merges_an_unknown_anchor_is_unknown() {
        let stream = parse("a:\n  <<: *missing\n  b: 1\n");
        let a = stream.documents[0].root().and_then(|root| root.get("a")).expect("written");
        assert!(matches!(a.field("c"), Field::Unknown));
    }

    #[test]
    fn of_duplicates_the_last_one_counts_and_both_are_there() {
        let stream = parse("a: 1\na: 2\n");
        let root = stream.documents[0].root().expect("one document");
        assert_eq!(root.get("a").and_then(|a| a.as_str()), Some("2"));
        assert_eq!(root.entries().len(), 2);
    }

    #[test]
    fn nothing_is_null_and_has_no_keys() {
        let stream = parse("a:\nb: ~\nc: \"null\"\nd: text\n");
        let root = stream.documents[0].root().expect("one document");
        let null: Vec<bool> = root.entries().map(|(_, value)| value.is_null()).collect();
        assert_eq!(null, [true, true, false, false]);
        assert!(matches!(root.get("a").expect("written").field("x"), Field::Absent));
        assert!(matches!(root.get("d").expect("written").field("x"), Field::Unknown));
        assert_eq!(root.get("a").map(|a| a.span().start), Some(2));
    }
}
