//! One instruction after the other: keyword, flags, arguments, heredocs.

use std::ops::Range;
use std::sync::Arc;

use super::heredoc::{self, Marker};
use super::json::{self, Array};
use super::lexer::{Scanner, is_blank};
use super::mapped::Mapped;
use super::word::{blank_words, quoted_words, variables, word};
use super::*;
use crate::syntax::SyntaxError;
use crate::text::Span;

/// Reads a Dockerfile as BuildKit does. What BuildKit refuses becomes an error in the tree and costs no other
/// instruction.
pub fn parse(text: impl Into<Arc<str>>) -> Tree {
    let text: Arc<str> = text.into();
    let mut parser = Parser { scanner: Scanner::new(&text), onbuild: false };
    let mut instructions = Vec::new();
    while let Some(line) = parser.scanner.next_line() {
        instructions.push(parser.instruction(&line));
    }
    let Scanner { escape, directives, comments, tokens, mut errors, .. } = parser.scanner;
    errors.sort_by_key(|error| error.span);
    Tree { escape: char::from(escape), directives, comments, tokens, errors, instructions, text: Arc::clone(&text) }
}

struct Parser<'t> {
    scanner: Scanner<'t>,
    /// Whether the instruction at hand stands behind ONBUILD.
    onbuild: bool,
}

/// The arguments of an instruction: a range of its joined line.
struct Arguments<'a, 't> {
    line: &'a Mapped<'t>,
    range: Range<usize>,
    /// The keyword, to point at where there is nothing else.
    keyword: Span,
}

impl Arguments<'_, '_> {
    fn text(&self) -> &str {
        &self.line.text[self.range.clone()]
    }

    fn is_empty(&self) -> bool {
        self.range.is_empty()
    }

    /// The file span, or that of the keyword when there are none.
    fn span(&self) -> Span {
        if self.is_empty() { self.keyword } else { self.line.span(self.range.clone()) }
    }

    fn words(&self, split: impl Fn(&str) -> Vec<Range<usize>>) -> Vec<Range<usize>> {
        let start = self.range.start;
        split(self.text()).into_iter().map(|word| start + word.start..start + word.end).collect()
    }
}

impl<'t> Parser<'t> {
    /// One instruction with its heredocs, which it reads from the scanner.
    fn instruction(&mut self, line: &Mapped<'t>) -> Instruction {
        let range = line.trimmed();
        let mut heredocs = Vec::new();
        let mut instruction = self.parts(line, range.clone(), &mut heredocs);
        if let Some(last) = heredocs.last().map(|heredoc: &Heredoc| heredoc.end.unwrap_or(heredoc.body).end) {
            instruction.span.end = instruction.span.end.max(last);
            let mut holder = &mut instruction;
            if let InstructionKind::Onbuild(inner) = &mut holder.kind {
                inner.span.end = inner.span.end.max(last);
                holder = inner;
            }
            holder.heredocs = heredocs;
        }
        instruction
    }

    fn parts(&mut self, line: &Mapped<'t>, range: Range<usize>, heredocs: &mut Vec<Heredoc>) -> Instruction {
        let text = &line.text[range.clone()];
        let length = text.find(is_blank).unwrap_or(text.len());
        let keyword_range = range.start..range.start + length;
        let keyword = line.span(keyword_range.clone());
        let span = line.span(range.clone());
        let known = Keyword::parse(&line.text[keyword_range.clone()]);
        let rest = line.text[keyword_range.end..range.end].trim_end();
        // These two never look at their flags, and neither does `HEALTHCHECK NONE`.
        let unchecked = match known {
            Some(Keyword::Arg | Keyword::Stopsignal) => true,
            Some(Keyword::Healthcheck) => rest.to_ascii_uppercase().ends_with("NONE"),
            _ => false,
        };
        let checked = known.filter(|_| !unchecked);
        let escape = self.escape();
        let (flags, start) =
            flags::flags(line, keyword_range.end..range.end, escape, checked, &mut self.scanner.errors);
        let rest = &line.text[start..range.end];
        let start = start + (rest.len() - rest.trim_start().len());
        let arguments = Arguments { line, range: start..range.end, keyword };
        let Some(known) = known else {
            return Instruction { span, keyword, flags, kind: InstructionKind::Unknown, heredocs: Vec::new() };
        };
        let kind = self.kind(known, &arguments, heredocs).unwrap_or(InstructionKind::Invalid(known));
        Instruction { span, keyword, flags, kind, heredocs: Vec::new() }
    }

