use crate::lint::prelude::*;
use crate::model::shell::{Node, walk};
use crate::syntax::shell::Command::Simple;

pub const CHECKS: &[Check] = &[Check::Instruction(ls_grep)];

fn ls_grep(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    if !matches!(instruction.node.kind, InstructionKind::Run(_)) {
        return;
    }
    walk(instruction, &mut |node, _| {
        let Node::Pipeline(pipeline) = node else { return };
        for commands in pipeline.commands.windows(2) {
            let [Simple(ls), Simple(grep)] = commands else { continue };
            if ls.is("ls") && ["grep", "egrep", "fgrep"].iter().any(|name| grep.is(name)) {
                cx.report(ls.words[0].span, "`ls` prints names for people, not for `grep`")
                    .note("a pattern such as `*.txt`, or `find -name`, finds files by name");
            }
        }
    });
}
