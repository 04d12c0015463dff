//! The tree of a Dockerfile. It borrows nothing: spans are resolved against [`Tree::text`].

use std::sync::Arc;

use crate::syntax::{SyntaxError, shell};
use crate::text::Span;

/// A parsed Dockerfile.
#[derive(Debug)]
pub struct Tree {
    /// What was parsed.
    pub text: Arc<str>,
    /// The escape character: a backslash, or a backtick by the `escape` directive.
    pub escape: char,
    /// `# syntax=`, `# escape=`, `# check=` at the top.
    pub directives: Vec<Directive>,
    /// In file order, those that could not be parsed included.
    pub instructions: Vec<Instruction>,
    /// Every comment, also those inside a continued instruction.
    pub comments: Vec<Comment>,
    /// Tile the text: each starts where the one before ends, the first at 0, the last at its end.
    pub tokens: Vec<Token>,
    /// What is wrong, in file order.
    pub errors: Vec<SyntaxError>,
}

/// `# name=value` before everything else.
#[derive(Debug)]
pub struct Directive {
    /// From `#` to the end of the value.
    pub span: Span,
    /// The name as written.
    pub name: Span,
    /// The value, blanks around it left out.
    pub value: Span,
}

/// From `#` to the end of the line, without the line break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Where it stands.
    pub span: Span,
}

/// A run of bytes and what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: TokenKind,
}

/// What the bytes of a [`Token`] are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// Blanks and line breaks between everything else, and a byte order mark.
    Blank,
    /// A comment.
    Comment,
    /// A parser directive.
    Directive,
    /// The first word of an instruction.
    Keyword,
    /// What follows the keyword on one line, flags included.
    Arguments,
    /// An escape character, blanks and a line break: the instruction goes on.
    Continuation,
    /// The lines of a heredoc.
    HeredocBody,
    /// The line that ends a heredoc.
    HeredocEnd,
}

/// One instruction: its keyword, flags and arguments, over all its lines and heredocs.
#[derive(Debug)]
pub struct Instruction {
    /// From the keyword to the end of the last argument or heredoc delimiter; no trailing line break.
    pub span: Span,
    /// The first word, as written.
    pub keyword: Span,
    /// `--name=value` between keyword and arguments.
    pub flags: Vec<Flag>,
    /// Which instruction, and its arguments.
    pub kind: InstructionKind,
    /// In the order of their markers.
    pub heredocs: Vec<Heredoc>,
}

/// The eighteen instructions, and what is none.
#[derive(Debug)]
pub enum InstructionKind {
    /// `FROM image [AS name]`.
    From(FromArguments),
    /// `RUN`.
    Run(Command),
    /// `CMD`.
    Cmd(Command),
    /// `ENTRYPOINT`.
    Entrypoint(Command),
    /// `SHELL ["…"]`.
    Shell(Command),
    /// `COPY`.
    Copy(Transfer),
    /// `ADD`.
    Add(Transfer),
    /// `ENV`.
    Env(Pairs),
    /// `LABEL`.
    Label(Pairs),
    /// `ARG name[=default] …`.
    Arg(Vec<ArgDeclaration>),
    /// `EXPOSE`.
    Expose(Vec<Word>),
    /// `USER`.
    User(Word),
    /// `WORKDIR`.
    Workdir(Word),
    /// `VOLUME`.
    Volume(Vec<Word>),
    /// `STOPSIGNAL`.
    Stopsignal(Word),
    /// `MAINTAINER`: the rest of the line.
    Maintainer(Word),
    /// `HEALTHCHECK NONE`, or with the command after `CMD`.
    Healthcheck(Healthcheck),
    /// `ONBUILD` and the instruction it holds back.
    Onbuild(Box<Instruction>),
    /// A known keyword whose arguments cannot be read; an error says why.
    Invalid(Keyword),
    /// No instruction has this keyword. There is no error for it: the rule `dockerfile/unknown-instruction` says so,
    /// and what was meant.
    Unknown,
}

/// The name of an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is the instruction it names")]
pub enum Keyword {
    Add,
    Arg,
    Cmd,
    Copy,
    Entrypoint,
    Env,
    Expose,
    From,
    Healthcheck,
    Label,
    Maintainer,
    Onbuild,
    Run,
    Shell,
    Stopsignal,
    User,
    Volume,
    Workdir,
}

/// `--name` or `--name=value`.
#[derive(Debug)]
pub struct Flag {
    /// The whole flag.
    pub span: Span,
    /// The name, without the dashes.
    pub name: Span,
    /// The value after `=`.
    pub value: Option<Word>,
    /// The comma-separated fields of a `--mount` value; empty for other flags.
    pub fields: Vec<MountField>,
}

/// `key=value` or `key` inside `--mount=`.
#[derive(Debug)]
pub struct MountField {
    /// The whole field.
    pub span: Span,
    /// The key.
    pub key: Span,
    /// The value, quotes of the comma-separated form removed.
    pub value: Option<Word>,
}

