use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Stage(duplicate_stage)];

fn duplicate_stage(stage: Stage<'_>, cx: &mut Context<'_>) {
    let (Some(name), Some(span)) = (stage.name(), stage.from().arguments.name) else { return };
    let mut earlier = stage.dockerfile.stages().take(stage.index);
    let Some(first) = earlier.find(|other| other.name().is_some_and(|own| own.eq_ignore_ascii_case(name))) else {
        return;
    };
    let Some(first) = first.from().arguments.name else { return };
    cx.report(span, format!("two stages are named `{name}`"))
        .label(span, "hides the first one from here on")
        .label(first, "the first one");
}
