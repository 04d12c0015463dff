//! Which variables of a script have a value that cannot fall apart.

use rustc_hash::FxHashMap;

use super::{Node, has_glob, walk};
use crate::model::dockerfile::{Instruction, PREDEFINED_PROXY_ARGUMENTS};
use crate::syntax::shell::{Operation, Part, Word};

/// What the script of an instruction assigns.
pub struct Values<'a> {
    instruction: Instruction<'a>,
    /// Whether each value that a name is given is one word.
    assigned: FxHashMap<&'a str, bool>,
    /// Whether it runs text that is not in sight, which may assign anything.
    open: bool,
}

impl<'a> Values<'a> {
    /// Looks through the script of an instruction.
    pub fn of(instruction: Instruction<'a>) -> Values<'a> {
        let mut values = Values { instruction, assigned: FxHashMap::default(), open: false };
        walk(instruction, &mut |node, _| match node {
            Node::Command(command) => {
                for assignment in &command.assignments {
                    let whole = assignment.value.as_ref().is_some_and(|word| values.is_whole(word));
                    values.assign(&assignment.name, whole && !assignment.append);
                }
                values.open |= ["eval", ".", "source"].iter().any(|name| command.is(name));
                let mut words = command.arguments().iter().filter_map(Word::literal);
                if ["read", "getopts", "mapfile", "readarray"].iter().any(|name| command.is(name)) {
                    words.for_each(|name| values.assign(name, false));
                } else if (command.is("printf") && words.any(|word| word == "-v")
                    || command.is("wait") && words.any(|word| word == "-p"))
                    && let Some(name) = words.next()
                {
                    values.assign(name, false);
                }
                if super::words::DECLARING.iter().any(|declaring| command.is(declaring)) {
                    for word in command.arguments() {
                        let Some(Part::Literal { value, .. }) = word.parts.first() else { continue };
                        let Some((name, _)) = value.split_once('=') else { continue };
                        let whole = values.is_whole(word);
                        values.assign(name, whole);
                    }
                }
            }
            Node::Compound(compound) => {
                if let Some(name) = &compound.name {
                    let whole = !compound.words.is_empty()
                        && compound.words.iter().all(|word| values.is_whole(word) && !has_glob(word));
                    values.assign(name, whole);
                }
            }
            Node::Word(word, _) => values.assign_defaults(&word.parts),
            _ => {}
        });
        values
    }

    /// `${name:=word}`.
    fn assign_defaults(&mut self, parts: &'a [Part]) {
        for part in parts {
            match part {
                Part::DoubleQuoted { parts, .. } => self.assign_defaults(parts),
                Part::Variable { name, operation: Operation::Assign, operand, .. } => {
                    let whole = self.are_whole(operand);
                    self.assign(name, whole);
                }
                _ => {}
            }
        }
    }

    fn assign(&mut self, name: &'a str, whole: bool) {
        *self.assigned.entry(name).or_insert(true) &= whole;
    }

    /// Whether a variable is known to hold no blanks, or is one of the Dockerfile: what ARG and ENV say is there to be
    /// read, and meant to fall apart where it has blanks.
    pub fn is_safe(&self, name: &str) -> bool {
        match self.assigned.get(name) {
            Some(whole) => *whole,
            None => self.is_declared(name),
        }
    }

    /// Whether the script gives it a value.
    pub fn is_assigned(&self, name: &str) -> bool {
        self.assigned.contains_key(name)
    }

    /// Whether it runs text that is not in sight, by `eval` or `source`, which may give any variable a value.
    pub fn may_assign_more(&self) -> bool {
        self.open
    }

    /// Whether an ARG or ENV names it.
    pub fn is_declared(&self, name: &str) -> bool {
        let declared = self.instruction.scope().is_some_and(|scope| scope.is_declared(name));
        declared || PREDEFINED_PROXY_ARGUMENTS.contains(&name)
    }

    /// Whether a value has no blanks and no patterns in it.
    fn is_whole(&self, word: &Word) -> bool {
        self.are_whole(&word.parts)
    }

    fn are_whole(&self, parts: &[Part]) -> bool {
        parts.iter().all(|part| match part {
            Part::Literal { value, .. } | Part::SingleQuoted { value, .. } => {
                !value.contains([' ', '\t', '\n', '*', '?', '['])
            }
            Part::DoubleQuoted { parts, .. } => self.are_whole(parts),
            Part::Arithmetic { .. } => true,
            Part::Variable { operation: Operation::Length, .. } => true,
            Part::Variable { name, operation, operand, .. } => {
                let trims = matches!(operation, Operation::None | Operation::Trim | Operation::Slice);
                (trims || !operand.is_empty() && self.are_whole(operand))
                    && (!super::may_split(part) || self.is_safe(name))
            }
            _ => false,
        })
    }
}
