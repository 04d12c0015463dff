//! Hovers, definitions, references, symbols, links, completions and hints.

use serde_json::{Value, json};

use super::client::{Client, pulling, range};

const DOCKERFILE: &str = "ARG V=1.22\nFROM golang:${V} AS build\nENV DIR=/src\nWORKDIR $DIR\nCOPY go.mod main.go ./\nRUN go build\n\
                          # rlint ignore=latest-tag\nFROM debian:latest\nCOPY --from=build /src/app /app\nMAINTAINER me\n";
const COMPOSE: &str = "services:\n  web:\n    build: {context: app, target: build}\n    image: acme/web:1\n    depends_on: [db]\n    \
                       env_file: web.env\n  db:\n    image: postgres:16\n    volumes: ['data:/x']\nvolumes:\n  data:\n";
const SERVICE: &str = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}}\n";
const DEPLOYMENT: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  selector: {matchLabels: {app: web}}\n  template:\n    \
    metadata: {labels: {app: web}}\n    spec:\n      containers:\n        - name: web\n          image: acme/web:1\n";

/// A server with a Dockerfile, a compose file and manifests.
fn client() -> Client {
    client_with(Value::Null)
}

fn client_with(settings: Value) -> Client {
    let files = [
        ("app/Dockerfile", DOCKERFILE),
        ("app/go.mod", "module x\n"),
        ("app/main.go", "package main\n"),
        ("compose.yaml", COMPOSE),
        ("web.env", "A=1\n"),
        ("k8s/service.yaml", SERVICE),
        ("k8s/deploy.yaml", DEPLOYMENT),
    ];
    let mut client = Client::greeted_with(&files, pulling(), settings);
    for (name, text) in [files[0], files[3], files[5], files[6]] {
        client.open(name, text);
    }
    client
}

/// Asks about the place `into` bytes after the first `of` of a text.
pub(super) fn ask(client: &mut Client, method: &str, name: &str, text: &str, of: &str, into: usize) -> Value {
    let at = text.find(of).unwrap_or_else(|| panic!("no {of}")) + into;
    let line = text[..at].matches('\n').count();
    let character = at - text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let context = json!({ "includeDeclaration": true, "triggerKind": 1 });
    let params = json!({
        "textDocument": { "uri": client.uri(name) },
        "position": { "line": line, "character": character },
        "context": context,
    });
    client.request(method, params)
}

/// What a hover says.
pub(super) fn hover(client: &mut Client, name: &str, text: &str, of: &str, into: usize) -> String {
    let answer = ask(client, "textDocument/hover", name, text, of, into);
    answer["contents"]["value"].as_str().unwrap_or_default().to_owned()
}

/// Where something is defined: file and line.
pub(super) fn places(client: &Client, found: &Value) -> Vec<String> {
    let root = client.uri("");
    let shown = found.as_array().unwrap().iter().map(|place| {
        let name = place["uri"].as_str().unwrap().strip_prefix(&root).unwrap().trim_start_matches('/');
        format!("{name}:{}", place["range"]["start"]["line"].as_u64().unwrap() + 1)
    });
    shown.collect()
}

#[test]
fn a_hover_says_what_is_known_of_a_thing() {
    let mut client = client();
    for (of, into, says) in [
        ("MAINTAINER", 3, vec!["# maintainer", "/rules/dockerfile/maintainer.md"]),
        ("latest-tag", 2, vec!["# latest-tag"]),
        ("$DIR", 2, vec!["`DIR` is `/src`", "line 3: `ENV DIR=/src`"]),
        ("${V}", 2, vec!["`V` is `1.22`", "line 1: `ARG V=1.22`"]),
        ("debian:latest", 3, vec!["**`docker.io/library/debian`**", "runs as `root` (0)", "shell: dash"]),
        ("RUN go", 1, vec!["Built again by changes of: the base image, dependency manifests, source files."]),
    ] {
        let said = hover(&mut client, "app/Dockerfile", DOCKERFILE, of, into);
        for says in says {
            assert!(said.contains(says), "{of}: {said}");
        }
    }
    let said = hover(&mut client, "k8s/deploy.yaml", DEPLOYMENT, "acme/web", 2);
    assert!(said.contains("built from `app/Dockerfile`"), "{said}");
    assert_eq!(hover(&mut client, "compose.yaml", COMPOSE, "context", 2), "");
}

