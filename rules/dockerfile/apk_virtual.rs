use crate::lint::prelude::*;
use crate::model::packages::{Action, Manager, Operand, Operation, operations};

pub const CHECKS: &[Check] = &[Check::Operation(apk_virtual)];

fn apk_virtual(removal: &Operation<'_>, cx: &mut Context<'_>) {
    if removal.manager != Manager::Apk || removal.action != Action::Remove {
        return;
    }
    let added = operations(removal.instruction).filter(|other| {
        let before = other.invocation.command.span.end <= removal.invocation.command.span.start;
        before && other.manager == Manager::Apk && other.name == "add" && !other.has_flag(&["-t", "--virtual"])
    });
    let added: Vec<_> = added.flat_map(|addition| addition.operands).collect();
    let name = |text: &str| removal.manager.package(text).name.to_owned();
    let written = |own: &&Operand<'_>| own.word.text().is_some();
    let again = |own: &&Operand<'_>| added.iter().any(|other| name(&other.text) == name(&own.text));
    let both: Vec<_> = removal.operands.iter().filter(written).filter(again).collect();
    // One name is as good as another, and so is a variable.
    let [operand, _, ..] = both[..] else { return };
    cx.report(operand.word.span, format!("`{}` is added by name and deleted by name in one step", operand.text))
        .note("`apk add --virtual NAME` gives what is only needed here one name, and `apk del NAME` deletes it");
}
