use crate::lint::prelude::*;
use crate::model::chain;
use crate::model::packages::Manager;
use crate::model::packages::caches::{left, stays};

pub const CHECKS: &[Check] = &[Check::Instruction(dnf_clean)];

fn dnf_clean(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    if instruction.keyword() != Some(Keyword::Run) || !cx.flag("every") && !stays(instruction) {
        return;
    }
    let Some(operation) = left(instruction, &[Manager::Dnf, Manager::Microdnf, Manager::Tdnf]) else { return };
    let clean = format!("{} clean all", operation.invocation.name());
    let program = operation.invocation.name();
    let message = format!("what `{program} {}` downloads stays in this layer", operation.name);
    let diagnostic = cx.report(operation.subcommand.span, message);
    let Some(addition) = chain::append(instruction, &clean) else { return };
    let title = format!("run `{clean}`");
    let fix = if addition.exact { Fix::safe(title) } else { Fix::risky(title) };
    diagnostic.fix(fix.insert(addition.offset, addition.text).changes(Effect::Command));
}
