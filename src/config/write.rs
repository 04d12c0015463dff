//! A configuration of another tool, written as one of ours.

use std::fmt::Write as _;

use serde_json::Value;

use super::options::Options;

/// `.rlint.yaml` for what another tool was told. Only what such a tool can be told is written.
pub(super) fn yaml(options: &Options) -> String {
    let mut text = String::new();
    list(&mut text, "extend-select", &options.extend_select);
    let aliases = options.ignored_aliases.iter().map(String::as_str);
    list(&mut text, "ignore", &options.ignore.iter().copied().chain(aliases).collect::<Vec<_>>());
    if !options.severity.is_empty() {
        text.push_str("severity:\n");
        // Of two for one rule the later one counts; a key may stand only once.
        let mut severities: Vec<(&str, &str)> = Vec::new();
        for (rule, severity) in &options.severity {
            severities.retain(|(known, _)| known != rule);
            severities.push((rule, severity.name()));
        }
        severities.iter().for_each(|(rule, severity)| line(&mut text, rule, severity));
    }
    let mut key = |name: &str, value: Value| {
        // Writing to memory does not fail.
        let _ = writeln!(text, "{name}: {value}");
    };
    if let Some(registries) = &options.trusted_registries {
        key("trusted-registries", registries.clone().into());
    }
    if let Some(least) = options.fail_on {
        key("fail-on", least.map_or("none", |least| least.name()).into());
    }
    if let Some(strict) = options.strict_labels {
        key("strict-labels", strict.into());
    }
    if let Some(off) = options.no_suppressions {
        key("no-suppressions", off.into());
    }
    if let Some(schema) = &options.label_schema {
        text.push_str("label-schema:\n");
        schema.iter().for_each(|label| line(&mut text, &Value::from(&*label.name).to_string(), label.kind.name()));
    }
    if !options.per_file_ignores.is_empty() {
        text.push_str("per-file-ignores:\n");
        for (pattern, rules) in &options.per_file_ignores {
            let rules = Value::from(rules.clone()).to_string();
            line(&mut text, &Value::from(&**pattern).to_string(), &rules);
        }
    }
    text
}

fn line(text: &mut String, key: &str, value: &str) {
    let _ = writeln!(text, "  {key}: {value}");
}

fn list(text: &mut String, key: &str, rules: &[&str]) {
    let mut rules = rules.to_vec();
    rules.sort_unstable();
    rules.dedup();
    if !rules.is_empty() {
        let _ = writeln!(text, "{key}:");
        rules.iter().for_each(|rule| {
            let _ = writeln!(text, "  - {rule}");
        });
    }
}
