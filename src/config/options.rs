//! A configuration file as it is written.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use super::keys::KEYS;
use super::read::Reader;
use crate::lint::{Catalog, Diagnostic, Preset, Severity};
use crate::model::api_versions::KubernetesVersion;
use crate::model::labels::{Expected, Kind as LabelKind};
use crate::syntax::kind::Kind;
use crate::syntax::yaml::{self, Ref};
use crate::text::suggest::nearest;
use crate::text::{Source, Span};

/// What one configuration file says. A key that is not written is `None` or empty.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The folder that its paths and patterns are relative to; absolute.
    pub folder: PathBuf,
    /// Files to start from, and where they are named.
    pub extends: Vec<(Span, PathBuf)>,
    /// `preset`.
    pub preset: Option<Preset>,
    /// `select`: ids.
    pub select: Option<Vec<&'static str>>,
    /// `extend-select`: ids.
    pub extend_select: Vec<&'static str>,
    /// `ignore`: ids.
    pub ignore: Vec<&'static str>,
    /// `ignore`: aliases of rules of which some findings only are to be left out.
    pub ignored_aliases: Vec<String>,
    /// `severity`: ids; names that several rules bear come first.
    pub severity: Vec<(&'static str, Severity)>,
    /// `per-file-ignores`: pattern and ids.
    pub per_file_ignores: Vec<(String, Vec<&'static str>)>,
    /// `ignore-objects`.
    pub ignore_objects: Vec<ObjectPattern>,
    /// `exclude`.
    pub exclude: Option<Vec<String>>,
    /// `extend-exclude`.
    pub extend_exclude: Vec<String>,
    /// `file-types`.
    pub file_types: Vec<(String, Kind)>,
    /// `fail-on`.
    pub fail_on: Option<FailOn>,
    /// `kubernetes-version`.
    pub kubernetes_version: Option<KubernetesVersion>,
    /// `images`: name and Dockerfile.
    pub images: Vec<(String, PathBuf)>,
    /// `trusted-registries`.
    pub trusted_registries: Option<Vec<String>>,
    /// `trusted-images`.
    pub trusted_images: Option<Vec<String>>,
    /// `label-schema`.
    pub label_schema: Option<Vec<Expected>>,
    /// `strict-labels`.
    pub strict_labels: Option<bool>,
    /// `rules`: id, option, value.
    pub rules: Vec<(&'static str, String, Value)>,
    /// `rule-paths`, and where they are named.
    pub rule_paths: Vec<(Span, PathBuf)>,
    /// `baseline`.
    pub baseline: Option<PathBuf>,
    /// `no-suppressions`.
    pub no_suppressions: Option<bool>,
}

/// The least severity that makes a run fail; `None` when nothing does.
pub type FailOn = Option<Severity>;

/// Objects that rules leave alone, as written; globs.
#[derive(Clone, Debug, Default)]
pub struct ObjectPattern {
    /// Ids; empty for all rules.
    pub rules: Vec<&'static str>,
    /// `kind`.
    pub kind: Option<String>,
    /// `metadata.name`.
    pub name: Option<String>,
    /// `metadata.namespace`.
    pub namespace: Option<String>,
}

pub(crate) const KINDS: &[(&str, Kind)] = &[
    ("dockerfile", Kind::Dockerfile),
    ("compose", Kind::Compose),
    ("kubernetes", Kind::Kubernetes),
    ("dockerignore", Kind::Dockerignore),
    ("markdown", Kind::Markdown),
];

pub(crate) const FAIL_ON: &[(&str, FailOn)] = &[
    ("error", Some(Severity::Error)),
    ("warning", Some(Severity::Warning)),
    ("info", Some(Severity::Info)),
    ("none", None),
];

impl Options {
    /// Reads a configuration file that stands in the absolute `folder`. What is wrong is in the second value; the
    /// first has the rest.
    pub fn read(source: &Arc<Source>, folder: &Path, catalog: &Catalog) -> (Options, Vec<Diagnostic>) {
        let stream = yaml::parse(source.text.clone());
        let mut reader = Reader { source, catalog, folder, errors: Vec::new() };
        for failure in &stream.errors {
            let error = reader.error(failure.span, failure.message.clone());
            error.notes.extend(failure.note.clone());
        }
        let mut options = Options { folder: folder.to_path_buf(), ..Options::default() };
        if !reader.errors.is_empty() {
            // What is left of a broken file would only be misunderstood.
            return (options, reader.errors);
        }
        let mut roots = stream.roots();
        if let Some(root) = roots.next().filter(|root| !root.is_null()) {
            for (key, name, value) in reader.entries(root) {
                options.take(&mut reader, key, name, value);
            }
        }
        if let Some(second) = roots.next() {
            reader.error(second.span(), "a configuration file has one document");
        }
        (options, reader.errors)
    }

    fn take(&mut self, reader: &mut Reader<'_>, key: Ref<'_>, name: &str, value: Ref<'_>) {
        if value.is_null() && KEYS.iter().any(|known| known.name == name) {
            return;
        }
        match name {
            "extends" => self.extends = self.paths(reader, value),
            "preset" => self.preset = reader.one_of(value, "preset", &presets()),
            "select" => self.select = Some(reader.rules(value)),
            "extend-select" => self.extend_select = reader.rules(value),
            "ignore" => (self.ignore, self.ignored_aliases) = reader.ignored(value),
            "severity" => self.take_severity(reader, value),
            "per-file-ignores" => {
                for (key, pattern, rules) in reader.entries(value) {
                    let rules = reader.rules(rules);
                    if reader.is_glob(key.span(), pattern) {
                        self.per_file_ignores.push((pattern.to_owned(), rules));
                    }
                }
            }
            "ignore-objects" => self.take_objects(reader, value),
            "exclude" => self.exclude = Some(patterns(reader, value)),
            "extend-exclude" => self.extend_exclude = patterns(reader, value),
            "file-types" => {
                for (key, pattern, kind) in reader.entries(value) {
                    let kind = reader.one_of(kind, "kind of file", KINDS);
                    if let (true, Some(kind)) = (reader.is_glob(key.span(), pattern), kind) {
                        self.file_types.push((pattern.to_owned(), kind));
                    }
                }
            }
            "fail-on" => self.fail_on = reader.one_of(value, "severity", FAIL_ON),
            "kubernetes-version" => self.kubernetes_version = version_of(reader, value),
            "images" => {
                for (_, image, path) in reader.entries(value) {
                    if let Some(path) = reader.text(path) {
                        self.images.push((image.to_owned(), super::absolute(&self.folder, Path::new(path))));
                    }
                }
            }
            "trusted-registries" => {
                self.trusted_registries =
                    Some(reader.texts(value).into_iter().map(|(_, text)| text.to_owned()).collect());
            }
            "trusted-images" => {
                self.trusted_images = Some(reader.texts(value).into_iter().map(|(_, text)| text.to_owned()).collect());
            }
            "label-schema" => self.label_schema = Some(labels(reader, value)),
            "strict-labels" => self.strict_labels = reader.boolean(value),
            "no-suppressions" => self.no_suppressions = reader.boolean(value),
            "rules" => self.take_rules(reader, value),
            "rule-paths" => self.rule_paths = self.paths(reader, value),
            "baseline" => {
                self.baseline = reader.text(value).map(|path| super::absolute(&self.folder, Path::new(path)));
            }
            _ => {
                let error = reader.error(key.span(), format!("there is no key `{name}`"));
                match nearest(name, KEYS.iter().map(|key| key.name)) {
                    Some((near, _)) => error.note(format!("did you mean `{near}`?")),
                    None => error.note("`rlint config` lists the keys"),
                };
            }
        }
    }

    fn take_severity(&mut self, reader: &mut Reader<'_>, value: Ref<'_>) {
        let mut broad = Vec::new();
        let mut exact = Vec::new();
        for (key, word, severity) in reader.entries(value) {
            let rules = reader.rules_named(key.span(), word);
            let Some(severity) = reader.severity(severity) else { continue };
            let list = if rules == [word] { &mut exact } else { &mut broad };
            list.extend(rules.into_iter().map(|rule| (rule, severity)));
        }
        self.severity.extend(broad);
        self.severity.extend(exact);
    }

    fn take_objects(&mut self, reader: &mut Reader<'_>, value: Ref<'_>) {
        if !value.is_sequence() {
            reader.expected(value, "a list");
        }
        for item in value.items() {
            let mut pattern = ObjectPattern::default();
            for (key, name, value) in reader.entries(item) {
                match name {
                    "rules" => pattern.rules = reader.rules(value),
                    "kind" => pattern.kind = object_glob(reader, value),
                    "name" => pattern.name = object_glob(reader, value),
                    "namespace" => pattern.namespace = object_glob(reader, value),
                    _ => {
                        let error = reader.error(key.span(), format!("an object has no `{name}` here"));
                        error.note("one of `rules`, `kind`, `name`, `namespace`");
                    }
                }
            }
            self.ignore_objects.push(pattern);
        }
    }

    fn take_rules(&mut self, reader: &mut Reader<'_>, value: Ref<'_>) {
        for (key, word, settings) in reader.entries(value) {
            let rules = reader.rules_named(key.span(), word);
            for (key, name, value) in reader.entries(settings) {
                let mut known = false;
                for id in &rules {
                    let options = reader.catalog.rule(id).map_or(&[][..], |rule| &rule.options);
                    let Some(option) = options.iter().find(|option| option.name == name) else { continue };
                    known = true;
                    if let Some(value) = reader.option(value, option) {
                        self.rules.push((id, name.to_owned(), value));
                    }
                }
                if !known && !rules.is_empty() {
                    unknown_option(reader, key.span(), word, name, &rules);
                }
            }
        }
    }

    fn paths(&self, reader: &mut Reader<'_>, value: Ref<'_>) -> Vec<(Span, PathBuf)> {
        let texts = reader.texts(value);
        texts.into_iter().map(|(node, text)| (node.span(), super::absolute(&self.folder, Path::new(text)))).collect()
    }
}

/// The labels of a schema: name, and kind or a mapping with `type` and `required`.
pub(super) fn labels(reader: &mut Reader<'_>, value: Ref<'_>) -> Vec<Expected> {
    let kinds = LabelKind::ALL.map(|kind| (kind.name(), kind));
    let mut found = Vec::new();
    for (_, name, value) in reader.entries(value) {
        let mut label = Expected { name: name.to_owned(), kind: LabelKind::Text, required: true };
        let mut kind = |reader: &mut Reader<'_>, value: Ref<'_>| match value.as_str().and_then(LabelKind::parse) {
            Some(kind) => label.kind = kind,
            None => label.kind = reader.one_of(value, "type of label", &kinds).unwrap_or(LabelKind::Text),
        };
        if !value.is_mapping() {
            kind(reader, value);
            found.push(label);
            continue;
        }
        let mut required = true;
        for (key, name, value) in reader.entries(value) {
            match name {
                "type" => kind(reader, value),
                "required" => required = reader.boolean(value).unwrap_or(true),
                _ => {
                    reader.error(key.span(), format!("a label has no `{name}` here")).note("one of `type`, `required`");
                }
            }
        }
        label.required = required;
        found.push(label);
    }
    found
}

/// The presets by name.
pub(super) fn presets() -> [(&'static str, Preset); Preset::ALL.len()] {
    Preset::ALL.map(|preset| (preset.name(), preset))
}

fn version_of(reader: &mut Reader<'_>, value: Ref<'_>) -> Option<KubernetesVersion> {
    let text = reader.text(value)?;
    let version = KubernetesVersion::parse(text);
    if version.is_none() {
        reader.error(value.span(), format!("`{text}` is no Kubernetes version")).note("written as in `\"1.34\"`");
    }
    version
}

fn patterns(reader: &mut Reader<'_>, value: Ref<'_>) -> Vec<String> {
    let texts = reader.texts(value);
    let good = texts.into_iter().filter(|(node, pattern)| reader.is_glob(node.span(), pattern));
    good.map(|(_, pattern)| pattern.to_owned()).collect()
}

fn object_glob(reader: &mut Reader<'_>, value: Ref<'_>) -> Option<String> {
    let text = reader.text(value)?;
    if let Err(reason) = globset::Glob::new(text) {
        reader.error(value.span(), format!("`{text}` is no glob: {}", reason.kind()));
        return None;
    }
    Some(text.to_owned())
}

fn unknown_option(reader: &mut Reader<'_>, span: Span, word: &str, name: &str, rules: &[&'static str]) {
    let all = rules.iter().filter_map(|id| reader.catalog.rule(id)).flat_map(|rule| rule.options.iter());
    let names: Vec<&str> = all.map(|option| &*option.name).collect();
    let near = nearest(name, names.iter().copied()).map(|(near, _)| near.to_owned());
    let error = reader.error(span, format!("`{word}` has no option `{name}`"));
    if let Some(near) = near {
        error.note(format!("did you mean `{near}`?"));
    } else if names.is_empty() {
        error.note("it has no options");
    } else {
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        error.note(format!("it has {}", names.join(", ")));
    }
}
