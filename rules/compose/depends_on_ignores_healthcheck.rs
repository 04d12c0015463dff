use crate::lint::prelude::*;

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
                let fix = long_form(service, cx);
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

/// The list as a mapping, in the style it is written in.
fn long_form(service: Service<'_>, cx: &Context<'_>) -> Option<Fix> {
    let node = service.node.entries().find(|(key, _)| key.as_str() == Some("depends_on"))?.1;
    let yaml::NodeKind::Sequence(list) = &node.node().kind else { return None };
    let condition = |name: &str| if has_healthcheck(name, cx) { "service_healthy" } else { "service_started" };
    let names = node.items().map(Ref::as_str).collect::<Option<Vec<_>>>()?;
    if names.iter().any(|name| name.contains('$')) || node.items().any(|item| item.node().anchor.is_some()) {
        return None;
    }
    let title = "wait until it is healthy";
    if list.flow {
        let entries: Vec<String> =
            names.iter().map(|name| format!("{name}: {{condition: {}}}", condition(name))).collect();
        return Some(Fix::risky(title).replace(node.span(), format!("{{{}}}", entries.join(", "))));
    }
    let text = cx.text();
    let mut fix = Fix::risky(title);
    for item in node.items() {
        let name = item.as_str()?;
        let before = &text[..item.span().start as usize];
        let line = before.rfind('\n').map_or(0, |newline| newline + 1);
        let dash = line + before[line..].find('-')?;
        let indent = " ".repeat(dash - line);
        // Less indentation than the key is no mapping under it.
        let indent = if dash - line > column(service.get("depends_on")?.key_of()?, text) {
            indent
        } else {
            format!("{indent}  ")
        };
        fix = fix.replace(
            Span::of(line..item.span().end as usize),
            format!("{indent}{}:\n{indent}  condition: {}", item.text(), condition(name)),
        );
    }
    Some(fix)
}

fn column(node: Ref<'_>, text: &str) -> usize {
    let start = node.span().start as usize;
    start - text[..start].rfind('\n').map_or(0, |newline| newline + 1)
}
