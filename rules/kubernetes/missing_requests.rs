use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Container(missing_requests)];

fn missing_requests(container: Container<'_>, cx: &mut Context<'_>) {
    let looked_at = container.stays() || container.role == ContainerRole::Init && cx.flag("init-containers");
    if cx.role().is_fragment() || !looked_at || container.pod.is_partial() {
        return;
    }
    let pod_level = cx.kubernetes_version() >= (1, 34);
    // A limit is a request, too, where none is written.
    let is_missing = |resource: &&str| {
        let requested = container.amount("requests", resource, pod_level);
        requested.or_else(|| container.amount("limits", resource, pod_level)).is_absent()
    };
    let missing: Vec<&str> = cx.words("resources").into_iter().filter(is_missing).collect();
    if missing.is_empty() {
        return;
    }
    let missing = missing.join(" and no ").replace("cpu", "CPU");
    cx.report(container.place(), format!("{} requests no {missing}", container.title()));
}
