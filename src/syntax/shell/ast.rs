//! Our own small tree of a shell script. All spans are in the text around it (the Dockerfile), not in the script.

use std::borrow::Cow;

use crate::syntax::SyntaxError;
use crate::text::Span;

/// A whole script.
#[derive(Debug, Default)]
pub struct Script {
    /// Its commands.
    pub list: List,
    /// Where the shell would stop with a syntax error; it stops once. What stands before is in the tree, and so is what the
    /// lines behind it have. Facts read from a script with errors are not trusted:
    /// rules that look at commands go on, rules that conclude from something absent stay silent.
    pub errors: Vec<SyntaxError>,
}

/// Pipelines one after the other.
#[derive(Debug, Default)]
pub struct List {
    /// In order.
    pub items: Vec<Item>,
}

/// A pipeline and what joins it to the next one.
#[derive(Debug)]
pub struct Item {
    /// The pipeline.
    pub pipeline: Pipeline,
    /// The operator after it; `None` at the end of its list.
    pub operator: Option<Operator>,
}

/// What stands between two pipelines.
#[derive(Clone, Copy, Debug)]
pub struct Operator {
    /// Where it stands.
    pub span: Span,
    /// Which.
    pub kind: OperatorKind,
}

/// Which operator joins two pipelines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperatorKind {
    /// `&&`.
    And,
    /// `||`.
    Or,
    /// `;` or a line break.
    Sequence,
    /// `&`.
    Background,
}

/// Commands joined by `|`.
#[derive(Debug)]
pub struct Pipeline {
    /// All of it.
    pub span: Span,
    /// Whether `!` stands before it.
    pub negated: bool,
    /// One or more.
    pub commands: Vec<Command>,
    /// The `|` or `|&` between them.
    pub pipes: Vec<Span>,
}

/// One command.
#[derive(Debug)]
pub enum Command {
    /// Assignments, words, redirections.
    Simple(SimpleCommand),
    /// `( … )`, `{ …; }`, `if`, `for` …
    Compound(Compound),
}

/// A program or builtin and its arguments.
#[derive(Debug)]
pub struct SimpleCommand {
    /// All of it.
    pub span: Span,
    /// `NAME=value` before the words.
    pub assignments: Vec<Assignment>,
    /// The name and the arguments; empty when there are only assignments or redirections.
    pub words: Vec<Word>,
    /// `> file` and the like.
    pub redirections: Vec<Redirection>,
    /// The commands of `sh -c '…'`, or of a heredoc that this shell reads as its script.
    pub inner: Option<Box<List>>,
}

/// `NAME=value`.
#[derive(Debug)]
pub struct Assignment {
    /// All of it.
    pub span: Span,
    /// The name.
    pub name: Box<str>,
    /// The value; `None` for an array.
    pub value: Option<Word>,
    /// Whether it is `NAME+=value`.
    pub append: bool,
    /// Whether it is `NAME[…]=value`.
    pub indexed: bool,
}

/// `> file`, `2>&1`, `<<EOF`.
#[derive(Debug)]
pub struct Redirection {
    /// All of it.
    pub span: Span,
    /// The file descriptor before the operator, if written as a number.
    pub descriptor: Option<i32>,
    /// `>`, `>>`, `<`, `<<`, `<<-`, `<<<`, `>&`, `<&`, `&>`, `&>>`, `>|`, `<>`.
    pub operator: &'static str,
    /// The file, descriptor or delimiter.
    pub target: Option<Word>,
    /// The lines of a heredoc.
    pub body: Option<Span>,
}

/// A command made of lists.
#[derive(Debug)]
pub struct Compound {
    /// All of it, its redirections included.
    pub span: Span,
    /// Which.
    pub kind: CompoundKind,
    /// Its lists, in order: condition, body, else …
    pub lists: Vec<List>,
    /// The words of `for … in`, the subject and patterns of `case`, the expression of `[[ … ]]`.
    pub words: Vec<Word>,
    /// `for NAME`, the name of a function.
    pub name: Option<Box<str>>,
    /// Redirections of the whole.
    pub redirections: Vec<Redirection>,
}

/// Which compound command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the construct it names")]
pub enum CompoundKind {
    Subshell,
    Brace,
    If,
    For,
    While,
    Until,
    Case,
    Select,
    Function,
    /// `[[ … ]]`.
    Conditional,
    /// `(( … ))`.
    Arithmetic,
    /// `time`, `coproc`.
    Other,
}

