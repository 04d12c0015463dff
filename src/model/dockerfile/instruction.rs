//! Instructions in their place, and the commands in them.

use super::resolve::{join, workdir};
use super::scope::Scope;
use super::shell::{ShellKind, exec_words};
use super::stage::{Base, Stage, User};
use super::{Dockerfile, Sh};
use crate::model::base_images::BaseShell;
use crate::model::expand::{self, ExpandError, Expansion, Options, Value};
use crate::model::image::Image;
use crate::model::packages::Invocation;
use crate::syntax::dockerfile::{self as ast, InstructionKind, Keyword, Word};
use crate::syntax::shell;
use crate::text::Span;

/// An instruction in its place; also one held back by ONBUILD.
#[derive(Clone, Copy, Debug)]
pub struct Instruction<'a> {
    /// Where it stands.
    pub dockerfile: &'a Dockerfile,
    /// The number of the outermost instruction, from 0.
    pub index: usize,
    /// The instruction itself.
    pub node: &'a ast::Instruction,
    /// Whether ONBUILD holds it back.
    pub onbuild: bool,
}

/// A simple command that an instruction gives to a POSIX-like shell.
#[derive(Clone, Copy, Debug)]
pub struct ShellCommand<'a> {
    /// The instruction.
    pub instruction: Instruction<'a>,
    /// The command.
    pub node: &'a shell::SimpleCommand,
    /// What it really runs; `None` when it runs no program, or one that is not known.
    pub invocation: Option<Invocation<'a>>,
}

/// What `--from` names.
#[derive(Clone, Debug)]
pub enum Source<'a> {
    /// A stage of this file, earlier or not.
    Stage(Stage<'a>),
    /// An image, or a context that is named on the command line.
    Image(Image),
    /// Neither.
    Unknown,
}

