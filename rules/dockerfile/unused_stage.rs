use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Stage(unused_stage)];

fn unused_stage(stage: Stage<'_>, cx: &mut Context<'_>) {
    let needed_later =
        stage.dockerfile.stages().skip(stage.index + 1).any(|other| other.needs().any(|own| own.index == stage.index));
    if stage.is_needed() || needed_later || cx.role().is_fragment() {
        return;
    }
    let from = stage.from();
    let place = from.arguments.name.unwrap_or(from.arguments.image.span);
    let name = stage.name().map_or_else(|| stage.index.to_string(), str::to_owned);
    cx.report(place, format!("nothing needs the stage `{name}`")).label(place, "is built with `--target` only");
}
