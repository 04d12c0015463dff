//! The one place that knows `shuck-parser`: it fills our own tree from that of the crate.

use std::borrow::Cow;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use shuck_ast as shuck;
use shuck_parser::parser::{ParseResult, Parser, ShellDialect};

use super::*;
use crate::syntax::SyntaxError;
use crate::text::Span;

/// Longer scripts are not read.
const LONGEST: usize = 256 * 1024;

/// `sh -c "sh -c '…'"` inside each other.
const DEEPEST: usize = 3;

/// How often an unfinished script is cut shorter to get a tree of what is before the mistake.
const CUTS: usize = 8;

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
    parse_nested(text, positions, 0)
}

fn parse_nested(text: &str, positions: &dyn Positions, depth: usize) -> Script {
    if text.len() > LONGEST || text.trim().is_empty() {
        return Script::default();
    }
    let Some(result) = run(text) else { return Script::default() };
    let errors = errors(&result, text, positions);
    let read = |text: &str, result: &ParseResult| {
        let reader = Reader { text, positions, depth };
        reader.list(&result.file.body)
    };
    if errors.is_empty() || !result.file.body.is_empty() {
        return Script { list: read(text, &result), errors };
    }
    // The crate gives up a statement as a whole; what stands before the mistake is worth having.
    let mut end = result.diagnostics.first().map_or(0, |first| first.span.start.offset().min(text.len()));
    for _ in 0..CUTS {
        let Some(cut) = text.get(..end).and_then(|before| before.rfind(['&', '|', ';', '\n'])) else { break };
        let before = text[..cut].trim_end_matches(['&', '|', ';', '\n', ' ', '\t']);
        end = before.len();
        match run(before) {
            Some(result) if result.is_ok() => return Script { list: read(before, &result), errors },
            _ => {}
        }
    }
    Script { list: List::default(), errors }
}

/// Runs the crate; a panic in it is no tree.
fn run(text: &str) -> Option<ParseResult> {
    catch_unwind(AssertUnwindSafe(|| Parser::with_dialect(text, ShellDialect::Bash).parse())).ok()
}

fn errors(result: &ParseResult, text: &str, positions: &dyn Positions) -> Vec<SyntaxError> {
    let located = result.diagnostics.iter().map(|diagnostic| {
        let range = bounded(diagnostic.span, text);
        SyntaxError::new(positions.span(range), message(&diagnostic.message))
    });
    let mut errors: Vec<SyntaxError> = located.collect();
    if errors.is_empty()
        && let Some(error) = &result.terminal_error
    {
        errors.push(SyntaxError::new(positions.span(0..text.len()), message(&error.to_string())));
    }
    errors
}

fn message(text: &str) -> String {
    let text = text.strip_prefix("syntax error: ").unwrap_or(text);
    format!("the shell cannot read this: {text}")
}

/// The range of a span of the crate, held to the text and its characters.
fn bounded(span: shuck::Span, text: &str) -> Range<usize> {
    let boundary = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = boundary(span.start.offset());
    start..boundary(span.end.offset()).max(start)
}

/// A script inside of another.
struct Shifted<'a> {
    outer: &'a dyn Positions,
    by: usize,
}

impl Positions for Shifted<'_> {
    fn span(&self, range: Range<usize>) -> Span {
        self.outer.span(range.start + self.by..range.end + self.by)
    }
}

struct Reader<'a> {
    text: &'a str,
    positions: &'a dyn Positions,
    depth: usize,
}

