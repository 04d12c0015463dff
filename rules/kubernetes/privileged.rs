use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Container(privileged)];

fn privileged(container: Container<'_>, cx: &mut Context<'_>) {
    let Effective::Known { value: true, node } = container.privileged() else { return };
    cx.report(node.span(), format!("{} is privileged", container.title()))
        .note("a privileged container has every capability and every device: root in it is root on the node")
        .fix(Fix::risky("run it unprivileged").replace(node.span(), "false"));
}
