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

#[test]
fn everything_that_is_safe_leaves_alone_what_is_held_back() {
    let known = "FROM alpine:3.20\nMAINTAINER me\nRUN a\n";
    let mut client = Client::greeted(&[("Dockerfile", known), (".rlint.yaml", "baseline: known.json\n")], pulling());
    let run = std::process::Command::new(env!("CARGO_BIN_EXE_rlint"))
        .args(["check", "--update-baseline", "-q", "Dockerfile"])
        .current_dir(client.path(""))
        .status();
    assert!(run.unwrap().success());
    let everything = |client: &mut Client| {
        let actions = client.actions("Dockerfile", range((0, 0), (0, 0)), Some("source.fixAll"));
        actions.first().map(|action| client.request("codeAction/resolve", action.clone()))
    };
    client.open("Dockerfile", known);
    assert!(everything(&mut client).is_none());
    // One that is as the known one is reported, and cannot be told from it.
    client.replace("Dockerfile", 2, &format!("{known}MAINTAINER me\n"));
    assert!(everything(&mut client).unwrap().get("edit").is_none());
    let text = format!("{known}MAINTAINER other\n");
    client.replace("Dockerfile", 3, &text);
    let action = everything(&mut client).unwrap();
    assert_eq!(after(&text, &action), format!("{known}LABEL org.opencontainers.image.authors=\"other\"\n"));
}

#[test]
fn edits_that_cannot_say_which_version_they_are_for_are_for_the_present_one() {
    let mut capabilities = pulling();
    capabilities["workspace"]["workspaceEdit"] = json!({});
    let mut client = Client::greeted(&[], capabilities);
    let text = format!("FROM alpine:3.20\nMAINTAINER me\n{}", "RUN cd /x && wget http://a/b\n".repeat(2000));
    client.open("Dockerfile", &text);
    client.codes("Dockerfile");
    let document = json!({ "uri": client.uri("Dockerfile") });
    let params = json!({ "textDocument": document, "range": range((1, 0), (1, 3)), "context": { "diagnostics": [] } });
    let id = client.begin("textDocument/codeAction", params);
    client.change("Dockerfile", 2, json!([{ "range": range((0, 0), (0, 0)), "text": "# one more line\n" }]));
    let answer = client.answer_of(id);
    // It was answered before the change came, or not at all.
    let is_refused = answer["error"]["code"] == -32801;
    assert!(is_refused || answer["result"][0]["edit"]["changes"].is_object(), "{answer}");
    let actions = client.actions("Dockerfile", range((2, 0), (2, 3)), None);
    let edits = &titled(&actions, "Say it")["edit"]["changes"][client.uri("Dockerfile")];
    assert_eq!(edits[0]["range"]["start"]["line"], 2);
}

#[test]
fn a_comment_that_ignores_is_one_in_an_ignore_file_too() {
    let mut client = Client::greeted(&[], pulling());
    let text = "a\n  b # c\n";
    client.open(".dockerignore", text);
    let code = "dockerfile/dockerignore-inline-comment";
    assert!(client.codes(".dockerignore").contains(&code.to_owned()));
    let actions = client.actions(".dockerignore", range((1, 0), (1, 7)), None);
    let after = after(text, titled(&actions, "Ignore"));
    assert!(after.starts_with("a\n# rlint ignore="), "blanks before a `#` make a pattern of it: {after}");
    client.replace(".dockerignore", 2, &after);
    assert!(!client.codes(".dockerignore").contains(&code.to_owned()));
}
