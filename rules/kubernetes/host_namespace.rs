use crate::lint::prelude::*;
use crate::syntax::kubernetes::boolean;

pub const CHECKS: &[Check] = &[Check::PodSpec(host_namespace)];

const NAMESPACES: [(&str, &str); 3] = [
    ("hostNetwork", "it reaches everything that listens on the node, past all network policies"),
    ("hostPID", "it sees and can signal every process of the node"),
    ("hostIPC", "it reads the shared memory of the node's processes"),
];

fn host_namespace(pod: PodSpec<'_>, cx: &mut Context<'_>) {
    for (key, consequence) in NAMESPACES {
        let Effective::Known { value: true, node } = boolean(pod.field(key)) else { continue };
        cx.report(node.span(), format!("the pod shares the node's namespace: `{key}`"))
            .note(consequence)
            .fix(Fix::risky("give it its own").replace(node.span(), "false"));
    }
}
