use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Service(host_namespace)];

const NAMESPACES: [(&str, &str); 6] = [
    ("network_mode", "it reaches everything that listens on the host, and what it opens is open on the host"),
    ("pid", "it sees and can signal every process of the host"),
    ("ipc", "it reads the shared memory of the host's processes"),
    ("uts", "it can change the name of the host"),
    ("userns_mode", "root in it is root on the host, also where the engine remaps users"),
    ("cgroup", "it sees the control groups of the host"),
];

fn host_namespace(service: Service<'_>, cx: &mut Context<'_>) {
    let Some(project) = cx.compose() else { return };
    for (key, consequence) in NAMESPACES {
        let Some(node) = service.get(key) else { continue };
        if project.expand(node).as_deref() != Some("host") {
            continue;
        }
        cx.report(node.span(), format!("the service shares the host's namespace: `{key}`")).note(consequence);
    }
}
