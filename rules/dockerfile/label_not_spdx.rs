use crate::lint::prelude::*;
use crate::model::labels::{Kind, wrong};

pub const CHECKS: &[Check] = &[Check::Instruction(label_not_spdx)];

fn label_not_spdx(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    for label in wrong(instruction, &cx.settings().label_schema, Kind::Spdx) {
        cx.report(label.value, format!("label `{}` is not a license expression of SPDX", label.key));
    }
}
