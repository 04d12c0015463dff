use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Container(missing_cpu_limit)];

fn missing_cpu_limit(container: Container<'_>, cx: &mut Context<'_>) {
    if cx.role().is_fragment() || !container.stays() || container.pod.is_partial() {
        return;
    }
    if container.amount("limits", "cpu", cx.kubernetes_version() >= (1, 34)).is_absent() {
        cx.report(container.place(), format!("{} has no CPU limit", container.title()));
    }
}
