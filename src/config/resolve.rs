//! Configuration files and flags, laid over each other.

use std::path::{Path, PathBuf};

use globset::{GlobMatcher, GlobSetBuilder};

use super::globs::{Exclude, glob};
use super::keys::DEFAULT_EXCLUDES;
use super::options::{FailOn, ObjectPattern, Options};
use crate::lint::settings::{IgnoreObject, PerFileIgnore};
use crate::lint::{Catalog, Preset, Settings, Severity};

/// What holds for the files of one configuration.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// For the engine.
    pub settings: Settings,
    /// The preset that it starts from.
    pub preset: Preset,
    /// What makes a run fail.
    pub fail_on: FailOn,
    /// What a walk leaves out.
    pub exclude: Exclude,
    /// The file with known findings.
    pub baseline: Option<PathBuf>,
    /// Folders with rules of the user.
    pub rule_paths: Vec<PathBuf>,
    /// The files it was read from, the strongest last.
    pub files: Vec<PathBuf>,
    /// What else a user should know of where it comes from.
    pub remarks: Vec<String>,
}

/// Lays `layers` over each other, the strongest last. `current` is the folder the run was started in.
pub fn resolve(layers: &[Options], catalog: &Catalog, current: &Path) -> Resolved {
    let preset = layers.iter().rev().find_map(|layer| layer.preset).unwrap_or(Preset::Recommended);
    let mut settings = Settings::preset(catalog, preset);
    settings.folder = current.to_path_buf();
    let mut fail_on = Some(Severity::Warning);
    let mut baseline = None;
    let mut excluded: Vec<(&Path, &str)> = DEFAULT_EXCLUDES.iter().map(|name| (Path::new(""), *name)).collect();
    for layer in layers {
        let folder = layer.folder.as_path();
        choose(layer, catalog, &mut settings);
        for (rule, option, value) in &layer.rules {
            // The reader has checked name and kind against the page of the rule.
            let _ = settings.set_option(rule, option, value.clone());
        }
        for (pattern, rules) in &layer.per_file_ignores {
            let mut set = GlobSetBuilder::new();
            let Ok(glob) = glob(folder, pattern) else { continue };
            set.add(glob);
            let Ok(files) = set.build() else { continue };
            settings.per_file_ignores.push(PerFileIgnore { files, rules: rules.clone() });
        }
        settings.ignore_objects.extend(layer.ignore_objects.iter().map(object));
        for (pattern, kind) in &layer.file_types {
            if let Ok(glob) = glob(folder, pattern) {
                settings.file_types.push((glob.compile_matcher(), *kind));
            }
        }
        for (image, path) in &layer.images {
            let path = path.strip_prefix(current).unwrap_or(path);
            settings.images.retain(|(known, _)| known != image);
            settings.images.push((image.clone(), path.to_path_buf()));
        }
        if let Some(registries) = &layer.trusted_registries {
            settings.trusted_registries = registries.clone();
        }
        if let Some(images) = &layer.trusted_images {
            settings.trusted_images = images.clone();
        }
        if let Some(schema) = &layer.label_schema {
            settings.label_schema = schema.clone();
        }
        settings.strict_labels = layer.strict_labels.unwrap_or(settings.strict_labels);
        if let Some(version) = layer.kubernetes_version {
            settings.kubernetes_version = version;
        }
        if let Some(patterns) = &layer.exclude {
            excluded = patterns.iter().map(|pattern| (folder, pattern.as_str())).collect();
        }
        excluded.extend(layer.extend_exclude.iter().map(|pattern| (folder, pattern.as_str())));
        fail_on = layer.fail_on.unwrap_or(fail_on);
        baseline = layer.baseline.clone().or(baseline);
        settings.no_suppressions = layer.no_suppressions.unwrap_or(settings.no_suppressions);
    }
    let rule_paths = layers.iter().flat_map(|layer| &layer.rule_paths).map(|(_, path)| path.clone()).collect();
    Resolved {
        settings,
        preset,
        fail_on,
        exclude: Exclude::new(excluded),
        baseline,
        rule_paths,
        files: Vec::new(),
        remarks: Vec::new(),
    }
}

fn choose(layer: &Options, catalog: &Catalog, settings: &mut Settings) {
    if let Some(selected) = &layer.select {
        // A broken file is reported whatever was asked for, unless that itself is ignored.
        for rule in catalog.rules().iter().filter(|rule| rule.group() != "rlint") {
            settings.set_enabled(&rule.id, false);
        }
        for id in selected {
            settings.set_enabled(id, true);
        }
    }
    for id in &layer.extend_select {
        settings.set_enabled(id, true);
    }
    for id in &layer.ignore {
        settings.set_enabled(id, false);
    }
    settings.ignored_aliases.extend(layer.ignored_aliases.iter().cloned());
    for (id, severity) in &layer.severity {
        settings.set_severity(id, *severity);
    }
}

fn object(pattern: &ObjectPattern) -> IgnoreObject {
    let matcher = |text: &Option<String>| text.as_deref().and_then(matcher);
    IgnoreObject {
        rules: pattern.rules.clone(),
        kind: matcher(&pattern.kind),
        name: matcher(&pattern.name),
        namespace: matcher(&pattern.namespace),
    }
}

fn matcher(text: &str) -> Option<GlobMatcher> {
    globset::Glob::new(text).ok().map(|glob| glob.compile_matcher())
}
