//! Names across files: Kubernetes objects and selectors, kustomizations, compose files and their variables, anchors.

use serde_json::{Value, json};

use super::client::{Client, pulling};
use super::knowing::{ask, hover, places};

const DEPLOYMENT: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\nspec:\n  \
    selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: &labels {app: web}}\n    spec:\n      \
    serviceAccountName: runner\n      containers:\n        - name: web\n          image: acme/web:1\n          \
    ports: [{name: main, containerPort: 8080}]\n          envFrom: [{configMapRef: {name: settings}}]\n          \
    livenessProbe: {httpGet: {port: main}}\n";
const SERVICE: &str = "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec:\n  selector: {app: web}\n  \
    ports: [{name: http, port: 80, targetPort: main}]\n---\napiVersion: networking.k8s.io/v1\nkind: Ingress\n\
    metadata: {name: web, namespace: shop}\nspec: {defaultBackend: {service: {name: web, port: {name: http}}}}\n---\n\
    apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: web}\nspec:\n  selector:\n    \
    matchExpressions: [{key: app, operator: In, values: [web]}]\n";
const SETTINGS: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {a: b}\n---\napiVersion: v1\n\
    kind: ServiceAccount\nmetadata: {name: runner}\n";

fn definition(client: &mut Client, name: &str, text: &str, of: &str, into: usize) -> Vec<String> {
    let found = ask(client, "textDocument/definition", name, text, of, into);
    places(client, &found)
}

fn references(client: &mut Client, name: &str, text: &str, of: &str, into: usize) -> Vec<String> {
    let found = ask(client, "textDocument/references", name, text, of, into);
    places(client, &found)
}

fn links(client: &mut Client, name: &str) -> Vec<String> {
    let links = client.request("textDocument/documentLink", json!({ "textDocument": { "uri": client.uri(name) } }));
    let root = format!("{}/", client.uri(""));
    let targets = links.as_array().unwrap().iter().map(|link| link["target"].as_str().unwrap());
    targets.filter_map(|target| Some(target.strip_prefix(&root)?.to_owned())).collect()
}

#[test]
fn manifests_lead_to_what_they_name_in_the_files_beside_them() {
    let files = [("k8s/deploy.yaml", DEPLOYMENT), ("k8s/service.yaml", SERVICE), ("k8s/settings.yaml", SETTINGS)];
    let mut client = Client::greeted(&files, pulling());
    client.open("k8s/service.yaml", SERVICE);
    client.open("k8s/deploy.yaml", DEPLOYMENT);
    for (name, text, of, into, expected) in [
        ("k8s/service.yaml", SERVICE, "selector: {app", 12, "k8s/deploy.yaml:7"),
        ("k8s/service.yaml", SERVICE, "matchExpressions", 3, "k8s/deploy.yaml:7"),
        ("k8s/service.yaml", SERVICE, "targetPort: main", 13, "k8s/deploy.yaml:13"),
        ("k8s/service.yaml", SERVICE, "service: {name: web", 17, "k8s/service.yaml:3"),
        ("k8s/service.yaml", SERVICE, "port: {name: http", 15, "k8s/service.yaml:6"),
        ("k8s/deploy.yaml", DEPLOYMENT, "name: settings", 8, "k8s/settings.yaml:3"),
        ("k8s/deploy.yaml", DEPLOYMENT, "runner", 2, "k8s/settings.yaml:8"),
        ("k8s/deploy.yaml", DEPLOYMENT, "httpGet: {port: main", 17, "k8s/deploy.yaml:13"),
    ] {
        assert_eq!(definition(&mut client, name, text, of, into), [expected], "{of}");
    }
    // Both the labels of the pods and the name of the workload lead back.
    let expected = ["k8s/service.yaml:5", "k8s/service.yaml:18"];
    for (of, into) in [("labels: &labels {app", 18), ("name: web, namespace", 7)] {
        let found = references(&mut client, "k8s/deploy.yaml", DEPLOYMENT, of, into);
        assert!(expected.iter().all(|own| found.iter().any(|place| place == own)), "{of}: {found:?}");
    }
}

