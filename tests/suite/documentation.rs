//! Documentation that is made from what the program uses. Where it does not match, the test writes it anew and fails
//! once, as the catalog of the rules does.

use std::fs;

use clap::CommandFactory;
use rlint::cli::args::Arguments;
use rlint::config::schema;
use serde_json::Value;

#[test]
fn the_schema_of_the_configuration_is_current() {
    let schema = serde_json::to_string_pretty(&schema::schema(&rlint::catalog())).unwrap();
    hold("docs/schema/config.json", &format!("{schema}\n"));
}

#[test]
fn the_table_of_keys_is_current() {
    let path = "docs/configuration.md";
    let text = fs::read_to_string(path).unwrap();
    let (before, rest) = text.split_once("<!-- keys: written by the tests -->\n").unwrap();
    let (_, after) = rest.split_once("<!-- end of keys -->").unwrap();
    let table = schema::table();
    hold(path, &format!("{before}<!-- keys: written by the tests -->\n{table}<!-- end of keys -->{after}"));
}

#[test]
fn the_help_of_the_commands_is_current() {
    let mut text = String::from("# Command line\n\nWritten by the tests from the definition of the commands.\n");
    let command = Arguments::command().term_width(100);
    let mut commands = vec![command.clone()];
    commands.extend(command.get_subcommands().filter(|command| !command.is_hide_set()).cloned());
    for command in commands {
        let name = match command.get_name() {
            "rlint" => "rlint".to_owned(),
            name => format!("rlint {name}"),
        };
        let help = command.bin_name(&name).term_width(100).render_long_help().to_string();
        let lines: Vec<&str> = help.lines().map(str::trim_end).collect();
        text.push_str(&format!("\n## {name}\n\n```text\n{}\n```\n", lines.join("\n").trim_end()));
    }
    hold("docs/command-line.md", &text);
}

#[test]
fn the_json_output_is_what_its_schema_says() {
    let schema: Value = serde_json::from_str(&fs::read_to_string("docs/schema/output.json").unwrap()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: a\n      \
               image: nginx:latest\n      securityContext:\n        allowPrivilegeEscalation: true\n";
    fs::write(folder.path().join("pod.yaml"), pod).unwrap();
    fs::write(folder.path().join("cron.yaml"), "apiVersion: batch/v1beta1\nkind: CronJob\nmetadata:\n  name: b\n")
        .unwrap();
    fs::write(folder.path().join("Dockerfile"), "FROM a AS b\nFROM a AS b\nENV\n").unwrap();
    let run = std::process::Command::new(env!("CARGO_BIN_EXE_rlint"))
        .args(["--preset", "all", "--output-format", "json"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let output: Value = serde_json::from_slice(&run.stdout).unwrap();
    let mut wrong = Vec::new();
    validate(&output, &schema, &schema, "", &mut wrong);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let diagnostics = output["diagnostics"].as_array().unwrap();
    for field in ["labels", "notes", "fixes"] {
        let some = diagnostics.iter().any(|diagnostic| !diagnostic[field].as_array().unwrap().is_empty());
        assert!(some, "the example shows no {field}, so the schema of them was not tried");
    }
}

#[test]
fn the_schema_of_the_output_refuses_what_it_should() {
    let schema: Value = serde_json::from_str(&fs::read_to_string("docs/schema/output.json").unwrap()).unwrap();
    for wrong in [r#"{"version": 1}"#, r#"{"version": 2, "diagnostics": [], "summary": {}}"#, "[]"] {
        let mut found = Vec::new();
        validate(&serde_json::from_str(wrong).unwrap(), &schema, &schema, "", &mut found);
        assert!(!found.is_empty(), "{wrong}");
    }
}

/// Checks `value` against the parts of JSON Schema that our schema uses.
fn validate(value: &Value, schema: &Value, root: &Value, place: &str, wrong: &mut Vec<String>) {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = root.pointer(reference.trim_start_matches('#')).unwrap();
        validate(value, target, root, place, wrong);
    }
    let mut need = |holds: bool, what: &str| {
        if !holds {
            wrong.push(format!("{place}: {what}: {value}"));
        }
    };
    if let Some(constant) = schema.get("const") {
        need(value == constant, "is not the constant");
    }
    if let Some(choices) = schema["enum"].as_array() {
        need(choices.contains(value), "is none of the choices");
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().map(|name| name.as_str().unwrap()).collect(),
        _ => Vec::new(),
    };
    let is = |name: &&str| match *name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_u64(),
        "null" => value.is_null(),
        other => panic!("this checker does not know the type {other}"),
    };
    need(types.is_empty() || types.iter().any(is), "is of another type");
    for name in schema["required"].as_array().into_iter().flatten() {
        need(value.get(name.as_str().unwrap()).is_some(), &format!("has no {name}"));
    }
    for (name, inner) in value.as_object().into_iter().flatten() {
        match schema["properties"].get(name) {
            Some(schema) => validate(inner, schema, root, &format!("{place}/{name}"), wrong),
            None if schema["additionalProperties"] == false => wrong.push(format!("{place}: {name} is too much")),
            None => {}
        }
    }
    if schema["items"].is_object() {
        for (index, item) in value.as_array().into_iter().flatten().enumerate() {
            validate(item, &schema["items"], root, &format!("{place}/{index}"), wrong);
        }
    }
}

fn hold(path: &str, expected: &str) {
    let found = fs::read_to_string(path).unwrap_or_default();
    if found != expected {
        fs::write(path, expected).unwrap();
        panic!("{path} was not current; it is now. Read the difference and commit it.");
    }
}
