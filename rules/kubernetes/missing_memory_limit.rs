use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Container(missing_memory_limit)];

fn missing_memory_limit(container: Container<'_>, cx: &mut Context<'_>) {
    let looked_at = container.stays() || container.role == ContainerRole::Init && cx.flag("init-containers");
    if cx.role().is_fragment() || !looked_at || container.pod.is_partial() {
        return;
    }
    if container.amount("limits", "memory", cx.kubernetes_version() >= (1, 34)).is_absent() {
        cx.report(container.place(), format!("{} has no memory limit", container.title()));
    }
}
