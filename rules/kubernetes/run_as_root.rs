use crate::lint::prelude::*;
use crate::syntax::yaml::Draft;

pub const CHECKS: &[Check] = &[Check::PodSpec(run_as_root)];

fn run_as_root(pod: PodSpec<'_>, cx: &mut Context<'_>) {
    if pod.is_windows() || pod.has_user_namespace() {
        return;
    }
    let mut written = Vec::new();
    let mut silent = Vec::new();
    for container in pod.containers().filter(|container| container.role != ContainerRole::Ephemeral) {
        // With `runAsNonRoot` the kubelet refuses to start it as root; that is another fault.
        if container.run_as_non_root().known() == Some(true) {
            continue;
        }
        match container.run_as_user() {
            Effective::Known { value: 0, node } if !written.contains(&node.span()) => written.push(node.span()),
            Effective::Absent if says_nothing(container) => silent.push(container),
            _ => {}
        }
    }
    for zero in written {
        cx.report(zero, "the user is set to 0, which is root");
    }
    if cx.role().is_fragment() || !pod.is_whole() {
        return;
    }
    silent.retain(|container| !is_built_for_another_user(*container, cx));
    report_silent(&silent, cx);
}

/// Whether neither the container nor its pod says that it must not be root.
fn says_nothing(container: Container<'_>) -> bool {
    matches!(container.run_as_non_root(), Effective::Absent | Effective::Known { value: false, .. })
}

/// Whether the image is built from a Dockerfile of the project that is known to end as somebody else.
fn is_built_for_another_user(container: Container<'_>, cx: &Context<'_>) -> bool {
    let built = container.image().known().and_then(|image| cx.project().dockerfile_of_image(image, cx.path()));
    built.is_some_and(|built| built.stage().and_then(|stage| stage.user.is_root()) == Some(false))
}

/// One finding for the pod: what mends one container mends all.
fn report_silent(containers: &[Container<'_>], cx: &mut Context<'_>) {
    let Some(first) = containers.first() else { return };
    let message = match containers.len() {
        1 => format!("{} may run as root", first.title()),
        count => format!("{count} containers of this pod may run as root"),
    };
    let finding = cx.report(first.place(), message);
    for other in &containers[1..] {
        finding.label(other.place(), "and this one");
    }
    finding.note("neither `runAsNonRoot: true` nor a `runAsUser` other than 0 is set for the pod or the container");
    // Where something is said already, it is for a person to say which of the two is meant.
    let is_new = containers.iter().all(|container| container.run_as_non_root().is_absent());
    let edit = first.pod.node.insert(&["securityContext", "runAsNonRoot"], Draft::scalar("true"));
    if let Some(edit) = edit.filter(|_| is_new) {
        finding.fix(Fix::risky("refuse to run as root").replace(edit.span, edit.text));
    }
}
