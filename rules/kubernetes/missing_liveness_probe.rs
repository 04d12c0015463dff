use crate::lint::prelude::*;
use crate::syntax::kubernetes::Probe;

pub const CHECKS: &[Check] = &[Check::Container(missing_liveness_probe)];

fn missing_liveness_probe(container: Container<'_>, cx: &mut Context<'_>) {
    if cx.role().is_fragment() || !container.is_serving() || !container.probe(Probe::Liveness).is_absent() {
        return;
    }
    cx.report(container.place(), format!("{} has no liveness probe", container.title()));
}
