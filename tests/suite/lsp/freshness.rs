//! What was found stays true when something else changes: files, folders, configurations, settings.

use serde_json::{Value, json};

use super::client::{Client, codes, pulling, pushed};

const LATEST: &str = "FROM alpine:latest\nUSER 1\n";
const DOCKERFILE: &str = "FROM debian:12\nUSER app\n";
const COMPOSE: &str = "services:\n  web:\n    image: example/web\n    build: app\n";
const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, labels: {app: web}}\nspec:\n  securityContext: {runAsNonRoot: true}\n  \
                   containers:\n    - name: web\n      image: example/web:1\n";
const SERVICE: &str =
    "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: [{port: 80}]}\n";
const CROSS: &str = "project/non-root-needs-numeric-user";
const FILES: [(&str, &str); 3] = [("app/Dockerfile", DOCKERFILE), ("compose.yaml", COMPOSE), ("pod.yaml", POD)];

fn has(client: &mut Client, name: &str, code: &str) -> bool {
    client.codes(name).iter().any(|known| known == code)
}

/// Tells the server of files that changed outside of the editor.
fn tell(client: &mut Client, changes: &[(&str, u32)]) {
    let changes: Vec<Value> =
        changes.iter().map(|(name, kind)| json!({ "uri": client.uri(name), "type": kind })).collect();
    client.notify("workspace/didChangeWatchedFiles", json!({ "changes": changes }));
}

fn add_folder(client: &mut Client, name: &str) {
    let event = json!({ "added": [{ "uri": client.uri(name), "name": name }], "removed": [] });
    client.notify("workspace/didChangeWorkspaceFolders", json!({ "event": event }));
}

#[test]
fn what_was_read_for_a_hover_counts_for_the_diagnostics_too() {
    let mut client = Client::greeted(&FILES, pulling());
    client.open("pod.yaml", POD);
    // The editor asks for these before it asks for diagnostics, and the other files are known from then on.
    let document =
        json!({ "textDocument": { "uri": client.uri("pod.yaml") }, "position": { "line": 7, "character": 16 } });
    client.request("textDocument/hover", document.clone());
    client.request("textDocument/documentSymbol", document);
    assert!(has(&mut client, "pod.yaml", CROSS));
    client.write("app/Dockerfile", &DOCKERFILE.replace("app", "1000"));
    tell(&mut client, &[("app/Dockerfile", 2)]);
    assert!(!has(&mut client, "pod.yaml", CROSS));
}

#[test]
fn what_one_document_had_read_of_itself_counts_for_another() {
    let files = [("pod.yaml", POD), ("svc.yaml", SERVICE), (".rlint.yaml", "")];
    let mut client = Client::greeted(&files, pulling());
    client.open("pod.yaml", POD);
    client.open("svc.yaml", SERVICE);
    // Nothing is known any more; then all that lies in the folder is read for the pod, itself too.
    tell(&mut client, &[(".rlint.yaml", 2)]);
    client.codes("pod.yaml");
    assert!(!has(&mut client, "svc.yaml", "kubernetes/dangling-service"));
    client.replace("pod.yaml", 2, &POD.replace("app: web", "app: other"));
    assert!(has(&mut client, "svc.yaml", "kubernetes/dangling-service"));
}

#[test]
fn a_folder_that_is_added_does_not_make_forget_what_hangs_together() {
    let mut client = Client::greeted(&FILES, pulling());
    client.write("other/x", "");
    client.open("pod.yaml", POD);
    assert!(has(&mut client, "pod.yaml", CROSS));
    add_folder(&mut client, "other");
    assert!(has(&mut client, "pod.yaml", CROSS));
    client.write("app/Dockerfile", &DOCKERFILE.replace("app", "1000"));
    tell(&mut client, &[("app/Dockerfile", 2)]);
    assert!(!has(&mut client, "pod.yaml", CROSS));
}

#[test]
fn a_document_that_comes_to_lie_in_another_folder_has_the_neighbours_it_had() {
    let files = [("sub/app/Dockerfile", DOCKERFILE), ("sub/compose.yaml", COMPOSE)];
    let mut client = Client::greeted(&files, pulling());
    client.open("sub/compose.yaml", COMPOSE);
    let links = |client: &mut Client| {
        let document = json!({ "textDocument": { "uri": client.uri("sub/compose.yaml") } });
        client.request("textDocument/documentLink", document)
    };
    let before = links(&mut client);
    assert!(before.to_string().contains("/sub/app/Dockerfile"), "{before}");
    add_folder(&mut client, "sub");
    assert_eq!(links(&mut client), before);
}

