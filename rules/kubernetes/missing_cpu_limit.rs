use crate::lint::prelude::*;
use crate::syntax::yaml::Draft;

pub const CHECKS: &[Check] = &[Check::Container(missing_cpu_limit)];

fn missing_cpu_limit(container: Container<'_>, cx: &mut Context<'_>) {
    if cx.role().is_fragment() || !container.stays() || !container.pod.is_whole() {
        return;
    }
    if !container.amount("limits", "cpu", cx.kubernetes_version().has_pod_level_resources()).is_absent() {
        return;
    }
    let edit = container.node.insert(&["resources", "limits", "cpu"], Draft::scalar("1000m"));
    let finding = cx.report(container.place(), format!("{} has no CPU limit", container.title()));
    if let Some(edit) = edit {
        finding.fix(Fix::manual("add a CPU limit").replace(edit.span, edit.text));
    }
}