/// The arguments of `FROM`.
#[derive(Debug)]
pub struct FromArguments {
    /// The image or stage, variables not expanded.
    pub image: Word,
    /// The word `AS`, as written.
    pub as_keyword: Option<Span>,
    /// The name of the stage, as written.
    pub name: Option<Span>,
}

/// What a RUN, CMD, ENTRYPOINT, SHELL or HEALTHCHECK runs.
#[derive(Debug)]
pub enum Command {
    /// `["program", "argument"]`: an array of JSON strings.
    Exec(ExecForm),
    /// Text for the shell.
    Shell(ShellForm),
}

/// A JSON array of strings.
#[derive(Debug)]
pub struct ExecForm {
    /// From `[` to `]`.
    pub span: Span,
    /// The strings.
    pub words: Vec<JsonString>,
    /// The commands of `["sh", "-c", "…"]`.
    pub script: Option<shell::Script>,
}

/// One string of an [`ExecForm`].
#[derive(Debug)]
pub struct JsonString {
    /// With its quotes.
    pub span: Span,
    /// Its value, escapes resolved.
    pub value: Box<str>,
}

/// Text that a shell runs.
#[derive(Debug)]
pub struct ShellForm {
    /// From the first to the last byte, continuations and comments in between included.
    pub span: Span,
    /// As the shell will get it: continuations joined, comment lines left out.
    pub text: Box<str>,
    /// The commands in it, spans in the Dockerfile; for a heredoc script those of its body. Commands for a shell
    /// that is not POSIX-like (`cmd`, PowerShell) must not be read from it: ask `Instruction::script` of the model.
    pub script: shell::Script,
}

/// The arguments of COPY and ADD.
#[derive(Debug)]
pub struct Transfer {
    /// Paths, URLs, globs. A heredoc source is in [`Instruction::heredocs`] instead.
    pub sources: Vec<Word>,
    /// The last argument.
    pub destination: Word,
    /// Whether they are written as a JSON array.
    pub json: bool,
}

/// The pairs of ENV and LABEL.
#[derive(Debug)]
pub struct Pairs {
    /// In file order.
    pub pairs: Vec<Pair>,
    /// Whether it is the old form with a blank between key and value.
    pub legacy: bool,
}

/// One key and its value.
#[derive(Debug)]
pub struct Pair {
    /// Key and value.
    pub span: Span,
    /// The key.
    pub key: Word,
    /// The value, quotes still in it.
    pub value: Word,
}

/// One name of an ARG.
#[derive(Debug)]
pub struct ArgDeclaration {
    /// Name and default.
    pub span: Span,
    /// The name.
    pub name: Span,
    /// The text after `=`.
    pub default: Option<Word>,
}

/// The arguments of HEALTHCHECK.
#[derive(Debug)]
pub enum Healthcheck {
    /// `HEALTHCHECK NONE`.
    None(Span),
    /// The command after `CMD`.
    Command {
        /// The word `CMD`.
        keyword: Span,
        /// What it runs.
        command: Command,
    },
}

/// A word as BuildKit splits it, quotes and variables not yet processed.
#[derive(Debug, Clone)]
pub struct Word {
    /// Where it stands.
    pub span: Span,
    /// As BuildKit sees it: the text of the span with continuations and comment lines left out.
    pub raw: Box<str>,
    /// Its variables, in order, also those nested in another's default.
    pub variables: Vec<Variable>,
}

/// A reference to a variable: `$name`, `${name}`, `${name:-word}` …
#[derive(Debug, Clone)]
pub struct Variable {
    /// From `$` to its end.
    pub span: Span,
    /// The name.
    pub name: Span,
    /// What follows the name inside braces.
    pub operator: Option<VariableOperator>,
}

/// The modifiers of `${name…}` that BuildKit knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VariableOperator {
    /// `${name:-word}`, or `${name-word}` when not `colon`.
    Default {
        /// Whether an empty value counts as unset.
        colon: bool,
    },
    /// `${name:+word}` or `${name+word}`.
    Alternative {
        /// Whether an empty value counts as unset.
        colon: bool,
    },
    /// `${name:?word}` or `${name?word}`.
    Required {
        /// Whether an empty value counts as unset.
        colon: bool,
    },
    /// `${name#pattern}`, or `##` when `longest`.
    RemovePrefix {
        /// Whether the longest match is removed.
        longest: bool,
    },
    /// `${name%pattern}`, or `%%` when `longest`.
    RemoveSuffix {
        /// Whether the longest match is removed.
        longest: bool,
    },
    /// `${name/pattern/text}`, or `//` when `all`.
    Replace {
        /// Whether every match is replaced.
        all: bool,
    },
}

