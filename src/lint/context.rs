//! What a rule is given beside the node it looks at.

use std::borrow::Cow;
use std::cell::{Cell, OnceCell};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

use super::document::{Document, Tree};
use super::suppress::{self, Ignore};
use super::{Diagnostic, Settings, Severity};
use crate::build::{Plan, named_sources};
use crate::model::api_versions::KubernetesVersion;
use crate::model::compose;
use crate::model::context::BuildContext;
use crate::model::manifests::Manifests;
use crate::model::project::{self, Project};
use crate::model::role::Role;
use crate::text::{Files, Source, Span, line_break};

/// What a rule is given beside the node it looks at: where to report, the settings, the project.
pub struct Context<'a> {
    document: &'a Document,
    settings: &'a Settings,
    files: &'a dyn Files,
    shared: &'a Shared,
    /// The place of the rule that looks, in the catalog. It outlives a panic of that rule.
    rule: &'a Cell<usize>,
    stop: Option<&'a AtomicBool>,
    /// What was found so far; spans are those of the document.
    found: Vec<Diagnostic>,
    /// What a Dockerfile would build, made on first use.
    plan: OnceCell<Option<Plan>>,
    /// What it is built with, looked for on first use.
    build_context: OnceCell<Option<Arc<BuildContext>>>,
}

/// Facts about other files, found out at most once in a run.
#[derive(Debug, Default)]
pub(super) struct Shared {
    pub(super) manifests: Manifests,
    pub(super) projects: project::Cache,
}

impl Shared {
    /// The same without what was made of the content of files that have changed.
    pub(super) fn after_change(&self, changed: &[PathBuf]) -> Shared {
        Shared { manifests: self.manifests.after_change(changed), projects: self.projects.after_change(changed) }
    }

    /// Nothing but what holds whatever lies where.
    pub(super) fn anew(&self) -> Shared {
        Shared { manifests: self.manifests.anew(), ..Shared::default() }
    }
}

