use crate::lint::prelude::*;
use crate::model::labels::{Kind, wrong};

pub const CHECKS: &[Check] = &[Check::Instruction(label_not_email)];

fn label_not_email(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    for label in wrong(instruction, &cx.settings().label_schema, Kind::Email) {
        cx.report(label.value, format!("label `{}` is not an e-mail address", label.key));
    }
}
