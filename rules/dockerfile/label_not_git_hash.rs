use crate::lint::prelude::*;
use crate::model::labels::{Kind, wrong};

pub const CHECKS: &[Check] = &[Check::Instruction(label_not_git_hash)];

fn label_not_git_hash(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    for label in wrong(instruction, &cx.settings().label_schema, Kind::Hash) {
        cx.report(label.value, format!("label `{}` is not the hash of a Git commit", label.key));
    }
}
