use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Stage(duplicate_stage)];

fn duplicate_stage(stage: Stage<'_>, cx: &mut Context<'_>) {
    let (Some(name), Some(span)) = (stage.name(), stage.from().arguments.name) else { return };
    let Some(first) = stage.first_of_name().and_then(|first| first.from().arguments.name) else { return };
    cx.report(span, format!("two stages are named `{name}`"))
        .label(span, "hides the first one from here on")
        .label(first, "the first one");
}
