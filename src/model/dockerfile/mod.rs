//! What the instructions of a Dockerfile mean together: stages, scopes, effective user, shell and folder.
//!
//! Everything follows what BuildKit does when it builds (`frontend/dockerfile/dockerfile2llb/convert.go` of
//! <https://github.com/moby/buildkit>, Apache-2.0), with the defaults of the build arguments.

mod instruction;
mod lines;
mod mounts;
mod platform;
mod resolve;
mod scope;
mod shell;
mod stage;
#[cfg(test)]
mod tests;
mod unfinished;
pub mod variables;

pub use instruction::{Instruction, ShellCommand, Source};
pub use mounts::{Mount, MountKind};
pub use platform::Platform;
pub use scope::{GlobalScope, PREDEFINED_PLATFORM_ARGUMENTS, PREDEFINED_PROXY_ARGUMENTS, Scope};
pub use shell::{Sh, ShellKind};
pub use stage::{Base, From, Stage, User};

use rustc_hash::FxHashMap;

use super::image::Image;
use crate::syntax::dockerfile as ast;
use crate::text::Span;

/// A Dockerfile and what its instructions mean together.
#[derive(Debug)]
pub struct Dockerfile {
    /// The tree.
    pub tree: ast::Tree,
    /// By index.
    stages: Vec<resolve::StageFacts>,
    /// The stage of each instruction; `None` before the first FROM.
    stage_of: Vec<Option<u32>>,
    /// The shell of each instruction that runs something.
    shells: Vec<Option<ShellKind>>,
    /// The ARGs before the first FROM.
    globals: scope::Bindings,
    /// The last stage of each name, in lower case.
    names: FxHashMap<Box<str>, u32>,
    /// The names of the contexts it is built with, the shortest that mean the same.
    contexts: Vec<Box<str>>,
    /// The outermost instructions that cannot be read, in order, and what each may be meant for.
    unread: Vec<(usize, Vec<ast::Keyword>)>,
}

/// A reference as named contexts are looked up: short, and without `latest`.
fn familiar(reference: &str) -> Box<str> {
    let Ok(image) = Image::parse(reference, Span::empty(0)) else { return reference.into() };
    let mut name = image.familiar_name();
    if let Some(tag) = image.tag.as_deref().filter(|tag| *tag != "latest" || image.digest.is_some()) {
        name = format!("{name}:{tag}");
    }
    if let Some(digest) = &image.digest {
        name = format!("{name}@{digest}");
    }
    name.into()
}

impl Dockerfile {
    /// Reads the meaning of a tree.
    pub fn new(tree: ast::Tree) -> Dockerfile {
        resolve::resolve(tree, Vec::new())
    }

    /// The same where builds give it contexts of these names. What such a context holds is not known: FROM and `--from`
    /// take it before an image of that name (`dockerfile2llb/convert.go` of BuildKit).
    pub fn with_contexts(tree: ast::Tree, names: impl IntoIterator<Item = String>) -> Dockerfile {
        resolve::resolve(tree, names.into_iter().map(|name| familiar(&name)).collect())
    }

    /// Whether a reference is the name of a context that a build gives it.
    pub fn is_context(&self, reference: &str) -> bool {
        !self.contexts.is_empty() && self.contexts.contains(&familiar(reference))
    }

    /// What was parsed.
    pub fn text(&self) -> &str {
        &self.tree.text
    }

    /// Its stages, in order.
    pub fn stages(&self) -> impl DoubleEndedIterator<Item = Stage<'_>> + ExactSizeIterator {
        (0..self.stages.len()).map(move |index| Stage { dockerfile: self, index })
    }

    /// The stage with that index.
    pub fn stage(&self, index: usize) -> Option<Stage<'_>> {
        (index < self.stages.len()).then_some(Stage { dockerfile: self, index })
    }

    /// The stage that is built when no other one is asked for: the last.
    pub fn shipped_stage(&self) -> Option<Stage<'_>> {
        self.stage(self.stages.len().checked_sub(1)?)
    }

    /// The stage that `--from=name` means: by number, or by name in any case. A later stage of that name hides an
    /// earlier one.
    pub fn stage_named(&self, name: &str) -> Option<Stage<'_>> {
        if !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit()) {
            return self.stage(name.parse().ok()?);
        }
        self.stage(*self.names.get(&*name.to_ascii_lowercase())? as usize)
    }

    /// The instructions in file order, those that ONBUILD holds back after their ONBUILD.
    pub fn instructions(&self) -> impl Iterator<Item = Instruction<'_>> {
        self.outer_instructions(0, self.tree.instructions.len()).flat_map(Instruction::with_inner)
    }

    /// The outermost instruction with that index.
    pub fn instruction(&self, index: usize) -> Option<Instruction<'_>> {
        let node = self.tree.instructions.get(index)?;
        Some(Instruction { dockerfile: self, index, node, onbuild: false })
    }

    /// What ARGs before the first FROM define: the variables of FROM itself.
    pub fn globals(&self) -> GlobalScope<'_> {
        GlobalScope::new(&self.globals)
    }

    /// What a comment `# name=value` says, as if it were a directive.
    pub fn assignment(&self, comment: ast::Comment) -> Option<ast::Directive> {
        let text = comment.span.of_text(self.text());
        let inner = text.strip_prefix('#')?;
        let name_start = text.len() - inner.trim_start().len();
        let name_end = name_start + text[name_start..].find(|c: char| !c.is_ascii_alphanumeric())?;
        let value = text[name_end..].trim_start().strip_prefix('=')?.trim();
        let value_end = text.trim_end().len();
        let place = |start: usize, end: usize| comment.span.slice(start as u32, end as u32);
        (name_start < name_end && !value.is_empty()).then(|| ast::Directive {
            span: place(0, value_end),
            name: place(name_start, name_end),
            value: place(value_end - value.len(), value_end),
        })
    }

    /// Whether a `syntax` directive names a builder that is not Docker's own, with a language of its own.
    pub fn has_other_frontend(&self) -> bool {
        let text = self.text();
        let directive = self.tree.directives.iter().find(|own| own.name.of_text(text).eq_ignore_ascii_case("syntax"));
        let frontend = directive.map_or("docker/dockerfile", |own| own.value.of_text(text));
        // `docker/dockerfile-upstream` and copies of either in other registries.
        !frontend.contains("docker/dockerfile")
    }

    /// Whether the builder that the `syntax` directive names knows what came with version `1.minor` of the language. One
    /// that is not named is of today.
    pub fn knows_version(&self, minor: u32) -> bool {
        let text = self.text();
        let directive = self.tree.directives.iter().find(|own| own.name.of_text(text).eq_ignore_ascii_case("syntax"));
        let Some((_, tag)) = directive.and_then(|own| own.value.of_text(text).split_once(':')) else { return true };
        let tag = tag.split('@').next().unwrap_or(tag);
        let number = tag.strip_prefix("1.").and_then(|rest| rest.split(['.', '-']).next()?.parse::<u32>().ok());
        tag != "experimental" && number.is_none_or(|number| number >= minor)
    }

    fn outer_instructions(&self, start: usize, end: usize) -> impl Iterator<Item = Instruction<'_>> {
        (start..end).filter_map(move |index| self.instruction(index))
    }
}