#[test]
fn a_configuration_that_could_not_be_used_counts_once_what_it_extends_is_mended() {
    let broken = [(".rlint.yaml", "extends: shared/base.yaml\n"), ("shared/base.yaml", "ignore: [latest-tagg]\n")];
    for (files, kind) in [(&broken[..1], 1), (&broken[..], 2)] {
        let mut client = Client::greeted(files, pulling());
        client.open("Dockerfile", LATEST);
        assert!(has(&mut client, "Dockerfile", "dockerfile/latest-tag"));
        client.write("shared/base.yaml", "ignore: [latest-tag]\n");
        tell(&mut client, &[("shared/base.yaml", kind)]);
        assert!(!has(&mut client, "Dockerfile", "dockerfile/latest-tag"), "{kind}");
    }
}

#[test]
fn files_of_every_name_count_when_they_come_and_go() {
    let dockerfile = "FROM debian:12\nCOPY package-lock.json /a/\nUSER 1\n";
    let files = [("compose.yaml", COMPOSE), ("app/src/a", "")];
    let mut client = Client::greeted(&files, pulling());
    let asked = client.wait_for_request("client/registerCapability");
    assert_eq!(asked["registrations"][0]["registerOptions"]["watchers"], json!([{ "globPattern": "**/*" }]));
    client.open("app/Dockerfile", dockerfile);
    assert!(has(&mut client, "app/Dockerfile", "dockerfile/missing-source"));
    for kind in [1, 2] {
        client.write("app/package-lock.json", "{}");
        // Some clients call it a change.
        tell(&mut client, &[("app/package-lock.json", kind)]);
        assert!(!has(&mut client, "app/Dockerfile", "dockerfile/missing-source"));
        std::fs::remove_file(client.path("app/package-lock.json")).unwrap();
        tell(&mut client, &[("app/package-lock.json", 3)]);
        assert!(has(&mut client, "app/Dockerfile", "dockerfile/missing-source"));
    }
    client.write("app/package-lock.json", "{}");
    tell(&mut client, &[("app/package-lock.json", 1)]);
    assert!(!has(&mut client, "app/Dockerfile", "dockerfile/missing-source"));
    std::fs::remove_dir_all(client.path("app")).unwrap();
    // Of a folder that goes only the folder is told.
    tell(&mut client, &[("app", 3)]);
    assert!(has(&mut client, "app/Dockerfile", "dockerfile/missing-source"));
}

#[test]
fn what_nothing_hangs_on_may_change_without_another_look() {
    let mut client = Client::greeted(&FILES, pushed());
    client.write("app/notes.txt", "");
    client.open("pod.yaml", POD);
    client.published("pod.yaml", 1);
    tell(&mut client, &[("app/target/x", 1), ("app/notes.txt", 2), (".git/index.lock", 1), (".git/index.lock", 3)]);
    let command = json!({ "command": "rlint.debugInformation", "arguments": [] });
    let report = client.request("workspace/executeCommand", command).as_str().unwrap().to_owned();
    // What was found is kept: it would be gone until the next look.
    assert!(report.contains("findings") && !report.contains(" 0 findings"), "{report}");
}

#[test]
fn who_tells_of_no_files_has_them_looked_at_when_one_is_saved_or_opened() {
    for moment in ["textDocument/didSave", "textDocument/didOpen"] {
        let mut capabilities = pulling();
        capabilities["workspace"].as_object_mut().unwrap().remove("didChangeWatchedFiles");
        let mut client = Client::greeted(&FILES, capabilities);
        client.open("pod.yaml", POD);
        assert!(has(&mut client, "pod.yaml", CROSS));
        client.write("app/Dockerfile", &DOCKERFILE.replace("app", "1000"));
        match moment {
            "textDocument/didOpen" => client.open("compose.yaml", COMPOSE),
            _ => client.notify(moment, json!({ "textDocument": { "uri": client.uri("pod.yaml") } })),
        }
        assert!(!has(&mut client, "pod.yaml", CROSS), "{moment}");
    }
}

#[test]
fn wrong_settings_are_told_once() {
    let wrong = json!({ "lint": { "ignore": ["latest-tagg"] }, "fixAll": 3 });
    let mut client = Client::greeted_with(&[(".rlint.yaml", "")], pulling(), wrong.clone());
    client.settings = wrong;
    client.open("Dockerfile", LATEST);
    client.notify("workspace/didChangeConfiguration", json!({ "settings": null }));
    client.wait_for_request("workspace/configuration");
    for _ in 0..2 {
        client.codes("Dockerfile");
        tell(&mut client, &[(".rlint.yaml", 2)]);
    }
    let told = client.so_far("window/showMessage");
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].to_string().contains("fixAll") && told[0].to_string().contains("latest-tagg"), "{told:?}");
}

#[test]
fn settings_that_are_taken_back_give_way_to_those_of_the_greeting() {
    let mut client = Client::greeted(&[], pulling());
    client.settings = json!({ "lint": { "ignore": ["latest-tag"] } });
    client.open("Dockerfile", LATEST);
    let mut told = |settings: Value| {
        client.settings = settings;
        client.notify("workspace/didChangeConfiguration", json!({ "settings": null }));
        client.wait_for_request("workspace/configuration");
        has(&mut client, "Dockerfile", "dockerfile/latest-tag")
    };
    assert!(!told(json!({ "lint": { "ignore": ["latest-tag"] } })));
    assert!(told(json!({})));
}

