//! Which checks see which nodes: every check filed under the kind of node it asks for, once for a run.

use super::own::OwnCheck;
use super::{Check, Context, Settings};
use crate::model::context::IgnoreFile;
use crate::model::dockerfile::{Dockerfile, From, Instruction, ShellCommand, Stage};
use crate::model::packages::Operation;
use crate::syntax::compose::Service;
use crate::syntax::kubernetes::{Container, Object, PodSpec};
use crate::syntax::yaml;
use crate::text::Source;

/// The checks that want one kind of node, and the places of their rules in the catalog.
pub(super) type Filed<F> = Vec<(usize, F)>;

/// The checks of the rules that run, by the kind of node.
#[derive(Clone, Default)]
pub(super) struct Dispatch {
    pub(super) source: Filed<fn(&Source, &mut Context<'_>)>,
    pub(super) dockerfile: Filed<fn(&Dockerfile, &mut Context<'_>)>,
    pub(super) stage: Filed<fn(Stage<'_>, &mut Context<'_>)>,
    pub(super) from: Filed<fn(From<'_>, &mut Context<'_>)>,
    pub(super) instruction: Filed<fn(Instruction<'_>, &mut Context<'_>)>,
    pub(super) command: Filed<fn(ShellCommand<'_>, &mut Context<'_>)>,
    pub(super) operation: Filed<fn(&Operation<'_>, &mut Context<'_>)>,
    pub(super) compose: Filed<fn(yaml::Ref<'_>, &mut Context<'_>)>,
    pub(super) service: Filed<fn(Service<'_>, &mut Context<'_>)>,
    pub(super) yaml: Filed<fn(&yaml::Document, &mut Context<'_>)>,
    pub(super) object: Filed<fn(Object<'_>, &mut Context<'_>)>,
    pub(super) pod_spec: Filed<fn(PodSpec<'_>, &mut Context<'_>)>,
    pub(super) container: Filed<fn(Container<'_>, &mut Context<'_>)>,
    pub(super) dockerignore: Filed<fn(&IgnoreFile, &mut Context<'_>)>,
    pub(super) own: Filed<&'static OwnCheck>,
}

impl Dispatch {
    /// The checks of the rules that are enabled.
    pub(super) fn new(settings: &Settings) -> Dispatch {
        Dispatch::filtered(settings, |index| settings.at(index).1)
    }

    /// The checks of the rules that `keep` wants, by their place in the catalog.
    pub(super) fn filtered(settings: &Settings, keep: impl Fn(usize) -> bool) -> Dispatch {
        let mut dispatch = Dispatch::default();
        for (index, rule) in settings.catalog().rules().iter().enumerate() {
            if keep(index) {
                for check in rule.checks.iter() {
                    dispatch.file(index, *check);
                }
            }
        }
        dispatch
    }

    fn file(&mut self, rule: usize, check: Check) {
        match check {
            Check::Source(function) => self.source.push((rule, function)),
            Check::Dockerfile(function) => self.dockerfile.push((rule, function)),
            Check::Stage(function) => self.stage.push((rule, function)),
            Check::From(function) => self.from.push((rule, function)),
            Check::Instruction(function) => self.instruction.push((rule, function)),
            Check::Command(function) => self.command.push((rule, function)),
            Check::Operation(function) => self.operation.push((rule, function)),
            Check::Compose(function) => self.compose.push((rule, function)),
            Check::Service(function) => self.service.push((rule, function)),
            Check::Yaml(function) => self.yaml.push((rule, function)),
            Check::Object(function) => self.object.push((rule, function)),
            Check::PodSpec(function) => self.pod_spec.push((rule, function)),
            Check::Container(function) => self.container.push((rule, function)),
            Check::Dockerignore(function) => self.dockerignore.push((rule, function)),
            Check::Own(check) => self.own.push((rule, check)),
        }
    }
}
