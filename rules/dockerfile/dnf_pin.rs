use crate::lint::prelude::*;
use crate::model::packages::{Manager, Operation};

pub const CHECKS: &[Check] = &[Check::Operation(dnf_pin)];

fn dnf_pin(operation: &Operation<'_>, cx: &mut Context<'_>) {
    if !matches!(operation.manager, Manager::Dnf | Manager::Microdnf | Manager::Tdnf) {
        return;
    }
    let Some(unpinned) = operation.without_version(cx.flag("every")) else { return };
    cx.report(unpinned.word.span, unpinned.to_string());
}
