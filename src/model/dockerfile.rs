//! What the instructions of a Dockerfile mean together: stages, scopes, effective user, shell and folder.

use crate::syntax::{dockerfile as ast, shell};

/// A Dockerfile and what its instructions mean together.
#[derive(Debug)]
pub struct Dockerfile {
    /// The tree.
    pub tree: ast::Tree,
}

/// A stage: a FROM and what follows it.
#[derive(Clone, Copy, Debug)]
pub struct Stage<'a> {
    /// Where it stands.
    pub dockerfile: &'a Dockerfile,
    /// Its number, from 0.
    pub index: usize,
}

/// The FROM of a stage.
#[derive(Clone, Copy, Debug)]
pub struct From<'a> {
    /// The instruction.
    pub instruction: Instruction<'a>,
    /// Its arguments.
    pub arguments: &'a ast::FromArguments,
}

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
}