#[test]
fn a_hover_in_a_configuration_explains_keys_and_rules() {
    let text = "preset: strict\nignore: [latest-tag, style]\n";
    let mut client = Client::greeted(&[], pulling());
    client.open(".rlint.yaml", text);
    assert!(hover(&mut client, ".rlint.yaml", text, "preset", 2).contains("The rules to start with"));
    assert!(hover(&mut client, ".rlint.yaml", text, "latest-tag", 4).contains("latest-tag"));
    assert!(hover(&mut client, ".rlint.yaml", text, "style", 4).contains("- `"));
}

#[test]
fn names_lead_to_where_they_are_declared() {
    let mut client = client();
    for (name, text, of, into, expected) in [
        ("app/Dockerfile", DOCKERFILE, "--from=build", 8, vec!["app/Dockerfile:2"]),
        ("app/Dockerfile", DOCKERFILE, "$DIR", 2, vec!["app/Dockerfile:3"]),
        ("app/Dockerfile", DOCKERFILE, "${V}", 2, vec!["app/Dockerfile:1"]),
        ("compose.yaml", COMPOSE, "[db]", 2, vec!["compose.yaml:7"]),
        ("compose.yaml", COMPOSE, "data:/x", 2, vec!["compose.yaml:11"]),
        ("compose.yaml", COMPOSE, "target: build", 9, vec!["app/Dockerfile:2"]),
        ("k8s/service.yaml", SERVICE, "selector: {app", 12, vec!["k8s/deploy.yaml:7"]),
        ("k8s/deploy.yaml", DEPLOYMENT, "acme/web", 2, vec!["app/Dockerfile:2"]),
        ("k8s/deploy.yaml", DEPLOYMENT, "replicas", 0, vec![]),
    ] {
        let of = if text.contains(of) { of } else { "kind" };
        let found = ask(&mut client, "textDocument/definition", name, text, of, into);
        assert_eq!(places(&client, &found), expected, "{name} {of}");
    }
}

#[test]
fn what_is_declared_is_found_where_it_is_used() {
    let mut client = client();
    let found = ask(&mut client, "textDocument/references", "app/Dockerfile", DOCKERFILE, "AS build", 4);
    assert_eq!(places(&client, &found), ["app/Dockerfile:2", "app/Dockerfile:9"]);
    let found = ask(&mut client, "textDocument/references", "compose.yaml", COMPOSE, "  db:", 3);
    assert_eq!(places(&client, &found), ["compose.yaml:5", "compose.yaml:7"]);
    // What is typed in one document counts in another.
    let text = DOCKERFILE.replacen("ARG V=1.22\n", "ARG V=1.22\n\n", 1);
    client.replace("app/Dockerfile", 2, &text);
    let found = ask(&mut client, "textDocument/definition", "compose.yaml", COMPOSE, "target: build", 9);
    assert_eq!(places(&client, &found), ["app/Dockerfile:3"]);
}

