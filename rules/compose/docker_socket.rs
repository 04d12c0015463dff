use crate::lint::prelude::*;
use crate::syntax::compose::Mount;

pub const CHECKS: &[Check] = &[Check::Service(docker_socket)];

/// Sockets of container runtimes, wherever they lie.
const SOCKETS: [&str; 5] = ["docker.sock", "containerd.sock", "crio.sock", "podman.sock", "docker_engine"];

const CONSEQUENCE: &str = "who can write to it can start a container that owns the host; `:ro` does not help";

fn docker_socket(service: Service<'_>, cx: &mut Context<'_>) {
    let Some(project) = cx.compose() else { return };
    for mount in service.mounts() {
        let (node, source) = match mount {
            Mount::Short(node) => (node, project.expand(node).and_then(|text| source_of(&text))),
            Mount::Long(node) => {
                let Some(source) = node.get("source") else { continue };
                (source, project.expand(source).map(|text| text.into_owned()))
            }
        };
        let Some(source) = source.filter(|source| is_socket(source)) else { continue };
        let message = format!("`{source}` is the socket of the host's container engine");
        let span = match node.as_str().and_then(|text| text.find(&source)) {
            Some(at) => crate::syntax::compose::part_span(node, at..at + source.len()),
            None => node.span(),
        };
        cx.report(span, message).note(CONSEQUENCE);
    }
    if let Some(node) = service.get("use_api_socket").filter(|node| node.as_str() == Some("true")) {
        cx.report(node.span(), "the service is given the socket of the container engine").note(CONSEQUENCE);
    }
}

fn source_of(text: &str) -> Option<String> {
    crate::syntax::compose::parse_mount(text).map(|mount| mount.source.to_owned())
}

fn is_socket(source: &str) -> bool {
    let name = source.trim_end_matches('/').rsplit(['/', '\\']).next().unwrap_or(source);
    SOCKETS.contains(&name)
}
