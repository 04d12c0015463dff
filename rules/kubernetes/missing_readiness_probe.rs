use crate::lint::prelude::*;
use crate::syntax::kubernetes::Probe;

pub const CHECKS: &[Check] = &[Check::Container(missing_readiness_probe)];

fn missing_readiness_probe(container: Container<'_>, cx: &mut Context<'_>) {
    if cx.role().is_fragment() || !container.is_serving() || !container.probe(Probe::Readiness).is_absent() {
        return;
    }
    cx.report(container.place(), format!("{} has no readiness probe", container.title()));
}