#[test]
fn symbols_are_stages_services_and_objects() {
    let mut client = client();
    let mut names = |name: &str| -> Vec<String> {
        let params = json!({ "textDocument": { "uri": client.uri(name) } });
        let symbols = client.request("textDocument/documentSymbol", params);
        symbols.as_array().unwrap().iter().map(|symbol| symbol["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("app/Dockerfile"), ["ARG", "build", "debian:latest"]);
    assert_eq!(names("compose.yaml"), ["web", "db", "data"]);
    assert_eq!(names("k8s/deploy.yaml"), ["Deployment/web"]);
    let mut capabilities = pulling();
    capabilities["textDocument"].as_object_mut().unwrap().remove("documentSymbol");
    let mut old = Client::greeted(&[], capabilities);
    old.open("Dockerfile", DOCKERFILE);
    let params = json!({ "textDocument": { "uri": old.uri("Dockerfile") } });
    let symbols = old.request("textDocument/documentSymbol", params);
    assert_eq!(symbols[2]["containerName"], "build", "{symbols}");
}

#[test]
fn files_and_images_are_links() {
    let mut client = client();
    let mut targets = |name: &str| -> Vec<String> {
        let params = json!({ "textDocument": { "uri": client.uri(name) } });
        let links = client.request("textDocument/documentLink", params);
        links.as_array().unwrap().iter().map(|link| link["target"].as_str().unwrap().to_owned()).collect()
    };
    let found = targets("compose.yaml");
    for end in ["/app/Dockerfile", "/web.env", "https://hub.docker.com/_/postgres", "https://hub.docker.com/r/acme/web"]
    {
        assert!(found.iter().any(|target| target.ends_with(end)), "{end}: {found:?}");
    }
    assert_eq!(targets("app/Dockerfile"), ["https://hub.docker.com/_/golang", "https://hub.docker.com/_/debian"]);
}

#[test]
fn rules_are_completed_in_comments_and_keys_in_configurations() {
    let mut client = Client::greeted(&[], pulling());
    let mut labels = |name: &str, text: &str| -> Vec<String> {
        client.open(name, text);
        let answer = ask(&mut client, "textDocument/completion", name, text, text, text.len());
        let mut items = answer["items"].as_array().unwrap().clone();
        items.sort_by_key(|item| item.get("sortText").map(Value::to_string));
        items.iter().map(|item| item["label"].as_str().unwrap().to_owned()).collect()
    };
    let found = labels("Dockerfile", "FROM a\nMAINTAINER me\n# rlint ignore=ma");
    assert!(found.len() > 100, "{}", found.len());
    // What is found in the document comes first.
    assert_eq!(found[0], "dockerfile/maintainer", "{:?}", &found[..3]);
    assert!(labels("Dockerfile", "FROM a\n# just words").is_empty());
    assert!(labels(".rlint.yaml", "pre").contains(&"preset".to_owned()));
    assert!(labels(".rlint.yaml", "preset: ").contains(&"strict".to_owned()));
    assert!(labels(".rlint.yaml", "ignore:\n  - ").contains(&"dockerfile/latest-tag".to_owned()));
    assert_eq!(labels(".rlint.yaml", "severity:\n  latest-tag: "), ["error", "warning", "info"]);
    // Long texts are wrapped as such, short ones stand beside the name.
    client.open(".rlint.yaml", "pre");
    let answer = ask(&mut client, "textDocument/completion", ".rlint.yaml", "pre", "pre", 3);
    let preset = answer["items"].as_array().unwrap().iter().find(|item| item["label"] == "preset").unwrap();
    assert!(preset["documentation"].is_string() && preset.get("detail").is_none(), "{preset}");
}

#[test]
fn hints_say_what_builds_a_step_again_where_they_are_wanted() {
    for (settings, expected) in [(Value::Null, 0), (json!({ "inlayHints": { "rebuiltBy": true } }), 4)] {
        let mut client = client_with(settings);
        let document = json!({ "uri": client.uri("app/Dockerfile") });
        let params = json!({ "textDocument": document, "range": range((0, 0), (99, 0)) });
        let hints = client.request("textDocument/inlayHint", params);
        let hints = hints.as_array().unwrap();
        assert_eq!(hints.len(), expected, "{hints:#?}");
        if let Some(hint) = hints.get(2) {
            assert_eq!(hint["position"], json!({ "line": 5, "character": 12 }));
            assert_eq!(hint["label"], "rebuilt by the base image, dependency manifests, source files");
        }
    }
}
