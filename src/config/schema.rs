//! The JSON Schema of `.rlint.yaml` and the table in the documentation, both made of the table of keys.

use serde_json::{Map, Value, json};

use super::keys::{KEYS, Key, Shape};
use super::options::{FAIL_ON, KINDS, presets};
use super::read::SEVERITIES;
use crate::lint::{Catalog, RuleOption};
use crate::model::labels::Kind;

/// The JSON Schema of the configuration.
pub fn schema(catalog: &Catalog) -> Value {
    let properties: Map<String, Value> = KEYS.iter().map(|key| (key.name.to_owned(), property(key, catalog))).collect();
    let words: Vec<&str> = catalog.rules().iter().map(|rule| &*rule.id).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("{}/blob/main/docs/schema/config.json", env!("CARGO_PKG_REPOSITORY")),
        "title": "Configuration of rlint (.rlint.yaml)",
        "type": ["object", "null"],
        "additionalProperties": false,
        "properties": properties,
        "$defs": {
            "selector": {
                "description": "An id, a bare name, a group, a category or the id of another tool",
                "anyOf": [{ "enum": words }, { "type": "string" }],
            },
            "selectors": one_or_more(json!({ "$ref": "#/$defs/selector" })),
            "severity": { "enum": names(SEVERITIES) },
        },
    })
}

/// The table of keys for `docs/configuration.md`.
pub fn table() -> String {
    let mut table = String::from("| key | default | what it does |\n| --- | --- | --- |\n");
    for key in KEYS {
        table.push_str(&format!("| `{}` | {} | {} |\n", key.name, shown_default(key), key.summary));
    }
    table
}

/// What `rlint config KEY` says.
pub fn explain(key: &Key) -> String {
    let example: String = key.example.lines().map(|line| format!("    {line}\n")).collect();
    format!("{}\n\n{}\n\nDefault: {}\n\nExample:\n\n{example}", key.name, key.summary, key.default)
}

fn shown_default(key: &Key) -> String {
    let is_code = key.default.split_whitespace().count() == 1 && !key.default.contains('`');
    if is_code { format!("`{}`", key.default) } else { key.default.to_owned() }
}

fn property(key: &Key, catalog: &Catalog) -> Value {
    let selectors = json!({ "$ref": "#/$defs/selectors" });
    let mut value = match key.shape {
        Shape::Path => json!({ "type": "string" }),
        Shape::Paths | Shape::Globs | Shape::Words => one_or_more(json!({ "type": "string" })),
        Shape::Preset => json!({ "enum": names(&presets()) }),
        Shape::Selectors => selectors,
        Shape::Severities => json!({ "type": "object", "additionalProperties": { "$ref": "#/$defs/severity" } }),
        Shape::PerFile => json!({ "type": "object", "additionalProperties": selectors }),
        Shape::Objects => json!({ "type": "array", "items": {
            "type": "object",
            "additionalProperties": false,
            "properties": {
                "rules": selectors,
                "kind": { "type": "string" },
                "name": { "type": "string" },
                "namespace": { "type": "string" },
            },
        } }),
        Shape::FileTypes => json!({ "type": "object", "additionalProperties": { "enum": names(KINDS) } }),
        Shape::FailOn => json!({ "enum": names(FAIL_ON) }),
        Shape::Version => json!({ "type": ["string", "number"], "pattern": r"^v?[0-9]+\.[0-9]+(\..+)?$" }),
        Shape::Images => json!({ "type": "object", "additionalProperties": { "type": "string" } }),
        Shape::Boolean => json!({ "type": "boolean" }),
        Shape::Labels => {
            let kinds = json!({ "enum": Kind::ALL.map(Kind::name) });
            let long = json!({
                "type": "object",
                "additionalProperties": false,
                "properties": { "type": kinds, "required": { "type": "boolean" } },
            });
            json!({ "type": "object", "additionalProperties": { "anyOf": [kinds, long] } })
        }
        Shape::Rules => rules(catalog),
    };
    if let Some(object) = value.as_object_mut() {
        object.insert("description".to_owned(), Value::from(format!("{} Default: {}.", key.summary, key.default)));
    }
    value
}

/// Every rule that has options, by its id; other names of it are allowed and not described.
fn rules(catalog: &Catalog) -> Value {
    let with_options = catalog.rules().iter().filter(|rule| !rule.options.is_empty());
    let properties: Map<String, Value> = with_options
        .map(|rule| {
            let options: Map<String, Value> =
                rule.options.iter().map(|option| (option.name.to_string(), option_schema(option))).collect();
            let value = json!({
                "type": "object",
                "description": rule.summary,
                "additionalProperties": false,
                "properties": options,
            });
            (rule.id.to_string(), value)
        })
        .collect();
    json!({ "type": "object", "properties": properties, "additionalProperties": { "type": "object" } })
}

fn option_schema(option: &RuleOption) -> Value {
    let mut value = match &*option.kind {
        "strings" => one_or_more(json!({ "type": "string" })),
        kind => json!({ "type": kind }),
    };
    if let Some(object) = value.as_object_mut() {
        object.insert("description".to_owned(), Value::from(&*option.description));
        object.insert("default".to_owned(), serde_json::from_str(&option.default).unwrap_or(Value::Null));
    }
    value
}

fn one_or_more(item: Value) -> Value {
    json!({ "anyOf": [item, { "type": "array", "items": item }] })
}

fn names<T>(choices: &[(&'static str, T)]) -> Vec<&'static str> {
    choices.iter().map(|(name, _)| *name).collect()
}
