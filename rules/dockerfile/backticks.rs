use crate::lint::prelude::*;
use crate::model::shell::{Node, walk};
use crate::syntax::shell::Part;

pub const CHECKS: &[Check] = &[Check::Instruction(backticks)];

fn backticks(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    if !matches!(instruction.node.kind, InstructionKind::Run(_)) {
        return;
    }
    walk(instruction, &mut |node, _| {
        let Node::Word(word, _) = node else { return };
        in_parts(&word.parts, instruction, cx);
    });
}

fn in_parts(parts: &[Part], instruction: Instruction<'_>, cx: &mut Context<'_>) {
    for part in parts {
        match part {
            Part::DoubleQuoted { parts, .. } | Part::Variable { operand: parts, .. } => {
                in_parts(parts, instruction, cx)
            }
            Part::CommandSubstitution { span, backticks: true, .. } => {
                let written = span.of_text(cx.text());
                let inside = written.strip_prefix('`').and_then(|rest| rest.strip_suffix('`'));
                let inside = inside.filter(|inside| !inside.contains(['`', '\\', '#']) && !inside.starts_with('('));
                let diagnostic = cx.report(*span, "a command between backticks");
                if inside.is_some() {
                    let first = Span::new(span.start, span.start + 1);
                    let last = Span::new(span.end - 1, span.end);
                    let fix = Fix::safe("write `$(…)`").replace(first, "$(").replace(last, ")");
                    diagnostic.fix(fix.changes(Effect::of_command(instruction)));
                }
            }
            _ => {}
        }
    }
}
