use crate::lint::prelude::*;
use crate::syntax::compose::File;
use crate::syntax::yaml::{Profile, Value};
use crate::text::line_break;

pub const CHECKS: &[Check] = &[Check::Compose(obsolete_version)];

/// Keys of `deploy` that only a swarm obeys. Older versions of `docker stack` ask for `version`.
const SWARM: [&str; 5] = ["endpoint_mode", "mode", "placement", "rollback_config", "update_config"];

fn obsolete_version(root: Ref<'_>, cx: &mut Context<'_>) {
    let file = File { root };
    if file.is_version_1() {
        let Some((key, _)) = root.entries().next() else { return };
        cx.report_as(Severity::Error, key.span(), "services at the outermost level are the first format")
            .note("compose refuses it: put the services under `services`");
        return;
    }
    let Some((key, value)) = root.entry("version") else { return };
    let number = matches!(value.value(Profile::Compose), Some(Value::Integer(_) | Value::Float(_)));
    let finding = if number {
        cx.report_as(Severity::Error, value.span(), "`version` is a number, where compose wants text or nothing")
    } else {
        cx.report(key.span().cover(value.span()), "`version` means nothing to compose, and is warned about")
    };
    let swarm = file.services().filter_map(|service| service.get("deploy"));
    let swarm = swarm.into_iter().any(|deploy| SWARM.iter().any(|key| deploy.has_key(key)));
    if let Some(mut lines) = value.lines_to_remove() {
        // With the first line goes the blank one that set it apart.
        let text = &*root.document.text;
        let next = line_break(text);
        if lines.start == 0 && text[lines.end as usize..].starts_with(next) {
            lines.end += next.len() as u32;
        }
        let fix = if swarm { Fix::risky("remove it") } else { Fix::safe("remove it") };
        finding.fix(fix.delete(lines));
    }
}
