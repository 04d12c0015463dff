//! Documents that change: columns, order, broken text, and more of it than anybody types.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::client::{Client, codes, pulling, pushed, range};
use crate::support::corpus;

#[test]
fn columns_count_utf_16_or_bytes_as_was_agreed() {
    let text = "services: {\"\u{1f600}\u{e9}\": {image: \"a:latest\"}}\n";
    for (encoding, face, accent) in [("utf-16", 2, 1), ("utf-8", 4, 2)] {
        let mut capabilities = pulling();
        capabilities["general"]["positionEncodings"] = json!([encoding]);
        let mut client = Client::greeted(&[], capabilities);
        client.open("compose.yaml", text);
        let mut column = |version: i32| {
            if version > 1 {
                // The face goes: both its halves, or all its bytes.
                client.change(
                    "compose.yaml",
                    version,
                    json!([{ "range": range((0, 12), (0, 12 + face)), "text": "x" }]),
                );
            }
            let items = client.pull("compose.yaml");
            let item = items.iter().find(|item| item["code"] == "compose/latest-tag").unwrap();
            item["range"]["start"]["character"].as_u64().unwrap()
        };
        let before = "services: {\"\": {image: \"a:".len() as u64;
        assert_eq!(column(1), before + u64::from(face) + accent, "{encoding}");
        assert_eq!(column(2), before + 1 + accent, "{encoding}");
    }
}

#[test]
fn edits_out_of_range_are_clamped() {
    let mut client = Client::greeted(&[], pulling());
    client.open("Dockerfile", "FROM alpine:3.20");
    client.change(
        "Dockerfile",
        2,
        json!([
            { "range": range((90, 7), (91, 8)), "text": "\nMAINTAINER me" },
            { "range": range((0, 4_000_000_000), (0, 4_000_000_000)), "text": "\nUSER 1" },
            { "range": range((1, 6), (1, 5)), "text": "2" },
        ]),
    );
    let items = client.pull("Dockerfile");
    let item = items.iter().find(|item| item["code"] == "dockerfile/maintainer").unwrap();
    assert_eq!(item["range"]["start"]["line"], 2);
    assert!(!codes(&items).contains(&"dockerfile/root-user".to_owned()), "{items:?}");
}

#[test]
fn documents_may_be_treated_badly() {
    let mut client = Client::greeted(&[("Dockerfile", "FROM alpine:latest\n")], pushed());
    let document = json!({ "textDocument": { "uri": client.uri("Dockerfile") } });
    client.notify("textDocument/didClose", document.clone());
    client.replace("Dockerfile", 7, "FROM never:opened\n");
    client.open("Dockerfile", "FROM alpine:latest\n");
    client.published("Dockerfile", 1);
    client.open("Dockerfile", "FROM alpine:3.20\nUSER 1\n");
    client.replace("Dockerfile", -5, "MAINTAINER x\n");
    client.replace("Dockerfile", -5, "FROM alpine:latest\nUSER 1\n");
    std::fs::remove_file(client.path("Dockerfile")).unwrap();
    let gone = json!({ "changes": [{ "uri": client.uri("Dockerfile"), "type": 3 }] });
    client.notify("workspace/didChangeWatchedFiles", gone);
    let items = loop {
        let items = client.published("Dockerfile", -5);
        if !codes(&items).contains(&"dockerfile/maintainer".to_owned()) {
            break items;
        }
    };
    assert!(codes(&items).contains(&"dockerfile/latest-tag".to_owned()), "{items:?}");
    client.notify("textDocument/didClose", document.clone());
    client.notify("textDocument/didClose", document);
    let odd = json!({ "uri": "git:/x?y", "languageId": "x", "version": 1, "text": "FROM alpine:latest" });
    client.notify("textDocument/didOpen", json!({ "textDocument": odd }));
    let warned = client.so_far("window/logMessage");
    assert_eq!(warned.len(), 5, "{warned:?}");
    assert_eq!(client.goodbye(), 0);
}