    fn kind(
        &mut self,
        keyword: Keyword,
        arguments: &Arguments<'_, 't>,
        heredocs: &mut Vec<Heredoc>,
    ) -> Option<InstructionKind> {
        Some(match keyword {
            Keyword::From => InstructionKind::From(self.from(arguments)?),
            Keyword::Run => InstructionKind::Run(self.command(arguments, Some(heredocs))?),
            Keyword::Cmd => InstructionKind::Cmd(self.command(arguments, None)?),
            Keyword::Entrypoint => InstructionKind::Entrypoint(self.command(arguments, None)?),
            Keyword::Shell => InstructionKind::Shell(self.shell(arguments)?),
            Keyword::Copy => InstructionKind::Copy(self.transfer(keyword, arguments, heredocs)?),
            Keyword::Add => InstructionKind::Add(self.transfer(keyword, arguments, heredocs)?),
            Keyword::Env => InstructionKind::Env(self.pairs(keyword, arguments)?),
            Keyword::Label => InstructionKind::Label(self.pairs(keyword, arguments)?),
            Keyword::Arg => InstructionKind::Arg(self.arg(arguments)?),
            Keyword::Expose => InstructionKind::Expose(self.list(keyword, arguments)?),
            Keyword::Volume => InstructionKind::Volume(self.volume(arguments)?),
            Keyword::User => InstructionKind::User(self.single(keyword, arguments)?),
            Keyword::Workdir => InstructionKind::Workdir(self.single(keyword, arguments)?),
            Keyword::Stopsignal => InstructionKind::Stopsignal(self.single(keyword, arguments)?),
            Keyword::Maintainer => InstructionKind::Maintainer(self.single(keyword, arguments)?),
            Keyword::Healthcheck => InstructionKind::Healthcheck(self.healthcheck(arguments)?),
            Keyword::Onbuild => InstructionKind::Onbuild(Box::new(self.onbuild(arguments, heredocs)?)),
        })
    }

    fn from(&mut self, arguments: &Arguments<'_, 't>) -> Option<FromArguments> {
        let words = arguments.words(blank_words);
        let image = words.first().cloned();
        let text = |range: &Range<usize>| &arguments.line.text[range.clone()];
        let mut as_keyword = None;
        let mut name = None;
        match &words[..] {
            [_] => {}
            [_, second, third] if text(second).eq_ignore_ascii_case("as") => {
                as_keyword = Some(arguments.line.span(second.clone()));
                let span = arguments.line.span(third.clone());
                name = Some(span);
                if !is_stage_name(text(third)) {
                    self.error(SyntaxError {
                        span,
                        message: format!("`{}` cannot be the name of a stage", text(third)),
                        note: Some(
                            "it must start with a letter and go on with letters, digits, `-`, `_` or `.`".to_owned(),
                        ),
                        meant: None,
                    });
                }
            }
            [] => {
                self.error_at(arguments.span(), "`FROM` names no image");
            }
            [_, rest @ ..] => {
                let span = arguments.line.span(rest[0].start..rest[rest.len() - 1].end);
                self.error(SyntaxError {
                    span,
                    message: "`FROM` takes an image, and `AS` with a name after it".to_owned(),
                    note: None,
                    meant: None,
                });
                // The stage is still there, and a name after `AS` still its name.
                if text(&rest[0]).eq_ignore_ascii_case("as") {
                    as_keyword = Some(arguments.line.span(rest[0].clone()));
                    name = rest.get(1).map(|name| arguments.line.span(name.clone()));
                }
            }
        }
        Some(FromArguments { image: self.word(arguments.line, image?), as_keyword, name })
    }