#[test]
fn documents_without_files_are_told_apart_and_stay_known() {
    let mut client = Client::start(&[("folder/x", "")]);
    client.greet(json!({ "processId": null, "capabilities": pulling() }));
    let open = |client: &mut Client, uri: &str, text: &str| {
        let document = json!({ "uri": uri, "languageId": "dockerfile", "version": 1, "text": text });
        client.notify("textDocument/didOpen", json!({ "textDocument": document }));
    };
    let found = |client: &mut Client, uri: &str| {
        let report = client.request("textDocument/diagnostic", json!({ "textDocument": { "uri": uri } }));
        codes(report["items"].as_array().unwrap()).contains(&"dockerfile/latest-tag".to_owned())
    };
    open(&mut client, "untitled:/a/Dockerfile", LATEST);
    open(&mut client, "untitled:/b/Dockerfile", "FROM alpine:3.20\nUSER 1\n");
    assert!(found(&mut client, "untitled:/a/Dockerfile") && !found(&mut client, "untitled:/b/Dockerfile"));
    add_folder(&mut client, "folder");
    let document = json!({ "uri": "untitled:/b/Dockerfile", "version": 2 });
    let changed = json!({ "textDocument": document, "contentChanges": [{ "text": LATEST }] });
    client.notify("textDocument/didChange", changed);
    assert!(found(&mut client, "untitled:/b/Dockerfile"));
}

#[test]
fn an_address_that_is_not_written_as_it_should_be_is_understood() {
    let mut client = Client::greeted(&[], pulling());
    let uri = format!("{}/pages/[id] \u{e9}/Dockerfile", client.uri(""));
    let document = json!({ "uri": uri, "languageId": "dockerfile", "version": 1, "text": LATEST });
    client.notify("textDocument/didOpen", json!({ "textDocument": document }));
    let report = client.request("textDocument/diagnostic", json!({ "textDocument": { "uri": uri } }));
    assert!(report.to_string().contains("dockerfile/latest-tag"), "{report}");
}

#[test]
fn a_folder_of_the_client_takes_the_place_of_one_that_was_made_up_in_it() {
    let mut client = Client::start(&[("a/.git/x", "")]);
    client.greet(json!({ "processId": null, "capabilities": pulling() }));
    client.open("a/Dockerfile", LATEST);
    assert!(has(&mut client, "a/Dockerfile", "dockerfile/latest-tag"));
    client.settings = json!({ "lint": { "ignore": ["latest-tag"] } });
    add_folder(&mut client, "");
    client.wait_for_request("workspace/configuration");
    assert!(!has(&mut client, "a/Dockerfile", "dockerfile/latest-tag"));
    let command = json!({ "command": "rlint.debugInformation", "arguments": [] });
    let report = client.request("workspace/executeCommand", command).as_str().unwrap().to_owned();
    assert_eq!(report.matches("folder: ").count(), 1, "{report}");
}

#[test]
fn who_changes_a_document_is_not_told_to_ask_for_what_is_found_in_it() {
    let mut client = Client::greeted(&FILES, pulling());
    client.open("pod.yaml", POD);
    client.codes("pod.yaml");
    client.replace("pod.yaml", 2, "apiVersion: v1\nkind: Pod\n");
    client.codes("pod.yaml");
    std::thread::sleep(std::time::Duration::from_millis(400));
    client.so_far("");
    let refreshes = client.asked.iter().filter(|asked| asked["method"] == "workspace/diagnostic/refresh").count();
    assert_eq!(refreshes, 0, "{:?}", client.asked);
}

#[test]
fn a_configuration_that_is_wrong_in_one_way_after_the_other_is_told_once_until_it_is_right() {
    let mut client = Client::greeted(&[(".rlint.yaml", "ignore: [latest-tag]\n")], pulling());
    client.open("Dockerfile", LATEST);
    client.codes("Dockerfile");
    let mut told = |texts: &[&str]| {
        for text in texts {
            client.write(".rlint.yaml", text);
            // An editor that saves while one types tells of it twice.
            let document = json!({ "textDocument": { "uri": client.uri(".rlint.yaml") } });
            client.notify("textDocument/didSave", document);
            tell(&mut client, &[(".rlint.yaml", 2)]);
            client.codes("Dockerfile");
        }
        client.so_far("window/showMessage").len()
    };
    assert_eq!(told(&["ign", "ignore: [", "ignore: [latest-tagg]"]), 1);
    assert_eq!(told(&["ignore: [latest-tag]"]), 0);
    assert_eq!(told(&["ignore: [latest-tag"]), 1);
}
