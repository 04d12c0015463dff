//! What begins with a dollar sign, and backticks; 2.6, word expansions.

use super::words::Mode;
use super::*;

impl Parser<'_> {
    /// What a dollar sign begins; `None` when it is text, and nothing is read then.
    pub(super) fn dollar(&mut self, mode: Mode) -> Option<Part> {
        let start = self.at;
        let plain = !mode.is_quoted();
        match self.peek_at(1)? {
            b'{' => Some(self.parameter(mode)),
            b'(' => Some(self.parenthesis(start)),
            b'[' => {
                let end = self.bracket_end(start + 2)? + 1;
                self.at = end;
                Some(Part::Arithmetic { span: self.span(start, end), bracket: true })
            }
            b'"' if plain => {
                self.at += 1;
                Some(self.double_quoted(start))
            }
            b'\'' if plain => Some(self.dollar_single_quoted()),
            _ => {
                let end = self.name_end(start + 1);
                if end == start + 1 {
                    return None;
                }
                self.at = end;
                let name = self.text[start + 1..end].into();
                let (operation, operand) = (Operation::None, Vec::new());
                Some(Part::Variable { span: self.span(start, end), name, modified: false, operation, operand })
            }
        }
    }

    /// Where the name of a parameter that starts at `at` ends: a name, a digit, or one of the special ones; 2.5.
    fn name_end(&self, at: usize) -> usize {
        match self.bytes.get(at) {
            Some(b'0'..=b'9' | b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!') => at + 1,
            Some(byte) if is_name_start(*byte) => self.identifier_end(at),
            _ => at,
        }
    }

    /// Where letters, digits and underscores end.
    pub(super) fn identifier_end(&self, at: usize) -> usize {
        let rest = &self.bytes[at..];
        at + rest.iter().position(|byte| !is_of_name(*byte)).unwrap_or(rest.len())
    }

    /// `$(( … ))` or `$( … )`.
    fn parenthesis(&mut self, start: usize) -> Part {
        if self.peek_at(2) == Some(b'(')
            && let Some(end) = self.arithmetic_end(start + 3)
        {
            self.at = end;
            return Part::Arithmetic { span: self.span(start, end), bracket: false };
        }
        let list = self.substitution("$(");
        Part::CommandSubstitution { span: self.span(start, self.here()), list, backticks: false }
    }

    /// `<( … )` or `>( … )`; Bash, process substitution.
    pub(super) fn process_substitution(&mut self) -> Part {
        let start = self.at;
        let opening = if self.bytes[start] == b'<' { "<(" } else { ">(" };
        let list = self.substitution(opening);
        Part::ProcessSubstitution { span: self.span(start, self.here()), list }
    }

    /// The commands up to the `)` that belongs to the opening; 2.6.3.
    fn substitution(&mut self, opening: &str) -> List {
        let start = self.at;
        if !self.enter() {
            return List::default();
        }
        self.at += opening.len();
        self.substitutions += 1;
        let list = self.list();
        self.substitutions -= 1;
        match self.peek() {
            Some(b')') => self.at += 1,
            Some(_) => self.unexpected(),
            None => self.unclosed(start, opening),
        }
        self.leave();
        list
    }

    /// `` `…` ``; 2.6.3. A backslash before `$`, a backtick or a backslash is taken off before the commands are read. A mistake
    /// in them is one only when they are run, to Bash; dash leaves out what it does not understand at the end.
    pub(super) fn backticks(&mut self, mode: Mode) -> Part {
        let start = self.at;
        let mut end = start + 1;
        let mut escaped = false;
        loop {
            match memchr::memchr2(b'`', b'\\', &self.bytes[end..]) {
                Some(next) if self.bytes[end + next] == b'`' => {
                    end += next;
                    break;
                }
                Some(next) if end + next + 2 <= self.bytes.len() => {
                    end += next + 2;
                    escaped |= is_taken_off(self.bytes[end - 1], mode);
                }
                _ => {
                    self.unclosed(start, "`");
                    return Part::Other { span: self.span(start, self.here()) };
                }
            }
        }
        self.at = end + 1;
        let span = self.span(start, self.at);
        let list = match escaped {
            false => self.backtick_script(start + 1..end),
            true => self.unescaped_script(start + 1..end, mode),
        };
        Part::CommandSubstitution { span, list, backticks: true }
    }

    /// The commands of a range, read without the backslashes that backticks take off.
    fn unescaped_script(&mut self, range: Range<usize>, mode: Mode) -> List {
        let mut unescaped = inner::Unescaped { outer: self.positions, pieces: Vec::new() };
        let mut text = String::with_capacity(range.len());
        let mut from = range.start;
        let mut at = range.start;
        while let Some(next) = memchr::memchr(b'\\', &self.bytes[at..range.end]) {
            let backslash = at + next;
            if self.bytes.get(backslash + 1).is_some_and(|byte| is_taken_off(*byte, mode)) {
                unescaped.pieces.push((text.len(), from));
                text.push_str(&self.text[from..backslash]);
                from = backslash + 1;
            }
            at = (backslash + 2).min(range.end);
        }
        unescaped.pieces.push((text.len(), from));
        text.push_str(&self.text[from..range.end]);
        let (list, error) = self.read_nested(&text, &unescaped, self.nested);
        self.keep_limit(error);
        list
    }

    /// `${…}`; 2.6.2, and the reference manual of Bash, shell parameter expansion.
    fn parameter(&mut self, mode: Mode) -> Part {
        let start = self.at;
        if !self.enter() {
            return Part::Other { span: self.span(start, self.here()) };
        }
        self.at += 2;
        let (name, mut operation) = self.parameter_name();
        if self.peek() == Some(b'[') {
            let end = self.subscript_end();
            if operation != Operation::Indirect {
                operation = Operation::Element;
            }
            self.at = end;
        }
        let modified = self.peek() != Some(b'}');
        let operator = self.peek();
        let (own, has_operand) = match operator {
            Some(b'}') | None => (Operation::None, false),
            Some(b':') if matches!(self.peek_at(1), Some(b'-' | b'=' | b'+' | b'?')) => {
                self.at += 1;
                (with_word(self.peek()), true)
            }
            Some(b'-' | b'=' | b'+' | b'?') => (with_word(operator), true),
            Some(b':') => (Operation::Slice, false),
            Some(b'#' | b'%') => (Operation::Trim, false),
            Some(b'/') => (Operation::Replace, false),
            Some(b'^' | b',' | b'~') => (Operation::Case, false),
            Some(b'@') => (Operation::Transform, false),
            Some(b'*') if operation == Operation::Indirect => (Operation::Indirect, false),
            Some(_) => (Operation::None, false),
        };
        let known = !name.is_empty() && (own != Operation::None || !modified);
        if modified && known {
            self.at += 1;
        }
        let operand = match (modified, has_operand, mode.is_quoted()) {
            (false, ..) => Vec::new(),
            (_, _, false) => self.parts(self.at, Mode::Operand),
            (_, true, true) => self.parts(self.at, Mode::QuotedOperand),
            (_, false, true) => self.parts(self.at, Mode::QuotedPattern),
        };
        match self.peek() {
            Some(_) => self.at += 1,
            None => self.unclosed(start, "${"),
        }
        self.leave();
        let span = self.span(start, self.here());
        if !known {
            return Part::Other { span };
        }
        let operation = if operation == Operation::None { own } else { operation };
        let operand = if has_operand { operand } else { Vec::new() };
        let modified = operation != Operation::None;
        Part::Variable { span, name: self.text[name].into(), modified, operation, operand }
    }

    /// The name after `${`, and what a sign before it asks for.
    fn parameter_name(&mut self) -> (Range<usize>, Operation) {
        let start = self.at;
        let own = |at: usize| match self.bytes.get(at) {
            Some(b'0'..=b'9') => {
                let rest = &self.bytes[at..];
                at + rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len())
            }
            _ => self.name_end(at),
        };
        let behind = own(start + 1);
        let (name, operation) = match self.peek() {
            Some(b'#') if behind > start + 1 && matches!(self.bytes.get(behind), Some(b'}' | b'[')) => {
                (start + 1..behind, Operation::Length)
            }
            Some(b'!')
                if self.peek_at(1).is_some_and(|byte| is_of_name(byte) || matches!(byte, b'@' | b'*' | b'#')) =>
            {
                (start + 1..behind, Operation::Indirect)
            }
            _ => (start..own(start), Operation::None),
        };
        self.at = name.end;
        (name, operation)
    }

    /// Where the subscript ends that starts at `at`.
    fn subscript_end(&self) -> usize {
        match self.bracket_end(self.at + 1) {
            Some(end) => end + 1,
            None => self.at,
        }
    }
}

/// What an operator with a word behind it does.
fn with_word(operator: Option<u8>) -> Operation {
    match operator {
        Some(b'-') => Operation::Default,
        Some(b'=') => Operation::Assign,
        Some(b'+') => Operation::Alternative,
        _ => Operation::Required,
    }
}

/// Whether backticks take off a backslash before a byte.
fn is_taken_off(byte: u8, mode: Mode) -> bool {
    matches!(byte, b'$' | b'`' | b'\\') || byte == b'"' && mode.is_quoted()
}

pub(super) fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

pub(super) fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
