//! Words: where they end, their quotes and escapes; 2.2, quoting, and 2.3, token recognition.

use super::literal::Literal;
use super::*;

/// What may end a run of plain text.
const ALWAYS: u8 = 1;
const SINGLE_QUOTE: u8 = 2;
const DELIMITER: u8 = 4;
const BRACE: u8 = 8;

const CLASSES: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut classes = [0; 256];
    let delimiters = b" \t\n;&|()<>";
    let mut index = 0;
    while index < delimiters.len() {
        classes[delimiters[index] as usize] = DELIMITER;
        index += 1;
    }
    classes[b'\\' as usize] = ALWAYS;
    classes[b'$' as usize] = ALWAYS;
    classes[b'`' as usize] = ALWAYS;
    classes[b'"' as usize] = ALWAYS;
    classes[b'\'' as usize] = SINGLE_QUOTE;
    classes[b'}' as usize] = BRACE;
    classes
}

/// Whether a byte ends a word that is not quoted.
pub(super) fn is_delimiter(byte: u8) -> bool {
    CLASSES[byte as usize] == DELIMITER
}

/// What a piece of text is part of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// A word.
    Word,
    /// A pattern of `case` or `[[ … ]]`, which may have `@(…|…)` in it.
    Pattern,
    /// A regular expression of `[[ … =~ … ]]`, in which brackets and bars are text.
    Regex,
    /// `"…"`.
    Quoted,
    /// The word in `${…}`.
    Operand,
    /// The word in `"${…}"`, in which single quotes are text.
    QuotedOperand,
    /// The pattern in `"${…#…}"`, in which they are not.
    QuotedPattern,
}

impl Mode {
    fn stops(self) -> u8 {
        match self {
            Mode::Word | Mode::Pattern | Mode::Regex => ALWAYS | SINGLE_QUOTE | DELIMITER,
            Mode::Quoted => ALWAYS,
            Mode::Operand | Mode::QuotedPattern => ALWAYS | SINGLE_QUOTE | BRACE,
            Mode::QuotedOperand => ALWAYS | BRACE,
        }
    }

    fn is_word(self) -> bool {
        matches!(self, Mode::Word | Mode::Pattern | Mode::Regex)
    }

    /// Whether it stands in double quotes, where a backslash is text before most characters.
    pub(super) fn is_quoted(self) -> bool {
        matches!(self, Mode::Quoted | Mode::QuotedOperand | Mode::QuotedPattern)
    }
}

