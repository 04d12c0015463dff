//! What holds for every text: held over examples, over real files, and by the fuzzers in `tests/fuzz/`.

use std::path::{Path, PathBuf};

use rlint::lint::{Applicability, Preset, Report, Settings, check, fix, verify};
use rlint::model::dockerfile::Dockerfile;
use rlint::syntax::dockerfile;
use rlint::syntax::shell::{self, Command, List, Part, Redirection, Word};
use rlint::text::{Files, MemoryFiles, Span, apply};

/// Every rule, as its widest trigger has it.
pub(crate) fn settings() -> Settings {
    let mut settings = Settings::preset(&rlint::catalog(), Preset::All);
    settings.parallel = false;
    settings
}

/// A Dockerfile with this text, in a folder with a small project.
pub(crate) fn project(text: &str) -> (PathBuf, MemoryFiles) {
    let path = PathBuf::from("Dockerfile");
    let mut files = MemoryFiles::default();
    for name in ["package.json", "package-lock.json", "requirements.txt", "go.mod", "go.sum", "src/main.go"] {
        files.insert(name, "");
    }
    files.insert(".dockerignore", "*.log\n!keep.log\ndist\n");
    files.insert(&path, text);
    (path, files)
}

/// The tree of a Dockerfile tiles the text, its spans lie in it between characters, and its meaning can be read.
pub(crate) fn tree_is_sound(text: &str) {
    let tree = dockerfile::parse(text);
    let mut at = 0;
    for token in &tree.tokens {
        assert_eq!(token.span.start, at, "tokens tile the text");
        at = token.span.end;
    }
    assert_eq!(at as usize, text.len(), "tokens reach the end of the text");
    let inside = |span: Span, outer: Span| {
        assert!(outer.encloses(span), "{span:?} lies in {outer:?}");
        let whole = text.is_char_boundary(span.start as usize) && text.is_char_boundary(span.end as usize);
        assert!(whole, "{span:?} lies between characters");
    };
    let all = Span::new(0, text.len() as u32);
    tree.errors.iter().for_each(|error| inside(error.span, all));
    tree.comments.iter().for_each(|comment| inside(comment.span, all));
    script_is_sound(text);
    let dockerfile = Dockerfile::new(tree);
    for instruction in dockerfile.instructions() {
        let own = instruction.span();
        inside(own, all);
        inside(instruction.node.keyword, own);
        instruction.node.flags.iter().for_each(|flag| inside(flag.span, own));
        for command in instruction.commands() {
            inside(command.node.span, own);
            command.node.words.iter().for_each(|word| inside(word.span, own));
        }
        let _ = (instruction.shell(), instruction.user().is_root(), instruction.workdir());
    }
    for stage in dockerfile.stages() {
        let _ = (stage.base(), stage.user().is_root(), stage.is_needed(), stage.needs().count());
    }
}

/// What is read of a script lies in it between characters, in the order of the text, and encloses what it is made of.
pub(crate) fn script_is_sound(text: &str) {
    let script = shell::parse(text, &0);
    let all = Span::new(0, text.len() as u32);
    let sound = Sound { text };
    sound.list(&script.list, all);
    script.errors.iter().for_each(|error| sound.inside(error.span, all));
    assert!(script.errors.len() < 2, "a shell stops once");
}

struct Sound<'t> {
    text: &'t str,
}

impl Sound<'_> {
    fn inside(&self, span: Span, outer: Span) {
        let text = self.text;
        assert!(outer.encloses(span), "{span:?} lies in {outer:?} of {text:?}");
        let whole = text.is_char_boundary(span.start as usize) && text.is_char_boundary(span.end as usize);
        assert!(whole, "{span:?} lies between characters of {text:?}");
    }

    /// Each lies inside and behind the one before it.
    fn in_order(&self, spans: impl Iterator<Item = Span>, outer: Span) {
        let mut end = outer.start;
        for span in spans {
            self.inside(span, outer);
            assert!(end <= span.start, "{span:?} lies behind {end} of {:?}", self.text);
            end = span.end;
        }
    }

    fn list(&self, list: &List, outer: Span) {
        let spans = list.items.iter().flat_map(|item| {
            let operator = item.operator.map(|operator| operator.span);
            std::iter::once(item.pipeline.span).chain(operator)
        });
        self.in_order(spans, outer);
        for pipeline in list.items.iter().map(|item| &item.pipeline) {
            self.in_order(pipeline.commands.iter().map(Command::span), pipeline.span);
            self.in_order(pipeline.pipes.iter().copied(), pipeline.span);
            pipeline.commands.iter().for_each(|command| self.command(command));
        }
    }

    fn command(&self, command: &Command) {
        match command {
            Command::Simple(command) => {
                let span = command.span;
                self.in_order(command.assignments.iter().map(|assignment| assignment.span), span);
                for assignment in &command.assignments {
                    assignment.value.iter().for_each(|value| self.word(value, assignment.span));
                }
                self.in_order(command.words.iter().map(|word| word.span), span);
                command.words.iter().for_each(|word| self.word(word, span));
                self.redirections(&command.redirections, span);
                // The lines of a heredoc stand behind the command.
                command.inner.iter().for_each(|list| self.list(list, Span::new(0, self.text.len() as u32)));
            }
            Command::Compound(compound) => {
                let span = compound.span;
                self.in_order(compound.words.iter().map(|word| word.span), span);
                compound.words.iter().for_each(|word| self.word(word, span));
                compound.lists.iter().for_each(|list| self.list(list, span));
                self.redirections(&compound.redirections, span);
            }
        }
    }

    fn redirections(&self, redirections: &[Redirection], outer: Span) {
        self.in_order(redirections.iter().map(|redirection| redirection.span), outer);
        for redirection in redirections {
            redirection.target.iter().for_each(|target| self.word(target, redirection.span));
            redirection.body.iter().for_each(|body| self.inside(*body, Span::new(0, self.text.len() as u32)));
        }
    }

    fn word(&self, word: &Word, outer: Span) {
        self.inside(word.span, outer);
        self.parts(&word.parts, word.span);
    }

    fn parts(&self, parts: &[Part], outer: Span) {
        self.in_order(parts.iter().map(Part::span), outer);
        for part in parts {
            match part {
                Part::DoubleQuoted { span, parts, .. } | Part::Variable { span, operand: parts, .. } => {
                    self.parts(parts, *span);
                }
                Part::CommandSubstitution { span, list, .. } | Part::ProcessSubstitution { span, list } => {
                    self.list(list, *span);
                }
                _ => {}
            }
        }
    }
}

