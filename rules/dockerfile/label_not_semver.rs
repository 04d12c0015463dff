use crate::lint::prelude::*;
use crate::model::labels::{Kind, wrong};

pub const CHECKS: &[Check] = &[Check::Instruction(label_not_semver)];

fn label_not_semver(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    for label in wrong(instruction, &cx.settings().label_schema, Kind::Semver) {
        cx.report(label.value, format!("label `{}` is not a version by semver.org", label.key));
    }
}