#[test]
fn a_document_without_a_file_is_known_by_its_text() {
    let mut client = Client::greeted(&[], pulling());
    let uri = "untitled:Untitled-1";
    let document = json!({ "uri": uri, "languageId": "plaintext", "version": 1, "text": "FROM alpine:latest\n" });
    client.notify("textDocument/didOpen", json!({ "textDocument": document }));
    let report = client.request("textDocument/diagnostic", json!({ "textDocument": { "uri": uri } }));
    assert!(report.to_string().contains("dockerfile/latest-tag"), "{report}");
}

#[test]
fn a_request_that_is_cancelled_is_answered_once() {
    let mut client = Client::greeted(&[], pulling());
    let large = "RUN apt-get update && apt-get install -y curl\n".repeat(3000);
    client.open("Dockerfile", &format!("FROM debian:12\n{large}"));
    let document = json!({ "textDocument": { "uri": client.uri("Dockerfile") } });
    let ids: Vec<i64> = (0..5).map(|_| client.begin("textDocument/diagnostic", document.clone())).collect();
    client.notify("$/cancelRequest", json!({ "id": ids[1] }));
    client.notify("$/cancelRequest", json!({ "id": ids[3] }));
    client.notify("$/cancelRequest", json!({ "id": "nobody" }));
    for (number, id) in ids.iter().enumerate() {
        let answer = client.answer_of(*id);
        let cancelled = answer["error"]["code"] == -32800;
        assert!(cancelled || answer["result"]["kind"] == "full", "{answer}");
        assert!(number % 2 == 1 || !cancelled, "{number} was not given up");
    }
    assert_eq!(client.goodbye(), 0, "and nothing came twice");
}

#[test]
fn an_answer_is_about_everything_that_came_before_it() {
    let mut client = Client::greeted(&[], pulling());
    client.open("Dockerfile", "FROM alpine:3.20\nUSER 1\n");
    for version in 2..60 {
        let is_latest = version % 2 == 0;
        client.replace(
            "Dockerfile",
            version,
            if is_latest { "FROM alpine:latest\nUSER 1\n" } else { "FROM alpine:3.20\nUSER 1\n" },
        );
        let found = client.codes("Dockerfile").contains(&"dockerfile/latest-tag".to_owned());
        assert_eq!(found, is_latest, "version {version}");
    }
}

#[test]
fn ten_thousand_edits_at_once_end_in_the_diagnostics_of_the_last() {
    let mut client = Client::greeted(&[], pushed());
    client.open("Dockerfile", "FROM alpine:3.20\n");
    let mut all = Vec::new();
    for version in 2..10_002 {
        let uri = client.uri("Dockerfile");
        let text = if version == 10_001 { "\nMAINTAINER me\n" } else { "x" };
        let message = json!({ "jsonrpc": "2.0", "method": "textDocument/didChange", "params": {
            "textDocument": { "uri": uri, "version": version },
            "contentChanges": [{ "range": range((0, 16), (0, 16)), "text": text }],
        } })
        .to_string();
        all.extend(format!("Content-Length: {}\r\n\r\n{message}", message.len()).into_bytes());
    }
    client.send_raw(&all);
    let items = client.published("Dockerfile", 10_001);
    assert!(codes(&items).contains(&"dockerfile/maintainer".to_owned()), "{items:?}");
    assert_eq!(client.goodbye(), 0);
}

#[test]
fn a_bundle_of_three_megabytes_is_a_document_like_any_other() {
    let object = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  key: \"value of some length\"\n---\n";
    let text = object.repeat(3_000_000 / object.len());
    let mut client = Client::greeted(&[], pulling());
    client.open("bundle.yaml", &text);
    let before = client.pull("bundle.yaml").len();
    let pod =
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: \"a:latest\"}]}\n---\n";
    client.change("bundle.yaml", 2, json!([{ "range": range((700, 0), (700, 0)), "text": pod }]));
    let items = client.pull("bundle.yaml");
    assert!(items.len() > before);
    let item = items.iter().find(|item| item["code"] == "kubernetes/latest-tag").unwrap();
    assert_eq!(item["range"]["start"]["line"], 703);
}