impl<'a> Instruction<'a> {
    /// Its text as written, continuations and heredocs included.
    pub fn text(self) -> &'a str {
        self.node.span.of_text(self.dockerfile.text())
    }

    /// Whether a byte stands in its text. A cheap question to ask before its script is looked through.
    pub fn has_byte(self, byte: u8) -> bool {
        memchr::memchr(byte, self.text().as_bytes()).is_some()
    }

    /// Whether a backslash stands before a letter in its text.
    pub fn has_escapes(self) -> bool {
        let bytes = self.text().as_bytes();
        memchr::memchr_iter(b'\\', bytes).any(|at| bytes.get(at + 1).is_some_and(u8::is_ascii_alphabetic))
    }

    /// All of it.
    pub fn span(self) -> Span {
        self.node.span
    }

    /// Whether there is a syntax error in it.
    pub fn is_refused(self) -> bool {
        let errors = &self.dockerfile.tree.errors;
        let next = errors.partition_point(|error| error.span.start < self.span().start);
        errors.get(next).is_some_and(|error| error.span.start <= self.span().end)
    }

    /// Which instruction it is; `None` when no instruction has its keyword.
    pub fn keyword(self) -> Option<Keyword> {
        self.node.keyword()
    }

    /// Whether its arguments cannot be read, or no instruction has its keyword; the builder stops there.
    pub fn is_invalid(self) -> bool {
        matches!(self.node.kind, InstructionKind::Invalid(_) | InstructionKind::Unknown)
    }

    /// The stage it stands in; `None` before the first FROM.
    pub fn stage(self) -> Option<Stage<'a>> {
        let index = (*self.dockerfile.stage_of.get(self.index)?)? as usize;
        self.dockerfile.stage(index)
    }

    /// The next outermost instruction of its stage.
    pub fn next(self) -> Option<Instruction<'a>> {
        let next = self.dockerfile.instruction(self.index + 1)?;
        (next.stage()?.index == self.stage()?.index).then_some(next)
    }

    /// The outermost instructions before it, of its stage and of those that one starts from.
    pub fn earlier(self) -> impl Iterator<Item = Instruction<'a>> {
        let stages = self.stage().into_iter().flat_map(|stage| std::iter::once(stage).chain(stage.ancestors()));
        stages.flat_map(Stage::outer_instructions).filter(move |other| other.index < self.index)
    }

    /// The flag of that name.
    pub fn flag(self, name: &str) -> Option<&'a ast::Flag> {
        self.node.flag(name, self.dockerfile.text())
    }

    /// Which shell runs its shell form.
    pub fn shell(self) -> ShellKind {
        let known = self.dockerfile.shells.get(self.index).copied().flatten();
        known.filter(|_| !self.onbuild).unwrap_or_else(|| self.effective_shell())
    }

    /// As [`Instruction::shell`], found out anew.
    pub(super) fn effective_shell(self) -> ShellKind {
        let body = self.script_heredoc().map_or("", |heredoc| heredoc.body.of_text(self.dockerfile.text()));
        if let Some(kind) = ShellKind::of_shebang(body) {
            return kind;
        }
        self.stage().map_or(ShellKind::Sh(Sh::Unknown), |stage| stage.shell_before(self.horizon()).0)
    }

    /// What `/bin/sh` is where it runs, whatever SHELL says.
    pub fn sh(self) -> ShellKind {
        self.stage().map_or(ShellKind::Sh(Sh::Unknown), |stage| stage.sh_before(self.horizon()))
    }

    /// The SHELL instruction that is in effect.
    pub fn shell_instruction(self) -> Option<Instruction<'a>> {
        self.stage()?.shell_before(self.horizon()).1
    }

    /// The words of the SHELL instruction that is in effect.
    pub fn shell_words(self) -> Option<&'a [ast::JsonString]> {
        let InstructionKind::Shell(command) = &self.shell_instruction()?.inner().kind else { return None };
        exec_words(command)
    }

    /// The words that start the shell of its shell form: of the `#!` of its heredoc, or else of SHELL.
    pub fn shell_arguments(self) -> Vec<&'a str> {
        match self.shebang() {
            Some(line) => line.split_whitespace().collect(),
            None => self.shell_words().into_iter().flatten().map(|word| &*word.value).collect(),
        }
    }

    /// Whether the words that start its shell are known: a SHELL says them, or no base image does.
    pub fn is_shell_known(self) -> bool {
        let Some(stage) = self.stage() else { return false };
        let by_base = || match stage.base_image() {
            Some(image) => image.shell != BaseShell::Unknown,
            None => matches!(stage.root_base(), Base::Scratch),
        };
        self.shebang().is_some() || self.shell_instruction().is_some() || by_base()
    }

    /// What follows `#!` in the first line of its heredoc.
    fn shebang(self) -> Option<&'a str> {
        let body = self.script_heredoc()?.body.of_text(self.dockerfile.text());
        body.strip_prefix("#!")?.lines().next()
    }

    /// What a RUN, CMD, ENTRYPOINT or HEALTHCHECK runs.
    pub fn command(self) -> Option<&'a ast::Command> {
        match &self.node.kind {
            InstructionKind::Run(command) | InstructionKind::Cmd(command) | InstructionKind::Entrypoint(command) => {
                Some(command)
            }
            InstructionKind::Healthcheck(ast::Healthcheck::Command { command, .. }) => Some(command),
            _ => None,
        }
    }

    /// The shell script it runs, also that of `["sh", "-c", "…"]`; `None` when it runs none or the effective shell is
    /// not POSIX-like.
    pub fn script(self) -> Option<&'a shell::Script> {
        match self.command()? {
            ast::Command::Shell(form) => self.shell().is_posix().then_some(&form.script),
            ast::Command::Exec(form) => form.script.as_ref(),
        }
    }

    /// The simple commands of its script, also those inside lists, conditions and substitutions.
    pub fn commands(self) -> impl Iterator<Item = ShellCommand<'a>> {
        let found = self.script().map(shell::Script::commands).unwrap_or_default();
        found.into_iter().map(move |node| ShellCommand::new(self, node))
    }

    /// Who runs it: for USER itself, who was before.
    pub fn user(self) -> User<'a> {
        self.stage().map_or(User::Unknown, |stage| stage.user_before(self.horizon()))
    }

    /// Whether a WORKDIR stands before it, in its stage or one it starts from.
    pub fn is_workdir_set(self) -> bool {
        self.stage().is_some_and(|stage| stage.is_workdir_set_before(self.horizon()))
    }

    /// The folder it runs in; `None` when that is not known.
    pub fn workdir(self) -> Option<&'a str> {
        workdir(self.dockerfile, self.stage()?.index, self.horizon())
    }

    /// A path as the instruction means it: taken from its folder where it is relative, without `.` and `..`. `None`
    /// when the folder is not known, and for Windows.
    pub fn absolute(self, path: &str) -> Option<Box<str>> {
        join(self.dockerfile, self.stage()?.index, self.horizon(), path)
    }

    /// What is known about a variable where it stands.
    pub fn variable(self, name: &str) -> Value<'a> {
        match self.scope() {
            Some(_) if self.onbuild => Value::Unknown,
            Some(scope) => scope.variable(name),
            None => self.dockerfile.globals().variable(name),
        }
    }

    /// Whether a variable is set where it stands; `None` when that is not known. An ARG without a default counts as
    /// set.
    pub fn is_set(self, name: &str) -> Option<bool> {
        match self.scope() {
            Some(_) if self.onbuild => None,
            Some(scope) => scope.is_set(name),
            None => Some(self.dockerfile.globals().is_declared(name)),
        }
    }

    /// Whether an ARG before it names the variable: one of the file, of its stage, or of one it starts from.
    pub fn is_argument(self, name: &str) -> bool {
        let text = self.dockerfile.text();
        let stages = || self.stage().into_iter().flat_map(|stage| std::iter::once(stage).chain(stage.ancestors()));
        let seen = |other: &Instruction<'_>| match other.stage() {
            None => true,
            Some(own) => other.index < self.index && stages().any(|stage| stage.index == own.index),
        };
        self.dockerfile.outer_instructions(0, self.index).filter(seen).any(|other| match &other.node.kind {
            InstructionKind::Arg(declarations) => declarations.iter().any(|own| own.name.of_text(text) == name),
            _ => false,
        })
    }

    /// The variables where it stands; `None` before the first FROM.
    pub fn scope(self) -> Option<Scope<'a>> {
        Some(Scope::new(self.dockerfile, self.stage()?.index, self.horizon()))
    }

    /// One of its words, expanded as the builder does.
    ///
    /// # Errors
    ///
    /// Where the builder refuses the word.
    pub fn expand(self, word: &Word) -> Result<Expansion, ExpandError> {
        let options = Options::escape(self.dockerfile.tree.escape);
        match (self.scope(), &self.node.kind) {
            // What ONBUILD holds back runs with the variables of another build.
            (Some(_), _) if self.onbuild => expand::expand(&word.raw, &Elsewhere, options),
            (Some(scope), kind) if !matches!(kind, InstructionKind::From(_)) => {
                expand::expand(&word.raw, &scope, options)
            }
            _ => expand::expand(&word.raw, &self.dockerfile.globals(), options),
        }
    }

    /// The value of one of its words; `None` when it depends on something unknown or is refused.
    pub fn value(self, word: &Word) -> Option<String> {
        match expand::unexpanded(&word.raw, Options::escape(self.dockerfile.tree.escape)) {
            Some(text) => Some(text.to_owned()),
            None => self.expand(word).ok()?.value,
        }
    }

    /// The words that name where it takes files from: `--from` of COPY, `from` of each `--mount` of RUN.
    pub fn source_words(self) -> impl Iterator<Item = &'a Word> {
        let text = self.dockerfile.text();
        let fields = self.node.flags.iter().flat_map(|flag| &flag.fields);
        let mounts = fields.filter(move |field| field.key.of_text(text).eq_ignore_ascii_case("from"));
        let copy = matches!(self.node.kind, InstructionKind::Copy(_)).then(|| self.flag("from")).flatten();
        copy.and_then(|flag| flag.value.as_ref()).into_iter().chain(mounts.filter_map(|field| field.value.as_ref()))
    }

    /// The images it takes something from: the base of FROM, `--from` of COPY, `from` of a mount. Stages are none, and
    /// neither is a name without a dot, a colon or a slash after `from`, which may be that of a context from the command
    /// line.
    pub fn images(self) -> Vec<Image> {
        if matches!(self.node.kind, InstructionKind::From(_)) {
            return match self.stage().map(Stage::base) {
                Some(Base::Image(image)) => vec![image.clone()],
                _ => Vec::new(),
            };
        }
        let is_image = |word: &&Word| {
            self.dockerfile.stage_named(&word.raw).is_none()
                && !self.dockerfile.is_context(&word.raw)
                && word.variables.is_empty()
                && word.raw.contains(['.', ':', '/'])
        };
        self.source_words().filter(is_image).filter_map(|word| Image::parse(&word.raw, word.span).ok()).collect()
    }

    /// What a word of [`Instruction::source_words`] names.
    pub fn source(self, word: &Word) -> Source<'a> {
        let Some(name) = self.value(word) else { return Source::Unknown };
        if let Some(stage) = self.dockerfile.stage_named(&name) {
            return Source::Stage(stage);
        }
        if self.dockerfile.is_context(&name) {
            return Source::Unknown;
        }
        Image::parse(&name, word.span).map_or(Source::Unknown, Source::Image)
    }

    /// Itself, and what it holds back if it is ONBUILD.
    pub(super) fn with_inner(self) -> impl Iterator<Item = Instruction<'a>> {
        let inner = match &self.node.kind {
            InstructionKind::Onbuild(node) => Some(Instruction { node, onbuild: true, ..self }),
            _ => None,
        };
        std::iter::once(self).chain(inner)
    }

    /// The heredoc that is the whole script of a `RUN <<EOF`.
    pub fn script_heredoc(self) -> Option<&'a ast::Heredoc> {
        let ([heredoc], Some(ast::Command::Shell(form))) = (self.node.heredocs.as_slice(), self.command()) else {
            return None;
        };
        let marker = heredoc.marker.of_text(self.dockerfile.text());
        (form.text.lines().next().unwrap_or("").trim() == marker).then_some(heredoc)
    }

    /// The node of what it says itself, ONBUILD looked through.
    fn inner(self) -> &'a ast::Instruction {
        match &self.node.kind {
            InstructionKind::Onbuild(inner) => inner,
            _ => self.node,
        }
    }

    /// Instructions from this one on do not count for it. What ONBUILD holds back runs after the whole stage.
    fn horizon(self) -> usize {
        if self.onbuild { usize::MAX } else { self.index }
    }
}

impl<'a> ShellCommand<'a> {
    /// A command in its place.
    pub fn new(instruction: Instruction<'a>, node: &'a shell::SimpleCommand) -> ShellCommand<'a> {
        ShellCommand { instruction, node, invocation: Invocation::of(node) }
    }

    /// The name of the program, if it is written without variables: `apt-get`, `/usr/bin/pip`.
    pub fn name(self) -> Option<&'a str> {
        self.node.words.first()?.literal()
    }

    /// The value of the argument with that number, the first being 1, if it is written without variables.
    pub fn argument(self, index: usize) -> Option<&'a str> {
        self.node.words.get(index)?.literal()
    }
}

struct Elsewhere;

impl expand::Environment for Elsewhere {
    fn get(&self, _name: &str) -> Value<'_> {
        Value::Unknown
    }
}
