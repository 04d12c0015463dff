use crate::lint::prelude::*;
use crate::model::shell::{Node, has_glob, walk};
use crate::syntax::shell::Command::Simple;

pub const CHECKS: &[Check] = &[Check::Instruction(useless_cat)];

fn useless_cat(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    if !matches!(instruction.node.kind, InstructionKind::Run(_)) {
        return;
    }
    walk(instruction, &mut |node, _| {
        let Node::Pipeline(pipeline) = node else { return };
        let [Simple(cat), Simple(next), ..] = &pipeline.commands[..] else { return };
        let [program, file] = &cat.words[..] else { return };
        let plain = cat.assignments.is_empty() && cat.redirections.is_empty() && !pipeline.negated;
        let whole = !has_glob(file) && !file.literal_prefix().starts_with('-') && file.text().is_some();
        if !cat.is("cat") || !plain || !whole || next.redirections.iter().any(|one| one.operator.starts_with('<')) {
            return;
        }
        let written = file.span.of_text(cx.text());
        let fix = Fix::risky(format!("read it with `< {written}`"))
            .delete(Span::new(cat.span.start, next.span.start))
            .insert(next.span.end, format!(" < {written}"));
        cx.report(program.span, format!("`cat` only passes on `{written}`"))
            .fix(fix.changes(Effect::of_command(instruction)));
    });
}
