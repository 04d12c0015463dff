//! `rlint config`: what holds for a path, what a key means, and the schema.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use super::args::ConfigArguments;
use super::output::{write_stderr, write_stdout};
use super::{Exit, terminal};
use crate::config::discover::Discovery;
use crate::config::keys::{KEYS, key};
use crate::config::options::Options;
use crate::config::{Resolved, reason_text, schema, written_as_ours};
use crate::emit::{self, display_path};
use crate::lint::{Catalog, Diagnostic};
use crate::text::Source;
use crate::text::suggest::nearest;

/// Writes what the arguments ask for.
///
/// # Errors
///
/// A message when the subject is neither a key nor a path.
pub(super) fn run(arguments: &ConfigArguments) -> Result<Exit, String> {
    let catalog = crate::catalog();
    if arguments.schema {
        let schema = serde_json::to_string_pretty(&schema::schema(&catalog)).map_err(|reason| reason.to_string())?;
        return write_stdout(format!("{schema}\n").as_bytes());
    }
    if let Some(path) = &arguments.from {
        return from(path, &catalog);
    }
    let subject = arguments.subject.clone().unwrap_or_else(|| PathBuf::from("."));
    if let Some(key) = subject.to_str().and_then(key) {
        return write_stdout(schema::explain(key).as_bytes());
    }
    if !subject.exists() {
        let word = subject.to_string_lossy();
        let hint = match nearest(&word, KEYS.iter().map(|key| key.name)) {
            Some((near, _)) => format!("did you mean `{near}`?"),
            None => format!("the keys are {}", KEYS.iter().map(|key| key.name).collect::<Vec<_>>().join(", ")),
        };
        return Err(format!("`{word}` is neither a key nor a path; {hint}"));
    }
    let current = std::env::current_dir().map_err(|reason| format!("there is no current folder: {reason}"))?;
    let flags = Options { folder: current.clone(), ..Options::default() };
    let discovery = Discovery::new(&catalog, current.clone(), flags).with_environment();
    let found = if subject.is_dir() {
        discovery.of_folder(&crate::config::absolute(&current, &subject))
    } else {
        discovery.of_file(&subject)
    };
    match found {
        Ok(config) => write_stdout(show(&config, &current).as_bytes()),
        Err(errors) => Ok(refuse(&errors)),
    }
}

/// Writes the configuration of another tool as one of ours.
fn from(path: &Path, catalog: &Catalog) -> Result<Exit, String> {
    let bytes = std::fs::read(path)
        .map_err(|reason| format!("`{}` cannot be read: {}", display_path(path), reason_text(&reason)))?;
    match written_as_ours(&Arc::new(Source::from_bytes(path, bytes)), catalog) {
        Ok(text) => write_stdout(text.as_bytes()),
        Err(errors) => Ok(refuse(&errors)),
    }
}

fn refuse(errors: &[Diagnostic]) -> Exit {
    let mut text = Vec::new();
    // Writing to memory does not fail.
    let _ = emit::full::write(errors, terminal::error_style(super::args::When::Auto), &mut text);
    write_stderr(&text);
    Exit::Failed
}

/// What holds, written as a configuration file.
pub(super) fn show(config: &Resolved, current: &Path) -> String {
    let settings = &config.settings;
    let mut text = String::new();
    if config.files.is_empty() {
        text.push_str("# no configuration file\n");
    }
    for file in &config.files {
        text.push_str(&format!("# from {}\n", display_path(file)));
    }
    for remark in &config.remarks {
        text.push_str(&format!("# {remark}\n"));
    }
    let relative = |path: &Path| path.strip_prefix(current).unwrap_or(path).to_string_lossy().into_owned();
    let mut line = |key: &str, value: Value| text.push_str(&format!("{key}: {value}\n"));
    line("preset", config.preset.name().into());
    line("fail-on", config.fail_on.map_or("none", |least| least.name()).into());
    line("kubernetes-version", settings.kubernetes_version.to_string().into());
    line("trusted-registries", settings.trusted_registries.clone().into());
    line("trusted-images", settings.trusted_images.clone().into());
    let labels = settings.label_schema.iter().map(|label| {
        let kind = Value::from(label.kind.name());
        let long = serde_json::json!({ "type": kind, "required": false });
        (label.name.clone(), if label.required { kind } else { long })
    });
    line("label-schema", Value::Object(labels.collect()));
    line("strict-labels", settings.strict_labels.into());
    line("exclude", config.exclude.patterns().to_vec().into());
    if let Some(baseline) = &config.baseline {
        line("baseline", relative(baseline).into());
    }
    let images = settings.images.iter().map(|(image, path)| (image.clone(), relative(path).into()));
    line("images", Value::Object(images.collect()));
    text.push_str("severity: # of the rules that run\n");
    for rule in settings.enabled() {
        let severity = settings.severity(&rule.id).unwrap_or(rule.severity);
        text.push_str(&format!("  {}: {}\n", rule.id, severity.name()));
    }
    let with_options: Vec<_> = settings.enabled().filter(|rule| !rule.options.is_empty()).collect();
    if !with_options.is_empty() {
        text.push_str("rules:\n");
    }
    for rule in with_options {
        text.push_str(&format!("  {}:\n", rule.id));
        for option in rule.options.iter() {
            let value = settings.option(&rule.id, &option.name).cloned().unwrap_or_default();
            text.push_str(&format!("    {}: {value}\n", option.name));
        }
    }
    text
}
