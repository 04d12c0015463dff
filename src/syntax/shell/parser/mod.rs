//! Scripts read by hand, in one pass over their bytes: the language of POSIX.1-2024, XCU chapter 2, with what Bash adds to
//! it. Where the shells disagree about whether something can be read, it can.
//!
//! Reading never fails. At a mistake it goes to the end of the text, so that everything open is closed with what it has, and
//! goes on at the next line; only the first mistake is told, because it is there that a shell stops.

mod arithmetic;
mod commands;
mod compound;
mod conditional;
mod expansion;
mod heredoc;
mod inner;
mod literal;
mod redirections;
mod simple;
mod words;

use std::fmt::Display;
use std::ops::Range;

use super::*;
use crate::syntax::SyntaxError;
use crate::text::Span;

/// Longer scripts are not read.
const LONGEST: usize = 256 * 1024;

/// How deep commands, substitutions and scripts in strings may be inside of each other. A person gets to ten.
const DEEPEST: usize = 100;

const TOO_DEEP: &str = "more is open here than rlint reads";

/// How often reading goes on behind a mistake.
const RESUMES: usize = 16;

/// Says where a part of a script stands in the file.
pub trait Positions {
    /// The file span of a range of the script.
    fn span(&self, range: Range<usize>) -> Span;
}

/// A script that stands in the file as it is, from this offset.
impl Positions for u32 {
    fn span(&self, range: Range<usize>) -> Span {
        let span = Span::of(range);
        Span::new(self + span.start, self + span.end)
    }
}

/// Reads a script of a POSIX-like shell, Bash's extensions included. `positions` says where it stands. A script of
/// more than 256 KiB is not read.
pub fn parse(text: &str, positions: &dyn Positions) -> Script {
    //super::RECORD.lock().unwrap().push(text.to_owned()); // SCRATCH
    Parser::new(text, positions).script()
}

