//! `[[ … ]]`; the reference manual of Bash, conditional constructs.

use super::words::Mode;
use super::*;

/// The letters of tests with one operand.
const UNARY: &[u8] = b"abcdefghknoprstuvwxzGLNORS";

/// The operators between two words, besides `<` and `>`.
const BINARY: [&str; 13] = ["==", "=", "!=", "=~", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef"];

impl Parser<'_> {
    /// What stands behind `[[`, up to its `]]`. Its words are the operands.
    pub(super) fn conditional(&mut self, words: &mut Vec<Word>) {
        self.linebreak();
        if !self.is_word("]]") {
            self.conditions_up_to("]]", words);
        }
        self.linebreak();
        if self.is_word("]]") {
            self.take(2);
        } else {
            self.missing("`]]`", "[[");
        }
    }

    /// Tests joined by `&&` and `||`, which bind in a way that does not matter here.
    fn conditions_up_to(&mut self, end: &str, words: &mut Vec<Word>) {
        loop {
            self.linebreak();
            while self.is_word("!") {
                self.take(1);
                self.linebreak();
            }
            if self.peek() == Some(b'(') {
                if !self.enter() {
                    return;
                }
                self.take(1);
                self.conditions_up_to(")", words);
                if self.peek() == Some(b')') {
                    self.take(1);
                } else {
                    self.missing("`)`", "(");
                }
                self.leave();
            } else {
                self.test(end, words);
            }
            self.linebreak();
            let rest = &self.bytes[self.at..];
            if !rest.starts_with(b"&&") && !rest.starts_with(b"||") {
                return;
            }
            self.take(2);
        }
    }

    /// `-f WORD`, `WORD = PATTERN` or a word alone.
    fn test(&mut self, end: &str, words: &mut Vec<Word>) {
        if !self.starts_word() || end == "]]" && self.is_word("]]") {
            return self.missing("a word", "[[");
        }
        if self.is_unary() {
            self.take(2);
            self.linebreak();
            return self.operand(Mode::Word, words);
        }
        words.push(self.word(Mode::Word));
        self.linebreak();
        let mode = match self.peek() {
            Some(b'<' | b'>') => {
                self.take(1);
                Mode::Word
            }
            _ => match BINARY.iter().find(|operator| self.is_word(operator)) {
                Some(operator) => {
                    self.take(operator.len());
                    match *operator {
                        "=~" => Mode::Regex,
                        "==" | "=" | "!=" => Mode::Pattern,
                        _ => Mode::Word,
                    }
                }
                None => return,
            },
        };
        self.linebreak();
        self.operand(mode, words);
    }

    fn operand(&mut self, mode: Mode, words: &mut Vec<Word>) {
        let opens = mode == Mode::Regex && matches!(self.peek(), Some(b'(' | b'|'));
        if !opens && !self.starts_word() || self.is_word("]]") {
            return self.missing("a word", "[[");
        }
        words.push(self.word(mode));
    }

    /// Whether a test with one operand starts here: `-f`, not followed by an operator between two.
    fn is_unary(&self) -> bool {
        let is_flag = self.peek() == Some(b'-')
            && self.peek_at(1).is_some_and(|letter| UNARY.contains(&letter))
            && self.ends_word(self.at + 2);
        if !is_flag {
            return false;
        }
        let rest = self.bytes[self.at + 2..].trim_ascii_start();
        let second = rest.iter().take_while(|byte| !words::is_delimiter(**byte)).count();
        // `[[ -f = x ]]` compares; `[[ -n -f ]]` does not.
        !BINARY.iter().any(|operator| operator.as_bytes() == &rest[..second])
            || rest[second..].trim_ascii_start().starts_with(b"]]")
    }
}
