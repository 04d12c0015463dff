//! Files that hang together, configurations, folders and settings.

use serde_json::{Value, json};

use super::client::{Client, codes, pulling, pushed};

const LATEST: &str = "FROM alpine:latest\nUSER 1\n";
const DOCKERFILE: &str = "FROM alpine:3.20\nUSER 1000\n";
const COMPOSE: &str = "services:\n  web:\n    build: .\n    image: acme/web:1\n";
const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  securityContext: {runAsNonRoot: true}\n  \
                   containers:\n    - name: web\n      image: acme/web:1\n";
const CROSS: &str = "project/non-root-needs-numeric-user";

fn has(codes: &[String], code: &str) -> bool {
    codes.iter().any(|known| known == code)
}

/// Tells the server that a file changed outside of the editor.
fn touch(client: &mut Client, name: &str, kind: u32) {
    let uri = client.uri(name);
    client.notify("workspace/didChangeWatchedFiles", json!({ "changes": [{ "uri": uri, "type": kind }] }));
}

#[test]
fn a_rule_across_files_sees_what_is_typed_and_not_saved() {
    let files = [("Dockerfile", DOCKERFILE), ("compose.yaml", COMPOSE), ("pod.yaml", POD)];
    let mut client = Client::greeted(&files, pushed());
    client.open("pod.yaml", POD);
    assert!(!has(&codes(&client.published("pod.yaml", 1)), CROSS));
    client.open("Dockerfile", DOCKERFILE);
    client.published("Dockerfile", 1);
    client.replace("Dockerfile", 2, &DOCKERFILE.replace("1000", "root"));
    let uri = client.uri("pod.yaml");
    client.notification("textDocument/publishDiagnostics", |params| {
        params["uri"] == uri && params["diagnostics"].to_string().contains(CROSS)
    });
    client.notify("textDocument/didClose", json!({ "textDocument": { "uri": client.uri("Dockerfile") } }));
    client.notification("textDocument/publishDiagnostics", |params| {
        params["uri"] == uri && !params["diagnostics"].to_string().contains(CROSS)
    });
}

#[test]
fn a_client_that_asks_is_told_to_ask_again_when_another_file_changes() {
    let files = [("Dockerfile", DOCKERFILE), ("compose.yaml", COMPOSE), ("pod.yaml", POD)];
    let mut client = Client::greeted(&files, pulling());
    client.open("pod.yaml", POD);
    assert!(!has(&client.codes("pod.yaml"), CROSS));
    client.write("Dockerfile", &DOCKERFILE.replace("1000", "root"));
    touch(&mut client, "Dockerfile", 2);
    client.wait_for_request("workspace/diagnostic/refresh");
    assert!(has(&client.codes("pod.yaml"), CROSS));
    client.write("compose.yaml", "services: {}\n");
    touch(&mut client, "compose.yaml", 2);
    client.wait_for_request("workspace/diagnostic/refresh");
    assert!(!has(&client.codes("pod.yaml"), CROSS));
}

#[test]
fn what_is_registered_is_what_the_client_can_do() {
    let mut client = Client::greeted(&[], pulling());
    let asked = client.wait_for_request("client/registerCapability");
    let methods: Vec<&Value> = asked["registrations"].as_array().unwrap().iter().map(|own| &own["method"]).collect();
    assert_eq!(methods, ["workspace/didChangeWatchedFiles"]);
    let mut client = Client::greeted(&[], json!({}));
    client.so_far("");
    assert!(client.asked.is_empty(), "{:?}", client.asked);
}

#[test]
fn a_configuration_that_breaks_is_one_warning_and_the_last_good_one_counts() {
    let good = "ignore: [latest-tag]\n";
    let mut client = Client::greeted(&[(".rlint.yaml", good)], pulling());
    client.open("Dockerfile", LATEST);
    client.open("other/Dockerfile", LATEST);
    assert!(!has(&client.codes("Dockerfile"), "dockerfile/latest-tag"));
    client.write(".rlint.yaml", "ignore: [latest-tag\nignor: x\n");
    touch(&mut client, ".rlint.yaml", 2);
    for _ in 0..2 {
        assert!(!has(&client.codes("Dockerfile"), "dockerfile/latest-tag"));
        touch(&mut client, ".rlint.yaml", 2);
    }
    let told = client.so_far("window/showMessage");
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0]["params"]["message"].as_str().unwrap().contains(".rlint.yaml:1: "), "{told:?}");
    client.write(".rlint.yaml", "preset: recommended\n");
    touch(&mut client, ".rlint.yaml", 2);
    assert!(has(&client.codes("Dockerfile"), "dockerfile/latest-tag"));
}

#[test]
fn what_a_configuration_takes_from_elsewhere_counts_when_it_changes() {
    let page = "---\nseverity: error\non: image\nwhere: 'image.tag == \"latest\"'\nmessage: no latest here\n---\n# no-latest\n\nNo latest.\n";
    let files = [
        (".rlint.yaml", "extends: base/team.yaml\n"),
        ("base/team.yaml", "ignore: [latest-tag]\n"),
        ("lint/no-latest.md", page),
    ];
    let mut client = Client::greeted(&files, pulling());
    client.open("Dockerfile", LATEST);
    assert!(!has(&client.codes("Dockerfile"), "dockerfile/latest-tag"));
    client.write("base/team.yaml", "rule-paths: [../lint]\n");
    touch(&mut client, "base/team.yaml", 2);
    let codes = client.codes("Dockerfile");
    assert!(has(&codes, "dockerfile/latest-tag") && has(&codes, "custom/no-latest"), "{codes:?}");
    client.write("lint/no-latest.md", &page.replace("latest\"", "oldest\""));
    touch(&mut client, "lint/no-latest.md", 2);
    assert!(!has(&client.codes("Dockerfile"), "custom/no-latest"));
}

