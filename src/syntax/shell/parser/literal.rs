//! Plain text of words.

use std::borrow::Cow;

use super::*;

/// Plain text that is being read. It is copied only where an escape makes it something else than what stands there.
pub(super) struct Literal {
    start: usize,
    /// What stands before it is in `value` already.
    from: usize,
    value: String,
    /// What the shell reads; only kept when it has an escape.
    written: String,
    is_escaped: bool,
}

impl Literal {
    pub(super) fn new(start: usize) -> Literal {
        Literal { start, from: start, value: String::new(), written: String::new(), is_escaped: false }
    }

    /// A line goes on behind the backslash at `at`: neither it nor the line break is read.
    pub(super) fn join(&mut self, text: &str, at: usize) {
        self.keep(text, at);
        self.from = at + 2;
    }

    /// A backslash at `at` stands before a character of this length.
    pub(super) fn escape(&mut self, text: &str, at: usize, length: usize) {
        self.keep(text, at);
        if !self.is_escaped {
            self.is_escaped = true;
            self.written.clone_from(&self.value);
        }
        self.written.push_str(&text[at..at + 1 + length]);
        self.value.push_str(&text[at + 1..at + 1 + length]);
        self.from = at + 1 + length;
    }

    fn keep(&mut self, text: &str, at: usize) {
        let piece = &text[self.from..at];
        self.value.push_str(piece);
        if self.is_escaped {
            self.written.push_str(piece);
        }
    }

    /// Adds it to the parts, if there is something of it before `at`.
    pub(super) fn end(mut self, parser: &Parser<'_>, at: usize, parts: &mut Vec<Part>) {
        // A mistake makes reading go to the end; what was not read is no text.
        let at = at.max(self.from);
        if at == self.start {
            return;
        }
        let span = parser.span(self.start, at);
        if self.from == self.start {
            parts.push(Part::Literal { span, value: parser.text[self.start..at].into(), written: None });
            return;
        }
        self.keep(parser.text, at);
        let written = self.is_escaped.then(|| self.written.into());
        parts.push(Part::Literal { span, value: self.value.into(), written });
    }
}

/// The value of what stands in `$'…'`; 2.2.4, and the reference manual of Bash, ANSI-C quoting.
pub(super) fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let bytes = text.as_bytes();
    let mut result = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        at += 1;
        if *byte != b'\\' {
            result.push(*byte);
            continue;
        }
        let Some(escaped) = bytes.get(at) else {
            result.push(b'\\');
            break;
        };
        at += 1;
        match escaped {
            b'a' => result.push(7),
            b'b' => result.push(8),
            b'e' | b'E' => result.push(27),
            b'f' => result.push(12),
            b'n' => result.push(b'\n'),
            b'r' => result.push(b'\r'),
            b't' => result.push(b'\t'),
            b'v' => result.push(11),
            b'\\' | b'\'' | b'"' | b'?' => result.push(*escaped),
            b'c' => {
                result.extend(bytes.get(at).map(|control| control & 31));
                at += 1;
            }
            b'0'..=b'7' => {
                at -= 1;
                let value = number(bytes, &mut at, 8, 3);
                result.push(value as u8);
            }
            b'x' | b'u' | b'U' => {
                let most = match escaped {
                    b'x' => 2,
                    b'u' => 4,
                    _ => 8,
                };
                let before = at;
                let value = number(bytes, &mut at, 16, most);
                match char::from_u32(value) {
                    _ if at == before => result.extend([b'\\', *escaped]),
                    _ if *escaped == b'x' => result.push(value as u8),
                    Some(character) => result.extend(character.encode_utf8(&mut [0; 4]).as_bytes()),
                    None => {}
                }
            }
            other => result.extend([b'\\', *other]),
        }
    }
    Cow::Owned(String::from_utf8_lossy(&result).into_owned())
}

/// The number at `at`, of at most so many digits.
fn number(bytes: &[u8], at: &mut usize, base: u32, most: usize) -> u32 {
    let mut value: u32 = 0;
    for _ in 0..most {
        let Some(digit) = bytes.get(*at).and_then(|byte| char::from(*byte).to_digit(base)) else { break };
        value = value.wrapping_mul(base).wrapping_add(digit);
        *at += 1;
    }
    value
}
