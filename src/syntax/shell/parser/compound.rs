//! Compound commands and functions; 2.9.4 and 2.9.5.

use super::words::Mode;
use super::*;

impl Parser<'_> {
    /// The compound command that begins with this word or bracket, with its redirections.
    pub(super) fn compound(&mut self, opening: &'static str) -> Option<Command> {
        let start = self.at;
        if !self.enter() {
            return None;
        }
        let mut compound = Compound {
            span: Span::default(),
            kind: CompoundKind::Other,
            lists: Vec::new(),
            words: Vec::new(),
            name: None,
            redirections: Vec::new(),
        };
        let end = if opening == "("
            && self.peek_at(1) == Some(b'(')
            && let Some(end) = self.arithmetic_end(start + 2)
        {
            compound.kind = CompoundKind::Arithmetic;
            self.take(end - start);
            end
        } else {
            self.take(opening.len());
            self.inside(opening, &mut compound);
            self.last.1
        };
        // Those behind `time` and `coproc` belong to the command in it.
        if !matches!(compound.kind, CompoundKind::Other | CompoundKind::Function) {
            compound.redirections = self.redirections();
        }
        self.leave();
        let end = self.stopped.unwrap_or(end.max(self.last.1));
        compound.span = self.span(start, end);
        Some(Command::Compound(compound))
    }

    fn inside(&mut self, opening: &'static str, compound: &mut Compound) {
        match opening {
            "(" => {
                compound.kind = CompoundKind::Subshell;
                compound.lists.push(self.commands("("));
                if self.peek() == Some(b')') {
                    self.take(1);
                } else {
                    self.missing("`)`", "(");
                }
            }
            "{" => {
                compound.kind = CompoundKind::Brace;
                compound.lists.push(self.commands("{"));
                self.close("}", "{");
            }
            "if" => {
                compound.kind = CompoundKind::If;
                self.conditions(compound);
            }
            "for" => {
                compound.kind = CompoundKind::For;
                self.loop_over(opening, compound);
            }
            "select" => {
                compound.kind = CompoundKind::Select;
                self.loop_over(opening, compound);
            }
            "while" | "until" => {
                compound.kind = if opening == "while" { CompoundKind::While } else { CompoundKind::Until };
                compound.lists.push(self.commands(opening));
                self.body(opening, compound);
            }
            "case" => {
                compound.kind = CompoundKind::Case;
                self.cases(compound);
            }
            "[[" => {
                compound.kind = CompoundKind::Conditional;
                self.conditional(&mut compound.words);
            }
            "function" => self.named_function(compound),
            "time" => self.timed(compound),
            _ => self.coprocess(compound),
        }
    }

    /// `… then … elif … else … fi`.
    fn conditions(&mut self, compound: &mut Compound) {
        let mut opener = "if";
        loop {
            compound.lists.push(self.commands(opener));
            self.close("then", opener);
            compound.lists.push(self.commands("then"));
            match self.reserved() {
                Some("elif") => {
                    self.take(4);
                    opener = "elif";
                }
                Some("else") => {
                    self.take(4);
                    compound.lists.push(self.commands("else"));
                    return self.close("fi", "if");
                }
                _ => return self.close("fi", "if"),
            }
        }
    }

    /// `NAME in …; do … done`, and `((…))` in the place of name and words.
    fn loop_over(&mut self, opening: &str, compound: &mut Compound) {
        self.blanks();
        let arithmetic = opening == "for" && self.bytes[self.at..].starts_with(b"((");
        if arithmetic {
            match self.arithmetic_end(self.at + 2) {
                Some(end) => self.take(end - self.at),
                None => self.unclosed(self.at, "(("),
            }
        } else if self.starts_word() {
            let start = self.at;
            self.word(Mode::Word);
            compound.name = (self.stopped.is_none()).then(|| self.text[start..self.at].into());
        } else {
            return self.missing("a name", opening);
        }
        self.linebreak();
        if !arithmetic && self.is_word("in") {
            self.take(2);
            self.blanks();
            while self.starts_word() {
                compound.words.push(self.word(Mode::Word));
                self.blanks();
            }
            if !matches!(self.peek(), None | Some(b';' | b'\n')) {
                return self.unexpected();
            }
        }
        if self.peek() == Some(b';') {
            self.take(1);
        }
        self.linebreak();
        self.body(opening, compound);
    }

    /// `do … done`, or `{ … }`, which Bash takes as well.
    fn body(&mut self, opening: &str, compound: &mut Compound) {
        if matches!(opening, "for" | "select") && self.is_word("{") {
            self.take(1);
            compound.lists.push(self.commands("{"));
            return self.close("}", "{");
        }
        self.close("do", opening);
        compound.lists.push(self.commands("do"));
        self.close("done", "do");
    }

    /// `WORD in PATTERN | …) … ;; … esac`.
    fn cases(&mut self, compound: &mut Compound) {
        self.blanks();
        if !self.starts_word() {
            return self.missing("a word", "case");
        }
        compound.words.push(self.word(Mode::Word));
        self.linebreak();
        self.close("in", "case");
        loop {
            self.linebreak();
            if self.is_word("esac") || self.peek().is_none() {
                return self.close("esac", "case");
            }
            if self.peek() == Some(b'(') {
                self.take(1);
                self.blanks();
            }
            loop {
                if !self.starts_word() {
                    return self.missing("a pattern", "case");
                }
                compound.words.push(self.word(Mode::Pattern));
                self.blanks();
                if self.peek() != Some(b'|') {
                    break;
                }
                self.take(1);
                self.blanks();
            }
            if self.peek() != Some(b')') {
                return self.missing("`)`", "case");
            }
            self.take(1);
            compound.lists.push(self.list());
            let rest = &self.bytes[self.at..];
            match [&b";;&"[..], b";;", b";&"].iter().find(|ending| rest.starts_with(ending)) {
                Some(ending) => self.take(ending.len()),
                None => return self.close("esac", "case"),
            }
        }
    }

    /// Where `()` ends, if that stands here.
    pub(super) fn empty_brackets(&self) -> Option<usize> {
        let rest = self.bytes[self.at..].strip_prefix(b"(")?;
        let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        (rest.get(blanks) == Some(&b')')).then_some(self.at + blanks + 2)
    }

    /// `NAME() …`, of which name and brackets are read.
    pub(super) fn function(&mut self, start: usize, name: Option<Word>) -> Command {
        let mut compound = Compound {
            span: Span::default(),
            kind: CompoundKind::Function,
            lists: Vec::new(),
            words: Vec::new(),
            name: name.as_ref().and_then(Word::text).map(|name| name.into()),
            redirections: Vec::new(),
        };
        let is_plain = compound.name.as_ref().is_some_and(|name| name.bytes().all(expansion::is_of_name));
        self.function_body(&mut compound, is_plain);
        let end = self.stopped.unwrap_or(self.last.1);
        compound.span = self.span(start, end);
        Command::Compound(compound)
    }

    /// `function NAME …`; Bash.
    fn named_function(&mut self, compound: &mut Compound) {
        compound.kind = CompoundKind::Function;
        self.blanks();
        let name = self.word(Mode::Word);
        compound.name = name.text().map(|name| name.into());
        self.blanks();
        if let Some(end) = self.empty_brackets() {
            self.take(end - self.at);
        }
        self.function_body(compound, true);
    }

    /// The command of a function. Where `may_be_simple`, dash takes a simple one.
    fn function_body(&mut self, compound: &mut Compound, may_be_simple: bool) {
        self.linebreak();
        if !self.enter() {
            return;
        }
        let start = self.at;
        match self.command() {
            Some(Command::Simple(_)) if !may_be_simple => {
                self.at = start;
                self.missing("a compound command", "()");
            }
            Some(command) => {
                let pipeline =
                    Pipeline { span: command.span(), negated: false, commands: vec![command], pipes: Vec::new() };
                compound.lists.push(List { items: vec![Item { pipeline, operator: None }] });
            }
            None => self.missing("a command", "()"),
        }
        self.leave();
    }

    /// Whether the word `function` defines one here: dash takes it for the name of a program.
    pub(super) fn is_function(&self) -> bool {
        let rest = self.bytes[self.at..].strip_prefix(b"function").unwrap_or_default();
        let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        blanks > 0 && rest.get(blanks).is_some_and(|byte| !words::is_delimiter(*byte))
    }

    /// Whether `time` is the program of that name, which has flags of its own.
    pub(super) fn is_program_time(&self) -> bool {
        let rest = self.bytes[self.at..].strip_prefix(b"time").unwrap_or_default();
        let rest = rest.trim_ascii_start();
        rest.starts_with(b"-")
            && !(rest.starts_with(b"-p") && rest.get(2).is_none_or(|byte| words::is_delimiter(*byte)))
    }

    /// `time [-p] PIPELINE`; Bash.
    fn timed(&mut self, compound: &mut Compound) {
        self.blanks();
        if self.is_word("-p") {
            self.take(2);
            self.blanks();
        }
        match self.pipeline() {
            Some(pipeline) => compound.lists.push(List { items: vec![Item { pipeline, operator: None }] }),
            // For dash it is a program, that may be run without arguments.
            None if self.reserved().is_none() => {}
            None => self.missing("a command", "time"),
        }
    }

    /// `coproc [NAME] COMMAND`; Bash.
    fn coprocess(&mut self, compound: &mut Compound) {
        self.blanks();
        let start = self.at;
        // A name is one only before a compound command.
        if self.starts_word() && self.reserved().is_none() {
            self.at = self.identifier_end(self.at);
            self.blanks();
            if self.at == start || self.reserved().is_none() && self.peek() != Some(b'(') {
                self.at = start;
            }
        }
        if let Some(command) = self.command() {
            let pipeline =
                Pipeline { span: command.span(), negated: false, commands: vec![command], pipes: Vec::new() };
            compound.lists.push(List { items: vec![Item { pipeline, operator: None }] });
        }
    }
}
