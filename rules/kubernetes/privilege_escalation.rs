use crate::lint::prelude::*;
use crate::syntax::yaml::Draft;

pub const CHECKS: &[Check] = &[Check::Container(privilege_escalation)];

fn privilege_escalation(container: Container<'_>, cx: &mut Context<'_>) {
    if container.pod.is_windows() {
        return;
    }
    match container.allow_privilege_escalation() {
        Effective::Known { value: true, node } => {
            let finding = cx.report(node.span(), format!("{} may gain privileges", container.title()));
            if !needs_it(container) {
                finding.fix(Fix::risky("forbid it").replace(node.span(), "false"));
            }
        }
        Effective::Absent if cx.flag("explicit") => not_forbidden(container, cx),
        _ => {}
    }
}

fn not_forbidden(container: Container<'_>, cx: &mut Context<'_>) {
    if needs_it(container) || cx.role().is_fragment() || !container.pod.is_whole() {
        return;
    }
    let message = format!("{} does not forbid privilege escalation", container.title());
    let edit = container.node.insert(&["securityContext", "allowPrivilegeEscalation"], Draft::scalar("false"));
    let finding = cx.report_as(Severity::Info, container.place(), message);
    if let Some(edit) = edit {
        finding.fix(Fix::risky("forbid it").replace(edit.span, edit.text));
    }
}

/// The API server refuses to forbid it to a container that is privileged or has `SYS_ADMIN`; one that may be counts,
/// too.
fn needs_it(container: Container<'_>) -> bool {
    let is_admin = |name: &str| matches!(name, "SYS_ADMIN" | "CAP_SYS_ADMIN");
    matches!(container.privileged(), Effective::Known { value: true, .. } | Effective::Unknown)
        || container.added_capabilities().any(|name| name.as_str().is_none_or(is_admin))
}
