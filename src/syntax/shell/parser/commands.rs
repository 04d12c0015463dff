//! Lists, pipelines, and which command starts where; 2.9, shell commands, and 2.10, the grammar.

use super::*;

/// The words that are not the name of a program where a command may start; 2.4, and those that Bash adds.
const RESERVED: [&str; 22] = [
    "!", "{", "}", "[[", "if", "do", "fi", "for", "then", "else", "elif", "done", "case", "esac", "time", "while",
    "until", "select", "coproc", "function", "in", "]]",
];

impl Parser<'_> {
    /// The pipelines up to what no pipeline can start with: the end, `)`, `;;`, `fi` …
    pub(super) fn list(&mut self) -> List {
        let mut items: Vec<Item> = Vec::new();
        self.linebreak();
        while let Some(pipeline) = self.pipeline() {
            let operator = self.operator(pipeline.span.end);
            items.push(Item { pipeline, operator });
            let Some(operator) = operator else { break };
            let spelling = match operator.kind {
                OperatorKind::And => "&&",
                OperatorKind::Or => "||",
                OperatorKind::Sequence | OperatorKind::Background => {
                    self.linebreak();
                    continue;
                }
            };
            self.linebreak();
            if !self.starts_command() {
                self.missing("a command", spelling);
            }
        }
        if let Some(last) = items.last_mut()
            && last.operator.is_some_and(|operator| operator.kind == OperatorKind::Sequence)
        {
            last.operator = None;
        }
        List { items }
    }

    /// The operator behind a pipeline, which ends at `end` in the file.
    fn operator(&mut self, end: u32) -> Option<Operator> {
        self.blanks();
        let (kind, length) = match (self.peek()?, self.operator_byte(1)) {
            (b'\n', _) => return Some(Operator { span: Span::empty(end), kind: OperatorKind::Sequence }),
            (b'&', Some((b'&', length))) => (OperatorKind::And, length),
            (b'|', Some((b'|', length))) => (OperatorKind::Or, length),
            (b';', Some((b';' | b'&', _))) => return None,
            (b';', _) => (OperatorKind::Sequence, 1),
            (b'&', _) => (OperatorKind::Background, 1),
            _ => return None,
        };
        let span = self.span(self.at, self.at + length);
        self.take(length);
        Some(Operator { span, kind })
    }

    /// The byte of an operator that comes next, lines that go on left out, and how long the operator is with it.
    fn operator_byte(&self, ahead: usize) -> Option<(u8, usize)> {
        let mut length = ahead;
        while self.bytes[self.at + length..].starts_with(b"\\\n") {
            length += 2;
        }
        Some((self.peek_at(length)?, length + 1))
    }

    /// Whether a list ends here, for what may stand alone at its end.
    pub(super) fn ends_list(&self) -> bool {
        match self.peek() {
            None | Some(b'\n') => true,
            Some(b';') => self.peek_at(1) != Some(b';'),
            _ => false,
        }
    }

    fn starts_command(&self) -> bool {
        match self.peek() {
            None | Some(b'\n' | b';' | b'|' | b')') => false,
            Some(b'&') => self.peek_at(1) == Some(b'>'),
            Some(_) => true,
        }
    }

    /// Commands joined by `|`; 2.9.2.
    pub(super) fn pipeline(&mut self) -> Option<Pipeline> {
        let start = self.at;
        let mut negated = false;
        while self.peek() == Some(b'!') && self.is_word("!") {
            negated = true;
            self.take(1);
            self.blanks();
        }
        let first = match self.command() {
            Some(command) => command,
            // Bash negates nothing at all.
            None if negated && self.ends_list() => nothing(self.span(start, start + 1)),
            None if negated => {
                self.missing("a command", "!");
                return None;
            }
            None => return None,
        };
        let mut span = first.span();
        if negated {
            span = span.cover(self.span(start, start + 1));
        }
        let mut commands = Vec::with_capacity(1);
        commands.push(first);
        let mut pipes = Vec::new();
        while let Some(length) = self.pipe() {
            let pipe = self.span(self.at, self.at + length);
            span = span.cover(pipe);
            pipes.push(pipe);
            self.take(length);
            self.linebreak();
            let command = if self.peek() == Some(b'!') && self.is_word("!") { None } else { self.command() };
            let Some(command) = command else {
                self.missing("a command", "|");
                break;
            };
            span = span.cover(command.span());
            commands.push(command);
        }
        Some(Pipeline { span, negated, commands, pipes })
    }

    /// The length of the `|` or `|&` that comes next.
    fn pipe(&mut self) -> Option<usize> {
        self.blanks();
        if self.peek() != Some(b'|') {
            return None;
        }
        match self.operator_byte(1) {
            Some((b'|', _)) => None,
            Some((b'&', length)) => Some(length),
            _ => Some(1),
        }
    }

    /// The command that starts here.
    pub(super) fn command(&mut self) -> Option<Command> {
        if let Some(b'(') = self.peek() {
            return self.compound("(");
        }
        let Some(word) = self.reserved() else { return self.simple() };
        match word {
            // Of another program's.
            "time" if self.is_program_time() => self.simple(),
            "function" if !self.is_function() => self.simple(),
            // They are only reserved in `for`, `case` and `[[`.
            "]]" => self.simple(),
            "}" | "do" | "fi" | "then" | "else" | "elif" | "done" | "esac" | "in" => None,
            opening => self.compound(opening),
        }
    }

    /// The reserved word that stands here; 2.4.
    pub(super) fn reserved(&self) -> Option<&'static str> {
        if !matches!(self.peek()?, b'a'..=b'z' | b'{' | b'}' | b'!' | b'[' | b']') {
            return None;
        }
        let rest = &self.bytes[self.at..];
        let length = rest.iter().take(9).position(|byte| !byte.is_ascii_lowercase() && !b"{}![]".contains(byte));
        let length = length.unwrap_or(rest.len().min(9));
        if !self.ends_word(self.at + length) {
            return None;
        }
        RESERVED.iter().find(|word| word.as_bytes() == &rest[..length]).copied()
    }

    /// Goes over a reserved word that has to come, after what `opener` began.
    pub(super) fn close(&mut self, word: &str, opener: &str) {
        if self.reserved() == Some(word) {
            self.take(word.len());
        } else {
            self.missing(&format!("`{word}`"), opener);
        }
    }

    /// A list that must not be empty.
    pub(super) fn commands(&mut self, opener: &str) -> List {
        let list = self.list();
        if list.items.is_empty() {
            self.missing("a command", opener);
        }
        list
    }
}

impl List {
    /// Adds what was read behind a mistake.
    pub(super) fn append(&mut self, more: List) {
        if more.items.is_empty() {
            return;
        }
        if let Some(last) = self.items.last_mut() {
            let end = last.pipeline.span.end;
            last.operator = Some(Operator { span: Span::empty(end), kind: OperatorKind::Sequence });
        }
        self.items.extend(more.items);
    }
}

fn nothing(span: Span) -> Command {
    Command::Simple(SimpleCommand {
        span,
        assignments: Vec::new(),
        words: Vec::new(),
        redirections: Vec::new(),
        inner: None,
    })
}
