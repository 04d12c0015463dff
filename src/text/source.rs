//! A file as it was read.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use super::{LineIndex, Span};

/// The content of one file, never changed once made. Its path is its identity.
#[derive(Debug)]
pub struct Source {
    /// As the user named it or the walk found it; what is printed.
    pub path: Arc<Path>,
    /// The content. Every byte that is not UTF-8 is replaced by one `?`, so offsets are those of the file.
    pub text: Arc<str>,
    /// The replaced bytes, neighbours joined.
    pub invalid: Vec<Span>,
    /// The bytes of the file where they differ from `text`; edits are applied to these.
    original: Option<Box<[u8]>>,
    lines: OnceLock<LineIndex>,
}

impl Source {
    /// A source of valid text.
    pub fn new(path: impl AsRef<Path>, text: impl Into<Arc<str>>) -> Source {
        Source {
            path: Arc::from(path.as_ref()),
            text: text.into(),
            invalid: Vec::new(),
            original: None,
            lines: OnceLock::new(),
        }
    }

    /// A source of bytes as read; invalid UTF-8 survives.
    pub fn from_bytes(path: impl AsRef<Path>, bytes: Vec<u8>) -> Source {
        match String::from_utf8(bytes) {
            Ok(text) => Source::new(path, text),
            Err(error) => {
                let bytes = error.into_bytes();
                let (text, invalid) = replace_invalid(&bytes);
                Source { invalid, original: Some(bytes.into()), ..Source::new(path, text) }
            }
        }
    }

    /// The bytes of the file.
    pub fn bytes(&self) -> &[u8] {
        self.original.as_deref().unwrap_or(self.text.as_bytes())
    }

    /// Its line index, made on first use.
    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(&self.text))
    }
}

fn replace_invalid(bytes: &[u8]) -> (String, Vec<Span>) {
    let mut text = String::with_capacity(bytes.len());
    let mut invalid: Vec<Span> = Vec::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        let start = text.len();
        text.extend(chunk.invalid().iter().map(|_| '?'));
        if !chunk.invalid().is_empty() {
            let span = Span::of(start..text.len());
            match invalid.last_mut() {
                Some(last) if last.end == span.start => last.end = span.end,
                _ => invalid.push(span),
            }
        }
    }
    (text, invalid)
}
