use crate::lint::prelude::*;
use crate::model::packages::caches::{is_own_cache_deleted, is_own_cache_mounted, stays};
use crate::model::packages::{Manager, Operation, Setting};

pub const CHECKS: &[Check] = &[Check::Operation(pip_no_cache)];

fn pip_no_cache(operation: &Operation<'_>, cx: &mut Context<'_>) {
    if operation.manager != Manager::Pip || &*operation.name != "install" {
        return;
    }
    if operation.has_flag(&["--no-cache-dir", "--help", "--dry-run"]) || is_turned_off(operation) {
        return;
    }
    let stays = stays(operation.instruction) && !is_own_cache_deleted(operation);
    if !stays && !cx.flag("every") || is_own_cache_mounted(operation) {
        return;
    }
    let diagnostic = cx.report(operation.subcommand.span, "`pip install` leaves what it downloads in the layer");
    if operation.has_flag(&["--cache-dir"]) {
        return;
    }
    let fix = Fix::safe("add `--no-cache-dir`").insert(operation.subcommand.span.end, " --no-cache-dir");
    diagnostic.fix(fix.changes(Effect::Command).changes(Effect::Caches));
}

/// By a variable, which turns the cache off whatever truth value it has, or by the configuration.
fn is_turned_off(operation: &Operation<'_>) -> bool {
    let text = operation.instruction.dockerfile.text();
    let named = text.contains("PIP_NO_CACHE_DIR");
    let variable = named
        && match operation.variable("PIP_NO_CACHE_DIR") {
            Setting::Unset => false,
            Setting::Known(value) => !value.is_empty(),
            Setting::Unknown => true,
        };
    variable || text.contains("no-cache-dir") && text.contains("pip config") || text.contains("no-cache-dir =")
}