#[test]
fn what_is_typed_in_another_manifest_counts_before_it_is_saved() {
    let files = [("deploy.yaml", DEPLOYMENT), ("settings.yaml", SETTINGS)];
    let mut client = Client::greeted(&files, pulling());
    client.open("deploy.yaml", DEPLOYMENT);
    client.open("settings.yaml", SETTINGS);
    assert_eq!(definition(&mut client, "deploy.yaml", DEPLOYMENT, "name: settings", 8), ["settings.yaml:3"]);
    client.replace("settings.yaml", 2, &format!("# first\n{SETTINGS}"));
    assert_eq!(definition(&mut client, "deploy.yaml", DEPLOYMENT, "name: settings", 8), ["settings.yaml:4"]);
    client.replace("settings.yaml", 3, &SETTINGS.replace("settings", "other"));
    assert!(definition(&mut client, "deploy.yaml", DEPLOYMENT, "name: settings", 8).is_empty());
}

#[test]
fn a_kustomization_leads_to_its_files_and_takes_them_together() {
    let overlay = "resources: [../base, missing.yaml]\npatches: [{path: limits.yaml}]\n";
    let patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: {serviceAccountName: runner}}}\n";
    let files = [
        ("base/kustomization.yaml", "resources: [deploy.yaml, settings.yaml]\n"),
        ("base/deploy.yaml", DEPLOYMENT),
        ("base/settings.yaml", SETTINGS),
        ("prod/kustomization.yaml", overlay),
        ("prod/limits.yaml", patch),
    ];
    let mut client = Client::greeted(&files, pulling());
    client.open("prod/kustomization.yaml", overlay);
    client.open("prod/limits.yaml", patch);
    let name = "prod/kustomization.yaml";
    assert_eq!(definition(&mut client, name, overlay, "../base", 3), ["base/kustomization.yaml:1"]);
    assert_eq!(definition(&mut client, name, overlay, "limits", 3), ["prod/limits.yaml:1"]);
    assert!(definition(&mut client, name, overlay, "missing", 3).is_empty());
    assert_eq!(links(&mut client, name), ["base/kustomization.yaml", "prod/limits.yaml"]);
    assert_eq!(definition(&mut client, "prod/limits.yaml", patch, "runner", 3), ["base/settings.yaml:8"]);
}

const COMPOSE: &str = "include: [more/compose.yaml]\nx-common: &common\n  environment: {A: b}\nservices:\n  web:\n    <<: *common\n    \
    image: \"acme/web:${TAG:-0}\"\n    extends: {service: base, file: base.yaml}\n    depends_on: [db]\n    env_file: web.env\n    \
    network_mode: service:db\n    volumes_from: ['db:ro']\n    secrets: [key]\n    command: ${MODE:-run} ${LEVEL:?say how much} ${PORT}\n  \
    db:\n    image: postgres:${TAG}\n    extends: {service: web}\nsecrets:\n  key: {file: key.txt}\n";
const ENV: &str = "# versions\nTAG=1.4\n";

/// A server with a compose file and what belongs to it.
fn composed() -> Client {
    let files = [
        ("compose.yaml", COMPOSE),
        (".env", ENV),
        ("web.env", "PORT=80\n"),
        ("base.yaml", "services:\n  base:\n    image: a\n"),
        ("more/compose.yaml", "services:\n  other:\n    image: a\n"),
        ("key.txt", "x\n"),
    ];
    let mut client = Client::greeted(&files, pulling());
    client.open("compose.yaml", COMPOSE);
    client
}

#[test]
fn a_variable_of_a_compose_file_says_its_value_and_where_that_comes_from() {
    let mut client = composed();
    for (of, into, says, not) in [
        ("${TAG:-0}", 3, vec!["`TAG` is `1.4`", "from `.env`, line 2: `TAG=1.4`", "without a value: `0`"], "web.env"),
        (
            "${MODE",
            3,
            vec!["`MODE` is what the environment says", "`.env` does not set it", "without a value: `run`"],
            "line",
        ),
        ("${LEVEL", 3, vec!["without a value Compose stops: say how much"], "line"),
        ("${PORT}", 3, vec!["`.env` does not set it", "`web.env`, line 1, sets it inside of containers"], "is `80`"),
    ] {
        let said = hover(&mut client, "compose.yaml", COMPOSE, of, into);
        for says in says {
            assert!(said.contains(says), "{of}: {said}");
        }
        assert!(!said.contains(not), "{of}: {said}");
    }
    assert_eq!(definition(&mut client, "compose.yaml", COMPOSE, "${TAG:-0}", 3), [".env:2"]);
    assert!(definition(&mut client, "compose.yaml", COMPOSE, "${PORT}", 3).is_empty());
    let mut found = references(&mut client, "compose.yaml", COMPOSE, "postgres:${TAG}", 11);
    found.sort();
    assert_eq!(found, [".env:2", "compose.yaml:16", "compose.yaml:7"]);
    client.open(".env", "TAG=2.0\n");
    assert!(hover(&mut client, "compose.yaml", COMPOSE, "${TAG:-0}", 3).contains("`TAG` is `2.0`"));
}

