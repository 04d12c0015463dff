use crate::lint::prelude::*;
use crate::model::compose::{Fact, ServiceFacts};

pub const CHECKS: &[Check] = &[Check::Service(missing_limits)];

fn missing_limits(service: Service<'_>, cx: &mut Context<'_>) {
    let Some(project) = cx.compose().filter(|project| project.is_whole() && !cx.role().is_fragment()) else { return };
    let Some(facts) = project.service(service.name()) else { return };
    if project.files.len() > 1 && !project.is_here(facts.at) {
        return;
    }
    let memory = lacks(facts, "memory", "mem_limit");
    let cpu = lacks(facts, "cpus", "cpus") && lacks(facts, "cpus", "cpu_quota");
    let missing = match (memory, cpu) {
        (true, true) => "neither a memory nor a CPU limit",
        (true, false) => "no memory limit",
        (false, true) if cx.flag("cpu") => "no CPU limit",
        _ => return,
    };
    cx.report(service.key.span(), format!("service `{}` has {missing}", service.name()))
        .note("set `deploy.resources.limits`, which plain compose obeys as well");
}

fn lacks(service: ServiceFacts<'_>, limit: &str, key: &str) -> bool {
    let limits = service.value.path(&["deploy", "resources", "limits"]);
    if matches!(limits, Fact::Known(limits) if limits.as_text().is_some()) {
        // `memory 1G`: something is meant.
        return false;
    }
    let limit = limits.and_then(|limits| limits.fact(limit));
    matches!((limit, service.fact(key)), (Fact::Absent, Fact::Absent))
}
