//! What a run looks for, resolved: the config layer and the command line fill it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use globset::{GlobMatcher, GlobSet};
use serde_json::Value;

use super::document::{Document, Tree};
use super::{Catalog, Date, Diagnostic, Preset, Rule, Severity};
use crate::model::api_versions::KubernetesVersion;
use crate::model::labels::Expected;
use crate::syntax::kind::Kind;
use crate::syntax::kubernetes::{Object, objects};
use crate::text::normalize;

/// The largest file that is linted unless the settings say otherwise, in bytes: 16 MiB. Manifest bundles reach
/// 3 MB; what is larger is no file that a person wrote.
pub const LARGEST_FILE: u64 = 16 * 1024 * 1024;

/// What a run looks for.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The folder that relative paths are taken from before they are held against patterns. Empty holds them as
    /// they are.
    pub folder: PathBuf,
    /// The newest Kubernetes version the manifests are meant for.
    pub kubernetes_version: KubernetesVersion,
    /// Image names, as written in manifests and compose files, and the Dockerfiles that build them.
    pub images: Vec<(String, PathBuf)>,
    /// Registries that images may come from; empty when the user named none.
    pub trusted_registries: Vec<String>,
    /// Images that may be used; empty when the user named none. A `*` stands for anything.
    pub trusted_images: Vec<String>,
    /// The labels that images have.
    pub label_schema: Vec<Expected>,
    /// Whether images have no labels but those.
    pub strict_labels: bool,
    /// Kubernetes objects that rules leave alone.
    pub ignore_objects: Vec<IgnoreObject>,
    /// Files in which rules are off.
    pub per_file_ignores: Vec<PerFileIgnore>,
    /// Files whose kind the user named; the last pattern that matches decides.
    pub file_types: Vec<(GlobMatcher, Kind)>,
    /// Whether comments and annotations that ignore findings are themselves ignored.
    pub no_suppressions: bool,
    /// Aliases of rules: findings that answer to one of these are left out.
    pub ignored_aliases: Vec<String>,
    /// Findings of other tools, in the files as they were when they were looked at.
    pub supplied: Arc<[Diagnostic]>,
    /// The day of the run, against which `expires=` is held; `None` judges no expiry.
    pub today: Option<Date>,
    /// The largest file that is linted, in bytes.
    pub largest_file: u64,
    /// Whether files are linted on several threads; what is found is the same.
    pub parallel: bool,
    catalog: Catalog,
    /// One for each rule of the catalog, in its order.
    rules: Vec<RuleState>,
}

/// A rule that leaves some Kubernetes objects alone. A part that is `None` matches everything.
#[derive(Clone, Debug)]
pub struct IgnoreObject {
    /// The rules; empty for all.
    pub rules: Vec<&'static str>,
    /// `Deployment`.
    pub kind: Option<GlobMatcher>,
    /// `metadata.name`.
    pub name: Option<GlobMatcher>,
    /// `metadata.namespace`; an absent one is the empty text.
    pub namespace: Option<GlobMatcher>,
}

/// Rules that are off in some files.
#[derive(Clone, Debug)]
pub struct PerFileIgnore {
    /// The files.
    pub files: GlobSet,
    /// The ids of the rules.
    pub rules: Vec<&'static str>,
}

/// A rule in a run.
#[derive(Clone, Debug)]
struct RuleState {
    enabled: bool,
    severity: Severity,
    /// Parallel to the options of the rule.
    options: Arc<[Value]>,
}

/// Why an option cannot be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OptionError {
    /// The rule has no option of that name.
    Unknown,
    /// The value is not of the kind (`boolean`, `integer`, `string`, `strings`) that the option asks for.
    Kind(String),
}

impl Settings {
    /// The rules of a preset with the options it gives them, and the defaults for everything else.
    pub fn preset(catalog: &Catalog, preset: Preset) -> Settings {
        let rules = catalog.rules().iter().map(|rule| RuleState {
            enabled: rule.is_in(preset),
            severity: rule.severity,
            options: rule.options.iter().map(|option| option.value_in(preset)).collect(),
        });
        Settings {
            folder: PathBuf::new(),
            kubernetes_version: KubernetesVersion::NEWEST,
            images: Vec::new(),
            trusted_registries: Vec::new(),
            trusted_images: Vec::new(),
            label_schema: Vec::new(),
            strict_labels: false,
            ignore_objects: Vec::new(),
            per_file_ignores: Vec::new(),
            file_types: Vec::new(),
            no_suppressions: false,
            ignored_aliases: Vec::new(),
            supplied: Arc::new([]),
            today: None,
            largest_file: LARGEST_FILE,
            parallel: true,
            rules: rules.collect(),
            catalog: catalog.clone(),
        }
    }

    /// Every rule there is, whether it runs or not.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// The rules that run.
    pub fn enabled(&self) -> impl Iterator<Item = &'static Rule> + '_ {
        self.catalog.rules().iter().zip(&self.rules).filter(|(_, state)| state.enabled).map(|(rule, _)| *rule)
    }

