use crate::lint::prelude::*;
use crate::model::packages::caches::{deletes, is_cache_mounted, stays};
use crate::model::packages::{Manager, Operation};

pub const CHECKS: &[Check] = &[Check::Operation(apk_no_cache)];

fn apk_no_cache(operation: &Operation<'_>, cx: &mut Context<'_>) {
    if operation.manager != Manager::Apk
        || operation.name != "add"
        || operation.has_flag(&["--no-cache", "--cache-dir"])
    {
        return;
    }
    let instruction = operation.instruction;
    // It fetches nothing.
    if operation.has_flag(&["--no-network"]) {
        return;
    }
    if is_cache_mounted(instruction, Manager::Apk) {
        return;
    }
    let deleted = || instruction.commands().any(|later| deletes(later.node, "/var/cache/apk"));
    if !cx.flag("every") && (!stays(instruction) || operation.may_have_more_flags() || deleted()) {
        return;
    }
    let updates = operation.flags.iter().filter(|flag| matches!(&*flag.text, "--update" | "--update-cache" | "-U"));
    let removals: Vec<Span> = updates.filter_map(|flag| operation.invocation.removal(flag.word, cx.text())).collect();
    let fix = Fix::safe("add `--no-cache`").insert(operation.subcommand.span.end, " --no-cache");
    let fix = removals.into_iter().fold(fix, Fix::delete).changes(Effect::Command).changes(Effect::Caches);
    cx.report(operation.subcommand.span, "`apk add` leaves the package index in this layer").fix(fix);
}
