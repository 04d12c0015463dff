//! The byte scanner: directives, comments, logical lines, the lines of heredocs. It cannot fail.

use super::mapped::Mapped;
use super::{Comment, Directive, Token, TokenKind};
use crate::syntax::SyntaxError;
use crate::text::Span;

const BYTE_ORDER_MARK: char = '\u{feff}';

/// The names of directives that BuildKit knows.
const DIRECTIVES: [&str; 3] = ["syntax", "escape", "check"];

/// BuildKit refuses a physical line of this many bytes or more, its line break included.
const LONGEST_LINE: usize = 65_536;

/// Reads a Dockerfile from front to back, one logical line at a time.
#[derive(Debug)]
pub(super) struct Scanner<'t> {
    text: &'t str,
    at: usize,
    pub(super) escape: u8,
    pub(super) directives: Vec<Directive>,
    pub(super) comments: Vec<Comment>,
    pub(super) tokens: Vec<Token>,
    pub(super) errors: Vec<SyntaxError>,
    /// Whether a line stood before that ends the directives.
    directives_done: bool,
    /// The directives seen, by their place in [`DIRECTIVES`].
    seen: [bool; 3],
}

/// One physical line.
#[derive(Clone, Copy)]
struct Line<'t> {
    start: usize,
    /// Without its line break and any `\r` before it.
    content: &'t str,
    /// After the line break.
    next: usize,
}

/// How far the keyword of a logical line is read.
#[derive(Clone, Copy, PartialEq)]
enum Keyword {
    Before,
    Inside,
    After,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str) -> Scanner<'t> {
        let mut scanner = Scanner {
            text,
            at: 0,
            escape: b'\\',
            directives: Vec::new(),
            comments: Vec::new(),
            tokens: Vec::with_capacity(text.len() / 16),
            errors: Vec::new(),
            directives_done: false,
            seen: [false; 3],
        };
        if text.starts_with(BYTE_ORDER_MARK) {
            scanner.token(TokenKind::Blank, BYTE_ORDER_MARK.len_utf8());
            scanner.at = BYTE_ORDER_MARK.len_utf8();
        }
        scanner
    }

    /// The file.
    pub(super) fn text(&self) -> &'t str {
        self.text
    }

    /// The next logical line that is more than a comment: its pieces joined, blanks at its ends still there.
    pub(super) fn next_line(&mut self) -> Option<Mapped<'t>> {
        loop {
            let line = self.physical_line()?;
            let content = line.content.trim_start();
            let start = line.start + (line.content.len() - content.len());
            if content.starts_with('#') {
                self.directive_or_comment(content, start);
                self.token(TokenKind::Blank, line.next);
                continue;
            }
            self.directives_done = true;
            if content.is_empty() {
                self.token(TokenKind::Blank, line.next);
                continue;
            }
            return Some(self.logical_line(Line { start, content, next: line.next }));
        }
    }

    /// Reads lines up to the one that is `name`: the span of the body and that of the delimiter.
    pub(super) fn heredoc(&mut self, name: &str, strip_tabs: bool) -> (Span, Option<Span>) {
        let start = self.at;
        let mut body_end = start;
        while let Some(line) = self.physical_line() {
            let delimiter = if strip_tabs { line.content.trim_start_matches('\t') } else { line.content };
            if delimiter == name {
                let end = line.start + line.content.len();
                self.token(TokenKind::HeredocBody, line.start);
                self.token(TokenKind::HeredocEnd, end);
                self.token(TokenKind::Blank, line.next);
                return (Span::of(start..line.start), Some(Span::of(end - delimiter.len()..end)));
            }
            body_end = line.next;
        }
        self.token(TokenKind::HeredocBody, body_end);
        (Span::of(start..body_end), None)
    }

    fn physical_line(&mut self) -> Option<Line<'t>> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let length = memchr::memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |newline| newline + 1);
        let line =
            Line { start: self.at, content: rest[..length].trim_end_matches(['\r', '\n']), next: self.at + length };
        if length >= LONGEST_LINE {
            let span = Span::of(line.start..line.start + line.content.len());
            self.errors.push(SyntaxError::new(span, "this line is longer than the 65,535 bytes BuildKit reads"));
        }
        self.at = line.next;
        Some(line)
    }

    fn logical_line(&mut self, first: Line<'t>) -> Mapped<'t> {
        let mut joined = Mapped::empty(first.start);
        let mut keyword = Keyword::Before;
        let mut line = first;
        loop {
            let continued = self.continuation(line.content);
            let piece = &line.content[..continued.unwrap_or(line.content.len())];
            joined.push(piece, line.start);
            keyword = self.piece_tokens(piece, line.start, keyword);
            if continued.is_none() {
                self.token(TokenKind::Blank, line.next);
                return joined;
            }
            self.token(TokenKind::Continuation, line.next);
            match self.continued_line() {
                Some(next) => line = next,
                None => return joined,
            }
        }
    }

    /// The next line of a continued instruction; comments and blank lines do not count.
    fn continued_line(&mut self) -> Option<Line<'t>> {
        loop {
            let line = self.physical_line()?;
            let content = line.content.trim_start();
            if content.starts_with('#') {
                self.comment(line.start + (line.content.len() - content.len()), content);
            } else if !content.is_empty() {
                return Some(line);
            }
            self.token(TokenKind::Blank, line.next);
        }
    }

    /// Where the escape character stands that continues this line: the last one, blanks aside, and not itself
    /// preceded by one.
    fn continuation(&self, line: &str) -> Option<usize> {
        let bytes = line.trim_end_matches([' ', '\t']).as_bytes();
        let (last, before) = bytes.split_last()?;
        (*last == self.escape && before.last() != Some(&self.escape)).then_some(before.len())
    }

    fn piece_tokens(&mut self, piece: &str, start: usize, keyword: Keyword) -> Keyword {
        let end = start + piece.len();
        let blank = piece.len() - piece.trim_start().len();
        if blank == piece.len() {
            self.token(TokenKind::Blank, end);
            return if blank > 0 && keyword == Keyword::Inside { Keyword::After } else { keyword };
        }
        self.token(TokenKind::Blank, start + blank);
        let mut arguments = blank;
        if keyword == Keyword::Before || (keyword == Keyword::Inside && blank == 0) {
            let length = piece[blank..].find(is_blank).unwrap_or(piece.len() - blank);
            self.token(TokenKind::Keyword, start + blank + length);
            if blank + length == piece.len() {
                return Keyword::Inside;
            }
            arguments = blank + length;
        }
        let text = &piece[arguments..];
        self.token(TokenKind::Blank, start + arguments + (text.len() - text.trim_start().len()));
        self.token(TokenKind::Arguments, start + piece.trim_end().len());
        self.token(TokenKind::Blank, end);
        Keyword::After
    }

    fn directive_or_comment(&mut self, content: &str, start: usize) {
        if self.directives_done {
            return self.comment(start, content);
        }
        let Some((directive, index)) = directive(content, start) else {
            self.directives_done = true;
            return self.comment(start, content);
        };
        let value = directive.value.of_text(self.text);
        if std::mem::replace(&mut self.seen[index], true) {
            let message = format!("only one `{}` directive can be used", DIRECTIVES[index]);
            self.errors.push(SyntaxError::new(directive.span, message));
            return self.comment(start, content);
        }
        if DIRECTIVES[index] == "escape" {
            match value {
                "\\" => self.escape = b'\\',
                "`" => self.escape = b'`',
                _ => self.errors.push(SyntaxError {
                    span: directive.value,
                    message: format!("`{value}` cannot be the escape character"),
                    note: Some("only a backslash or a backtick can".to_owned()),
                    meant: None,
                }),
            }
        }
        self.token(TokenKind::Blank, start);
        self.token(TokenKind::Directive, directive.span.end as usize);
        self.directives.push(directive);
    }

    fn comment(&mut self, start: usize, content: &str) {
        self.token(TokenKind::Blank, start);
        self.token(TokenKind::Comment, start + content.len());
        self.comments.push(Comment { span: Span::of(start..start + content.len()) });
    }

    /// Everything from the last token to `end` is a `kind`.
    fn token(&mut self, kind: TokenKind, end: usize) {
        let start = self.tokens.last().map_or(0, |token| token.span.end as usize);
        if start < end {
            self.tokens.push(Token { span: Span::of(start..end), kind });
        }
    }
}

