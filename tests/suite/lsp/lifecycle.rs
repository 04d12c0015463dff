//! Greeting, leaving, and what is no message.

use serde_json::{Value, json};

use super::client::{Client, codes, pulling, pushed};

const MAINTAINER: &str = "FROM alpine:3.20\nMAINTAINER me\n";

#[test]
fn a_greeting_is_answered_with_what_the_server_can_do() {
    let mut client = Client::start(&[]);
    let answer = client.greet(json!({ "processId": null, "rootUri": null, "capabilities": pulling() }));
    let capabilities = &answer["capabilities"];
    assert_eq!(capabilities["positionEncoding"], "utf-16");
    assert_eq!(capabilities["textDocumentSync"]["change"], 2);
    assert_eq!(capabilities["diagnosticProvider"]["interFileDependencies"], true);
    assert_eq!(capabilities["codeActionProvider"]["codeActionKinds"], json!(["quickfix", "source.fixAll.rlint"]));
    assert_eq!(answer["serverInfo"]["name"], "rlint");
    assert_eq!(client.goodbye(), 0);
}

#[test]
fn utf_8_is_taken_where_it_is_offered() {
    for (offered, taken) in
        [(json!(["utf-16", "utf-8"]), "utf-8"), (json!(["utf-32"]), "utf-16"), (Value::Null, "utf-16")]
    {
        let mut client = Client::start(&[]);
        let capabilities = json!({ "general": { "positionEncodings": offered } });
        let answer = client.greet(json!({ "processId": null, "rootUri": null, "capabilities": capabilities }));
        assert_eq!(answer["capabilities"]["positionEncoding"], taken);
    }
}

#[test]
fn diagnostics_are_asked_for_or_sent_and_never_both() {
    let mut client = Client::greeted(&[], pulling());
    client.open("Dockerfile", MAINTAINER);
    assert!(client.codes("Dockerfile").contains(&"dockerfile/maintainer".to_owned()));
    assert!(client.so_far("textDocument/publishDiagnostics").is_empty());

    let mut client = Client::greeted(&[], pushed());
    client.open("Dockerfile", MAINTAINER);
    let items = client.published("Dockerfile", 1);
    assert!(codes(&items).contains(&"dockerfile/maintainer".to_owned()));
    client.notify("textDocument/didClose", json!({ "textDocument": { "uri": client.uri("Dockerfile") } }));
    let after = client.notification("textDocument/publishDiagnostics", |_| true);
    assert_eq!(after["diagnostics"], json!([]));
}

#[test]
fn a_diagnostic_says_what_an_editor_can_show() {
    let mut client = Client::greeted(&[], pulling());
    client.open("Dockerfile", MAINTAINER);
    let items = client.pull("Dockerfile");
    let item = items.iter().find(|item| item["code"] == "dockerfile/maintainer").unwrap();
    assert_eq!(item["source"], "rlint");
    assert_eq!(item["tags"], json!([2]));
    assert!(item["codeDescription"]["href"].as_str().unwrap().ends_with("/rules/dockerfile/maintainer.md"));
    assert_eq!(item["range"]["start"], json!({ "line": 1, "character": 0 }));
    assert_eq!(item["data"]["fixes"][0]["applicability"], "safe");
}

#[test]
fn a_result_that_the_client_has_is_not_sent_again() {
    let mut client = Client::greeted(&[], pulling());
    client.open("Dockerfile", MAINTAINER);
    let document = json!({ "uri": client.uri("Dockerfile") });
    let first = client.request("textDocument/diagnostic", json!({ "textDocument": document }));
    let again = json!({ "textDocument": document, "previousResultId": first["resultId"] });
    assert_eq!(client.request("textDocument/diagnostic", again.clone())["kind"], "unchanged");
    client.replace("Dockerfile", 2, "FROM alpine:3.20\n");
    assert_eq!(client.request("textDocument/diagnostic", again)["kind"], "full");
}

#[test]
fn before_the_greeting_and_after_the_goodbye_nothing_is_done() {
    let mut client = Client::start(&[]);
    assert_eq!(client.refusal("textDocument/hover", json!({})), -32002);
    client.notify("textDocument/didOpen", json!({}));
    client.greet(json!({ "processId": null, "rootUri": null, "capabilities": {} }));
    assert_eq!(client.refusal("initialize", json!({ "capabilities": {} })), -32600);
    client.request("shutdown", Value::Null);
    assert_eq!(client.refusal("textDocument/hover", json!({})), -32600);
    client.notify("exit", Value::Null);
    assert_eq!(client.end(), 0);
}

