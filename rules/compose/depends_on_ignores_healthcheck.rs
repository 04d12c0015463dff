use crate::lint::prelude::*;
use crate::syntax::compose::long_form;

pub const CHECKS: &[Check] = &[Check::Service(depends_on_ignores_healthcheck)];

fn depends_on_ignores_healthcheck(service: Service<'_>, cx: &mut Context<'_>) {
    for dependency in service.depends_on() {
        let name = dependency.service.as_str().unwrap_or("");
        if !has_healthcheck(name, cx) {
            continue;
        }
        let started = dependency.condition().and_then(Ref::as_str) == Some("service_started");
        let message = format!("does not wait until `{name}` is healthy, though it has a health check");
        match dependency.condition() {
            _ if dependency.long.is_none() => {
                let fix = wait(service, cx);
                let finding = cx.report(dependency.service.span(), message);
                finding.note("it is only started before; nothing waits for it to take connections");
                finding.fixes.extend(fix);
            }
            Some(condition) if started && cx.flag("explicit") => {
                cx.report(condition.span(), message)
                    .fix(Fix::risky("wait for it").replace(condition.span(), "service_healthy"));
            }
            _ => {}
        }
    }
}

fn has_healthcheck(name: &str, cx: &Context<'_>) -> bool {
    let facts = cx.compose().and_then(|project| project.service(name));
    facts.is_some_and(|facts| cx.project().has_healthcheck(facts) == Some(true))
}

/// The whole list in the long form.
fn wait(service: Service<'_>, cx: &Context<'_>) -> Option<Fix> {
    let (_, list) = service.node.entries().find(|(key, _)| key.as_str() == Some("depends_on"))?;
    let edits = long_form(list, |name| if has_healthcheck(name, cx) { "service_healthy" } else { "service_started" })?;
    Some(Fix { edits, ..Fix::risky("wait until it is healthy") })
}