impl Reader<'_> {
    fn span(&self, span: shuck::Span) -> Span {
        self.positions.span(bounded(span, self.text))
    }

    fn source(&self, span: shuck::Span) -> &str {
        &self.text[bounded(span, self.text)]
    }

    fn list(&self, sequence: &shuck::StmtSeq) -> List {
        let mut items = Vec::with_capacity(sequence.stmts.len());
        for (index, statement) in sequence.stmts.iter().enumerate() {
            self.chain(statement, &mut items);
            let last = index + 1 == sequence.stmts.len();
            let background = matches!(statement.terminator, Some(shuck::StmtTerminator::Background(_)));
            let Some(item) = items.last_mut().filter(|_| !last || background) else { continue };
            let kind = if background { OperatorKind::Background } else { OperatorKind::Sequence };
            let span = match statement.terminator_span {
                Some(span) => self.span(span),
                None => Span::empty(item.pipeline.span.end),
            };
            item.operator = Some(Operator { span, kind });
        }
        List { items }
    }

    /// Adds the pipelines of `a && b || c`, which the crate nests to the left.
    fn chain(&self, statement: &shuck::Stmt, items: &mut Vec<Item>) {
        let mut right = Vec::new();
        let mut first = statement;
        while let shuck::Command::Binary(binary) = &first.command {
            let kind = match binary.op {
                shuck::BinaryOp::And => OperatorKind::And,
                shuck::BinaryOp::Or => OperatorKind::Or,
                shuck::BinaryOp::Pipe | shuck::BinaryOp::PipeAll => break,
            };
            right.push((Operator { span: self.span(binary.op_span), kind }, &*binary.right));
            first = &binary.left;
        }
        items.push(Item { pipeline: self.pipeline(first), operator: None });
        for (operator, statement) in right.into_iter().rev() {
            if let Some(item) = items.last_mut() {
                item.operator = Some(operator);
            }
            items.push(Item { pipeline: self.pipeline(statement), operator: None });
        }
    }

    fn pipeline(&self, statement: &shuck::Stmt) -> Pipeline {
        let mut negated = statement.negated;
        let mut right = Vec::new();
        let mut first = statement;
        while let shuck::Command::Binary(binary) = &first.command {
            if !matches!(binary.op, shuck::BinaryOp::Pipe | shuck::BinaryOp::PipeAll) {
                break;
            }
            right.push((self.span(binary.op_span), &*binary.right));
            first = &binary.left;
            negated |= first.negated;
        }
        let mut commands = vec![self.command(first)];
        let mut pipes = Vec::with_capacity(right.len());
        for (pipe, statement) in right.into_iter().rev() {
            pipes.push(pipe);
            commands.push(self.command(statement));
        }
        let span = commands[0].span().cover(commands[commands.len() - 1].span());
        let start = if negated { self.span(statement.span).start.min(span.start) } else { span.start };
        Pipeline { span: Span::new(start, span.end), negated, commands, pipes }
    }

    fn command(&self, statement: &shuck::Stmt) -> Command {
        match &statement.command {
            shuck::Command::Simple(simple) => {
                let name = std::iter::once(&simple.name).filter(|name| !name.span.start.eq(&name.span.end));
                let words = name.chain(&simple.args).map(|word| self.word(word)).collect();
                self.simple(statement, &simple.assignments, words)
            }
            shuck::Command::Builtin(builtin) => self.builtin(statement, builtin),
            shuck::Command::Decl(declaration) => {
                let mut words = vec![self.literal_word(declaration.variant_span)];
                words.extend(declaration.operands.iter().map(|operand| match operand {
                    shuck::DeclOperand::Flag(word) | shuck::DeclOperand::Dynamic(word) => self.word(word),
                    shuck::DeclOperand::Name(reference) => self.literal_word(reference.span),
                    shuck::DeclOperand::Assignment(assignment) => self.assignment_word(assignment),
                }));
                self.simple(statement, &declaration.assignments, words)
            }
            shuck::Command::Compound(compound) => Command::Compound(self.compound(statement, compound)),
            shuck::Command::Function(function) => {
                let name = function.static_names().next().map(|name| name.as_str().into());
                self.wrapper(statement, CompoundKind::Function, name, &function.body)
            }
            shuck::Command::AnonymousFunction(function) => {
                self.wrapper(statement, CompoundKind::Function, None, &function.body)
            }
            // A binary command is taken apart before; what is left is one inside a wrapper.
            shuck::Command::Binary(_) => {
                let mut items = Vec::new();
                self.chain(statement, &mut items);
                let span = self.span(statement.span);
                let lists = vec![List { items }];
                Command::Compound(Compound {
                    span,
                    kind: CompoundKind::Other,
                    lists,
                    words: Vec::new(),
                    name: None,
                    redirections: Vec::new(),
                })
            }
        }
    }

    fn simple(&self, statement: &shuck::Stmt, assignments: &[shuck::Assignment], words: Vec<Word>) -> Command {
        let assignments: Vec<Assignment> = assignments.iter().map(|assignment| self.assignment(assignment)).collect();
        let redirections = self.redirections(&statement.redirects);
        let spans = assignments.iter().map(|assignment| assignment.span);
        let spans = spans.chain(words.iter().map(|word| word.span)).chain(redirections.iter().map(|r| r.span));
        let span = spans.reduce(Span::cover).unwrap_or_else(|| self.span(statement.span));
        let mut command = SimpleCommand { span, assignments, words, redirections, inner: None };
        command.inner = self.inner(&command, statement).map(Box::new);
        Command::Simple(command)
    }

    fn builtin(&self, statement: &shuck::Stmt, builtin: &shuck::BuiltinCommand) -> Command {
        let (name, span, argument, more, assignments) = match builtin {
            shuck::BuiltinCommand::Break(c) => ("break", c.span, &c.depth, &c.extra_args, &c.assignments),
            shuck::BuiltinCommand::Continue(c) => ("continue", c.span, &c.depth, &c.extra_args, &c.assignments),
            shuck::BuiltinCommand::Return(c) => ("return", c.span, &c.code, &c.extra_args, &c.assignments),
            shuck::BuiltinCommand::Exit(c) => ("exit", c.span, &c.code, &c.extra_args, &c.assignments),
        };
        let range = bounded(span, self.text);
        // Assignments come before the name, and the crate does not say where the name is.
        let from = assignments.iter().map(|a| bounded(a.span, self.text).end).max().unwrap_or(range.start);
        let start = self.text[from..range.end.max(from)].find(name).map_or(from, |offset| from + offset);
        let name_span = self.positions.span(start..(start + name.len()).min(self.text.len()));
        let mut words = vec![Word {
            span: name_span,
            parts: vec![Part::Literal { span: name_span, value: name.into(), written: None }],
        }];
        words.extend(argument.iter().chain(more).map(|word| self.word(word)));
        self.simple(statement, assignments, words)
    }

    fn wrapper(
        &self,
        statement: &shuck::Stmt,
        kind: CompoundKind,
        name: Option<Box<str>>,
        body: &shuck::Stmt,
    ) -> Command {
        let mut items = Vec::new();
        self.chain(body, &mut items);
        Command::Compound(Compound {
            span: self.span(statement.span),
            kind,
            lists: vec![List { items }],
            words: Vec::new(),
            name,
            redirections: self.redirections(&statement.redirects),
        })
    }

    fn compound(&self, statement: &shuck::Stmt, compound: &shuck::CompoundCommand) -> Compound {
        let mut words = Vec::new();
        let mut name = None;
        let mut lists = Vec::new();
        let (kind, span) = match compound {
            shuck::CompoundCommand::If(c) => {
                lists.extend([self.list(&c.condition), self.list(&c.then_branch)]);
                for (condition, branch) in &c.elif_branches {
                    lists.extend([self.list(condition), self.list(branch)]);
                }
                lists.extend(c.else_branch.iter().map(|branch| self.list(branch)));
                (CompoundKind::If, c.span)
            }
            shuck::CompoundCommand::For(c) => {
                name = c.targets.first().and_then(|target| target.name.as_ref()).map(|name| name.as_str().into());
                words.extend(c.words.iter().flatten().map(|word| self.word(word)));
                lists.push(self.list(&c.body));
                (CompoundKind::For, c.span)
            }
            shuck::CompoundCommand::Repeat(c) => {
                words.push(self.word(&c.count));
                lists.push(self.list(&c.body));
                (CompoundKind::Other, c.span)
            }
            shuck::CompoundCommand::Foreach(c) => {
                name = Some(c.variable.as_str().into());
                words.extend(c.words.iter().map(|word| self.word(word)));
                lists.push(self.list(&c.body));
                (CompoundKind::For, c.span)
            }
            shuck::CompoundCommand::ArithmeticFor(c) => {
                lists.push(self.list(&c.body));
                (CompoundKind::For, c.span)
            }
            shuck::CompoundCommand::While(c) => {
                lists.extend([self.list(&c.condition), self.list(&c.body)]);
                (CompoundKind::While, c.span)
            }
            shuck::CompoundCommand::Until(c) => {
                lists.extend([self.list(&c.condition), self.list(&c.body)]);
                (CompoundKind::Until, c.span)
            }
            shuck::CompoundCommand::Case(c) => {
                words.push(self.word(&c.word));
                for case in &c.cases {
                    words.extend(case.patterns.iter().map(|pattern| self.pattern(pattern)));
                    lists.push(self.list(&case.body));
                }
                (CompoundKind::Case, c.span)
            }
            shuck::CompoundCommand::Select(c) => {
                name = Some(c.variable.as_str().into());
                words.extend(c.words.iter().map(|word| self.word(word)));
                lists.push(self.list(&c.body));
                (CompoundKind::Select, c.span)
            }
            shuck::CompoundCommand::Subshell(body) => {
                lists.push(self.list(body));
                (CompoundKind::Subshell, statement.span)
            }
            shuck::CompoundCommand::BraceGroup(body) => {
                lists.push(self.list(body));
                (CompoundKind::Brace, statement.span)
            }
            shuck::CompoundCommand::Arithmetic(c) => (CompoundKind::Arithmetic, c.span),
            shuck::CompoundCommand::Time(c) => {
                lists.extend(c.command.iter().map(|command| self.statement_list(command)));
                (CompoundKind::Other, c.span)
            }
            shuck::CompoundCommand::Conditional(c) => {
                self.conditional(&c.expression, &mut words);
                (CompoundKind::Conditional, c.span)
            }
            shuck::CompoundCommand::Coproc(c) => {
                lists.push(self.statement_list(&c.body));
                (CompoundKind::Other, c.span)
            }
            shuck::CompoundCommand::Always(c) => {
                lists.extend([self.list(&c.body), self.list(&c.always_body)]);
                (CompoundKind::Other, c.span)
            }
        };
        let redirections = self.redirections(&statement.redirects);
        Compound { span: self.trimmed(span), kind, lists, words, name, redirections }
    }

    /// The span of a compound command without the separator that the crate counts to it.
    fn trimmed(&self, span: shuck::Span) -> Span {
        let range = bounded(span, self.text);
        let text = self.text[range.clone()].trim_end_matches([' ', '\t', '\n', ';', '&', '|']);
        let end = range.start + text.len();
        // A subshell and a group begin, for the crate, behind their bracket.
        let before = self.text[..range.start].trim_end();
        let bracket = match text.as_bytes().last() {
            Some(b')') if before.ends_with('(') && !text.starts_with('(') => 1,
            Some(b'}') if before.ends_with('{') && !text.starts_with('{') => 1,
            _ => 0,
        };
        let start = if bracket == 1 { before.len() - 1 } else { range.start };
        self.positions.span(start..end)
    }

    fn statement_list(&self, statement: &shuck::Stmt) -> List {
        let mut items = Vec::new();
        self.chain(statement, &mut items);
        List { items }
    }

    fn conditional(&self, expression: &shuck::ConditionalExpr, words: &mut Vec<Word>) {
        match expression {
            shuck::ConditionalExpr::Binary(binary) => {
                self.conditional(&binary.left, words);
                self.conditional(&binary.right, words);
            }
            shuck::ConditionalExpr::Unary(unary) => self.conditional(&unary.expr, words),
            shuck::ConditionalExpr::Parenthesized(inner) => self.conditional(&inner.expr, words),
            shuck::ConditionalExpr::Word(word) | shuck::ConditionalExpr::Regex(word) => words.push(self.word(word)),
            shuck::ConditionalExpr::Pattern(pattern) => words.push(self.pattern(pattern)),
            shuck::ConditionalExpr::VarRef(reference) => words.push(self.literal_word(reference.span)),
        }
    }

    fn redirections(&self, redirects: &[shuck::Redirect]) -> Vec<Redirection> {
        redirects
            .iter()
            .map(|redirect| {
                let (target, body) = match &redirect.target {
                    shuck::RedirectTarget::Word(word) => (self.word(word), None),
                    shuck::RedirectTarget::Heredoc(heredoc) => {
                        (self.word(&heredoc.delimiter.raw), Some(self.span(heredoc.body.span)))
                    }
                };
                Redirection {
                    span: self.span(redirect.span),
                    descriptor: redirect.fd,
                    operator: operator(redirect.kind),
                    target: Some(target),
                    body,
                }
            })
            .collect()
    }

    fn assignment(&self, assignment: &shuck::Assignment) -> Assignment {
        let value = match &assignment.value {
            shuck::AssignmentValue::Scalar(word) => Some(self.word(word)),
            shuck::AssignmentValue::Compound(_) => None,
        };
        Assignment {
            span: self.span(assignment.span),
            name: assignment.target.name.as_str().into(),
            value,
            append: assignment.append,
            indexed: assignment.target.subscript.is_some(),
        }
    }

    /// `NAME=value` as an argument of `export` and its like.
    fn assignment_word(&self, assignment: &shuck::Assignment) -> Word {
        let span = self.span(assignment.span);
        let shuck::AssignmentValue::Scalar(value) = &assignment.value else {
            return Word { span, parts: vec![Part::Array { span }] };
        };
        let range = bounded(assignment.span, self.text);
        let value_start = bounded(value.span, self.text).start.clamp(range.start, range.end);
        let value_start = if value.parts.is_empty() { range.end } else { value_start };
        let head = range.start..value_start;
        let literal =
            Part::Literal { span: self.positions.span(head.clone()), value: self.text[head].into(), written: None };
        let parts = std::iter::once(literal).chain(self.parts(&value.parts, false)).collect();
        Word { span, parts }
    }

    fn literal_word(&self, span: shuck::Span) -> Word {
        let value = self.source(span).into();
        let span = self.span(span);
        Word { span, parts: vec![Part::Literal { span, value, written: None }] }
    }

    fn pattern(&self, pattern: &shuck::Pattern) -> Word {
        let source = self.source(pattern.span);
        if source.contains(['$', '`', '\\', '"', '\'']) {
            let span = self.span(pattern.span);
            return Word { span, parts: vec![Part::Other { span }] };
        }
        self.literal_word(pattern.span)
    }

    fn word(&self, word: &shuck::Word) -> Word {
        Word { span: self.span(word.span), parts: self.parts(&word.parts, false) }
    }

    fn parts(&self, parts: &[shuck::WordPartNode], quoted: bool) -> Vec<Part> {
        let mut result: Vec<Part> = Vec::with_capacity(parts.len());
        for node in parts {
            let part = self.part(node, quoted);
            // The crate ends a literal before each escape.
            if let (
                Some(Part::Literal { span, value, written }),
                Part::Literal { span: next, value: more, written: more_written },
            ) = (result.last_mut(), &part)
            {
                if written.is_some() || more_written.is_some() {
                    let (before, after) = (written.as_ref().unwrap_or(value), more_written.as_ref().unwrap_or(more));
                    *written = Some(format!("{before}{after}").into());
                }
                *span = span.cover(*next);
                *value = format!("{value}{more}").into();
                continue;
            }
            result.push(part);
        }
        result
    }

    fn part(&self, node: &shuck::WordPartNode, quoted: bool) -> Part {
        use shuck::WordPart;
        let span = self.span(node.span);
        match &node.kind {
            WordPart::Literal(text) => {
                let value = text.as_str(self.text, node.span);
                let value = match text {
                    shuck::LiteralText::Source if !quoted => unescaped(value),
                    _ => Cow::Borrowed(value),
                };
                let source = self.source(node.span);
                let written = (source != value).then(|| source.into());
                Part::Literal { span, value: value.into(), written }
            }
            WordPart::SingleQuoted { value, dollar } => {
                Part::SingleQuoted { span, value: value.slice(self.text).into(), dollar: *dollar }
            }
            WordPart::DoubleQuoted { parts, dollar } => {
                Part::DoubleQuoted { span, parts: self.parts(parts, true), dollar: *dollar }
            }
            WordPart::Variable(name) => variable(span, name.as_str(), Operation::None),
            WordPart::CommandSubstitution { body, syntax } => Part::CommandSubstitution {
                span,
                list: self.list(body),
                backticks: matches!(syntax, shuck::CommandSubstitutionSyntax::Backtick),
            },
            WordPart::Parameter(expansion) => match expansion.bourne() {
                Some(expansion) => self.parameter(span, expansion, quoted),
                None => Part::Other { span },
            },
            WordPart::ParameterExpansion { reference, operator, operand_word_ast, .. } => {
                self.operation(span, reference, operator, operand_word_ast.as_deref(), quoted)
            }
            WordPart::Length(reference) => variable(span, reference.name.as_str(), Operation::Length),
            WordPart::ArrayAccess(reference) | WordPart::ArrayLength(reference) => {
                variable(span, reference.name.as_str(), Operation::Element)
            }
            WordPart::Substring { reference, .. } | WordPart::ArraySlice { reference, .. } => {
                variable(span, reference.name.as_str(), Operation::Slice)
            }
            WordPart::ArrayIndices(reference) | WordPart::IndirectExpansion { reference, .. } => {
                variable(span, reference.name.as_str(), Operation::Indirect)
            }
            WordPart::PrefixMatch { prefix, .. } => variable(span, prefix.as_str(), Operation::Indirect),
            WordPart::Transformation { reference, .. } => variable(span, reference.name.as_str(), Operation::Transform),
            WordPart::ArithmeticExpansion { syntax, .. } => {
                Part::Arithmetic { span, bracket: matches!(syntax, shuck::ArithmeticExpansionSyntax::LegacyBracket) }
            }
            WordPart::ProcessSubstitution { body, .. } => Part::ProcessSubstitution { span, list: self.list(body) },
            _ => Part::Other { span },
        }
    }

    fn parameter(&self, span: Span, expansion: &shuck::BourneParameterExpansion, quoted: bool) -> Part {
        use shuck::BourneParameterExpansion as Expansion;
        let (name, operation) = match expansion {
            Expansion::Operation { reference, operator, operand_word_ast, .. } => {
                return self.operation(span, reference, operator, operand_word_ast.as_deref(), quoted);
            }
            Expansion::Access { reference } if reference.subscript.is_none() => (&reference.name, Operation::None),
            Expansion::Length { reference } if reference.subscript.is_none() => (&reference.name, Operation::Length),
            Expansion::Access { reference } | Expansion::Length { reference } => (&reference.name, Operation::Element),
            Expansion::Slice { reference, .. } => (&reference.name, Operation::Slice),
            Expansion::Transformation { reference, .. } => (&reference.name, Operation::Transform),
            Expansion::Indices { reference } | Expansion::Indirect { reference, .. } => {
                (&reference.name, Operation::Indirect)
            }
            Expansion::PrefixMatch { prefix, .. } => (prefix, Operation::Indirect),
        };
        variable(span, name.as_str(), operation)
    }

    fn operation(
        &self,
        span: Span,
        reference: &shuck::VarRef,
        operator: &shuck::ParameterOp,
        operand: Option<&shuck::Word>,
        quoted: bool,
    ) -> Part {
        use shuck::ParameterOp;
        let operation = match operator {
            _ if reference.subscript.is_some() => Operation::Element,
            ParameterOp::UseDefault => Operation::Default,
            ParameterOp::AssignDefault => Operation::Assign,
            ParameterOp::UseReplacement => Operation::Alternative,
            ParameterOp::Error => Operation::Required,
            ParameterOp::RemovePrefixShort { .. }
            | ParameterOp::RemovePrefixLong { .. }
            | ParameterOp::RemoveSuffixShort { .. }
            | ParameterOp::RemoveSuffixLong { .. } => Operation::Trim,
            ParameterOp::ReplaceFirst { .. } | ParameterOp::ReplaceAll { .. } => Operation::Replace,
            ParameterOp::UpperFirst | ParameterOp::UpperAll | ParameterOp::LowerFirst | ParameterOp::LowerAll => {
                Operation::Case
            }
        };
        let operand = operand.map(|word| self.parts(&word.parts, quoted)).unwrap_or_default();
        Part::Variable { span, name: reference.name.as_str().into(), modified: true, operation, operand }
    }

    /// The script of `sh -c '…'`, or of a heredoc fed to a shell.
    fn inner(&self, command: &SimpleCommand, statement: &shuck::Stmt) -> Option<List> {
        if self.depth >= DEEPEST || !is_posix_shell(command.name()?) {
            return None;
        }
        let arguments = command.words.get(1..)?;
        let operand = arguments.iter().position(|word| !word.text().is_some_and(|text| text.starts_with('-')));
        let flags = &arguments[..operand.unwrap_or(arguments.len())];
        let takes_text = |word: &Word| {
            word.text().is_some_and(|flag| flag.len() > 1 && !flag.starts_with("--") && flag.ends_with('c'))
        };
        if flags.last().is_some_and(takes_text) {
            return self.quoted_script(&statement.command, 1 + operand?);
        }
        if operand.is_some() {
            return None;
        }
        let heredoc = statement.redirects.iter().rev().find_map(shuck::Redirect::heredoc)?;
        self.nested(bounded(heredoc.body.span, self.text))
    }

    /// The script in the quoted word at `index`, if it is written as the shell will read it.
    fn quoted_script(&self, command: &shuck::Command, index: usize) -> Option<List> {
        let shuck::Command::Simple(simple) = command else { return None };
        let [part] = &simple.args.get(index - 1)?.parts[..] else { return None };
        let range = bounded(part.span, self.text);
        let source = &self.text[range.clone()];
        let quote = match &part.kind {
            shuck::WordPart::SingleQuoted { dollar: false, .. } => '\'',
            // An escape would shift what follows; a variable of the outer shell is as unknown as one of the inner.
            shuck::WordPart::DoubleQuoted { dollar: false, .. } if !source.contains(['\\', '`']) => '"',
            _ => return None,
        };
        if source.len() < 2 || !source.starts_with(quote) || !source.ends_with(quote) {
            return None;
        }
        self.nested(range.start + 1..range.end - 1)
    }

    fn nested(&self, range: Range<usize>) -> Option<List> {
        let positions = Shifted { outer: self.positions, by: range.start };
        let script = parse_nested(&self.text[range], &positions, self.depth + 1);
        script.errors.is_empty().then_some(script.list)
    }
}

fn variable(span: Span, name: &str, operation: Operation) -> Part {
    Part::Variable { span, name: name.into(), modified: operation != Operation::None, operation, operand: Vec::new() }
}

fn operator(kind: shuck::RedirectKind) -> &'static str {
    use shuck::RedirectKind;
    match kind {
        RedirectKind::Output => ">",
        RedirectKind::Clobber => ">|",
        RedirectKind::Append => ">>",
        RedirectKind::Input => "<",
        RedirectKind::ReadWrite => "<>",
        RedirectKind::HereDoc => "<<",
        RedirectKind::HereDocStrip => "<<-",
        RedirectKind::HereString => "<<<",
        RedirectKind::DupOutput => ">&",
        RedirectKind::DupInput => "<&",
        RedirectKind::OutputBoth => "&>",
    }
}

/// Plain text without its escapes: `\x` is `x`, and an escaped line break is nothing.
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut result = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            result.push(character);
            continue;
        }
        result.extend(characters.next().filter(|escaped| *escaped != '\n'));
    }
    Cow::Owned(result)
}
