use crate::lint::prelude::*;
use crate::model::api_versions::removed_api as removal;
use crate::syntax::kubernetes::text;

pub const CHECKS: &[Check] = &[Check::Object(removed_api)];

fn removed_api(object: Object<'_>, cx: &mut Context<'_>) {
    let Effective::Known { value, node } = text(object.node.field("apiVersion")) else { return };
    let target = cx.kubernetes_version();
    let Some(api) = removal(value, object.kind()).filter(|api| api.removed <= target) else { return };
    if is_chosen_by_template(object, cx) {
        return;
    }
    let message = format!("Kubernetes {} and newer do not serve `{}` of `{value}`", api.removed, object.kind());
    let finding = cx.report(node.span(), message);
    let Some(new) = api.replacement else {
        finding.note("nothing took its place");
        return;
    };
    finding.note(format!("`{}` serves it since {}", new.api_version, new.since));
    let title = format!("use `{}`", new.api_version);
    match new.moved {
        _ if new.since > target => {}
        None => _ = finding.fix(Fix::safe(title).replace(node.span(), new.api_version)),
        Some(moved) => {
            finding.note(moved).fix(Fix::risky(title).replace(node.span(), new.api_version));
        }
    }
}

/// Whether a chart writes the old version only for a cluster that is old enough.
fn is_chosen_by_template(object: Object<'_>, cx: &Context<'_>) -> bool {
    let versions = object.node.entries().filter(|(key, _)| key.as_str() == Some("apiVersion")).count();
    cx.role() == Role::HelmTemplate && (versions > 1 || cx.text().contains(".Capabilities"))
}
