use crate::lint::prelude::*;
use crate::syntax::yaml::Draft;

pub const CHECKS: &[Check] = &[Check::Container(missing_requests)];

fn missing_requests(container: Container<'_>, cx: &mut Context<'_>) {
    let looked_at = container.stays() || container.role == ContainerRole::Init && cx.flag("init-containers");
    if cx.role().is_fragment() || !looked_at || !container.pod.is_whole() {
        return;
    }
    let pod_level = cx.kubernetes_version().has_pod_level_resources();
    // A limit is a request, too, where none is written.
    let is_missing = |resource: &&str| {
        let requested = container.amount("requests", resource, pod_level);
        requested.or_else(|| container.amount("limits", resource, pod_level)).is_absent()
    };
    let missing: Vec<&str> = cx.words("resources").into_iter().filter(is_missing).collect();
    if missing.is_empty() {
        return;
    }
    let edit = request(container, &missing);
    let missing = missing.join(" and no ").replace("cpu", "CPU");
    let finding = cx.report(container.place(), format!("{} requests no {missing}", container.title()));
    if let Some(edit) = edit {
        finding.fix(Fix::manual("add requests").replace(edit.span, edit.text));
    }
}

fn request(container: Container<'_>, resources: &[&str]) -> Option<Edit> {
    let amount = |resource: &str| Draft::scalar(if resource == "cpu" { "100m" } else { "128Mi" });
    if let [resource] = resources {
        return container.node.insert(&["resources", "requests", resource], amount(resource));
    }
    let requests = resources.iter().map(|resource| (*resource, amount(resource))).collect();
    container.node.insert(&["resources", "requests"], Draft::Mapping(requests))
}