/// No rule panics, and what is found lies in the file.
pub(crate) fn findings_are_sound(path: &Path, files: &dyn Files) -> Result<Report, String> {
    let report = check(&[path.to_owned()], files, &settings());
    if report.internal_errors > 0 {
        let failed = report.diagnostics.iter().find(|diagnostic| diagnostic.rule == "rlint/internal-error");
        return Err(format!("a rule panics: {}", failed.map_or("", |diagnostic| &diagnostic.message)));
    }
    edits_are_exact(&report)?;
    Ok(report)
}

/// What every round of fixing must keep.
pub(crate) fn fixes_are_sound(path: &Path, files: &dyn Files) -> Result<(), String> {
    let settings = settings();
    let Ok(before) = files.read(path) else { return Ok(()) };
    let report = findings_are_sound(path, files)?;
    for least in [Applicability::Safe, Applicability::Unsafe] {
        if fix::choose(&report.diagnostics, least, &|_| true).is_empty() {
            continue;
        }
        let fixed = fix::fix(path, files, &settings, least, &|_| true).map_err(|e| e.to_string())?;
        if !fixed.converged {
            let last: Vec<_> = fixed.applied.iter().rev().take(4).map(|a| format!("{} {}", a.rule, a.title)).collect();
            return Err(format!("does not settle: {last:?}"));
        }
        let errors = |bytes: &[u8]| fix::syntax_errors(path, bytes, &settings);
        if errors(&fixed.bytes) > errors(&before) {
            return Err("has more syntax errors than before".to_owned());
        }
        if fixed.report.internal_errors > 0 {
            return Err("a rule panics on what the fixes made".to_owned());
        }
        // A fix that is offered but changes nothing or breaks the file is one nobody can apply.
        let mut offered = fixed.report.diagnostics;
        verify::withhold(&mut offered, &settings);
        let left = fix::choose(&offered, least, &|_| true);
        if let Some((diagnostic, fix)) = left.first() {
            return Err(format!(
                "offers a fix that cannot be applied: {} {}: {:?}",
                diagnostic.rule, fix.title, fix.edits
            ));
        }
    }
    Ok(())
}

/// Edits lie in the file, between characters, and those of one fix do not overlap.
fn edits_are_exact(report: &Report) -> Result<(), String> {
    for diagnostic in &report.diagnostics {
        let text = &diagnostic.source.text;
        let whole = |offset: u32| text.is_char_boundary(offset as usize);
        let spans = diagnostic.labels.iter().filter(|label| label.source.is_none()).map(|label| label.span);
        for span in spans.chain([diagnostic.span]) {
            if !whole(span.start) || !whole(span.end) {
                return Err(format!("{} reports at {span:?}, which is no text", diagnostic.rule));
            }
        }
        for fix in &diagnostic.fixes {
            if fix.edits.is_empty() {
                return Err(format!("{} offers a fix that does nothing: {}", diagnostic.rule, fix.title));
            }
            if let Some(edit) = fix.edits.iter().find(|edit| !whole(edit.span.start) || !whole(edit.span.end)) {
                return Err(format!("{} changes {:?}, which is no text", diagnostic.rule, edit.span));
            }
            if let Err(error) = apply(diagnostic.source.bytes(), &fix.edits) {
                return Err(format!("{} offers edits that do not apply: {error:?}", diagnostic.rule));
            }
        }
    }
    Ok(())
}
