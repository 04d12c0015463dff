use crate::lint::prelude::*;
use crate::syntax::yaml::{Ambiguity, Profile, Value, ambiguity};

pub const CHECKS: &[Check] = &[Check::Yaml(ambiguous_boolean)];

/// Where compose takes a boolean.
const COMPOSE_BOOLEANS: &[&str] = &[
    "attachable",
    "create_host_path",
    "disable",
    "enable_ipv4",
    "enable_ipv6",
    "external",
    "init",
    "internal",
    "nocopy",
    "no_cache",
    "oom_kill_disable",
    "privileged",
    "pull",
    "read_only",
    "required",
    "stdin_open",
    "tty",
];

/// What stands under these keys in a compose file is named by its author.
const COMPOSE_MAPS: &[&str] =
    &["environment", "labels", "args", "annotations", "driver_opts", "options", "sysctls", "extra_hosts", "content"];

fn ambiguous_boolean(document: &yaml::Document, cx: &mut Context<'_>) {
    let Some(root) = document.root() else { return };
    let compose = cx.compose().is_some();
    if !compose && !is_object(root) {
        return;
    }
    for node in document.all() {
        let yaml::NodeKind::Scalar(scalar) = &node.node().kind else { continue };
        if scalar.style != yaml::ScalarStyle::Plain || scalar.templated || node.tag().is_some() {
            continue;
        }
        // The longest is `false`.
        if node.span().len() > 5 {
            continue;
        }
        let Value::Bool(value) = yaml::resolve(node.text(), Profile::Kubernetes) else { continue };
        let is_key = node.entry_of().is_some_and(|entry| entry.key == node.id);
        match (compose, is_key) {
            (true, false) => in_compose(node, value, cx),
            (false, true) => key(node, value, cx),
            (false, false) if takes_strings(node, root) => string(node, cx),
            _ => {}
        }
    }
}

fn in_compose(node: Ref<'_>, value: bool, cx: &mut Context<'_>) {
    let is_boolean = node.key_of().and_then(Ref::as_str).is_some_and(|key| COMPOSE_BOOLEANS.contains(&key));
    if !is_boolean || ambiguity(node.text()) != Some(Ambiguity::Boolean) || is_named_by_author(node) {
        return;
    }
    cx.report(node.span(), format!("`{}` is a boolean only in YAML 1.1", node.text()))
        .note("compose takes it for one and warns; other tools read a string")
        .fix(Fix::safe(format!("write `{value}`")).replace(node.span(), value.to_string()));
}

fn key(node: Ref<'_>, value: bool, cx: &mut Context<'_>) {
    let text = node.text();
    if ambiguity(text) != Some(Ambiguity::Boolean) {
        return;
    }
    cx.report(node.span(), format!("key `{text}` is read as `{value}`"))
        .note("Kubernetes reads YAML 1.1, where this word is a boolean")
        .fix(Fix::safe("put it in quotes").replace(node.span(), format!("\"{text}\"")));
}

fn string(node: Ref<'_>, cx: &mut Context<'_>) {
    let text = node.text();
    cx.report_as(Severity::Error, node.span(), format!("`{text}` is a boolean, and a string is wanted here"))
        .note("the API server refuses the object")
        .fix(Fix::safe("put it in quotes").replace(node.span(), format!("\"{text}\"")));
}

fn is_object(root: Ref<'_>) -> bool {
    let api = root.get("apiVersion").and_then(Ref::as_str);
    // Kustomize reads its own files as YAML 1.2.
    root.has_key("kind") && api.is_some_and(|api| !api.starts_with("kustomize.config.k8s.io/"))
}

/// Whether the value lies in a mapping or list of Kubernetes that takes strings only.
fn takes_strings(node: Ref<'_>, root: Ref<'_>) -> bool {
    let Some(around) = node.parent() else { return false };
    let Some(name) = around.key_of().and_then(Ref::as_str) else {
        // An item of `env`.
        let list = around.parent().and_then(Ref::key_of).and_then(Ref::as_str);
        return list == Some("env") && node.key_of().and_then(Ref::as_str) == Some("value");
    };
    let above = around.parent();
    let above_name = above.and_then(Ref::key_of).and_then(Ref::as_str);
    match name {
        "labels" | "annotations" => above_name == Some("metadata"),
        // Schemas describe fields of that name.
        "matchLabels" | "nodeSelector" => above_name != Some("properties"),
        "args" | "command" => around.is_sequence() && above.is_some_and(|container| container.has_key("image")),
        "data" | "stringData" => {
            let kind = above.and_then(|object| object.get("kind")).and_then(Ref::as_str);
            matches!(kind, Some("ConfigMap" | "Secret")) && (above == Some(root) || above_name.is_none())
        }
        _ => false,
    }
}

fn is_named_by_author(node: Ref<'_>) -> bool {
    let keys = std::iter::successors(node.parent(), |node| node.parent()).filter_map(Ref::key_of);
    keys.filter_map(Ref::as_str).any(|key| COMPOSE_MAPS.contains(&key) || key.starts_with("x-"))
}
