use crate::lint::prelude::*;
use crate::model::labels::{Kind, wrong};

pub const CHECKS: &[Check] = &[Check::Instruction(label_not_url)];

fn label_not_url(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    for label in wrong(instruction, &cx.settings().label_schema, Kind::Url) {
        cx.report(label.value, format!("label `{}` is not a URL", label.key));
    }
}
