//! Renaming.

use serde_json::{Value, json};

use super::client::{Client, applied, pulling};

const DOCKERFILE: &str = "ARG V=1\nFROM golang:$V AS build\nRUN go build\nFROM scratch AS \u{65}nd\nCOPY --from=build /a /a\nCOPY --from=build /b /b\n";

fn at(client: &Client, name: &str, text: &str, of: &str) -> Value {
    let at = text.find(of).unwrap() + of.len() - 1;
    let line = text[..at].matches('\n').count();
    let character = at - text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    json!({ "textDocument": { "uri": client.uri(name) }, "position": { "line": line, "character": character } })
}

/// The whole answer to a renaming.
fn rename(client: &mut Client, name: &str, text: &str, of: &str, new: &str) -> Value {
    let mut params = at(client, name, text, of);
    params["newName"] = json!(new);
    client.answer("textDocument/rename", params)
}

fn renamed(client: &mut Client, name: &str, text: &str, of: &str, new: &str) -> String {
    let answer = rename(client, name, text, of, new);
    let change = &answer["result"]["documentChanges"][0];
    assert_eq!(change["textDocument"], json!({ "uri": client.uri(name), "version": 1 }), "{answer}");
    applied(text, &change["edits"])
}

#[test]
fn a_stage_and_an_anchor_are_renamed_everywhere() {
    let compose = "x-a: &common {restart: always}\nservices:\n  web: {<<: *common, image: a}\n";
    let mut client = Client::greeted(&[("Dockerfile", DOCKERFILE)], pulling());
    client.open("Dockerfile", DOCKERFILE);
    client.open("compose.yaml", compose);
    let expected = DOCKERFILE.replace("AS build", "AS compile").replace("--from=build", "--from=compile");
    for of in ["AS build", "--from=build"] {
        assert_eq!(renamed(&mut client, "Dockerfile", DOCKERFILE, of, "compile"), expected, "{of}");
    }
    let expected = compose.replace("common", "shared");
    assert_eq!(renamed(&mut client, "compose.yaml", compose, "*common", "shared"), expected);
    let params = at(&client, "Dockerfile", DOCKERFILE, "--from=build");
    let prepared = client.request("textDocument/prepareRename", params);
    assert_eq!(prepared["placeholder"], "build");
    assert_eq!(prepared["range"]["start"], json!({ "line": 4, "character": 12 }));
}

#[test]
fn what_cannot_be_renamed_says_why() {
    let built = "services:\n  web: {build: {context: ., target: end}, image: a}\n";
    let mut client = Client::greeted(&[("Dockerfile", DOCKERFILE), ("compose.yaml", built)], pulling());
    client.open("Dockerfile", DOCKERFILE);
    client.open("compose.yaml", built);
    for (name, text, of, new, says) in [
        ("Dockerfile", DOCKERFILE, "AS end", "last", "by its name"),
        ("Dockerfile", DOCKERFILE, "AS build", "End", "already means something"),
        ("Dockerfile", DOCKERFILE, "AS build", "a b", "no name for a stage"),
        ("Dockerfile", DOCKERFILE, "$V", "W", "not every place is known"),
        ("compose.yaml", built, "  web", "app", "not every place is known"),
    ] {
        let answer = rename(&mut client, name, text, of, new);
        assert!(answer["error"]["message"].as_str().is_some_and(|told| told.contains(says)), "{of}: {answer}");
    }
    let params = at(&client, "Dockerfile", DOCKERFILE, "RUN go");
    assert_eq!(client.request("textDocument/prepareRename", params), Value::Null);
    // Once the compose file builds something else, nothing names the stage but the Dockerfile.
    client.replace("compose.yaml", 2, &built.replace(", target: end", ""));
    let expected = DOCKERFILE.replace("AS end", "AS last");
    assert_eq!(renamed(&mut client, "Dockerfile", DOCKERFILE, "AS end", "last"), expected);
}

#[test]
fn renaming_is_offered_as_the_client_can_have_it() {
    for (prepares, offered) in [(true, json!({ "prepareProvider": true })), (false, json!(true))] {
        let mut client = Client::start(&[]);
        let mut capabilities = pulling();
        capabilities["textDocument"]["rename"] = json!({ "prepareSupport": prepares });
        let greeting = client.greet(json!({ "processId": null, "rootUri": null, "capabilities": capabilities }));
        assert_eq!(greeting["capabilities"]["renameProvider"], offered);
    }
}
