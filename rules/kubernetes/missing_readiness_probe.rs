use crate::lint::prelude::*;
use crate::syntax::kubernetes::Probe;
use crate::syntax::yaml::Draft;

pub const CHECKS: &[Check] = &[Check::Container(missing_readiness_probe)];

fn missing_readiness_probe(container: Container<'_>, cx: &mut Context<'_>) {
    if cx.role().is_fragment() || !container.is_serving() || !container.probe(Probe::Readiness).is_absent() {
        return;
    }
    let handler = [("path", Draft::scalar("/ready")), ("port", Draft::scalar(container.port().unwrap_or("8080")))];
    let edit = container.node.insert(&["readinessProbe", "httpGet"], Draft::Mapping(handler.into()));
    let finding = cx.report(container.place(), format!("{} has no readiness probe", container.title()));
    if let Some(edit) = edit {
        finding.fix(Fix::manual("add a readiness probe").replace(edit.span, edit.text));
    }
}
