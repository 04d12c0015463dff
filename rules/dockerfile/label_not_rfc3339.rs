use crate::lint::prelude::*;
use crate::model::labels::{Kind, wrong};

pub const CHECKS: &[Check] = &[Check::Instruction(label_not_rfc3339)];

fn label_not_rfc3339(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    for label in wrong(instruction, &cx.settings().label_schema, Kind::Rfc3339) {
        cx.report(label.value, format!("label `{}` is not a date and time by RFC 3339", label.key));
    }
}
