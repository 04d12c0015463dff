use crate::lint::prelude::*;
use crate::model::labels::labels_of;

pub const CHECKS: &[Check] = &[Check::Instruction(label_empty)];

fn label_empty(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let schema = &cx.settings().label_schema;
    for label in labels_of(instruction) {
        if label.text.as_deref() == Some("") && schema.iter().any(|expected| expected.name == label.key) {
            cx.report(label.name, format!("label `{}` is empty", label.key));
        }
    }
}