#[test]
fn a_client_that_says_odd_things_of_itself_is_served_all_the_same() {
    let mut client = Client::start(&[]);
    let odd = json!({ "textDocument": { "codeAction": { "codeActionLiteralSupport": {} }, "hover": 7 } });
    let answer = client.greet(json!({ "processId": null, "rootUri": null, "capabilities": odd }));
    assert_eq!(answer["capabilities"]["hoverProvider"], true);
    client.open("Dockerfile", MAINTAINER);
    assert!(!client.published("Dockerfile", 1).is_empty());
    let mut client = Client::start(&[]);
    assert_eq!(client.refusal("initialize", json!([])), -32602);
    client.greet(json!({ "capabilities": {} }));
}

#[test]
fn a_client_that_dies_ends_the_server() {
    let client = Client::greeted(&[("Dockerfile", MAINTAINER)], pulling());
    assert_eq!(client.end(), 1);
    let mut client = Client::greeted(&[], pulling());
    client.notify("exit", Value::Null);
    assert_eq!(client.end(), 1);
}

#[test]
fn what_is_no_message_is_refused_and_the_next_one_counts() {
    let mut client = Client::greeted(&[], pulling());
    client.send_raw(b"Content-Length: 9\r\n\r\n{\"id\": 1,");
    let answer = client.answer_of_nobody();
    assert_eq!(answer["error"]["code"], -32700, "{answer}");
    client.send(&json!({ "jsonrpc": "2.0", "id": 4711 }));
    assert_eq!(client.answer_of(4711)["error"]["code"], -32600);
    client.send(&json!([]));
    assert_eq!(client.answer_of_nobody()["error"]["code"], -32600);
    client.send_raw(b"Content-Type: x\r\n\r\n");
    assert_eq!(client.answer_of_nobody()["error"]["code"], -32700);
    assert_eq!(client.refusal("textDocument/nothing", Value::Null), -32601);
    assert_eq!(client.refusal("textDocument/diagnostic", json!({ "textDocument": 1 })), -32602);
    assert_eq!(client.refusal("workspace/executeCommand", json!({ "command": "rm", "arguments": [] })), -32602);
    client.notify("$/nothing", Value::Null);
    client.notify("textDocument/didChange", json!({ "textDocument": {} }));
    client.open("Dockerfile", MAINTAINER);
    assert!(!client.pull("Dockerfile").is_empty());
    assert_eq!(client.goodbye(), 0);
}

#[test]
fn the_id_of_a_cancelled_request_may_be_used_again() {
    let mut client = Client::greeted(&[], pulling());
    client.open("Dockerfile", &format!("FROM debian:12\n{}", "RUN cd /x && wget http://a/b\n".repeat(3000)));
    let document = json!({ "uri": client.uri("Dockerfile") });
    for method in ["textDocument/diagnostic", "textDocument/codeAction"] {
        let range = json!({ "start": { "line": 1, "character": 0 }, "end": { "line": 3000, "character": 0 } });
        let params = json!({ "textDocument": document, "range": range, "context": { "diagnostics": [] } });
        client.send(&json!({ "jsonrpc": "2.0", "id": 500, "method": method, "params": params }));
        client.notify("$/cancelRequest", json!({ "id": 500 }));
        assert_eq!(client.answer_of(500)["error"]["code"], -32800);
        let params = json!({ "textDocument": document, "position": { "line": 0, "character": 2 } });
        client.send(&json!({ "jsonrpc": "2.0", "id": 500, "method": "textDocument/definition", "params": params }));
        assert_eq!(client.answer_of(500)["result"], json!([]), "{method}");
    }
}

#[test]
fn a_file_that_is_not_open_is_looked_at_as_it_is_on_the_disk() {
    let mut client = Client::greeted(&[], pulling());
    std::fs::write(client.path("Dockerfile"), b"FROM alpine:latest\n# \xff\nUSER 1\n").unwrap();
    let codes = client.codes("Dockerfile");
    assert!(
        codes.contains(&"dockerfile/latest-tag".to_owned()) && codes.contains(&"rlint/syntax".to_owned()),
        "{codes:?}"
    );
}
