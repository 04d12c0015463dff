//! The log file that a user asks for.

use serde_json::{Value, json};

use super::client::{Client, pulling};

/// A server that is asked to write its log at a path.
fn logging(name: &str) -> Client {
    let mut client = Client::start(&[("Dockerfile", "FROM a:1\n")]);
    let settings = json!({ "logFile": client.path(name) });
    client.settings = settings.clone();
    let folder = json!([{ "uri": client.uri(""), "name": "test" }]);
    client.greet(json!({
        "processId": null, "capabilities": pulling(), "workspaceFolders": folder, "initializationOptions": settings,
    }));
    client
}

#[test]
fn the_log_says_what_was_asked_and_how_long_it_took() {
    let mut client = logging("rlint.log");
    client.open("Dockerfile", "FROM debian:latest\n");
    client.codes("Dockerfile");
    let position =
        json!({ "textDocument": { "uri": client.uri("Dockerfile") }, "position": { "line": 0, "character": 6 } });
    client.request("textDocument/hover", position);
    client.refusal("test/nothing", Value::Null);
    let path = client.path("rlint.log");
    let text = std::fs::read_to_string(&path).unwrap();
    for wanted in [
        concat!("Z rlint ", env!("CARGO_PKG_VERSION"), " serves\n"),
        "Dockerfile, version 1: ",
        "Z textDocument/diagnostic ",
        "Z textDocument/hover ",
        "there is no method `test/nothing`",
    ] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    let is_whole = |line: &str| line.as_bytes()[10] == b'T' && line.as_bytes()[23] == b'Z';
    assert!(text.ends_with('\n') && text.lines().all(is_whole), "{text}");
    assert!(text.lines().filter(|line| line.contains(" textDocument/")).all(|line| line.ends_with(" ms")), "{text}");
    // When nobody asks for it any more, nothing more is written.
    client.settings = json!({ "logFile": "" });
    client.notify("workspace/didChangeConfiguration", json!({ "settings": null }));
    client.wait_for_request("workspace/configuration");
    client.so_far("");
    let before = std::fs::read_to_string(&path).unwrap();
    client.codes("Dockerfile");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), before);
}

#[test]
fn a_log_that_cannot_be_written_costs_a_warning_and_nothing_else() {
    for (name, says) in [("none/rlint.log", "cannot be opened"), (".", "it is no regular file")] {
        let mut client = logging(name);
        let told = client.notification("window/showMessage", |_| true);
        assert!(told["message"].as_str().unwrap().contains(says), "{told}");
        client.open("Dockerfile", "FROM debian:latest\n");
        assert!(!client.codes("Dockerfile").is_empty());
        assert_eq!(client.so_far("window/showMessage").len(), 0);
    }
}
