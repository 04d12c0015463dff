//! Simple commands and what is assigned; 2.9.1.

use super::expansion::is_name_start;
use super::words::Mode;
use super::*;

/// The builtins that take `NAME=value` and are told what is assigned; Bash, declaration commands.
const DECLARING: [&str; 5] = ["export", "local", "declare", "typeset", "readonly"];

/// The builtins of Bash that, with those, take an array.
const TAKING_ARRAYS: [&str; 3] = ["alias", "eval", "let"];

/// The beginning of `NAME=value`.
struct Head {
    name: usize,
    append: bool,
    indexed: bool,
    /// Where the value starts.
    value: usize,
}

impl Parser<'_> {
    /// Assignments, words and redirections, or the definition of a function.
    pub(super) fn simple(&mut self) -> Option<Command> {
        let start = self.at;
        let mut end = self.at;
        let mut command = SimpleCommand {
            span: Span::default(),
            assignments: Vec::new(),
            words: Vec::new(),
            redirections: Vec::new(),
            inner: None,
        };
        // Where the words stand, when the program is a shell.
        let mut places: Vec<(usize, usize)> = Vec::new();
        let (mut is_shell, mut declares, mut takes_arrays) = (false, false, false);
        loop {
            self.blanks();
            let Some(byte) = self.peek() else { break };
            match byte {
                b'\n' | b';' | b'|' | b')' => break,
                b'(' if command.words.len() == 1
                    && command.assignments.is_empty()
                    && command.redirections.is_empty() =>
                {
                    if let Some(end) = self.empty_brackets() {
                        self.take(end - self.at);
                        return Some(self.function(start, command.words.pop()));
                    }
                    self.unexpected();
                    break;
                }
                b'(' => {
                    if end == start {
                        break;
                    }
                    self.unexpected();
                    break;
                }
                b'&' if self.peek_at(1) != Some(b'>') => break,
                b'&' | b'<' | b'>' | b'0'..=b'9' | b'{' if self.starts_redirection() => {
                    let redirection = self.redirection();
                    command.redirections.push(redirection);
                    end = self.last.1;
                    continue;
                }
                _ => {}
            }
            let at = self.at;
            if command.words.is_empty() {
                if let Some(head) = self.head() {
                    let assignment = self.assignment(&head);
                    command.assignments.push(assignment);
                } else {
                    let word = self.word(Mode::Word);
                    if let [Part::Literal { value, written: None, .. }] = &word.parts[..] {
                        is_shell = is_posix_shell(value);
                        declares = DECLARING.contains(&&**value);
                        takes_arrays = declares || TAKING_ARRAYS.contains(&&**value);
                    }
                    command.words.push(word);
                }
            } else {
                let word = match takes_arrays.then(|| self.head()).flatten() {
                    Some(head) if declares || self.bytes.get(head.value) == Some(&b'(') => self.declared(&head),
                    _ => self.word(Mode::Word),
                };
                command.words.push(word);
            }
            end = self.here();
            self.last = (at, end);
            if is_shell {
                places.push(self.last);
            }
        }
        if end == start {
            return None;
        }
        command.span = self.span(start, end);
        if is_shell {
            command.inner = self.inner(&command, &places).map(Box::new);
        }
        Some(Command::Simple(command))
    }

    /// The beginning of `NAME=value`, if that stands here.
    fn head(&self) -> Option<Head> {
        if !is_name_start(self.peek()?) {
            return None;
        }
        let name = self.identifier_end(self.at);
        let mut at = name;
        let indexed = self.bytes.get(at) == Some(&b'[');
        if indexed {
            at = self.bracket_end(at + 1)? + 1;
        }
        let append = self.bytes.get(at) == Some(&b'+');
        at += usize::from(append);
        (self.bytes.get(at) == Some(&b'=')).then_some(Head { name, append, indexed, value: at + 1 })
    }

    fn assignment(&mut self, head: &Head) -> Assignment {
        let start = self.at;
        let name = self.text[start..head.name].into();
        self.at = head.value;
        let value = if self.peek() == Some(b'(') {
            self.array();
            None
        } else {
            let word = self.word(Mode::Word);
            Some(self.with_part(word))
        };
        let (append, indexed) = (head.append, head.indexed);
        Assignment { span: self.span(start, self.here()), name, value, append, indexed }
    }

    /// `NAME=value` as an argument of `export` and its like: its head is a part of its own.
    fn declared(&mut self, head: &Head) -> Word {
        let start = self.at;
        self.at = head.value;
        if self.peek() == Some(b'(') {
            self.array();
            let span = self.span(start, self.here());
            return Word { span, parts: vec![Part::Array { span }] };
        }
        let written = Part::Literal {
            span: self.span(start, head.value),
            value: self.text[start..head.value].into(),
            written: None,
        };
        let word = self.word(Mode::Word);
        let mut parts = Vec::with_capacity(1 + word.parts.len());
        parts.push(written);
        parts.extend(word.parts);
        Word { span: self.span(start, self.here()), parts }
    }

    /// A value always has a part, empty if need be.
    fn with_part(&self, mut word: Word) -> Word {
        if word.parts.is_empty() {
            word.parts.push(Part::Literal { span: word.span, value: "".into(), written: None });
        }
        word
    }

    /// `( … )` behind `NAME=`; Bash, arrays.
    fn array(&mut self) {
        let start = self.at;
        if !self.enter() {
            return;
        }
        self.at += 1;
        loop {
            self.linebreak();
            match self.peek() {
                Some(b')') => {
                    self.at += 1;
                    break;
                }
                Some(_) if self.starts_word() => {
                    self.word(Mode::Word);
                }
                Some(_) => self.unexpected(),
                None => {
                    self.unclosed(start, "(");
                    break;
                }
            }
        }
        self.leave();
    }
}