/// Numbers that look random and are the same each time.
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit.max(1)
    }
}

/// What `rlint check` finds in the files of a folder: code, line and column, in characters, as text.
pub(super) fn fresh(folder: &Path, name: &str) -> Vec<String> {
    fresh_all(folder, &[name]).remove(name).unwrap_or_default()
}

/// The same for several files: by their names, those without a finding left out.
pub(super) fn fresh_all(folder: &Path, names: &[&str]) -> BTreeMap<String, Vec<String>> {
    let run = Command::new(env!("CARGO_BIN_EXE_rlint"))
        .args(["check", "--output-format", "json", "--exit-zero"])
        .args(names)
        .current_dir(folder)
        .env("HOME", folder)
        .env_remove("XDG_CONFIG_HOME")
        .output()
        .unwrap();
    let json: Value = serde_json::from_slice(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"));
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for finding in json["diagnostics"].as_array().unwrap_or_else(|| panic!("{json}")) {
        let place = &finding["start"];
        let said = format!("{}:{} {} {}", place["line"], place["column"], finding["rule"], finding["message"]);
        all.entry(finding["path"].as_str().unwrap().to_owned()).or_default().push(said);
    }
    all
}

/// The same of what the server says.
pub(super) fn served(text: &str, items: &[Value]) -> Vec<String> {
    let lines: Vec<&str> = text.split('\n').collect();
    let found = items.iter().map(|item| {
        let line = item["range"]["start"]["line"].as_u64().unwrap() as usize;
        let units = item["range"]["start"]["character"].as_u64().unwrap() as usize;
        let before: Vec<u16> = lines[line].encode_utf16().take(units).collect();
        let column = String::from_utf16_lossy(&before).chars().count() + 1;
        let message = item["message"].as_str().unwrap().lines().next().unwrap();
        format!("{}:{column} {} {}", line + 1, item["code"], json!(message))
    });
    found.collect()
}

/// A text in the neighbourhood of which people type.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    pieces.extend(
        [
            "",
            "\n",
            " ",
            "#",
            "\\",
            "\"",
            "'",
            "{",
            "}",
            "[",
            ": ",
            "- ",
            "\t",
            "$",
            "\u{1f600}",
            "\u{e9}",
            "|\n",
            "<<EOF\n",
            "&a ",
            "*a",
        ]
        .map(str::to_owned),
    );
    pieces
}

