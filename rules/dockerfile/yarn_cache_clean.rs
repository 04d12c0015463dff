use crate::lint::prelude::*;
use crate::model::packages::caches::{clean_up, is_own_cache_deleted, is_own_cache_mounted, stays};
use crate::model::packages::{Manager, Operation};

pub const CHECKS: &[Check] = &[Check::Operation(yarn_cache_clean)];

fn yarn_cache_clean(operation: &Operation<'_>, cx: &mut Context<'_>) {
    let instruction = operation.instruction;
    if operation.manager != Manager::Yarn || &*operation.name != "install" || !stays(instruction) {
        return;
    }
    if is_own_cache_mounted(operation) || is_own_cache_deleted(operation) {
        return;
    }
    let diagnostic = cx.report(operation.subcommand.span, "`yarn install` leaves what it downloads in the layer");
    if let Some((_, addition)) = clean_up(operation) {
        diagnostic.fix(Fix::append("clean the cache", addition));
    }
}