#[test]
fn known_findings_are_held_back() {
    let mut client = Client::greeted(&[("Dockerfile", LATEST), (".rlint.yaml", "baseline: known.json\n")], pulling());
    let run = std::process::Command::new(env!("CARGO_BIN_EXE_rlint"))
        .args(["check", "--update-baseline", "-q", "Dockerfile"])
        .current_dir(client.path(""))
        .status();
    assert!(run.unwrap().success());
    client.open("Dockerfile", LATEST);
    assert!(client.pull("Dockerfile").is_empty());
    client.replace("Dockerfile", 2, &format!("{LATEST}MAINTAINER me\n"));
    assert_eq!(client.codes("Dockerfile"), ["dockerfile/maintainer"]);
}

#[test]
fn a_configuration_is_read_while_it_is_typed_and_counts_when_it_is_saved() {
    let mut client = Client::greeted(&[(".rlint.yaml", "")], pulling());
    client.open("Dockerfile", LATEST);
    client.open(".rlint.yaml", "ignor: [latest-tag]\n");
    assert_eq!(client.codes(".rlint.yaml"), ["rlint/config"]);
    client.replace(".rlint.yaml", 2, "ignore: [latest-tag]\n");
    assert!(client.codes(".rlint.yaml").is_empty());
    assert!(has(&client.codes("Dockerfile"), "dockerfile/latest-tag"));
    client.write(".rlint.yaml", "ignore: [latest-tag]\n");
    client.notify("textDocument/didSave", json!({ "textDocument": { "uri": client.uri(".rlint.yaml") } }));
    assert!(!has(&client.codes("Dockerfile"), "dockerfile/latest-tag"));
}

#[test]
fn every_folder_has_its_own_configuration_and_settings() {
    let files = [("a/.rlint.yaml", "ignore: [latest-tag]\n"), ("b/.rlint.yaml", "preset: strict\n")];
    let mut client = Client::start(&files);
    let folders = json!([{ "uri": client.uri("a"), "name": "a" }, { "uri": client.uri("b"), "name": "b" }]);
    client.greet(json!({ "processId": null, "capabilities": pulling(), "workspaceFolders": folders }));
    for (name, found) in [("a/Dockerfile", false), ("b/Dockerfile", true), ("c/Dockerfile", true)] {
        client.open(name, LATEST);
        assert_eq!(has(&client.codes(name), "dockerfile/latest-tag"), found, "{name}");
    }
    let event = json!({ "added": [], "removed": [{ "uri": client.uri("b"), "name": "b" }] });
    client.notify("workspace/didChangeWorkspaceFolders", json!({ "event": event }));
    assert!(has(&client.codes("b/Dockerfile"), "dockerfile/latest-tag"), "its own folder counts for an open file");
}

#[test]
fn settings_are_taken_from_the_greeting_and_asked_for() {
    let ignoring = json!({ "lint": { "ignore": ["latest-tag"] } });
    let mut client = Client::greeted_with(&[], pulling(), ignoring.clone());
    client.open("Dockerfile", LATEST);
    assert!(!has(&client.codes("Dockerfile"), "dockerfile/latest-tag"));
    client.settings = json!({ "enable": false });
    client.notify("workspace/didChangeConfiguration", json!({ "settings": null }));
    client.wait_for_request("workspace/configuration");
    assert!(client.pull("Dockerfile").is_empty());
    client.settings = json!({ "lint": { "select": ["latest-tagg"] } });
    client.notify("workspace/didChangeConfiguration", json!({ "settings": null }));
    let told = client.notification("window/showMessage", |_| true);
    assert!(told["message"].as_str().unwrap().contains("did you mean `latest-tag`?"), "{told}");
}

#[test]
fn a_configuration_of_the_editor_counts_as_it_is_asked_to() {
    let files = [(".rlint.yaml", "severity: {latest-tag: error}\n"), ("other.yaml", "severity: {latest-tag: info}\n")];
    let inline = json!({ "severity": { "latest-tag": "info" } });
    for (configuration, preference, severity) in [
        (json!(null), "editorFirst", 1),
        (inline.clone(), "editorFirst", 3),
        (inline.clone(), "filesystemFirst", 1),
        (inline, "editorOnly", 3),
        (json!("other.yaml"), "editorFirst", 3),
        (json!("other.yaml"), "filesystemFirst", 1),
        (json!(null), "editorOnly", 2),
    ] {
        let settings = json!({ "configuration": configuration, "configurationPreference": preference });
        let mut client = Client::greeted_with(&files, pulling(), settings.clone());
        client.open("Dockerfile", LATEST);
        let items = client.pull("Dockerfile");
        let item = items.iter().find(|item| item["code"] == "dockerfile/latest-tag").unwrap();
        assert_eq!(item["severity"], severity, "{settings}");
    }
}

#[test]
fn on_save_means_on_save() {
    let settings = json!({ "lint": { "run": "onSave" } });
    let mut client = Client::greeted_with(&[], pulling(), settings);
    client.open("Dockerfile", "FROM alpine:3.20\nUSER 1\n");
    assert!(!has(&client.codes("Dockerfile"), "dockerfile/latest-tag"));
    client.replace("Dockerfile", 2, LATEST);
    assert!(!has(&client.codes("Dockerfile"), "dockerfile/latest-tag"));
    client.notify("textDocument/didSave", json!({ "textDocument": { "uri": client.uri("Dockerfile") } }));
    assert!(has(&client.codes("Dockerfile"), "dockerfile/latest-tag"));
}
