use crate::lint::prelude::*;
use crate::syntax::kubernetes::{member, text};

pub const CHECKS: &[Check] = &[Check::PodSpec(host_path_socket)];

/// Sockets of container runtimes, wherever they lie.
const SOCKETS: [&str; 4] = ["docker.sock", "containerd.sock", "crio.sock", "podman.sock"];
/// Folders such sockets lie in, `/var` before `/run` left out.
const FOLDERS: [&str; 5] = ["/run", "/run/containerd", "/run/crio", "/run/k3s", "/run/k3s/containerd"];

fn host_path_socket(pod: PodSpec<'_>, cx: &mut Context<'_>) {
    for volume in pod.volumes() {
        let Effective::Known { value, node } = text(member(volume.field("hostPath"), "path")) else { continue };
        let path = value.trim_end_matches('/');
        let path = path.strip_prefix("/var").filter(|rest| rest.starts_with("/run")).unwrap_or(path);
        let message = if SOCKETS.iter().any(|socket| path.rsplit('/').next() == Some(socket)) {
            format!("`{value}` is the socket of the node's container runtime")
        } else if FOLDERS.contains(&path) {
            format!("`{value}` holds the socket of the node's container runtime")
        } else {
            continue;
        };
        cx.report(node.span(), message).note("who can write to it can start a container that owns the node");
    }
}