/// `<<NAME` and its lines.
#[derive(Debug)]
pub struct Heredoc {
    /// `<<`, the dash, the delimiter with its quotes.
    pub marker: Span,
    /// The file descriptor before `<<`, if written.
    pub descriptor: Option<u32>,
    /// The delimiter, quotes and escapes removed.
    pub name: Box<str>,
    /// Whether variables in the body are expanded: the delimiter is not quoted.
    pub expand: bool,
    /// `<<-`: leading tabs are left out.
    pub strip_tabs: bool,
    /// The lines, the one with the delimiter left out.
    pub body: Span,
    /// The delimiter that ends it; `None` when the file ends first.
    pub end: Option<Span>,
    /// Variables in the body, if they are expanded.
    pub variables: Vec<Variable>,
}

impl Tree {
    /// The blank lines inside of continued instructions, with their line breaks.
    pub fn blank_continuations(&self) -> impl Iterator<Item = Span> {
        let mut continued = false;
        self.tokens.iter().filter_map(move |token| {
            match token.kind {
                TokenKind::Continuation => continued = true,
                TokenKind::Blank | TokenKind::Comment => {}
                _ => continued = false,
            }
            if !continued || token.kind != TokenKind::Blank {
                return None;
            }
            let starts_line = self.text.as_bytes()[..token.span.start as usize].last() == Some(&b'\n');
            let ends_line = token.span.of_text(&self.text).ends_with('\n');
            (starts_line && ends_line).then_some(token.span)
        })
    }
}

impl Keyword {
    /// All of them, in alphabetical order.
    pub const ALL: [Keyword; 18] = [
        Keyword::Add,
        Keyword::Arg,
        Keyword::Cmd,
        Keyword::Copy,
        Keyword::Entrypoint,
        Keyword::Env,
        Keyword::Expose,
        Keyword::From,
        Keyword::Healthcheck,
        Keyword::Label,
        Keyword::Maintainer,
        Keyword::Onbuild,
        Keyword::Run,
        Keyword::Shell,
        Keyword::Stopsignal,
        Keyword::User,
        Keyword::Volume,
        Keyword::Workdir,
    ];

    /// In capitals, as people write it.
    pub fn name(self) -> &'static str {
        match self {
            Keyword::Add => "ADD",
            Keyword::Arg => "ARG",
            Keyword::Cmd => "CMD",
            Keyword::Copy => "COPY",
            Keyword::Entrypoint => "ENTRYPOINT",
            Keyword::Env => "ENV",
            Keyword::Expose => "EXPOSE",
            Keyword::From => "FROM",
            Keyword::Healthcheck => "HEALTHCHECK",
            Keyword::Label => "LABEL",
            Keyword::Maintainer => "MAINTAINER",
            Keyword::Onbuild => "ONBUILD",
            Keyword::Run => "RUN",
            Keyword::Shell => "SHELL",
            Keyword::Stopsignal => "STOPSIGNAL",
            Keyword::User => "USER",
            Keyword::Volume => "VOLUME",
            Keyword::Workdir => "WORKDIR",
        }
    }

    /// The keyword that `word` is, in any case.
    pub fn parse(word: &str) -> Option<Keyword> {
        Keyword::ALL.into_iter().find(|keyword| keyword.name().eq_ignore_ascii_case(word))
    }
}

impl Flag {
    /// Its name in `text`.
    pub fn name<'t>(&self, text: &'t str) -> &'t str {
        self.name.of_text(text)
    }
}

impl Instruction {
    /// The flag of that name.
    pub fn flag(&self, name: &str, text: &str) -> Option<&Flag> {
        self.flags.iter().find(|flag| flag.name(text) == name)
    }

    /// Which instruction it is; `None` when no instruction has its keyword.
    pub fn keyword(&self) -> Option<Keyword> {
        Some(match &self.kind {
            InstructionKind::From(_) => Keyword::From,
            InstructionKind::Run(_) => Keyword::Run,
            InstructionKind::Cmd(_) => Keyword::Cmd,
            InstructionKind::Entrypoint(_) => Keyword::Entrypoint,
            InstructionKind::Shell(_) => Keyword::Shell,
            InstructionKind::Copy(_) => Keyword::Copy,
            InstructionKind::Add(_) => Keyword::Add,
            InstructionKind::Env(_) => Keyword::Env,
            InstructionKind::Label(_) => Keyword::Label,
            InstructionKind::Arg(_) => Keyword::Arg,
            InstructionKind::Expose(_) => Keyword::Expose,
            InstructionKind::User(_) => Keyword::User,
            InstructionKind::Workdir(_) => Keyword::Workdir,
            InstructionKind::Volume(_) => Keyword::Volume,
            InstructionKind::Stopsignal(_) => Keyword::Stopsignal,
            InstructionKind::Maintainer(_) => Keyword::Maintainer,
            InstructionKind::Healthcheck(_) => Keyword::Healthcheck,
            InstructionKind::Onbuild(_) => Keyword::Onbuild,
            InstructionKind::Invalid(keyword) => *keyword,
            InstructionKind::Unknown => return None,
        })
    }
}
