use crate::lint::prelude::*;
use crate::model::shell::{Node, walk};
use crate::syntax::shell::OperatorKind;

pub const CHECKS: &[Check] = &[Check::Instruction(and_or_as_if)];

/// What stands after `||` when the whole may fail, or is told that it did.
const HANDLERS: [&str; 10] = [":", "[", "echo", "exit", "false", "printf", "return", "test", "true", "[["];

fn and_or_as_if(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    if !matches!(instruction.node.kind, InstructionKind::Run(_)) {
        return;
    }
    walk(instruction, &mut |node, around| {
        let Node::List(list) = node else { return };
        let kind = |index: usize| list.items.get(index).and_then(|item| item.operator).map(|operator| operator.kind);
        for (index, items) in list.items.windows(3).enumerate() {
            let [test, then, or] = items else { continue };
            let ternary = kind(index) == Some(OperatorKind::And) && kind(index + 1) == Some(OperatorKind::Or);
            if !ternary || around.asked || !is_test(&test.pipeline) || handles(&or.pipeline) || handles(&then.pipeline)
            {
                continue;
            }
            let Some(operator) = then.operator else { continue };
            cx.report(operator.span, "what follows runs as well when what stands before it fails")
                .label(then.pipeline.span, "may fail")
                .note("`if …; then …; else …; fi` runs one of the two");
        }
    });
}

fn is_test(pipeline: &shell::Pipeline) -> bool {
    match &pipeline.commands[..] {
        [shell::Command::Simple(command)] => command.is("[") || command.is("test"),
        [shell::Command::Compound(compound)] => compound.kind == shell::CompoundKind::Conditional,
        _ => false,
    }
}

fn handles(pipeline: &shell::Pipeline) -> bool {
    pipeline.commands.iter().any(|command| match command {
        shell::Command::Simple(command) => command.words.is_empty() || HANDLERS.iter().any(|name| command.is(name)),
        // `{ echo failed; exit 1; }`.
        shell::Command::Compound(compound) => {
            compound.lists.iter().flat_map(|list| &list.items).any(|item| handles(&item.pipeline))
        }
    })
}