#[test]
fn after_any_edits_the_diagnostics_are_those_of_a_fresh_check() {
    let mut texts: Vec<(String, String)> = vec![
        ("Dockerfile".to_owned(), "FROM golang:1.22 AS build\nARG A=1\nRUN apt-get update && \\\n  apt-get install -y curl\nCOPY . .\nFROM alpine:latest\nCOPY --from=build /a /a\nUSER root\nCMD [\"a\"]\n".to_owned()),
        ("compose.yaml".to_owned(), "services:\n  web:\n    build: .\n    ports: [\"80:80\"]\n    depends_on: [db]\n  db:\n    image: postgres:latest\n".to_owned()),
        ("pod.yaml".to_owned(), "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: a\n      image: nginx:latest\n---\napiVersion: v1\nkind: Service\nmetadata: {name: b}\nspec: {selector: {app: x}}\n".to_owned()),
    ];
    for (folder, name) in
        [("corpus/dockerfile", "Dockerfile"), ("corpus/kubernetes", "a.yaml"), ("corpus/compose", "compose.yaml")]
    {
        let found = corpus::files(folder).unwrap_or_default();
        let small = found.iter().filter(|path| path.metadata().is_ok_and(|data| data.len() < 6000));
        let read = small.step_by(found.len() / 3 + 1).filter_map(|path| std::fs::read_to_string(path).ok());
        texts.extend(read.map(|text| (name.to_owned(), text)));
    }
    // A bundle: what is kept of its documents must be true of where they stand by now.
    let manifests = corpus::files("corpus/kubernetes").unwrap_or_default();
    let small = manifests.iter().filter(|path| path.metadata().is_ok_and(|data| data.len() < 1500)).step_by(11).take(9);
    let bundle: Vec<String> = small.filter_map(|path| std::fs::read_to_string(path).ok()).collect();
    texts.extend((!bundle.is_empty()).then(|| ("bundle.yaml".to_owned(), bundle.join("\n---\n"))));
    let mut random = Random(42);
    for (name, text) in texts {
        let mut client = Client::greeted(&[], pulling());
        let mut current: Vec<u16> = text.encode_utf16().collect();
        let pieces = pieces(&text);
        client.open(&name, &text);
        for version in 2..10 {
            let mut changes = Vec::new();
            for _ in 0..=random.below(6) {
                let start = random.below(current.len() + 1);
                let end = (start + [0, 0, 1, 5, 40][random.below(5)]).min(current.len());
                let (start, end) = (boundary(&current, start), boundary(&current, end));
                let piece = &pieces[random.below(pieces.len())];
                changes.push(json!({ "range": range(place(&current, start), place(&current, end)), "text": piece }));
                current.splice(start..end, piece.encode_utf16());
            }
            client.change(&name, version, json!(changes));
            let text = String::from_utf16(&current).unwrap();
            client.write(&name, &text);
            let items = client.pull(&name);
            assert_eq!(served(&text, &items), fresh(&client.path(""), &name), "{name} {version}:\n{text}");
        }
        assert_eq!(client.goodbye(), 0);
    }
}

/// An offset that cuts no character and no line break.
fn boundary(text: &[u16], at: usize) -> usize {
    let cuts =
        at > 0 && at < text.len() && ((0xdc00..0xe000).contains(&text[at]) || text[at - 1] == 13 && text[at] == 10);
    at + usize::from(cuts)
}

/// Line and column of an offset.
fn place(text: &[u16], at: usize) -> (u32, u32) {
    let is_end = |index: usize| text[index] == 10 || text[index] == 13 && text.get(index + 1) != Some(&10);
    let line = (0..at).filter(|index| is_end(*index)).count();
    let start = (0..at).rev().find(|index| is_end(*index)).map_or(0, |index| index + 1);
    (line as u32, (at - start) as u32)
}

#[test]
fn what_is_not_typed_to_its_end_is_reported_where_it_begins_and_nowhere_else() {
    let mut client = Client::greeted(&[], pulling());
    client.open("Dockerfile", "");
    for (version, (text, expected)) in (2..).zip([
        // A heredoc has swallowed the next instruction.
        ("FROM debian:12-slim\nRUN <<EOF\nmake\nCOPY app /app\n", vec!["rlint/syntax"]),
        ("FROM debian:12-slim\nRUN <<EOF\nif make\nthen\n", vec!["rlint/syntax"]),
        ("FROM debian:12-slim\nRUN apt-get update && \\\n", vec!["dockerfile/escape-at-end"]),
        ("FROM debian:12-slim AS a\nRUN make\nFRO\nCOPY --from=a /b /c\n", vec!["dockerfile/unknown-instruction"]),
    ]) {
        client.replace("Dockerfile", version, text);
        assert_eq!(client.codes("Dockerfile"), expected, "{text}");
    }
    client.open("compose.yaml", "services:\n  a:\n    ports\n    - \"80:80\"\n    - \"81:81\"\n    image: x:1\n");
    let items = client.pull("compose.yaml");
    assert_eq!(codes(&items), ["rlint/syntax"], "{items:?}");
    assert_eq!(items[0]["range"]["start"]["line"], 2, "{items:?}");
}
