use crate::lint::prelude::*;
use crate::model::workload::own_selector;
use crate::syntax::kubernetes::{Labels, Requirement};
use crate::syntax::yaml::Draft;

pub const CHECKS: &[Check] = &[Check::PodSpec(selector_mismatch)];

fn selector_mismatch(pod: PodSpec<'_>, cx: &mut Context<'_>) {
    // That of a Job is made by its controller, and who writes one says so in another field.
    let Some((node, selector)) = own_selector(pod).filter(|_| pod.owner.kind() != "Job") else { return };
    if cx.role().is_fragment() || !pod.is_whole() {
        return;
    }
    if selector.is_empty() && pod.owner.group() == Some("apps") {
        cx.report(node.span(), "the selector is empty");
        return;
    }
    let labels = Labels::of(pod.labels());
    let Some(failed) = selector.requirements.iter().find(|it| it.matches(&labels) == Some(false)) else { return };
    let message = format!("the selector of `{}` matches none of its own pods", pod.owner.title());
    let finding = cx.report(failed.node.span(), message);
    match pod.labels() {
        Field::Present(labels) => match labels.entry(failed.key) {
            Some((key, value)) => finding.label(key.span().cover(value.span()), "what the pods are labelled"),
            None => finding.label(labels.span(), format!("no label `{}`", failed.key)),
        },
        _ => finding.note("the template gives its pods no labels"),
    };
    finding.note("the API server refuses it: `selector` does not match template `labels`");
    if let Some(edit) = label(pod, failed) {
        finding.fix(Fix::risky("label the pods as the selector asks").replace(edit.span, edit.text));
    }
}

/// Gives the pods the label that the selector asks for with one value.
fn label(pod: PodSpec<'_>, failed: &Requirement<'_>) -> Option<Edit> {
    let value = failed.node.scalar().map(|_| failed.node.text())?;
    match pod.template.path(&["metadata", "labels", failed.key]) {
        Some(written) => Some(Edit { span: written.span(), text: value.to_owned() }),
        None => pod.template.insert(&["metadata", "labels", failed.key], Draft::scalar(value)),
    }
}
