//! Quick fixes, ignores, everything that is safe at once, and plans.

use serde_json::{Value, json};

use super::client::{Client, applied, pulling, range};

const TEXT: &str = "FROM alpine:3.20\n# \u{1f600}\nMAINTAINER \u{1f600} me\nRUN cd /x\n";

fn titled<'a>(actions: &'a [Value], start: &str) -> &'a Value {
    let found = actions.iter().find(|action| action["title"].as_str().unwrap().starts_with(start));
    found.unwrap_or_else(|| panic!("no action `{start}` in {actions:#?}"))
}

/// The text after the edit of an action.
fn after(text: &str, action: &Value) -> String {
    applied(text, &action["edit"]["documentChanges"][0]["edits"])
}

#[test]
fn the_only_safe_fix_is_preferred_and_its_edit_is_for_a_version() {
    let mut client = Client::greeted(&[], pulling());
    client.open("Dockerfile", TEXT);
    let actions = client.actions("Dockerfile", range((2, 3), (2, 3)), None);
    let fix = actions.iter().find(|action| action["isPreferred"] == true).unwrap();
    assert_eq!(fix["kind"], "quickfix");
    assert_eq!(fix["diagnostics"][0]["code"], "dockerfile/maintainer");
    assert_eq!(fix["edit"]["documentChanges"][0]["textDocument"]["version"], 1);
    let after = after(TEXT, fix);
    assert!(after.contains("LABEL") && after.contains("\u{1f600} me") && !after.contains("MAINTAINER"), "{after}");
    client.replace("Dockerfile", 2, &after);
    assert!(!client.codes("Dockerfile").contains(&"dockerfile/maintainer".to_owned()));
}

#[test]
fn a_finding_can_be_ignored_where_it_is() {
    let mut client = Client::greeted(&[], pulling());
    client.open("Dockerfile", TEXT);
    let actions = client.actions("Dockerfile", range((2, 0), (2, 0)), Some("quickfix"));
    let after = after(TEXT, titled(&actions, "Ignore dockerfile/maintainer here"));
    assert!(after.contains("# rlint ignore=dockerfile/maintainer reason=\"\u{2026}\"\nMAINTAINER"), "{after}");
    client.replace("Dockerfile", 2, &after);
    assert!(!client.codes("Dockerfile").contains(&"dockerfile/maintainer".to_owned()));
}

#[test]
fn a_client_that_can_gets_a_place_to_write_the_reason() {
    let mut capabilities = pulling();
    capabilities["workspace"]["workspaceEdit"]["snippetEditSupport"] = json!(true);
    let mut client = Client::greeted(&[], capabilities);
    client.open("Dockerfile", TEXT);
    let actions = client.actions("Dockerfile", range((2, 0), (2, 0)), Some("quickfix"));
    let action = titled(&actions, "Ignore dockerfile/maintainer here");
    let snippet = &action["edit"]["documentChanges"][0]["edits"][0]["snippet"];
    assert_eq!(snippet["kind"], "snippet");
    assert!(snippet["value"].as_str().unwrap().contains("reason=\"${1:\u{2026}}\""), "{snippet}");
}

#[test]
fn everything_that_is_safe_is_fixed_at_once_when_the_edit_is_asked_for() {
    let text = "FROM alpine:3.20\nMAINTAINER me\nMAINTAINER you\n";
    let mut client = Client::greeted(&[], pulling());
    client.open("Dockerfile", text);
    for only in ["source", "source.fixAll", "source.fixAll.rlint"] {
        let actions = client.actions("Dockerfile", range((0, 0), (0, 0)), Some(only));
        assert_eq!(actions.len(), 1, "{actions:?}");
        assert!(actions[0].get("edit").is_none());
        let resolved = client.request("codeAction/resolve", actions[0].clone());
        let after = after(text, &resolved);
        assert!(after.contains("LABEL") && !after.contains("MAINTAINER"), "{after}");
    }
    let actions = client.actions("Dockerfile", range((0, 0), (0, 0)), Some("source.fixAll"));
    client.replace("Dockerfile", 2, "FROM alpine:3.20\n");
    let code = client.refusal("codeAction/resolve", actions[0].clone());
    assert_eq!(code, -32801, "the document has changed");
    assert!(client.actions("Dockerfile", range((0, 0), (0, 0)), Some("source.fixAll")).is_empty());
    assert!(client.actions("Dockerfile", range((0, 0), (0, 0)), Some("refactor")).is_empty());
}

#[test]
fn a_client_that_cannot_wait_gets_the_edit_at_once() {
    let mut capabilities = pulling();
    capabilities["textDocument"]["codeAction"].as_object_mut().unwrap().remove("resolveSupport");
    capabilities["workspace"]["workspaceEdit"] = json!({});
    let mut client = Client::greeted(&[], capabilities);
    client.open("Dockerfile", TEXT);
    let actions = client.actions("Dockerfile", range((0, 0), (0, 0)), Some("source.fixAll"));
    let edits = &actions[0]["edit"]["changes"][client.uri("Dockerfile")];
    assert!(applied(TEXT, edits).contains("LABEL"), "{actions:?}");
}

#[test]
fn a_fix_is_planned_when_it_is_asked_for() {
    let mut client = Client::greeted(&[], pulling());
    client.open("Dockerfile", TEXT);
    let actions = client.actions("Dockerfile", range((2, 0), (2, 0)), Some("quickfix"));
    let titles: Vec<_> = actions.iter().map(|action| action["title"].as_str().unwrap()).collect();
    assert!(titles[0].starts_with("Say it in a label"), "what mends comes first: {titles:?}");
    assert!(titles.last().unwrap().starts_with("Plan this fix"), "what changes nothing comes last: {titles:?}");
    let command = titled(&actions, "Plan this fix")["command"].clone();
    let told = client.request("workspace/executeCommand", command.clone());
    let told = told.as_str().unwrap();
    assert!(told.contains("in the plan of what is built") && told.ends_with("Nothing was run."), "{told}");
    client.notification("window/showMessage", |params| params["message"] == told);
    client.replace("Dockerfile", 2, "FROM alpine:3.20\n");
    assert_eq!(client.refusal("workspace/executeCommand", command), -32801);
}

#[test]
fn the_command_that_fixes_has_the_edit_applied() {
    let mut client = Client::greeted(&[], pulling());
    client.open("Dockerfile", TEXT);
    let target = json!([{ "uri": client.uri("Dockerfile"), "version": 1 }]);
    client.request("workspace/executeCommand", json!({ "command": "rlint.applyAutofix", "arguments": target }));
    let asked = client.asked.iter().find(|message| message["method"] == "workspace/applyEdit").unwrap();
    let edits = &asked["params"]["edit"]["documentChanges"][0]["edits"];
    assert!(applied(TEXT, edits).contains("LABEL"), "{asked}");
    let text = client.request("workspace/executeCommand", json!({ "command": "rlint.debugInformation" }));
    assert!(text.as_str().unwrap().contains("Dockerfile"), "{text}");
    let page = json!({ "command": "rlint.explain", "arguments": ["maintainer"] });
    assert!(client.request("workspace/executeCommand", page).as_str().unwrap().starts_with("# maintainer"));
}