/// A script that is being read.
struct Parser<'a> {
    text: &'a str,
    bytes: &'a [u8],
    /// Everything before it is read.
    at: usize,
    /// The last word or operator.
    last: (usize, usize),
    positions: &'a dyn Positions,
    /// How much is open around `at`.
    depth: usize,
    /// How many `sh -c` are around the script.
    nested: usize,
    /// How many `$(` are open, whose `)` may end a heredoc.
    substitutions: usize,
    heredocs: heredoc::Heredocs,
    /// The first mistake.
    error: Option<SyntaxError>,
    /// Where the mistake stands that made `at` go to the end.
    stopped: Option<usize>,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, positions: &'a dyn Positions) -> Parser<'a> {
        Parser {
            text,
            bytes: text.as_bytes(),
            at: 0,
            last: (0, 0),
            positions,
            depth: 0,
            nested: 0,
            substitutions: 0,
            heredocs: heredoc::Heredocs::default(),
            error: None,
            stopped: None,
        }
    }

    /// All of it.
    fn script(mut self) -> Script {
        if self.bytes.len() > LONGEST || self.bytes.iter().all(u8::is_ascii_whitespace) {
            return Script::default();
        }
        let mut list = self.list();
        for _ in 0..RESUMES {
            if self.peek().is_some() {
                self.unexpected();
            }
            let next =
                self.stopped.take().and_then(|at| memchr::memchr(b'\n', &self.bytes[at..]).map(|next| at + next));
            let Some(next) = next else { break };
            self.at = next;
            list.append(self.list());
        }
        if !self.heredocs.is_empty() {
            self.fill(&mut list);
        }
        Script { list, errors: self.error.into_iter().collect() }
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    #[inline]
    fn peek_at(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    /// Goes over a word or operator.
    #[inline]
    fn take(&mut self, length: usize) {
        self.last = (self.at, self.at + length);
        self.at += length;
    }

    /// Where what was read ends: behind the mistake, if one made `at` go to the end.
    #[inline]
    fn here(&self) -> usize {
        self.stopped.unwrap_or(self.at)
    }

    #[inline]
    fn span(&self, from: usize, to: usize) -> Span {
        self.positions.span(from..to)
    }

    /// Goes over blanks, continued lines and a comment; 2.3, token recognition.
    fn blanks(&mut self) {
        loop {
            match self.peek() {
                Some(b' ' | b'\t') => self.at += 1,
                Some(b'\\') if self.peek_at(1) == Some(b'\n') => self.at += 2,
                Some(b'#') => {
                    let rest = &self.bytes[self.at..];
                    self.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                    return;
                }
                _ => return,
            }
        }
    }

    /// Goes over blanks and ends of lines, where the grammar has `linebreak`.
    fn linebreak(&mut self) {
        self.blanks();
        while self.peek() == Some(b'\n') {
            self.at += 1;
            self.heredoc_bodies();
            self.blanks();
        }
    }

    /// Whether the word at `at` is this one, and no longer.
    fn is_word(&self, word: &str) -> bool {
        self.bytes[self.at..].starts_with(word.as_bytes()) && self.ends_word(self.at + word.len())
    }

    /// Whether a word that goes up to `at` ends there.
    fn ends_word(&self, mut at: usize) -> bool {
        while self.bytes[at..].starts_with(b"\\\n") {
            at += 2;
        }
        self.bytes.get(at).is_none_or(|byte| words::is_delimiter(*byte))
    }

    /// Whether one more thing may be open; if so, it is, until [`Parser::leave`].
    fn enter(&mut self) -> bool {
        if self.depth >= DEEPEST {
            self.stop(self.at, self.at, TOO_DEEP, self.bytes.len());
            return false;
        }
        self.depth += 1;
        true
    }

    fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Stops at a mistake; what stands on the lines behind it is read.
    fn fail(&mut self, from: usize, to: usize, message: impl Display) {
        self.stop(from, to, message, to);
    }

    /// Stops at a mistake; what stands on the lines behind `resume` is read.
    fn stop(&mut self, from: usize, to: usize, message: impl Display, resume: usize) {
        self.at = self.bytes.len();
        if self.stopped.is_some() {
            return;
        }
        self.stopped = Some(resume);
        if self.error.is_none() {
            self.error = Some(mistake(self.span(from, to), message));
        }
    }

    /// Stops at the end, because what begins at `from` goes on.
    fn unclosed(&mut self, from: usize, opening: &str) {
        let (to, end) = (from + opening.len(), self.bytes.len());
        match opening {
            "`" => self.stop(from, to, "the backtick is not closed", end),
            _ => self.stop(from, to, format_args!("`{opening}` is not closed"), end),
        }
    }

    /// Stops at a word or operator that cannot stand here.
    fn unexpected(&mut self) {
        let (from, to) = self.token();
        match self.text.get(from..to) {
            Some("\n") => self.fail(from, to, "the line ends too early"),
            token => self.fail(from, to, format_args!("`{}` is not expected here", token.unwrap_or_default())),
        }
    }

    /// Stops because something else stands here than `wanted`, which has to come after `opener`.
    fn missing(&mut self, wanted: &str, opener: &str) {
        if self.peek().is_none() {
            let ((from, to), end) = (self.last, self.bytes.len());
            return self.stop(from, to, format_args!("{wanted} is missing after `{opener}`"), end);
        }
        let (from, to) = self.token();
        match self.text.get(from..to) {
            Some("\n") => self.fail(from, to, format_args!("the line ends where {wanted} is missing after `{opener}`")),
            token => {
                self.fail(from, to, format_args!("`{}` stands where {wanted} is expected", token.unwrap_or_default()));
            }
        }
    }

    /// The word or operator at `at`.
    fn token(&self) -> (usize, usize) {
        let rest = &self.bytes[self.at..];
        const OPERATORS: [&[u8]; 9] = [b";;&", b";;", b";&", b"&&", b"||", b"|&", b"<<", b">>", b"&>"];
        if let Some(operator) = OPERATORS.iter().find(|operator| rest.starts_with(operator)) {
            return (self.at, self.at + operator.len());
        }
        let word = rest.iter().take_while(|byte| !words::is_delimiter(**byte)).count();
        (self.at, self.at + word.max(1).min(rest.len()))
    }
}

fn mistake(span: Span, message: impl Display) -> SyntaxError {
    SyntaxError::new(span, format!("the shell cannot read this: {message}"))
}
