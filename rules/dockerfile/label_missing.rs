use crate::lint::prelude::*;
use crate::model::labels::labels_of;

pub const CHECKS: &[Check] = &[Check::Stage(label_missing)];

fn label_missing(stage: Stage<'_>, cx: &mut Context<'_>) {
    let schema = &cx.settings().label_schema;
    if schema.is_empty() || cx.role().is_fragment() {
        return;
    }
    let asked = if cx.flag("every-stage") { !stage.is_copied_from() } else { stage.is_shipped() };
    let own = || std::iter::once(stage).chain(stage.ancestors()).flat_map(Stage::outer_instructions);
    let unknown = own().any(|instruction| match &instruction.node.kind {
        InstructionKind::Label(pairs) => pairs.pairs.iter().any(|pair| instruction.value(&pair.key).is_none()),
        _ => false,
    });
    if !asked || unknown {
        return;
    }
    let from = stage.from();
    let last = stage.outer_instructions().filter(|own| matches!(own.node.kind, InstructionKind::Label(_))).last();
    let after = last.unwrap_or(from.instruction).span().end;
    let line_end = cx.line_break();
    for expected in schema.iter().filter(|expected| expected.required) {
        let name = &expected.name;
        if own().flat_map(labels_of).any(|label| label.key == *name) {
            continue;
        }
        cx.report(from.arguments.image.span, format!("the image has no label `{name}`")).fix(
            Fix::manual(format!("add the label `{name}`"))
                .insert(after, format!("{line_end}LABEL {name}=\"\""))
                .changes(Effect::Labels)
                .changes(Effect::Steps),
        );
    }
}
