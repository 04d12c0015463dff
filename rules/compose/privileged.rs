use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Service(privileged)];

fn privileged(service: Service<'_>, cx: &mut Context<'_>) {
    let Some(node) = service.get("privileged").filter(|node| !node.is_null()) else { return };
    if cx.compose().and_then(|project| project.expand(node)).as_deref() != Some("true") {
        return;
    }
    let finding = cx.report(node.span(), format!("service `{}` is privileged", service.name()));
    finding.note("a privileged container has every capability and every device: root in it is root on the host");
    if node.as_str() == Some("true") {
        finding.fix(Fix::risky("run it unprivileged").replace(node.span(), "false"));
    }
}