    /// The exec form, or text for the shell.
    fn command(&mut self, arguments: &Arguments<'_, 't>, heredocs: Option<&mut Vec<Heredoc>>) -> Option<Command> {
        match json::array(arguments.text()) {
            Array::Strings(strings) => {
                let source = arguments.line.part(arguments.range.clone());
                let values: Vec<_> = strings.iter().map(|string| json::string_value(&source, string)).collect();
                let script = scripts::of_arguments(&values);
                let spans = strings.iter().map(|string| source.span(string.range.clone()));
                let words = spans.zip(values).map(|(span, value)| JsonString { span, value: value.text.into() });
                Some(Command::Exec(ExecForm { span: arguments.span(), words: words.collect(), script }))
            }
            Array::OtherElement(range) => {
                self.not_a_string(arguments, range);
                None
            }
            Array::None => {
                let read = heredocs.map(|heredocs| {
                    self.heredocs(arguments.line, heredocs);
                    &heredocs[..]
                });
                Some(Command::Shell(self.shell_form(arguments, read.unwrap_or(&[]))))
            }
        }
    }

    fn shell_form(&self, arguments: &Arguments<'_, 't>, heredocs: &[Heredoc]) -> ShellForm {
        let span = if arguments.is_empty() {
            Span::empty(arguments.keyword.end)
        } else {
            arguments.line.span(arguments.range.clone())
        };
        let line = arguments.line.part(arguments.range.clone());
        let script = scripts::of_line(&line, heredocs, self.scanner.text());
        ShellForm { span, text: arguments.text().into(), script }
    }

    fn shell(&mut self, arguments: &Arguments<'_, 't>) -> Option<Command> {
        match self.command(arguments, None)? {
            Command::Exec(form) if !form.words.is_empty() => Some(Command::Exec(form)),
            _ if arguments.is_empty() || arguments.text() == "[]" => {
                self.error_at(arguments.span(), "`SHELL` names no program");
                None
            }
            _ => {
                self.error(SyntaxError {
                    span: arguments.span(),
                    message: "`SHELL` takes a JSON array of strings".to_owned(),
                    note: Some("write it as `SHELL [\"/bin/bash\", \"-c\"]`".to_owned()),
                    meant: None,
                });
                None
            }
        }
    }

    fn transfer(
        &mut self,
        keyword: Keyword,
        arguments: &Arguments<'_, 't>,
        heredocs: &mut Vec<Heredoc>,
    ) -> Option<Transfer> {
        let (words, json) = self.list_or_json(arguments)?;
        if !json {
            self.heredocs(arguments.line, heredocs);
        }
        let mut words = words;
        let Some(destination) = words.pop().filter(|_| !words.is_empty()) else {
            self.error_at(arguments.span(), format!("`{}` needs a source and a destination", keyword.name()));
            return None;
        };
        if heredoc::marker(&destination.raw).is_some() {
            self.error_at(destination.span, "a heredoc cannot be the destination");
        }
        words.retain(|word| heredoc::marker(&word.raw).is_none());
        Some(Transfer { sources: words, destination, json })
    }

    fn pairs(&mut self, keyword: Keyword, arguments: &Arguments<'_, 't>) -> Option<Pairs> {
        let escape = self.escape();
        let line = arguments.line;
        let words = arguments.words(|text| quoted_words(text, escape));
        let Some(first) = words.first() else {
            self.error_at(arguments.span(), format!("`{}` sets nothing", keyword.name()));
            return None;
        };
        if !line.text[first.clone()].contains('=') {
            let text = arguments.text();
            let key = text.find(is_blank).unwrap_or(text.len());
            let value = text[key..].trim_start_matches(is_blank);
            if value.is_empty() {
                self.error_at(arguments.span(), format!("`{}` has a name here and no value", keyword.name()));
                return None;
            }
            let key = arguments.range.start..arguments.range.start + key;
            let value = arguments.range.end - value.len()..arguments.range.end;
            let pair = Pair {
                span: line.span(arguments.range.clone()),
                key: self.word(line, key),
                value: self.word(line, value),
            };
            return Some(Pairs { pairs: vec![pair], legacy: true });
        }
        let mut pairs = Vec::with_capacity(words.len());
        for range in words {
            let text = &line.text[range.clone()];
            let Some(equals) = text.find('=').map(|equals| range.start + equals) else {
                self.error(SyntaxError {
                    span: line.span(range.clone()),
                    message: format!("`{text}` is no `name=value`"),
                    note: Some("a value with blanks in it needs quotes around it".to_owned()),
                    meant: None,
                });
                continue;
            };
            if equals == range.start {
                self.error_at(line.span(range), "there is no name before the `=`");
                continue;
            }
            pairs.push(Pair {
                span: line.span(range.clone()),
                key: self.word(line, range.start..equals),
                value: self.word(line, equals + 1..range.end),
            });
        }
        Some(Pairs { pairs, legacy: false })
    }