#[test]
fn services_lead_to_those_they_need_and_extend() {
    let mut client = composed();
    for (of, into, expected) in [
        ("service: base", 9, "base.yaml:2"),
        ("service: web", 9, "compose.yaml:5"),
        ("[db]", 1, "compose.yaml:15"),
        ("service:db", 8, "compose.yaml:15"),
        ("'db:ro", 1, "compose.yaml:15"),
        ("[key]", 1, "compose.yaml:19"),
        ("*common", 2, "compose.yaml:2"),
    ] {
        assert_eq!(definition(&mut client, "compose.yaml", COMPOSE, of, into), [expected], "{of}");
    }
    let mut found = links(&mut client, "compose.yaml");
    found.sort();
    assert_eq!(found, ["base.yaml", "key.txt", "more/compose.yaml", "web.env"]);
}

#[test]
fn anchors_are_found_in_any_yaml() {
    let text = "a: &x 1\nb: [*x, *x]\n";
    let mut client = Client::greeted(&[], pulling());
    client.open("values.yaml", text);
    assert_eq!(definition(&mut client, "values.yaml", text, "*x", 1), ["values.yaml:1"]);
    assert_eq!(references(&mut client, "values.yaml", text, "&x", 1).len(), 3);
    let found = ask(&mut client, "textDocument/documentHighlight", "values.yaml", text, "*x", 1);
    let kinds: Vec<_> = found.as_array().unwrap().iter().map(|own| own["kind"].as_u64().unwrap()).collect();
    assert_eq!(kinds, [3, 2, 2], "{found}");
    client.open("deploy.yaml", DEPLOYMENT);
    let found = ask(&mut client, "textDocument/documentHighlight", "deploy.yaml", DEPLOYMENT, "port: main", 7);
    assert_eq!(found.as_array().unwrap().len(), 2, "{found}");
}

#[test]
fn a_client_without_markdown_gets_plain_text() {
    let text = "FROM debian:latest\nMAINTAINER me\n";
    let mut capabilities = pulling();
    capabilities["textDocument"]["hover"] = json!({ "contentFormat": ["plaintext"] });
    let mut client = Client::greeted(&[], capabilities);
    client.open("Dockerfile", text);
    for (of, says) in [("debian", "`docker.io/library/debian`\n- from"), ("MAINTAINER", "maintainer\n\n")] {
        let answer = ask(&mut client, "textDocument/hover", "Dockerfile", text, of, 2);
        assert_eq!(answer["contents"]["kind"], "plaintext");
        let said = answer["contents"]["value"].as_str().unwrap();
        assert!(said.contains(says), "{said}");
        for mark in ["**", "```", "\n#", "]("] {
            assert!(!said.contains(mark), "{mark}: {said}");
        }
    }
}

#[test]
fn the_lines_of_a_message_stand_alone_and_other_places_are_related() {
    let text = "FROM debian:latest\nCMD [\"a\"]\nCMD [\"b\"]\n";
    let mut client = Client::greeted(&[], pulling());
    client.open("Dockerfile", text);
    let items = client.pull("Dockerfile");
    let of = |code: &str| items.iter().find(|item| item["code"] == code).unwrap_or_else(|| panic!("no {code}"));
    let latest = of("dockerfile/latest-tag");
    let lines: Vec<&str> = latest["message"].as_str().unwrap().lines().collect();
    assert_eq!(lines[..2], ["base image `debian` is tagged `latest`", "`latest`: means whatever was pushed last"]);
    assert_eq!(latest.get("relatedInformation").map_or(0, |related| related.as_array().unwrap().len()), 0);
    let twice = of("dockerfile/multiple-cmd");
    assert_eq!(twice["message"], "this `CMD` has no effect, a later one replaces it");
    let related: &Vec<Value> = twice["relatedInformation"].as_array().unwrap();
    assert_eq!((related.len(), &related[0]["location"]["range"]["start"]["line"]), (1, &json!(2)));
    assert_eq!(related[0]["message"], "this one counts");
}
