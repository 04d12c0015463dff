//! What a rule needs: `use crate::lint::prelude::*;`.

pub use super::{Applicability, Category, Check, Context, Diagnostic, Fix, Severity};
pub use crate::build::{Effect, Effects};
pub use crate::model::context::IgnoreFile;
pub use crate::model::dockerfile::{Dockerfile, From, Instruction, ShellCommand, Stage};
pub use crate::model::role::Role;
pub use crate::syntax::compose::Service;
pub use crate::syntax::dockerfile::{Command, Flag, InstructionKind, Keyword, Word};
pub use crate::syntax::kubernetes::{Container, ContainerRole, Effective, Object, PodSpec};
pub use crate::syntax::shell;
pub use crate::syntax::yaml::{self, Field, Ref};
pub use crate::text::{Edit, Source, Span};