    fn arg(&mut self, arguments: &Arguments<'_, 't>) -> Option<Vec<ArgDeclaration>> {
        let escape = self.escape();
        let line = arguments.line;
        let words = arguments.words(|text| quoted_words(text, escape));
        if words.is_empty() {
            self.error_at(arguments.span(), "`ARG` declares nothing");
            return None;
        }
        let mut declarations = Vec::with_capacity(words.len());
        for range in words {
            let span = line.span(range.clone());
            let equals = line.text[range.clone()].find('=').map(|equals| range.start + equals);
            if equals == Some(range.start) {
                self.error_at(span, "there is no name before the `=`");
                continue;
            }
            declarations.push(ArgDeclaration {
                span,
                name: line.span(range.start..equals.unwrap_or(range.end)),
                default: equals.map(|equals| self.word(line, equals + 1..range.end)),
            });
        }
        Some(declarations)
    }

    fn list(&mut self, keyword: Keyword, arguments: &Arguments<'_, 't>) -> Option<Vec<Word>> {
        let words = arguments.words(blank_words);
        if words.is_empty() {
            self.error_at(arguments.span(), format!("`{}` has no arguments", keyword.name()));
            return None;
        }
        Some(words.into_iter().map(|range| self.word(arguments.line, range)).collect())
    }

    fn volume(&mut self, arguments: &Arguments<'_, 't>) -> Option<Vec<Word>> {
        let (words, _) = self.list_or_json(arguments)?;
        if words.is_empty() {
            self.error_at(arguments.span(), "`VOLUME` has no arguments");
            return None;
        }
        let mut words = words;
        for word in &mut words {
            if word.raw.trim().is_empty() {
                self.error_at(word.span, "the path of a volume cannot be empty");
            }
            word.raw = word.raw.trim().into();
        }
        Some(words)
    }

    /// The words of a JSON array, or those between blanks.
    fn list_or_json(&mut self, arguments: &Arguments<'_, 't>) -> Option<(Vec<Word>, bool)> {
        match json::array(arguments.text()) {
            Array::Strings(strings) => {
                let escape = self.escape();
                let source = arguments.line.part(arguments.range.clone());
                let mut words = Vec::with_capacity(strings.len());
                for string in &strings {
                    let value = json::string_value(&source, string);
                    let inside = source.span(string.range.start + 1..string.range.end - 1);
                    let all = 0..value.text.len();
                    let word = word(&value, all, escape, Some(&mut self.scanner.errors));
                    words.push(Word { span: inside, ..word });
                }
                Some((words, true))
            }
            Array::OtherElement(range) => {
                self.not_a_string(arguments, range);
                None
            }
            Array::None => {
                let words = arguments.words(blank_words);
                Some((words.into_iter().map(|range| self.word(arguments.line, range)).collect(), false))
            }
        }
    }

    fn single(&mut self, keyword: Keyword, arguments: &Arguments<'_, 't>) -> Option<Word> {
        if arguments.is_empty() {
            self.error_at(arguments.span(), format!("`{}` has no argument", keyword.name()));
            return None;
        }
        // MAINTAINER is never expanded.
        let errors = (keyword != Keyword::Maintainer).then_some(&mut self.scanner.errors);
        Some(word(arguments.line, arguments.range.clone(), char::from(self.scanner.escape), errors))
    }

