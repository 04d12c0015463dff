use crate::lint::prelude::*;
use crate::model::chain;
use crate::model::shell::programs::can_list_fail;
use crate::model::shell::words::{DECLARING, is_declared_value};
use crate::model::shell::{Node, exits_on_error, walk};
use crate::syntax::shell::{OperatorKind, Part, Word};

pub const CHECKS: &[Check] = &[Check::Instruction(masked_exit_code)];

fn masked_exit_code(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let substitutes = instruction.text().contains("$(") || instruction.has_byte(b'`');
    if !substitutes || !DECLARING[..4].iter().any(|name| instruction.text().contains(name)) {
        return;
    }
    let every = cx.flag("every");
    let exits = exits_on_error(instruction);
    let text = cx.text();
    walk(instruction, &mut |node, around| {
        let Node::List(list) = node else { return };
        for (index, item) in list.items.iter().enumerate() {
            let joined = item.operator.map(|operator| operator.kind);
            let before = index.checked_sub(1).and_then(|before| list.items[before].operator);
            let chained = joined == Some(OperatorKind::And) || joined.is_none();
            let asked = around.asked || joined == Some(OperatorKind::Or) || item.pipeline.negated;
            let [shell::Command::Simple(command)] = &item.pipeline.commands[..] else { continue };
            let declares = DECLARING[..4].iter().find(|name| command.is(name) && !command.has_flag(&["-r"]));
            let (Some(declares), true) = (declares, every || !asked && (chained || exits)) else { continue };
            for word in command.arguments().iter().filter(|word| is_declared_value(word, command)) {
                let Some((span, list)) = substitution(&word.parts) else { continue };
                if !every && !can_list_fail(list) {
                    continue;
                }
                let message = format!("`{declares}` hides the exit code of this command");
                let diagnostic = cx.report(span, message).label(command.words[0].span, "succeeds by itself");
                let alone = command.words.len() == 2 && command.assignments.is_empty() && *declares == "export";
                let before_and = before.is_none_or(|before| before.kind != OperatorKind::Or);
                if alone && !asked && before_and && chain::is_written_plainly(word.span, text) {
                    let separator = if chained { " &&" } else { ";" };
                    diagnostic
                        .fix(apart(command.words[0].span, word, separator).changes(Effect::of_command(instruction)));
                }
            }
        }
    });
}

/// The first command substitution in the parts of a word, quoted or not.
fn substitution(parts: &[Part]) -> Option<(Span, &shell::List)> {
    parts.iter().find_map(|part| match part {
        Part::CommandSubstitution { span, list, .. } => Some((*span, list)),
        Part::DoubleQuoted { parts, .. } => substitution(parts),
        _ => None,
    })
}

/// `NAME="$(…)" && export NAME`.
fn apart(export: Span, word: &Word, separator: &str) -> Fix {
    let head = word.literal_prefix();
    let name = head.split('=').next().unwrap_or_default();
    Fix::risky("assign first, then export")
        .delete(Span::new(export.start, word.span.start))
        .insert(word.span.end, format!("{separator} export {name}"))
}