impl<'a> Context<'a> {
    pub(super) fn new(
        document: &'a Document,
        settings: &'a Settings,
        files: &'a dyn Files,
        shared: &'a Shared,
        rule: &'a Cell<usize>,
        stop: Option<&'a AtomicBool>,
    ) -> Context<'a> {
        Context {
            document,
            settings,
            files,
            shared,
            rule,
            stop,
            found: Vec::new(),
            plan: OnceCell::new(),
            build_context: OnceCell::new(),
        }
    }

    /// Whether nobody wants any more what is found.
    pub(super) fn is_stopped(&self) -> bool {
        self.stop.is_some_and(|stop| stop.load(Ordering::Relaxed))
    }

    /// The rule that looks from here on.
    pub(super) fn enter(&mut self, rule: usize) {
        self.rule.set(rule);
    }

    pub(super) fn into_found(self) -> Vec<Diagnostic> {
        self.found
    }

    /// Reports a finding of the rule that looks, at its severity. What is given back takes labels, notes and fixes.
    pub fn report(&mut self, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        let (_, _, severity) = self.settings.at(self.rule.get());
        self.push(severity, span, message.into())
    }

    /// Reports a finding at another severity than that of the rule. A severity that the user set for the rule
    /// still counts.
    pub fn report_as(&mut self, severity: Severity, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        let (rule, _, set) = self.settings.at(self.rule.get());
        let severity = if set == rule.severity { severity } else { set };
        self.push(severity, span, message.into())
    }

    fn push(&mut self, severity: Severity, span: Span, message: String) -> &mut Diagnostic {
        let (rule, _, _) = self.settings.at(self.rule.get());
        self.found.push(Diagnostic {
            rule: Cow::Borrowed(&rule.id),
            severity,
            source: self.document.source.clone(),
            span,
            message,
            labels: Vec::new(),
            notes: Vec::new(),
            fixes: Vec::new(),
            alias: None,
        });
        let last = self.found.len() - 1;
        &mut self.found[last]
    }

    /// An option of the rule that is `boolean`.
    pub fn flag(&self, option: &str) -> bool {
        self.option(option).and_then(Value::as_bool).unwrap_or(false)
    }

    /// An option of the rule that is `integer`.
    pub fn number(&self, option: &str) -> i64 {
        self.option(option).and_then(Value::as_i64).unwrap_or(0)
    }

    /// An option of the rule that is `string`.
    pub fn word(&self, option: &str) -> &'a str {
        self.option(option).and_then(Value::as_str).unwrap_or("")
    }

    /// An option of the rule that is `strings`.
    pub fn words(&self, option: &str) -> Vec<&'a str> {
        let words = self.option(option).and_then(Value::as_array);
        words.map(|words| words.iter().filter_map(Value::as_str).collect()).unwrap_or_default()
    }

    fn option(&self, option: &str) -> Option<&'a Value> {
        let value = self.settings.option_at(self.rule.get(), option);
        debug_assert!(value.is_some(), "the page of the rule declares no option `{option}`");
        value
    }

    /// The newest Kubernetes version the manifests are meant for.
    pub fn kubernetes_version(&self) -> KubernetesVersion {
        self.settings.kubernetes_version
    }

    /// The path of the file.
    pub fn path(&self) -> &'a Path {
        &self.document.source.path
    }

    /// The file. Its text is that of the document only where the document is the whole file: see [`Context::text`].
    pub fn source(&self) -> &'a Arc<Source> {
        &self.document.source
    }

    /// The text of the document, which all spans refer to.
    pub fn text(&self) -> &'a str {
        &self.document.text
    }

    /// The comments of the document that ignore findings.
    pub fn ignores(&self) -> Vec<Ignore> {
        suppress::ignores(self.document, self.settings)
    }

    /// How its lines end, for fixes that write new ones.
    pub fn line_break(&self) -> &'static str {
        line_break(&self.document.text)
    }

    /// Everything the user set.
    pub fn settings(&self) -> &'a Settings {
        self.settings
    }

    /// The other files.
    pub fn files(&self) -> &'a dyn Files {
        self.files
    }

    /// What is known of the folders with manifests.
    pub fn manifests(&self) -> &'a Manifests {
        &self.shared.manifests
    }

    /// What is known of other files: Dockerfiles, and which images they build.
    pub fn project(&self) -> Project<'a> {
        Project::new(self.files, &self.settings.images, &self.shared.projects)
    }

    /// What the Dockerfile at hand would build; `None` in other files.
    pub fn plan(&self) -> Option<&Plan> {
        let plan = self.plan.get_or_init(|| match &self.document.tree {
            Tree::Dockerfile(dockerfile) => Some(Plan::new(dockerfile)),
            _ => None,
        });
        plan.as_ref()
    }

    /// The context that the Dockerfile at hand is built with; `None` when that is not known, and for one that lies in
    /// another file.
    pub fn build_context(&self) -> Option<Arc<BuildContext>> {
        let find = || match &self.document.tree {
            Tree::Dockerfile(dockerfile) if self.document.region.is_whole() => {
                self.project().context(self.path(), &named_sources(dockerfile))
            }
            _ => None,
        };
        self.build_context.get_or_init(find).clone()
    }

    /// The folder of the Dockerfile at hand as its context, whatever its sources say; `None` for one that lies in another
    /// file.
    pub fn assumed_context(&self) -> Option<Arc<BuildContext>> {
        self.document.region.is_whole().then(|| self.project().context_beside(self.path()))
    }

    /// The resolved project of the compose file at hand; `None` in other files.
    pub fn compose(&self) -> Option<&'a compose::Project> {
        self.document.compose.as_ref()
    }

    /// Whether the document says everything, or is a part of something that is put together elsewhere.
    pub fn role(&self) -> Role {
        self.document.role
    }
}
