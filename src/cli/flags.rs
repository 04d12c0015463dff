//! The flags of `rlint check` as one more layer of configuration.

use std::path::Path;

use super::args::{CheckArguments, FailOnArgument};
use crate::config::absolute;
use crate::config::options::{KINDS, Options};
use crate::lint::{Catalog, Preset, Severity};
use crate::model::api_versions::KubernetesVersion;
use crate::text::suggest::nearest;

/// What the flags say. Patterns and paths are relative to `current`.
///
/// # Errors
///
/// A message for the first flag whose value is not right.
pub(super) fn options(arguments: &CheckArguments, catalog: &Catalog, current: &Path) -> Result<Options, String> {
    let rules = |flag: &str, words: &[String]| rules_named(catalog, flag, words);
    let mut options = Options { folder: current.to_path_buf(), ..Options::default() };
    options.select = arguments.select.as_deref().map(|words| rules("--select", words)).transpose()?;
    options.extend_select = rules("--extend-select", &arguments.extend_select)?;
    for word in &arguments.ignore {
        match catalog.ignore(word) {
            Ok((named, alias)) => {
                options.ignore.extend(named.into_iter().map(|rule| &*rule.id));
                options.ignored_aliases.extend(alias);
            }
            Err(_) => options.ignore.extend(rules("--ignore", std::slice::from_ref(word))?),
        }
    }
    for pair in &arguments.per_file_ignores {
        let (pattern, word) =
            pair.rsplit_once(':').ok_or_else(|| format!("--per-file-ignores: `{pair}` is not written as GLOB:RULE"))?;
        check_glob("--per-file-ignores", pattern)?;
        let rules = rules("--per-file-ignores", &[word.to_owned()])?;
        options.per_file_ignores.push((pattern.to_owned(), rules));
    }
    options.preset = arguments.preset.as_deref().map(preset).transpose()?;
    options.kubernetes_version = arguments.kubernetes_version.as_deref().map(version).transpose()?;
    options.fail_on = arguments.fail_on.map(|least| match least {
        FailOnArgument::Error => Some(Severity::Error),
        FailOnArgument::Warning => Some(Severity::Warning),
        FailOnArgument::Info => Some(Severity::Info),
        FailOnArgument::None => None,
    });
    for pattern in arguments.exclude.iter().flatten().chain(&arguments.extend_exclude) {
        check_glob("--exclude", pattern)?;
    }
    options.exclude.clone_from(&arguments.exclude);
    options.extend_exclude.clone_from(&arguments.extend_exclude);
    for pair in &arguments.file_type {
        let (pattern, word) =
            pair.rsplit_once('=').ok_or_else(|| format!("--file-type: `{pair}` is not written as GLOB=KIND"))?;
        check_glob("--file-type", pattern)?;
        let kind = KINDS.iter().find(|(name, _)| *name == word).ok_or_else(|| {
            let names = KINDS.iter().map(|(name, _)| *name);
            format!("--file-type: `{word}` is no kind of file{}", did_you_mean(word, names, "; one of "))
        })?;
        options.file_types.push((pattern.to_owned(), kind.1));
    }
    options.baseline = arguments.baseline.as_deref().map(|path| absolute(current, path));
    options.no_suppressions = arguments.no_suppressions.then_some(true);
    Ok(options)
}

/// The ids of the rules that bear one of `words`.
pub(super) fn rules_named(catalog: &Catalog, flag: &str, words: &[String]) -> Result<Vec<&'static str>, String> {
    let mut rules = Vec::new();
    for word in words {
        let named = catalog.select(word).map_err(|unknown| {
            let hint = unknown.suggestion.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            format!("{flag}: no rule is called `{word}`{hint}")
        })?;
        // To leave out or to explain what nobody reports is no surprise; to ask for it is.
        if named.is_empty() && flag.contains("select") {
            super::note(&format!("{flag}: no rule answers to `{word}`; `rlint rule {word}` says why"));
        }
        rules.extend(named.into_iter().map(|rule| &*rule.id));
    }
    Ok(rules)
}

fn preset(word: &str) -> Result<Preset, String> {
    Preset::parse(word).ok_or_else(|| {
        let names = Preset::ALL.iter().map(|preset| preset.name());
        format!("--preset: `{word}` is no preset{}", did_you_mean(word, names, "; one of "))
    })
}

fn version(text: &str) -> Result<KubernetesVersion, String> {
    KubernetesVersion::parse(text)
        .ok_or_else(|| format!("--kubernetes-version: `{text}` is no version of Kubernetes; write it as in `1.34`"))
}

fn check_glob(flag: &str, pattern: &str) -> Result<(), String> {
    globset::Glob::new(pattern)
        .map(|_| ())
        .map_err(|reason| format!("{flag}: `{pattern}` is no glob: {}", reason.kind()))
}

fn did_you_mean<'a>(word: &str, names: impl Iterator<Item = &'a str> + Clone, list: &str) -> String {
    match nearest(word, names.clone()) {
        Some((near, _)) => format!("; did you mean `{near}`?"),
        None => format!("{list}{}", names.collect::<Vec<_>>().join(", ")),
    }
}
