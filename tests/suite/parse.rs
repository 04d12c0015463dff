//! Trees of Dockerfiles as text: `tests/fixtures/parse/*.Dockerfile` beside `*.ast`, written anew with
//! `RLINT_UPDATE=1`.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use rlint::syntax::dockerfile::{self as ast, Command, Healthcheck, Instruction, InstructionKind, Tree};
use rlint::syntax::shell;
use rlint::text::{Encoding, Source, Span};

#[test]
fn dockerfiles_have_the_trees_beside_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/parse");
    let entries = fs::read_dir(&folder).expect("the fixtures are in the repository");
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "Dockerfile"));
    paths.sort();
    assert!(paths.len() > 5, "the fixtures are not found");
    let update = std::env::var_os("RLINT_UPDATE").is_some();
    let mut wrong = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).expect("a fixture is text");
        let rendered = Renderer::new(&text).render();
        let expected = path.with_extension("ast");
        if fs::read_to_string(&expected).unwrap_or_default() == rendered {
            continue;
        }
        if update {
            fs::write(&expected, rendered).expect("the folder can be written");
        } else {
            println!("{}:\n{rendered}", path.display());
            wrong.push(path);
        }
    }
    assert!(wrong.is_empty(), "these have other trees (RLINT_UPDATE=1 writes them anew): {wrong:#?}");
}

struct Renderer {
    source: Source,
    tree: Tree,
    out: String,
}

impl Renderer {
    fn new(text: &str) -> Renderer {
        Renderer { source: Source::new("Dockerfile", text), tree: ast::parse(text), out: String::new() }
    }

    fn render(mut self) -> String {
        let tree = std::mem::replace(&mut self.tree, ast::parse(""));
        for directive in &tree.directives {
            let value = directive.value.of_text(&self.source.text).to_owned();
            self.line(0, directive.span, &format!("directive {value}"));
        }
        for instruction in &tree.instructions {
            self.instruction(0, instruction);
        }
        for comment in &tree.comments {
            self.line(0, comment.span, "comment");
        }
        for error in &tree.errors {
            self.line(0, error.span, &format!("error: {}", error.message));
        }
        self.out
    }

    fn instruction(&mut self, depth: usize, instruction: &Instruction) {
        let name = instruction.keyword().map_or("unknown", ast::Keyword::name);
        let broken = if matches!(instruction.kind, InstructionKind::Invalid(_)) { " invalid" } else { "" };
        self.line(depth, instruction.span, &format!("{name}{broken}"));
        let depth = depth + 1;
        for flag in &instruction.flags {
            let value = flag.value.as_ref().map_or(String::new(), |value| format!(" {:?}", value.raw));
            let name = flag.name(&self.source.text).to_owned();
            self.line(depth, flag.span, &format!("flag {name}{value}"));
            for field in &flag.fields {
                self.line(depth + 1, field.span, "field");
            }
        }
        self.kind(depth, &instruction.kind);
        for heredoc in &instruction.heredocs {
            let end = if heredoc.end.is_some() { "" } else { ", not ended" };
            let flags = format!("expand {}, tabs stripped {}{end}", heredoc.expand, heredoc.strip_tabs);
            self.line(depth, heredoc.marker, &format!("heredoc {:?} {flags}", heredoc.name));
            self.line(depth + 1, heredoc.body, "body");
            self.variables(depth + 1, &heredoc.variables);
        }
    }

    fn kind(&mut self, depth: usize, kind: &InstructionKind) {
        match kind {
            InstructionKind::From(from) => {
                self.word(depth, "image", &from.image);
                from.name.iter().for_each(|name| self.line(depth, *name, "name"));
            }
            InstructionKind::Run(command)
            | InstructionKind::Cmd(command)
            | InstructionKind::Entrypoint(command)
            | InstructionKind::Shell(command)
            | InstructionKind::Healthcheck(Healthcheck::Command { command, .. }) => self.command(depth, command),
            InstructionKind::Healthcheck(Healthcheck::None(span)) => self.line(depth, *span, "none"),
            InstructionKind::Copy(transfer) | InstructionKind::Add(transfer) => {
                transfer.sources.iter().for_each(|word| self.word(depth, "source", word));
                self.word(depth, "destination", &transfer.destination);
            }
            InstructionKind::Env(pairs) | InstructionKind::Label(pairs) => {
                for pair in &pairs.pairs {
                    self.word(depth, if pairs.legacy { "legacy key" } else { "key" }, &pair.key);
                    self.word(depth, "value", &pair.value);
                }
            }
            InstructionKind::Arg(declarations) => {
                for declaration in declarations {
                    self.line(depth, declaration.name, "name");
                    declaration.default.iter().for_each(|word| self.word(depth, "default", word));
                }
            }
            InstructionKind::Expose(words) | InstructionKind::Volume(words) => {
                words.iter().for_each(|word| self.word(depth, "word", word));
            }
            InstructionKind::User(word)
            | InstructionKind::Workdir(word)
            | InstructionKind::Stopsignal(word)
            | InstructionKind::Maintainer(word) => self.word(depth, "word", word),
            InstructionKind::Onbuild(inner) => self.instruction(depth, inner),
            InstructionKind::Invalid(_) | InstructionKind::Unknown => {}
        }
    }

