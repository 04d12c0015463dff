//! Where one document ends and the next starts.

use crate::text::Span;

/// One document, or what stands before the first or after the last.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Chunk {
    /// What the parser reads: directives and the `---` line included.
    pub(super) parsed: Span,
    /// From the first to the last line behind the markers.
    pub(super) content: Span,
    /// It begins with `---`: a document even when nothing is in it.
    pub(super) is_document: bool,
}

/// Documents that are read of one stream. Each takes some hundred bytes even when nothing is in it.
pub(super) const MOST_DOCUMENTS: usize = 100_000;

/// Cuts at the lines that start with `---` or `...`: they end everything, also a block scalar.
pub(super) fn documents(text: &str) -> Vec<Chunk> {
    let mut chunks = Vec::new();
    let start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut open = Open { parsed: start, content: start, explicit: false, directives: false };
    let mut at = start;
    while at < text.len() && chunks.len() < MOST_DOCUMENTS {
        let end = memchr::memchr(b'\n', &text.as_bytes()[at..]).map_or(text.len(), |length| at + length + 1);
        let line = &text[at..end];
        if is_marker(line, "---") {
            // Directives belong to the marker that they stand before.
            if !open.directives {
                open.close(at, &mut chunks);
                open.parsed = at;
            }
            let content = if line[3..].trim().is_empty() { end } else { at + 3 };
            open = Open { parsed: open.parsed, content, explicit: true, directives: false };
        } else if is_marker(line, "...") {
            open.close(at, &mut chunks);
            open = Open { parsed: end, content: end, explicit: false, directives: false };
        } else if line.starts_with('%') && !open.explicit && text[open.parsed..at].lines().all(is_idle) {
            open.directives = true;
        }
        at = end;
    }
    if chunks.len() < MOST_DOCUMENTS {
        open.close(text.len(), &mut chunks);
    }
    chunks
}

/// The chunk that is being read.
struct Open {
    parsed: usize,
    content: usize,
    explicit: bool,
    directives: bool,
}

impl Open {
    fn close(&self, end: usize, chunks: &mut Vec<Chunk>) {
        if end > self.parsed {
            let (parsed, content) = (Span::of(self.parsed..end), Span::of(self.content.min(end)..end));
            chunks.push(Chunk { parsed, content, is_document: self.explicit });
        }
    }
}

fn is_marker(line: &str, marker: &str) -> bool {
    line.strip_prefix(marker).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']))
}

fn is_idle(line: &str) -> bool {
    let line = line.trim_start();
    line.is_empty() || line.starts_with(['#', '%'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contents(text: &str) -> Vec<&str> {
        documents(text).iter().map(|chunk| chunk.content.of_text(text)).collect()
    }

    #[test]
    fn markers_separate_documents_and_are_no_part_of_them() {
        assert_eq!(contents("a: 1\n---\nb: 2\n...\n# end\n"), ["a: 1\n", "b: 2\n", "# end\n"]);
        assert_eq!(contents("---\n---\n"), ["", ""]);
        assert_eq!(contents("--- |\n x\n"), [" |\n x\n"]);
        assert_eq!(contents("---x: 1\n"), ["---x: 1\n"]);
    }

    #[test]
    fn a_marker_ends_a_block_of_text() {
        assert_eq!(contents("a: |\n  x\n---\nb: 1\n"), ["a: |\n  x\n", "b: 1\n"]);
    }

    #[test]
    fn directives_belong_to_the_document_after_them() {
        let text = "%YAML 1.2\n# c\n---\na: 1\n";
        let chunks = documents(text);
        assert_eq!(chunks.len(), 1);
        assert_eq!(chunks[0].parsed.start, 0);
        assert_eq!(chunks[0].content.of_text(text), "a: 1\n");
    }

    #[test]
    fn a_byte_order_mark_is_no_content() {
        assert_eq!(contents("\u{feff}a: 1\r\n---\r\nb: 2\r\n"), ["a: 1\r\n", "b: 2\r\n"]);
    }
}
