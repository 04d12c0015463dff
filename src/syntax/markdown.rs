//! Fenced blocks of Markdown (CommonMark 4.5), and which of them hold something to lint.

use super::SyntaxError;
use super::dockerfile::Keyword;
use super::kind::{self, Kind};
use crate::text::{Region, Span};

/// A fenced block that holds a Dockerfile, a compose file or manifests.
#[derive(Debug)]
pub struct Fence {
    /// The line that opens it, indentation left out.
    pub opening: Span,
    /// The language, by its content.
    pub kind: Kind,
    /// Its content, indentation and quote marks taken off; lines of prose overwritten by blanks.
    pub text: String,
    /// Where that content stands.
    pub region: Region,
    /// What is wrong with the fence itself; spans in the file.
    pub errors: Vec<SyntaxError>,
}

/// The fenced blocks of `text` that hold something to lint, in order.
pub fn fences(text: &str) -> Vec<Fence> {
    let mut found = Vec::new();
    let mut lines = Lines { text, at: 0 };
    while let Some(line) = lines.next() {
        let Some(opener) = Opener::read(text, line) else { continue };
        let start = lines.at;
        let mut end = start;
        let mut closed = false;
        for inner in (Lines { text, at: start }) {
            if opener.closes(inner.of_text(text)) {
                closed = true;
                lines.at = inner.end;
                break;
            }
            end = inner.end;
        }
        if closed {
            found.extend(opener.closed_block(text, Span::new(start, end)));
        } else {
            found.extend(opener.open_block(text, Span::new(start, end)));
            // What follows a fence that never ends is judged with it; there is nothing after it.
            break;
        }
    }
    found
}

/// Lines with their line breaks.
struct Lines<'t> {
    text: &'t str,
    at: u32,
}

impl Iterator for Lines<'_> {
    type Item = Span;

    fn next(&mut self) -> Option<Span> {
        let rest = self.text.get(self.at as usize..).filter(|rest| !rest.is_empty())?;
        let length = memchr::memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |newline| newline + 1);
        let line = Span::new(self.at, self.at + length as u32);
        self.at = line.end;
        Some(line)
    }
}

/// The line that opens a block.
struct Opener {
    span: Span,
    /// Number of `>` before the fence.
    quotes: usize,
    /// Columns of indentation before the fence, after the quote marks.
    indent: usize,
    /// What every line starts with.
    prefix: String,
    mark: char,
    length: usize,
    labelled_dockerfile: bool,
}

impl Opener {
    fn read(text: &str, line: Span) -> Option<Opener> {
        let whole = line.of_text(text);
        let (quotes, rest) = strip_quotes(whole, usize::MAX);
        let fence = rest.trim_start_matches([' ', '\t']);
        let mark = fence.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
        let length = fence.chars().take_while(|c| *c == mark).count();
        let info = fence[length..].trim();
        if length < 3 || mark == '`' && info.contains('`') {
            return None;
        }
        let before = whole.len() - fence.len();
        let label = info.split([' ', ',', '{', ':']).next().unwrap_or("").to_ascii_lowercase();
        Some(Opener {
            span: Span::new(line.start + before as u32, line.start + whole.trim_end().len() as u32),
            quotes,
            indent: rest.len() - fence.len(),
            prefix: whole[..before].to_owned(),
            mark,
            length,
            labelled_dockerfile: matches!(label.as_str(), "dockerfile" | "docker" | "containerfile"),
        })
    }

    fn closes(&self, line: &str) -> bool {
        let (quotes, rest) = strip_quotes(line, self.quotes);
        let fence = rest.trim();
        quotes == self.quotes && fence.len() >= self.length && fence.chars().all(|c| c == self.mark)
    }

    /// The length of what is not content at the start of a line.
    fn strip(&self, line: &str) -> usize {
        let (_, rest) = strip_quotes(line, self.quotes);
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        line.len() - rest.len() + blanks.min(self.indent)
    }

    fn closed_block(&self, text: &str, content: Span) -> Option<Fence> {
        let (inner, region) = Region::of_lines(text, content, |line| self.strip(line), &self.prefix);
        let kind = kind::kind_of_content(&inner)
            .or_else(|| (self.labelled_dockerfile && is_instructions(&inner)).then_some(Kind::Dockerfile))?;
        Some(Fence { opening: self.span, kind, text: inner, region, errors: Vec::new() })
    }

