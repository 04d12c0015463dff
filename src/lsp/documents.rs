//! The documents that are open, as the client has them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use lsp_types::{Position, Range, TextDocumentContentChangeEvent, Uri};

use super::positions::Lines;
use crate::text::{Encoding, Source, Span};

/// A document that is open.
#[derive(Clone, Debug)]
pub(super) struct Document {
    /// As the client writes it.
    pub(super) uri: Uri,
    /// As the client counts them.
    pub(super) version: i32,
    /// Of all states of all documents, which this is. Two of the same number are the same.
    pub(super) stamp: u64,
    /// Its text; never of the same document twice in memory, unless something works with an older one.
    text: Arc<String>,
    lines: Arc<Lines>,
    /// The text as a source, below the path it was first asked for with.
    source: OnceLock<Arc<Source>>,
}

impl Document {
    /// A document as it was opened.
    pub(super) fn new(uri: Uri, version: i32, stamp: u64, text: String) -> Document {
        let lines = Arc::new(Lines::new(&text));
        Document { uri, version, stamp, text: Arc::new(text), lines, source: OnceLock::new() }
    }

    /// The text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The text as the file at `path`, which becomes another when the document comes to lie in another root.
    pub(super) fn source(&self, path: &Path) -> Arc<Source> {
        let make = || Arc::new(Source::new(path, self.text()));
        let known = self.source.get_or_init(make);
        if *known.path == *path { known.clone() } else { make() }
    }

    /// Takes changes of the client, one after the other.
    pub(super) fn change(
        &mut self,
        version: i32,
        stamp: u64,
        changes: Vec<TextDocumentContentChangeEvent>,
        encoding: Encoding,
    ) {
        self.version = version;
        self.stamp = stamp;
        self.source = OnceLock::new();
        for change in changes {
            let Some(range) = change.range else {
                self.lines = Arc::new(Lines::new(&change.text));
                self.text = Arc::new(change.text);
                continue;
            };
            let span = self.lines.span(&self.text, range, encoding);
            Arc::make_mut(&mut self.text).replace_range(span.range(), &change.text);
            Arc::make_mut(&mut self.lines).replace(span, change.text.len() as u32, &self.text);
        }
    }

    /// The offset of a position.
    pub(super) fn offset(&self, position: Position, encoding: Encoding) -> u32 {
        self.lines.offset(&self.text, position, encoding)
    }

    /// Where a span begins and ends.
    pub(super) fn range(&self, span: Span, encoding: Encoding) -> Range {
        self.lines.range(&self.text, span, encoding)
    }

    /// The span between two positions.
    pub(super) fn span(&self, range: Range, encoding: Encoding) -> Span {
        self.lines.span(&self.text, range, encoding)
    }
}

/// Every document that is open, by its absolute path.
#[derive(Clone, Debug, Default)]
pub(super) struct Documents {
    open: BTreeMap<PathBuf, Arc<Document>>,
}

impl Documents {
    /// The document at `path`.
    pub(super) fn get(&self, path: &Path) -> Option<&Arc<Document>> {
        self.open.get(path)
    }

    /// The document at `path`, to be changed.
    pub(super) fn get_mut(&mut self, path: &Path) -> Option<&mut Document> {
        self.open.get_mut(path).map(Arc::make_mut)
    }

    /// Adds or replaces one.
    pub(super) fn insert(&mut self, path: PathBuf, document: Document) {
        self.open.insert(path, Arc::new(document));
    }

    /// Takes one out; whether it was there.
    pub(super) fn remove(&mut self, path: &Path) -> bool {
        self.open.remove(path).is_some()
    }

    /// All of them, by path.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&PathBuf, &Arc<Document>)> {
        self.open.iter()
    }

    /// The names of those that lie in `folder`, and of folders in it that they lie below.
    pub(super) fn names_in(&self, folder: &Path) -> Vec<(String, bool)> {
        let mut names = Vec::new();
        for path in self.open.keys() {
            let Ok(rest) = path.strip_prefix(folder) else { continue };
            let mut parts = rest.components();
            if let Some(name) = parts.next() {
                names.push((name.as_os_str().to_string_lossy().into_owned(), parts.next().is_some()));
            }
        }
        names
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use super::*;

    fn edit(range: Option<[u32; 4]>, text: &str) -> TextDocumentContentChangeEvent {
        let range = range.map(|[line, character, end_line, end_character]| Range {
            start: Position { line, character },
            end: Position { line: end_line, character: end_character },
        });
        TextDocumentContentChangeEvent { range, range_length: None, text: text.to_owned() }
    }

    #[test]
    fn changes_are_taken_one_after_the_other() {
        let uri = Uri::from_str("file:///Dockerfile").expect("an address");
        let mut document = Document::new(uri, 1, 1, "FROM a\nRUN \u{1f600} b\n".to_owned());
        let changes = vec![
            edit(Some([1, 4, 1, 6]), "x"),
            edit(Some([0, 5, 0, 6]), "b\nUSER 1"),
            edit(Some([2, 4, 2, 5]), ""),
            edit(Some([9, 9, 9, 9]), "CMD c\n"),
            edit(Some([1, 6, 1, 5]), "2"),
        ];
        document.change(2, 2, changes, Encoding::Utf16);
        assert_eq!(document.text(), "FROM b\nUSER 2\nRUN  b\nCMD c\n");
        document.change(3, 3, vec![edit(None, "x"), edit(Some([0, 0, 0, 1]), "y")], Encoding::Utf16);
        assert_eq!((document.text(), document.version), ("y", 3));
    }
}
