//! Ports and volumes by their names: what probes, Services and policies say of those that containers open, and what
//! containers mount of what their pod has.

use crate::syntax::kubernetes::{Object, PodSpec, Probe};
use crate::syntax::yaml::Ref;

/// A use and what it means, in the same object.
pub(super) type Inner<'a> = (Ref<'a>, Ref<'a>);

/// What the containers of a pod name of it: their own ports in probes and hooks, its volumes.
pub(super) fn within_pod(pod: PodSpec<'_>) -> Vec<Inner<'_>> {
    let mut found = Vec::new();
    let volumes: Vec<(&str, Ref<'_>)> = pod.volumes().chain(claims(pod)).filter_map(name_of).collect();
    for container in pod.containers() {
        let probes = [Probe::Liveness, Probe::Readiness, Probe::Startup].map(Probe::key);
        let hooks = ["postStart", "preStop"].into_iter().filter_map(|key| container.node.path(&["lifecycle", key]));
        let asked = probes.into_iter().filter_map(|key| container.node.get(key)).chain(hooks);
        for (asked, kind) in asked.flat_map(|asked| ["httpGet", "tcpSocket", "grpc"].map(|kind| (asked, kind))) {
            let Some(port) = asked.path(&[kind, "port"]) else { continue };
            found.extend(container_port(container.node, port).map(|opened| (port, opened)));
        }
        for mount in ["volumeMounts", "volumeDevices"].into_iter().filter_map(|key| container.node.get(key)) {
            for (name, node) in mount.items().filter_map(name_of) {
                found.extend(volumes.iter().find(|(known, _)| *known == name).map(|(_, volume)| (node, *volume)));
            }
        }
    }
    found
}

/// What a StatefulSet claims for each of its pods, as volumes of theirs.
fn claims(pod: PodSpec<'_>) -> impl Iterator<Item = Ref<'_>> {
    let list = pod.owner.node.path(&["spec", "volumeClaimTemplates"]);
    list.into_iter().flat_map(|list| list.items()).filter_map(|claim| claim.get("metadata"))
}

fn name_of(node: Ref<'_>) -> Option<(&str, Ref<'_>)> {
    let name = node.get("name")?;
    Some((name.as_str()?, name))
}

/// Where a container of a pod opens a port, which is a name or a number.
pub(super) fn pod_port<'a>(pod: PodSpec<'a>, port: Ref<'_>) -> Option<Ref<'a>> {
    pod.containers().find_map(|container| container_port(container.node, port))
}

fn container_port<'a>(container: Ref<'a>, port: Ref<'_>) -> Option<Ref<'a>> {
    listed(container.get("ports")?, "containerPort", port)
}

/// Where a Service has a port, which is a name or a number.
pub(super) fn service_port<'a>(service: Object<'a>, port: Ref<'_>) -> Option<Ref<'a>> {
    listed(service.node.path(&["spec", "ports"])?, "port", port)
}

/// The name or the number in a list of ports.
fn listed<'a>(ports: Ref<'a>, number: &str, wanted: Ref<'_>) -> Option<Ref<'a>> {
    let wanted = wanted.as_str()?;
    let is_number = wanted.bytes().all(|byte| byte.is_ascii_digit());
    let key = if is_number { number } else { "name" };
    ports.items().filter_map(|port| port.get(key)).find(|node| node.as_str() == Some(wanted))
}

/// The places in an object that name ports of the pods that `selector`, one of its own, picks.
pub(super) fn asked_of_pods<'a>(object: Object<'a>, selector: Ref<'a>) -> Vec<Ref<'a>> {
    let list = |node: Ref<'a>, key: &str| -> Vec<Ref<'a>> {
        node.get(key).map(|list| list.items().map(Ref::follow).collect()).unwrap_or_default()
    };
    let Some(spec) = object.node.get("spec") else { return Vec::new() };
    let ports = |of: Ref<'a>, key: &str| list(of, "ports").into_iter().filter_map(|port| port.get(key)).collect();
    match object.kind() {
        "Service" => ports(spec, "targetPort"),
        "PodMonitor" => list(spec, "podMetricsEndpoints").into_iter().filter_map(|end| end.get("port")).collect(),
        "NetworkPolicy" if spec.get("podSelector") == Some(selector) => {
            list(spec, "ingress").into_iter().flat_map(|rule| -> Vec<Ref<'a>> { ports(rule, "port") }).collect()
        }
        "NetworkPolicy" => {
            let mut rules = list(spec, "egress").into_iter();
            let has_it =
                |rule: &Ref<'a>| list(*rule, "to").iter().any(|peer| peer.get("podSelector") == Some(selector));
            rules.find(has_it).map(|rule| ports(rule, "port")).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// The places in an object that name ports of the Services that it picks.
pub(super) fn asked_of_services(object: Object<'_>) -> impl Iterator<Item = Ref<'_>> {
    let endpoints = object.node.path(&["spec", "endpoints"]).filter(|_| object.kind() == "ServiceMonitor");
    endpoints.into_iter().flat_map(|list| list.items()).filter_map(|endpoint| endpoint.get("port"))
}
