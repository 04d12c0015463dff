//! The variables that an instruction uses.

use super::Instruction;
use crate::syntax::dockerfile::{self as ast, InstructionKind, Variable, VariableOperator, Word};
use crate::syntax::shell::Node;
use crate::text::Span;

/// A variable that is used.
#[derive(Clone, Copy, Debug)]
pub struct Reference<'a> {
    /// Its name.
    pub name: &'a str,
    /// From `$` to its end.
    pub span: Span,
    /// Where the name stands.
    pub name_span: Span,
    /// Whether the reference says what to do when the variable is not set.
    pub guarded: bool,
}

/// The variables that the builder replaces in an instruction. Those of FROM and of what ONBUILD holds back are not
/// among them, nor those that the same instruction defines for itself: an earlier name of the same ARG, another pair of
/// the same ENV.
pub fn references<'a>(instruction: Instruction<'a>) -> impl Iterator<Item = Reference<'a>> {
    let text = instruction.dockerfile.text();
    let words = words(instruction).into_iter().flat_map(|word| &word.variables);
    let bodies = bodies(instruction).flat_map(|heredoc| &heredoc.variables);
    words
        .chain(bodies)
        .filter_map(move |variable| reference(variable, text))
        .filter(move |reference| !defines_for_others(instruction, reference))
}

/// The variables of an ENV that other pairs of it define: the place of the pair that uses one, and the reference.
pub fn of_other_pairs<'a>(instruction: Instruction<'a>) -> Vec<(usize, Reference<'a>)> {
    let InstructionKind::Env(pairs) = &instruction.node.kind else { return Vec::new() };
    let text = instruction.dockerfile.text();
    let all = pairs.pairs.iter().enumerate().flat_map(|(place, pair)| {
        pair.value.variables.iter().filter_map(move |variable| Some((place, reference(variable, text)?)))
    });
    all.filter(|(_, reference)| defines_for_others(instruction, reference)).collect()
}

/// The variables that the shell would replace in the script of an instruction, those left out that the script may set
/// itself.
pub fn shell_references<'a>(instruction: Instruction<'a>) -> Vec<Reference<'a>> {
    let mut found = Vec::new();
    if !matches!(instruction.node.kind, InstructionKind::Run(_)) || !instruction.has_byte(b'$') {
        return found;
    }
    let Some(script) = instruction.script().filter(|script| script.errors.is_empty()) else { return found };
    let text = instruction.dockerfile.text();
    let own = instruction.text();
    script.list.visit(&mut |node| {
        let Node::Word(word) = node else { return };
        for (name, span) in word.variables() {
            let written = span.of_text(text);
            let before = if written.starts_with("${") { 2 } else { 1 };
            let Some(after) = written.get(before..).and_then(|rest| rest.strip_prefix(name)) else { continue };
            if !may_set(own, name) {
                let name_span = Span::of(before..before + name.len()).after(span.start);
                found.push(Reference { name, span, name_span, guarded: !matches!(after, "" | "}") });
            }
        }
    });
    found
}

/// Whether a script says `NAME=`, `for NAME`, `read NAME` or the like.
pub fn may_set(script: &str, name: &str) -> bool {
    memchr::memmem::find_iter(script.as_bytes(), name).any(|at| {
        let before = script[..at].trim_end().rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("");
        let after = &script[at + name.len()..];
        let sets = ["for", "read", "export", "local", "declare", "getopts", "unset"].contains(&before);
        sets || after.starts_with('=') || after.starts_with("+=")
    })
}

pub(super) fn reference<'a>(variable: &Variable, text: &'a str) -> Option<Reference<'a>> {
    let name = variable.name.of_text(text);
    let mut characters = name.chars();
    let is_name = characters.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    let guarded = matches!(
        variable.operator,
        Some(
            VariableOperator::Default { .. } | VariableOperator::Alternative { .. } | VariableOperator::Required { .. }
        )
    );
    is_name.then_some(Reference { name, span: variable.span, name_span: variable.name, guarded })
}

fn defines_for_others(instruction: Instruction<'_>, reference: &Reference<'_>) -> bool {
    let text = instruction.dockerfile.text();
    match &instruction.node.kind {
        InstructionKind::Arg(declarations) => {
            let mut earlier = declarations.iter().take_while(|own| !own.span.encloses(reference.span));
            earlier.any(|own| own.name.of_text(text) == reference.name)
        }
        InstructionKind::Env(pairs) => {
            let mut others = pairs.pairs.iter().filter(|own| !own.span.encloses(reference.span));
            others.any(|own| *own.key.raw == *reference.name)
        }
        _ => false,
    }
}

/// The words that the builder expands: `Expand` of each instruction in BuildKit's `instructions/commands.go`.
fn words(instruction: Instruction<'_>) -> Vec<&Word> {
    let mut words: Vec<&Word> = Vec::new();
    match &instruction.node.kind {
        InstructionKind::Env(pairs) | InstructionKind::Label(pairs) => {
            pairs.pairs.iter().for_each(|pair| words.extend([&pair.key, &pair.value]));
        }
        InstructionKind::Arg(declarations) => words.extend(declarations.iter().filter_map(|own| own.default.as_ref())),
        InstructionKind::Copy(transfer) | InstructionKind::Add(transfer) => {
            words.extend(&transfer.sources);
            words.push(&transfer.destination);
            let flags = ["chown", "chmod", "checksum"].into_iter().filter_map(|name| instruction.flag(name));
            words.extend(flags.filter_map(|flag| flag.value.as_ref()));
        }
        InstructionKind::Expose(list) | InstructionKind::Volume(list) => words.extend(list),
        InstructionKind::User(word) | InstructionKind::Workdir(word) | InstructionKind::Stopsignal(word) => {
            words.push(word);
        }
        InstructionKind::Run(_) => {
            let fields = instruction.node.flags.iter().flat_map(|flag| &flag.fields);
            words.extend(fields.filter_map(|field| field.value.as_ref()));
        }
        _ => {}
    }
    words
}

/// The heredocs whose body the builder expands: those that are copied.
fn bodies(instruction: Instruction<'_>) -> impl Iterator<Item = &ast::Heredoc> {
    let copied = matches!(instruction.node.kind, InstructionKind::Copy(_) | InstructionKind::Add(_));
    instruction.node.heredocs.iter().filter(move |heredoc| copied && heredoc.expand)
}