/// The blanks that end the first word and separate arguments: no line break, nothing outside of ASCII.
pub(super) fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\u{b}' | '\u{c}' | '\r')
}

/// Reads `# name = value`, and which of [`DIRECTIVES`] it is.
fn directive(content: &str, start: usize) -> Option<(Directive, usize)> {
    let inner = content.strip_prefix('#')?.trim_start();
    let name_start = content.len() - inner.len();
    let name_length = inner.find(|c: char| !c.is_ascii_alphanumeric())?;
    let name = &inner[..name_length];
    let index = DIRECTIVES.iter().position(|known| known.eq_ignore_ascii_case(name))?;
    let after_equals = inner[name_length..].trim_start_matches(is_directive_blank).strip_prefix('=')?;
    let trimmed = after_equals.trim_start_matches(is_directive_blank);
    let value_start = content.len() - trimmed.len();
    let value = trimmed.trim_end_matches(is_directive_blank);
    // Where there is nothing but blanks, the last one is the value.
    let last = after_equals.chars().next_back()?;
    let (value, value_start) = if value.is_empty() {
        (&content[content.len() - last.len_utf8()..], content.len() - last.len_utf8())
    } else {
        (value, value_start)
    };
    let directive = Directive {
        span: Span::of(start..start + value_start + value.len()),
        name: Span::of(start + name_start..start + name_start + name_length),
        value: Span::of(start + value_start..start + value_start + value.len()),
    };
    Some((directive, index))
}

fn is_directive_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\u{c}' | '\r')
}
