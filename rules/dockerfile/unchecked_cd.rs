use crate::lint::prelude::*;
use crate::model::folders;
use crate::model::shell::{Node, exits_on_error, walk};
use crate::syntax::shell::OperatorKind;

pub const CHECKS: &[Check] = &[Check::Instruction(unchecked_cd)];

fn unchecked_cd(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    if instruction.command().is_none()
        || !["cd", "pushd", "popd"].iter().any(|name| instruction.text().contains(name))
        || exits_on_error(instruction)
    {
        return;
    }
    let every = cx.flag("every");
    walk(instruction, &mut |node, around| {
        let Node::List(list) = node else { return };
        for (index, item) in list.items.iter().enumerate() {
            let goes_on = item.operator.is_some_and(|operator| operator.kind == OperatorKind::Sequence);
            let more = goes_on && index + 1 < list.items.len();
            let last = every && (item.operator.is_none() || goes_on);
            let [shell::Command::Simple(command)] = &item.pipeline.commands[..] else { continue };
            if around.asked || item.pipeline.negated || !(more || last) || !may_fail(command) {
                continue;
            }
            if !every && folders::is_entered_surely(instruction, command) {
                continue;
            }
            let span = Span::new(command.words[0].span.start, command.words[command.words.len() - 1].span.end);
            let program = command.words[0].span.of_text(cx.text());
            let diagnostic = cx.report(span, format!("when this `{program}` fails, the next command runs elsewhere"));
            let first = index.checked_sub(1).and_then(|before| list.items[before].operator);
            if first.is_none_or(|before| before.kind == OperatorKind::Sequence) && more {
                let fix = Fix::safe("leave when it fails").insert(item.pipeline.span.end, " || exit 1");
                diagnostic.fix(fix.changes(Effect::of_command(instruction)));
            }
        }
    });
}

/// Whether it goes somewhere that may not be there.
fn may_fail(command: &shell::SimpleCommand) -> bool {
    let goes = ["cd", "pushd", "popd"].iter().any(|name| command.is(name));
    let up = |text: &str| text.split('/').all(|part| matches!(part, "" | "." | ".."));
    goes && !command.arguments().last().and_then(|word| word.literal()).is_some_and(up)
}