    fn healthcheck(&mut self, arguments: &Arguments<'_, 't>) -> Option<Healthcheck> {
        let text = arguments.text();
        let length = text.find(|c: char| c.is_ascii_whitespace() || c == '\u{b}').unwrap_or(text.len());
        let range = arguments.range.start..arguments.range.start + length;
        let keyword = arguments.line.span(range.clone());
        let rest = text[length..].trim_start();
        let command =
            Arguments { line: arguments.line, range: arguments.range.end - rest.len()..arguments.range.end, keyword };
        match &*text[..length].to_ascii_uppercase() {
            "" => {
                self.error_at(arguments.span(), "`HEALTHCHECK` takes `NONE`, or `CMD` with a command");
                None
            }
            "NONE" if command.is_empty() => Some(Healthcheck::None(keyword)),
            "NONE" => {
                self.error_at(command.span(), "`HEALTHCHECK NONE` takes no arguments");
                None
            }
            "CMD" => match self.command(&command, None)? {
                Command::Exec(form) if form.words.is_empty() => self.no_healthcheck_command(&command),
                Command::Shell(_) if command.is_empty() => self.no_healthcheck_command(&command),
                command => Some(Healthcheck::Command { keyword, command }),
            },
            _ => {
                self.error(SyntaxError {
                    span: keyword,
                    message: format!("`HEALTHCHECK` does not know `{}`", &text[..length]),
                    note: Some("it takes `NONE`, or `CMD` with a command".to_owned()),
                    meant: None,
                });
                None
            }
        }
    }

    fn no_healthcheck_command(&mut self, command: &Arguments<'_, 't>) -> Option<Healthcheck> {
        self.error_at(command.span(), "`HEALTHCHECK CMD` has no command");
        None
    }

    fn onbuild(&mut self, arguments: &Arguments<'_, 't>, heredocs: &mut Vec<Heredoc>) -> Option<Instruction> {
        if arguments.is_empty() {
            self.error_at(arguments.span(), "`ONBUILD` holds back no instruction");
            return None;
        }
        if self.onbuild {
            return None;
        }
        self.onbuild = true;
        let inner = self.parts(arguments.line, arguments.range.clone(), heredocs);
        self.onbuild = false;
        Some(inner)
    }

    /// Reads the bodies of the heredocs that `line` announces.
    fn heredocs(&mut self, line: &Mapped<'t>, heredocs: &mut Vec<Heredoc>) {
        if !line.text.contains("<<") {
            return;
        }
        for Marker { range, descriptor, strip_tabs, name, expand } in heredoc::markers(&line.text) {
            let marker = line.span(range);
            let (body, end) = self.scanner.heredoc(&name, strip_tabs);
            if end.is_none() {
                self.error_at(marker, format!("the heredoc is not ended: no line is `{name}`"));
            }
            let mut found = Vec::new();
            if expand {
                let mut text = Mapped::empty(body.start as usize);
                text.push(self.scanner.text().get(body.range()).unwrap_or(""), body.start as usize);
                found = variables(&text, self.escape(), false).0;
            }
            let name = name.into();
            heredocs.push(Heredoc { marker, descriptor, name, expand, strip_tabs, body, end, variables: found });
        }
    }

    fn word(&mut self, line: &Mapped<'t>, range: Range<usize>) -> Word {
        word(line, range, char::from(self.scanner.escape), Some(&mut self.scanner.errors))
    }

    fn escape(&self) -> char {
        char::from(self.scanner.escape)
    }

    fn not_a_string(&mut self, arguments: &Arguments<'_, 't>, range: Range<usize>) {
        let start = arguments.range.start;
        let span = arguments.line.span(start + range.start..start + range.end);
        self.error_at(span, "every element of this array must be a string");
    }

    fn error_at(&mut self, span: Span, message: impl Into<String>) {
        self.error(SyntaxError::new(span, message));
    }

    fn error(&mut self, error: SyntaxError) {
        self.scanner.errors.push(error);
    }
}

/// Whether a stage can be called that: a letter, then letters, digits, `-`, `_` and `.`; capitals count as small.
pub fn is_stage_name(name: &str) -> bool {
    let name = name.to_lowercase();
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.'))
}
