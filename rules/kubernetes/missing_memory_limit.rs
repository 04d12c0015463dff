use crate::lint::prelude::*;
use crate::syntax::yaml::Draft;

pub const CHECKS: &[Check] = &[Check::Container(missing_memory_limit)];

fn missing_memory_limit(container: Container<'_>, cx: &mut Context<'_>) {
    let looked_at = container.stays() || container.role == ContainerRole::Init && cx.flag("init-containers");
    if cx.role().is_fragment() || !looked_at || !container.pod.is_whole() {
        return;
    }
    if !container.amount("limits", "memory", cx.kubernetes_version().has_pod_level_resources()).is_absent() {
        return;
    }
    let edit = container.node.insert(&["resources", "limits", "memory"], Draft::scalar("256Mi"));
    let finding = cx.report(container.place(), format!("{} has no memory limit", container.title()));
    if let Some(edit) = edit {
        finding.fix(Fix::manual("add a memory limit").replace(edit.span, edit.text));
    }
}