impl Parser<'_> {
    /// Whether a word starts here.
    pub(super) fn starts_word(&self) -> bool {
        match self.peek() {
            Some(b'<' | b'>') => self.peek_at(1) == Some(b'('),
            Some(byte) => !is_delimiter(byte),
            None => false,
        }
    }

    /// The word that starts here.
    pub(super) fn word(&mut self, mode: Mode) -> Word {
        let start = self.at;
        self.plain(mode);
        let ends = self.peek().is_none_or(|byte| is_delimiter(byte) && !matches!(byte, b'<' | b'>' | b'('));
        if ends && mode == Mode::Word {
            // Most words are plain.
            self.last = (start, self.at);
            let span = self.span(start, self.at);
            let value = self.text[start..self.at].into();
            return Word { span, parts: vec![Part::Literal { span, value, written: None }] };
        }
        let parts = self.parts(start, mode);
        self.last = (start, self.here());
        let span = match &parts[..] {
            [part] => part.span(),
            _ => self.span(start, self.here()),
        };
        Word { span, parts }
    }

    /// Goes to where plain text may end.
    #[inline]
    fn plain(&mut self, mode: Mode) {
        let stops = mode.stops();
        let rest = &self.bytes[self.at..];
        self.at += rest.iter().position(|byte| CLASSES[*byte as usize] & stops != 0).unwrap_or(rest.len());
    }

    /// The parts from `start` to the end of what they are part of, which is left to be read. Plain text up to `at` is known
    /// to be there.
    pub(super) fn parts(&mut self, start: usize, mode: Mode) -> Vec<Part> {
        let mut parts = Vec::new();
        let mut literal = Literal::new(start);
        // Open brackets of patterns: in them, blanks and operators are text.
        let mut brackets = 0;
        let mut bracket = start;
        loop {
            self.plain(mode);
            let at = self.at;
            let Some(byte) = self.peek() else { break };
            let part = match byte {
                b'\\' => {
                    self.escape(mode, &mut literal);
                    continue;
                }
                b'$' => self.dollar(mode),
                b'`' => Some(self.backticks(mode)),
                b'"' if mode == Mode::Quoted => break,
                b'"' => Some(self.double_quoted(at)),
                b'\'' => Some(self.single_quoted()),
                b'}' => break,
                b'<' | b'>' if mode.is_word() && self.peek_at(1) == Some(b'(') => Some(self.process_substitution()),
                b'(' if self.opens_bracket(start, mode, brackets) => {
                    if brackets == 0 {
                        bracket = at;
                    }
                    brackets += 1;
                    None
                }
                b')' if brackets > 0 => {
                    brackets -= 1;
                    None
                }
                b'|' if mode == Mode::Regex && self.peek_at(1) != Some(b'|') => None,
                _ if brackets > 0 => None,
                _ => break,
            };
            match part {
                Some(part) => {
                    literal.end(self, at, &mut parts);
                    parts.push(part);
                    literal = Literal::new(self.at);
                }
                None => self.at = (at + 1).max(self.at),
            }
        }
        literal.end(self, self.at, &mut parts);
        if brackets > 0 {
            self.unclosed(bracket, "(");
        }
        parts
    }

    /// Whether a bracket is part of the word: in a regular expression, and behind `@`, `?`, `*`, `+` or `!` in a pattern.
    fn opens_bracket(&self, start: usize, mode: Mode, brackets: usize) -> bool {
        let marked = || self.at > start && matches!(self.bytes[self.at - 1], b'@' | b'?' | b'*' | b'+' | b'!');
        match mode {
            Mode::Regex => true,
            Mode::Pattern => brackets > 0 || marked(),
            // Bash has them in every word where it is told so, which stands on a line before.
            Mode::Word => {
                brackets > 0 || marked() && memchr::memmem::find(&self.bytes[..self.at], b"extglob").is_some()
            }
            _ => false,
        }
    }

    /// A backslash and what it escapes; 2.2.1, and 2.2.3 for double quotes.
    fn escape(&mut self, mode: Mode, literal: &mut Literal) {
        let at = self.at;
        match self.peek_at(1) {
            None => self.at += 1,
            Some(b'\n') => {
                literal.join(self.text, at);
                self.at += 2;
            }
            Some(b'}') if mode.is_quoted() && mode != Mode::Quoted => {
                literal.escape(self.text, at, 1);
                self.at += 2;
            }
            Some(escaped) if mode.is_quoted() && !matches!(escaped, b'$' | b'`' | b'"' | b'\\') => self.at += 1,
            Some(_) => {
                let length = self.text[at + 1..].chars().next().map_or(0, char::len_utf8);
                literal.escape(self.text, at, length);
                self.at += 1 + length;
            }
        }
    }

    /// `'…'`; 2.2.2.
    fn single_quoted(&mut self) -> Part {
        let start = self.at;
        let inside = &self.text[start + 1..];
        let length = memchr::memchr(b'\'', inside.as_bytes());
        let value = &inside[..length.unwrap_or(inside.len())];
        self.at = start + 1 + value.len();
        match length {
            Some(_) => self.at += 1,
            None => self.unclosed(start, "'"),
        }
        Part::SingleQuoted { span: self.span(start, self.here()), value: value.into(), dollar: false }
    }

    /// `$'…'`; 2.2.4.
    pub(super) fn dollar_single_quoted(&mut self) -> Part {
        let start = self.at;
        let inside = &self.text[start + 2..];
        let mut length = 0;
        loop {
            match memchr::memchr2(b'\'', b'\\', &inside.as_bytes()[length..]) {
                Some(next) if inside.as_bytes()[length + next] == b'\\' => length += next + 2,
                Some(next) => {
                    length += next;
                    self.at = start + 2 + length + 1;
                    break;
                }
                None => length = inside.len() + 1,
            }
            if length > inside.len() {
                length = inside.len();
                self.unclosed(start, "$'");
                break;
            }
        }
        let value = literal::unescaped(&inside[..length]);
        Part::SingleQuoted { span: self.span(start, self.here()), value: value.into(), dollar: true }
    }

    /// `"…"`, or `$"…"`, which starts before `at`; 2.2.3.
    pub(super) fn double_quoted(&mut self, start: usize) -> Part {
        self.at += 1;
        let parts = self.parts(self.at, Mode::Quoted);
        match self.peek() {
            Some(_) => self.at += 1,
            None => self.unclosed(start, if self.bytes[start] == b'$' { "$\"" } else { "\"" }),
        }
        Part::DoubleQuoted { span: self.span(start, self.here()), parts, dollar: self.bytes[start] == b'$' }
    }
}