    /// Whether the rule of that id runs.
    pub fn is_enabled(&self, id: &str) -> bool {
        self.state(id).is_some_and(|state| state.enabled)
    }

    /// Turns a rule on or off.
    pub fn set_enabled(&mut self, id: &str, enabled: bool) {
        if let Some(state) = self.state_mut(id) {
            state.enabled = enabled;
        }
    }

    /// The severity a rule reports at, unless it says otherwise itself.
    pub fn severity(&self, id: &str) -> Option<Severity> {
        self.state(id).map(|state| state.severity)
    }

    /// Gives a rule another severity.
    pub fn set_severity(&mut self, id: &str, severity: Severity) {
        if let Some(state) = self.state_mut(id) {
            state.severity = severity;
        }
    }

    /// The value of an option: the one that was set, or that of the preset, or the default.
    pub fn option(&self, id: &str, name: &str) -> Option<&Value> {
        let index = self.catalog.index(id)?;
        self.option_at(index, name)
    }

    /// Sets an option of a rule.
    ///
    /// # Errors
    ///
    /// When there is no such option or the value is not of its kind; then nothing changes.
    pub fn set_option(&mut self, id: &str, name: &str, value: Value) -> Result<(), OptionError> {
        let index = self.catalog.index(id).ok_or(OptionError::Unknown)?;
        let options = &self.catalog.rules()[index].options;
        let at = options.iter().position(|option| option.name == name).ok_or(OptionError::Unknown)?;
        let kind = &options[at].kind;
        if !is_of_kind(&value, kind) {
            return Err(OptionError::Kind(kind.to_string()));
        }
        let mut values = self.rules[index].options.to_vec();
        values[at] = value;
        self.rules[index].options = values.into();
        Ok(())
    }

    /// The kind the user gave to a path, if any.
    pub fn file_type(&self, path: &Path) -> Option<Kind> {
        if self.file_types.is_empty() {
            return None;
        }
        let path = self.held(path);
        self.file_types.iter().rev().find(|(glob, _)| glob.is_match(&path)).map(|(_, kind)| *kind)
    }

    /// The ids of the rules that are off in a file.
    pub fn ignored_in(&self, path: &Path) -> Vec<&'static str> {
        if self.per_file_ignores.is_empty() {
            return Vec::new();
        }
        let path = self.held(path);
        let matching = self.per_file_ignores.iter().filter(|ignore| ignore.files.is_match(&path));
        matching.flat_map(|ignore| ignore.rules.iter().copied()).collect()
    }

    /// A path as it is held against patterns: from the folder, with `.` and `..` resolved by the names alone.
    fn held(&self, path: &Path) -> PathBuf {
        normalize(&self.folder.join(path))
    }

    /// The rule at a place of the catalog, whether it runs, and its severity.
    pub(crate) fn at(&self, index: usize) -> (&'static Rule, bool, Severity) {
        let state = &self.rules[index];
        (self.catalog.rules()[index], state.enabled, state.severity)
    }

    /// An option of the rule at a place of the catalog.
    pub(crate) fn option_at(&self, index: usize, name: &str) -> Option<&Value> {
        let at = self.catalog.rules()[index].options.iter().position(|option| option.name == name)?;
        self.rules[index].options.get(at)
    }

    /// Whether the user wants a Kubernetes object not to be told of a finding in it.
    pub(crate) fn leaves_alone(&self, document: &Document, diagnostic: &Diagnostic) -> bool {
        if self.ignore_objects.is_empty() {
            return false;
        }
        let Tree::Kubernetes(stream) = &document.tree else { return false };
        let mut around = stream.documents.iter().flat_map(objects);
        let object = around.find(|object| {
            let span = object.node.outer_span();
            span.start <= diagnostic.span.start && diagnostic.span.start <= span.end
        });
        object.is_some_and(|object| self.ignore_objects.iter().any(|ignore| ignore.matches(object, &diagnostic.rule)))
    }

    fn state(&self, id: &str) -> Option<&RuleState> {
        self.catalog.index(id).map(|index| &self.rules[index])
    }

    fn state_mut(&mut self, id: &str) -> Option<&mut RuleState> {
        self.catalog.index(id).map(|index| &mut self.rules[index])
    }
}

impl IgnoreObject {
    fn matches(&self, object: Object<'_>, rule: &str) -> bool {
        let part = |glob: &Option<GlobMatcher>, text: &str| glob.as_ref().is_none_or(|glob| glob.is_match(text));
        (self.rules.is_empty() || self.rules.contains(&rule))
            && part(&self.kind, object.kind())
            && part(&self.name, object.name().known().unwrap_or(""))
            && part(&self.namespace, object.namespace().known().unwrap_or(""))
    }
}

fn is_of_kind(value: &Value, kind: &str) -> bool {
    match kind {
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64(),
        "string" => value.is_string(),
        "strings" => value.as_array().is_some_and(|items| items.iter().all(Value::is_string)),
        _ => false,
    }
}
