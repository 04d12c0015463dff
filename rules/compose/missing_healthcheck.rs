use crate::lint::prelude::*;
use crate::model::compose::Datastore;

pub const CHECKS: &[Check] = &[Check::Service(missing_healthcheck)];

fn missing_healthcheck(service: Service<'_>, cx: &mut Context<'_>) {
    let Some(project) = cx.compose().filter(|project| project.is_whole() && !cx.role().is_fragment()) else { return };
    let name = service.name();
    let Some(facts) = project.service(name) else { return };
    if !project.lacks(facts, "healthcheck") || cx.project().has_healthcheck(facts) == Some(true) {
        return;
    }
    let datastore = project.pulled_image(service).and_then(|image| Datastore::of(&image));
    let (Some(datastore), Some(waiting)) = (datastore, project.waits_for(name)) else {
        if cx.flag("every") {
            let message = format!("service `{name}` declares no health check");
            cx.report_as(Severity::Info, service.key.span(), message).note("its image may bring one");
        }
        return;
    };
    let message = format!("`{name}` has no health check, and another service waits for it");
    let finding = cx.report(service.key.span(), message);
    if project.is_here(waiting) {
        finding.label(waiting.span, "this waits only until it is started");
    }
    if !datastore.test.is_empty() {
        finding.note(format!("`{}` fails until it takes connections", datastore.test));
    }
}
