use crate::lint::prelude::*;
use crate::model::labels::key_fault;

pub const CHECKS: &[Check] = &[Check::Instruction(label_key_invalid)];

fn label_key_invalid(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let InstructionKind::Label(pairs) = &instruction.node.kind else { return };
    for pair in &pairs.pairs {
        let Some(key) = instruction.value(&pair.key) else { continue };
        let Some(fault) = key_fault(&key) else { continue };
        let diagnostic = cx.report(pair.key.span, format!("the name of the label `{key}` {fault}"));
        let lower = key.to_ascii_lowercase();
        if key_fault(&lower).is_none() && *pair.key.raw == *key {
            let fix = Fix::risky("write it in lower case").replace(pair.key.span, lower);
            diagnostic.fix(fix.changes(Effect::Labels));
        }
    }
}
