use crate::lint::prelude::*;
use crate::model::workload::Selection;

pub const CHECKS: &[Check] = &[Check::Object(dangling_service)];

fn dangling_service(object: Object<'_>, cx: &mut Context<'_>) {
    let Some(service) = object.service() else { return };
    let (Field::Present(selector), Some(selection)) = (service.selector(), Selection::of(service)) else { return };
    if !matches!(cx.role(), Role::Complete | Role::Rendered) {
        return;
    }
    let folder = cx.manifests().beside(cx.path(), cx.files());
    // A fenced block is no file of the folder; nothing is known of what stands around it.
    if folder.file(cx.path()).is_none() {
        return;
    }
    let Some((path, pods)) = folder.missed_by(&selection) else { return };
    let finding = cx.report(selector.span(), format!("`{}` selects no pod", object.title()));
    if **path == *finding.source.path {
        finding.label(pods.span, format!("the pods of `{}`", pods.owner));
    } else {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        finding.note(format!("no Service selects the pods of `{}` in {name}", pods.owner));
    }
    let labels: Vec<String> = pods.labels.known().map(|(key, value)| format!("`{key}: {value}`")).collect();
    finding.note(format!("its pods are labelled {}", labels.join(", ")));
}
