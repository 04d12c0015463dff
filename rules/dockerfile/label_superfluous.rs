use crate::lint::prelude::*;
use crate::model::labels::labels_of;
use crate::text::suggest::nearest;

pub const CHECKS: &[Check] = &[Check::Instruction(label_superfluous)];

fn label_superfluous(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let schema = &cx.settings().label_schema;
    if !cx.settings().strict_labels {
        return;
    }
    for label in labels_of(instruction) {
        if schema.iter().any(|expected| expected.name == label.key) {
            continue;
        }
        let near = nearest(&label.key, schema.iter().map(|expected| expected.name.as_str()));
        let diagnostic = cx.report(label.name, format!("label `{}` is not in the schema", label.key));
        if let Some((near, _)) = near {
            diagnostic.note(format!("did you mean `{near}`?"));
        }
    }
}
