//! A second opinion on Kubernetes manifests: what containers lack, found out again with another YAML reader and with
//! nothing of ours, over every plain manifest of the corpus.

use std::path::Path;

use rlint::lint::{Preset, Settings, check};
use serde::Deserialize;
use serde_yaml::Value;

use crate::support::corpus::{self, DiskFiles};

/// A rule and the name of the container it reports, as often as it does.
type Findings = Vec<(String, String)>;

const RULES: [&str; 5] = [
    "kubernetes/missing-liveness-probe",
    "kubernetes/missing-memory-limit",
    "kubernetes/missing-readiness-probe",
    "kubernetes/missing-requests",
    "kubernetes/run-as-root",
];

/// API groups, kind, and the way to the pod template.
const OWNERS: [(&[&str], &str, &[&str]); 11] = [
    (&[""], "Pod", &[]),
    (&[""], "PodTemplate", &["template"]),
    (&[""], "ReplicationController", &["spec", "template"]),
    (&["apps", "extensions"], "Deployment", &["spec", "template"]),
    (&["apps", "extensions"], "DaemonSet", &["spec", "template"]),
    (&["apps", "extensions"], "ReplicaSet", &["spec", "template"]),
    (&["apps"], "StatefulSet", &["spec", "template"]),
    (&["batch"], "Job", &["spec", "template"]),
    (&["batch"], "CronJob", &["spec", "jobTemplate", "spec", "template"]),
    (&["apps.openshift.io"], "DeploymentConfig", &["spec", "template"]),
    (&["argoproj.io"], "Rollout", &["spec", "template"]),
];

#[test]
fn what_containers_lack_is_what_another_reader_finds_them_to_lack() {
    let Some(paths) = corpus::files("corpus/kubernetes") else {
        println!("skipped: the corpus is not there");
        return;
    };
    let settings = Settings::preset(&rlint::catalog(), Preset::Recommended);
    let (mut files, mut findings) = (0, 0);
    for path in paths {
        let Some(mut expected) = expected(&path) else { continue };
        let mut found = found(&path, &settings);
        expected.sort();
        found.sort();
        assert_eq!(found, expected, "{}", path.display());
        files += 1;
        findings += found.len();
    }
    println!("{files} manifests, {findings} findings");
    assert!(files > 500 && findings > 500, "the corpus was not read");
}

fn found(path: &Path, settings: &Settings) -> Findings {
    let report = check(&[path.to_owned()], &DiskFiles, settings);
    let ours = report.diagnostics.iter().filter(|d| RULES.contains(&&*d.rule) && !d.message.contains("set to 0"));
    let name = |text: &str| text.trim_matches(['"', '\'']).to_owned();
    ours.map(|d| (d.rule.to_string(), name(d.span.of_text(&d.source.text)))).collect()
}

/// `None` for what is no plain YAML.
fn expected(path: &Path) -> Option<Findings> {
    let text = std::fs::read_to_string(path).ok().filter(|text| !text.contains("{{"))?;
    let documents: Result<Vec<Value>, _> = serde_yaml::Deserializer::from_str(&text).map(Value::deserialize).collect();
    let mut objects = documents.ok()?;
    let mut findings = Vec::new();
    while let Some(object) = objects.pop() {
        let (Some(version), Some(kind)) = (object["apiVersion"].as_str(), object["kind"].as_str()) else { continue };
        if let Some(items) = object["items"].as_sequence().filter(|_| kind.ends_with("List")) {
            objects.extend(items.iter().cloned());
            continue;
        }
        let group = version.rsplit_once('/').map_or("", |(group, _)| group);
        let owner = OWNERS.iter().find(|(groups, name, _)| *name == kind && groups.contains(&group));
        let Some((_, _, way)) = owner else { continue };
        let pod = &way.iter().fold(&object, |node, key| &node[*key])["spec"];
        let finite = matches!(kind, "Job" | "CronJob" | "PodTemplate")
            || matches!(pod["restartPolicy"].as_str(), Some("Never" | "OnFailure"));
        judge(pod, finite, &mut findings);
    }
    Some(findings)
}

fn judge(pod: &Value, finite: bool, findings: &mut Findings) {
    let list = |key: &str| pod[key].as_sequence().map(Vec::as_slice).unwrap_or_default();
    let containers = list("containers");
    if containers.iter().any(|container| container["image"].is_null()) {
        return;
    }
    let mut add = |rule: &str, container: &Value| {
        findings.push((format!("kubernetes/{rule}"), container["name"].as_str().unwrap_or("").to_owned()));
    };
    for container in containers {
        let [requests, limits] = ["requests", "limits"].map(|key| &container["resources"][key]);
        if container["livenessProbe"].is_null() && !finite {
            add("missing-liveness-probe", container);
        }
        if container["readinessProbe"].is_null() && !finite {
            add("missing-readiness-probe", container);
        }
        if limits["memory"].is_null() {
            add("missing-memory-limit", container);
        }
        if ["cpu", "memory"].iter().any(|resource| requests[*resource].is_null() && limits[*resource].is_null()) {
            add("missing-requests", container);
        }
    }
    let in_force = |container: &Value, key: &str| {
        let [own, shared] = [&container["securityContext"][key], &pod["securityContext"][key]];
        if own.is_null() { shared.clone() } else { own.clone() }
    };
    let may_be_root = |container: &&Value| {
        in_force(container, "runAsNonRoot") != Value::Bool(true) && in_force(container, "runAsUser").is_null()
    };
    if let Some(first) = containers.iter().chain(list("initContainers")).find(may_be_root) {
        add("run-as-root", first);
    }
}
