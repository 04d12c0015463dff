use crate::lint::prelude::*;
use crate::model::packages::Manager;
use crate::model::packages::caches::{clean_up, left};

pub const CHECKS: &[Check] = &[Check::Instruction(zypper_clean)];

fn zypper_clean(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let managers = [Manager::Zypper];
    let Some(operation) = left(instruction, &managers, cx.flag("every")) else { return };
    let diagnostic = cx.report(operation.subcommand.span, operation.stays_in_layer());
    if let Some((clean, addition)) = clean_up(&operation) {
        diagnostic.fix(Fix::append(format!("run `{clean}`"), addition));
    }
}