    fn command(&mut self, depth: usize, command: &Command) {
        match command {
            Command::Exec(form) => {
                self.line(depth, form.span, "exec");
                for word in &form.words {
                    self.line(depth + 1, word.span, &format!("string {:?}", word.value));
                }
                form.script.iter().for_each(|script| self.script(depth + 1, script));
            }
            Command::Shell(form) => {
                self.line(depth, form.span, "shell");
                self.script(depth + 1, &form.script);
            }
        }
    }

    fn script(&mut self, depth: usize, script: &shell::Script) {
        self.list(depth, &script.list);
        for error in &script.errors {
            self.line(depth, error.span, &format!("error: {}", error.message));
        }
    }

    fn list(&mut self, depth: usize, list: &shell::List) {
        for item in &list.items {
            let pipeline = &item.pipeline;
            let inner = if pipeline.commands.len() > 1 { depth + 1 } else { depth };
            if pipeline.commands.len() > 1 {
                self.line(depth, pipeline.span, "pipeline");
            }
            for command in &pipeline.commands {
                match command {
                    shell::Command::Simple(simple) => self.simple(inner, simple),
                    shell::Command::Compound(compound) => {
                        self.line(inner, compound.span, &format!("{:?}", compound.kind));
                        compound.lists.iter().for_each(|list| self.list(inner + 1, list));
                    }
                }
            }
            if let Some(operator) = item.operator {
                self.line(depth, operator.span, &format!("{:?}", operator.kind));
            }
        }
    }

    fn simple(&mut self, depth: usize, simple: &shell::SimpleCommand) {
        let words: Vec<String> =
            simple.words.iter().map(|word| word.text().map_or("?".to_owned(), |text| format!("{text:?}"))).collect();
        self.line(depth, simple.span, &format!("command {}", words.join(" ")));
        for redirection in &simple.redirections {
            self.line(depth + 1, redirection.span, "redirection");
        }
        for part in simple.words.iter().flat_map(|word| &word.parts) {
            if let shell::Part::CommandSubstitution { list, .. } = part {
                self.list(depth + 1, list);
            }
        }
        simple.inner.iter().for_each(|list| self.list(depth + 1, list));
    }

    fn word(&mut self, depth: usize, role: &str, word: &ast::Word) {
        self.line(depth, word.span, &format!("{role} {:?}", word.raw));
        self.variables(depth + 1, &word.variables);
    }

    fn variables(&mut self, depth: usize, variables: &[ast::Variable]) {
        for variable in variables {
            let name = variable.name.of_text(&self.source.text).to_owned();
            let operator = variable.operator.map_or(String::new(), |operator| format!(" {operator:?}"));
            self.line(depth, variable.span, &format!("variable {name}{operator}"));
        }
    }

    /// `line:column text`, and the text of the file there, escaped and cut.
    fn line(&mut self, depth: usize, span: Span, text: &str) {
        let position = |offset| self.source.lines().position(offset, Encoding::Utf32);
        let (start, end) = (position(span.start), position(span.end));
        let indent = "  ".repeat(depth);
        let quoted = span.of_text(&self.source.text).escape_debug().collect::<String>();
        let (from, to) = ((start.line + 1, start.column + 1), (end.line + 1, end.column + 1));
        let place = if from.0 == to.0 {
            format!("{}:{}-{}", from.0, from.1, to.1)
        } else {
            format!("{}:{}-{}:{}", from.0, from.1, to.0, to.1)
        };
        let _ = writeln!(self.out, "{indent}{text} @{place} `{quoted}`");
    }
}