    /// A block that the file ends in. Only a Dockerfile is read from it: up to where the text is plainly Markdown
    /// again, its lines of prose left out.
    fn open_block(&self, text: &str, content: Span) -> Option<Fence> {
        let mut end = content.start;
        let mut prose = 0;
        for line in (Lines { text, at: content.start }) {
            let stripped = line.of_text(text);
            let code = stripped[self.strip(stripped)..].trim();
            if code.contains("```") || ["- ", "* ", "> ", "## ", "### "].iter().any(|mark| code.starts_with(mark)) {
                break;
            }
            end = line.end;
        }
        let span = Span::new(content.start, end);
        let (mut inner, region) = Region::of_lines(text, span, |line| self.strip(line), &self.prefix);
        inner = mask_prose(&inner, &mut prose);
        if !kind::is_dockerfile(&inner) {
            return None;
        }
        let mut error = SyntaxError::new(self.span, "code fence is never closed");
        if prose > 0 {
            error.note = Some(format!("{prose} lines of prose in it are left out; the instructions are linted"));
        }
        Some(Fence { opening: self.span, kind: Kind::Dockerfile, text: inner, region, errors: vec![error] })
    }
}

/// Takes at most `limit` quote marks, each with the blank after it, from the start of a line.
fn strip_quotes(line: &str, limit: usize) -> (usize, &str) {
    let mut rest = line;
    let mut quotes = 0;
    while quotes < limit {
        let Some(after) = rest.trim_start_matches(' ').strip_prefix('>') else { break };
        rest = after.strip_prefix(' ').unwrap_or(after);
        quotes += 1;
    }
    (quotes, rest)
}

/// Whether every logical line starts with an instruction, so that a block is a piece of a Dockerfile.
fn is_instructions(text: &str) -> bool {
    let mut prose = 0;
    let masked = mask_prose(text, &mut prose);
    prose == 0 && masked.lines().any(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
}

/// Overwrites the lines that belong to no instruction by blanks, and counts them.
fn mask_prose(text: &str, prose: &mut usize) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut continued = false;
    let mut heredoc: Option<String> = None;
    for line in text.split_inclusive('\n') {
        let code = line.trim();
        if let Some(end) = &heredoc {
            if code == end {
                heredoc = None;
            }
            masked.push_str(line);
            continue;
        }
        let first = code.split_ascii_whitespace().next().unwrap_or("");
        let keep = continued || code.is_empty() || code.starts_with('#') || Keyword::parse(first).is_some();
        if keep {
            masked.push_str(line);
            heredoc = code.rsplit_once("<<").map(|(_, name)| heredoc_name(name)).filter(|name| !name.is_empty());
            continued = code.ends_with('\\') || continued && code.starts_with('#');
        } else {
            *prose += 1;
            masked.extend(line.bytes().map(|byte| if byte == b'\n' || byte == b'\r' { byte as char } else { ' ' }));
        }
    }
    masked
}

fn heredoc_name(marker: &str) -> String {
    let name = marker.trim_start_matches('-').trim_start_matches(['"', '\'']);
    name.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<Kind> {
        fences(text).iter().map(|fence| fence.kind).collect()
    }

    #[test]
    fn a_fence_is_judged_by_its_content() {
        assert_eq!(kinds("```yaml\nFROM a\nRUN b\n```\n"), [Kind::Dockerfile]);
        assert_eq!(kinds("```\napiVersion: v1\nkind: Pod\n```\n"), [Kind::Kubernetes]);
        assert_eq!(kinds("```dockerfile\nCOPY . .\n```\n"), [Kind::Dockerfile]);
        assert_eq!(kinds("```bash\ndocker build .\n```\n```json\n{}\n```\n"), []);
        assert_eq!(kinds("```yaml\non: push\njobs: {}\n```\n"), []);
    }

    #[test]
    fn indentation_and_quote_marks_are_not_content() {
        let text = "- a\n  ```dockerfile\n  FROM a\n    RUN b\n  ```\n> ```\n> FROM c\n> ```\n";
        let found = fences(text);
        assert_eq!(found[0].text, "FROM a\n  RUN b\n");
        assert_eq!(found[0].region.span(Span::new(0, 4)).of_text(text), "FROM");
        assert_eq!(found[1].text, "FROM c\n");
    }

    #[test]
    fn a_fence_that_is_never_closed_is_one_finding_and_its_instructions_are_linted() {
        let text = "```dockerfile\nprose first\nFROM a\nRUN b\nmore prose\n- list ```x```\nRUN never seen\n";
        let found = fences(text);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].errors.len(), 1);
        assert_eq!(found[0].text, "           \nFROM a\nRUN b\n          \n");
    }

    #[test]
    fn masking_keeps_every_offset() {
        let text = "\u{4e2d}\u{6587}\nFROM a\n";
        assert_eq!(mask_prose(text, &mut 0).len(), text.len());
    }
}