/// One word, made of parts.
#[derive(Debug)]
pub struct Word {
    /// All of it.
    pub span: Span,
    /// In order.
    pub parts: Vec<Part>,
}

/// A part of a word.
#[derive(Debug)]
pub enum Part {
    /// Plain text, escapes resolved.
    Literal {
        /// Where it stands.
        span: Span,
        /// Its value.
        value: Box<str>,
        /// The text that the shell reads, where that is something else because of escapes. A line that goes on is joined.
        written: Option<Box<str>>,
    },
    /// `'…'` or `$'…'`.
    SingleQuoted {
        /// With its quotes.
        span: Span,
        /// Its value.
        value: Box<str>,
        /// Whether it is `$'…'`.
        dollar: bool,
    },
    /// `"…"` or `$"…"`.
    DoubleQuoted {
        /// With its quotes.
        span: Span,
        /// What is inside.
        parts: Vec<Part>,
        /// Whether it is `$"…"`.
        dollar: bool,
    },
    /// `$name`, `${name…}`.
    Variable {
        /// From `$` to its end.
        span: Span,
        /// The name, `@`, `?` or a digit.
        name: Box<str>,
        /// Whether something follows the name inside the braces.
        modified: bool,
        /// What is done to the value.
        operation: Operation,
        /// The word behind `:-`, `:=`, `:+` or `:?`.
        operand: Vec<Part>,
    },
    /// `$( … )` or `` ` … ` ``.
    CommandSubstitution {
        /// All of it.
        span: Span,
        /// Its commands.
        list: List,
        /// Whether it is written with backticks.
        backticks: bool,
    },
    /// `<( … )` or `>( … )`.
    ProcessSubstitution {
        /// All of it.
        span: Span,
        /// Its commands.
        list: List,
    },
    /// `$(( … ))`, and `$[ … ]`, which only Bash knows.
    Arithmetic {
        /// Where it stands.
        span: Span,
        /// Whether it is `$[ … ]`.
        bracket: bool,
    },
    /// `( … )` behind `NAME=`.
    Array {
        /// All of it.
        span: Span,
    },
    /// Everything else whose value is not known.
    Other {
        /// Where it stands.
        span: Span,
    },
}

/// What `${name…}` does to the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Nothing.
    None,
    /// `${#name}`.
    Length,
    /// `${name:-word}`.
    Default,
    /// `${name:=word}`.
    Assign,
    /// `${name:+word}`.
    Alternative,
    /// `${name:?word}`.
    Required,
    /// `${name#pattern}` and `${name%pattern}`.
    Trim,
    /// `${name:1:2}`.
    Slice,
    /// `${name/pattern/word}`.
    Replace,
    /// `${name^}`, `${name,,}`.
    Case,
    /// `${name[1]}`, whatever else is done.
    Element,
    /// `${!name}`, `${!name*}`, `${!name[@]}`.
    Indirect,
    /// `${name@Q}`.
    Transform,
}

impl Word {
    /// Its value, when it is one piece of text without anything to expand: `install`, `'a b'`. A word glued from
    /// differently quoted pieces is given by [`Word::text`].
    pub fn literal(&self) -> Option<&str> {
        let [part] = self.parts.as_slice() else { return None };
        part.literal()
    }

    /// Its value, when nothing in it needs to be expanded.
    pub fn text(&self) -> Option<Cow<'_, str>> {
        if let Some(literal) = self.literal() {
            return Some(Cow::Borrowed(literal));
        }
        let mut text = String::new();
        push_parts(&self.parts, &mut text)?;
        Some(Cow::Owned(text))
    }
}

impl Part {
    /// Its value, when it is one piece of text without anything to expand.
    pub fn literal(&self) -> Option<&str> {
        match self {
            Part::Literal { value, .. } | Part::SingleQuoted { value, .. } => Some(value),
            Part::DoubleQuoted { parts, .. } => match parts.as_slice() {
                [] => Some(""),
                [part] => part.literal(),
                _ => None,
            },
            _ => None,
        }
    }
}

fn push_parts(parts: &[Part], text: &mut String) -> Option<()> {
    for part in parts {
        match part {
            Part::Literal { value, .. } | Part::SingleQuoted { value, .. } => text.push_str(value),
            Part::DoubleQuoted { parts, .. } => push_parts(parts, text)?,
            _ => return None,
        }
    }
    Some(())
}
