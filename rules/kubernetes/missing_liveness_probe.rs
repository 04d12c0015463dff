use crate::lint::prelude::*;
use crate::syntax::kubernetes::Probe;
use crate::syntax::yaml::Draft;

pub const CHECKS: &[Check] = &[Check::Container(missing_liveness_probe)];

fn missing_liveness_probe(container: Container<'_>, cx: &mut Context<'_>) {
    if cx.role().is_fragment() || !container.is_serving() || !container.probe(Probe::Liveness).is_absent() {
        return;
    }
    let handler = [("path", Draft::scalar("/healthz")), ("port", Draft::scalar(container.port().unwrap_or("8080")))];
    let edit = container.node.insert(&["livenessProbe", "httpGet"], Draft::Mapping(handler.into()));
    let finding = cx.report(container.place(), format!("{} has no liveness probe", container.title()));
    if let Some(edit) = edit {
        finding.fix(Fix::manual("add a liveness probe").replace(edit.span, edit.text));
    }
}
