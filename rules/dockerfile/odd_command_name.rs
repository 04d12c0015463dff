use crate::lint::prelude::*;
use crate::model::shell::{Node, Role, has_glob, walk};

pub const CHECKS: &[Check] = &[Check::Instruction(odd_command_name)];

fn odd_command_name(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    walk(instruction, &mut |node, _| {
        let Node::Word(word, Role::Program(_)) = node else { return };
        let Some(name) = word.text() else { return };
        if has_glob(word) && !matches!(&*name, "[" | "[[") {
            cx.report(word.span, format!("which program `{name}` is depends on the files that are there"))
                .answers_to("SC2211");
        } else if name.len() > 1 && name.ends_with(['%', ',', ':', '=', ';']) && word.literal().is_some() {
            cx.report(word.span, format!("`{name}` can hardly be the name of a program")).answers_to("SC2288");
        }
    });
}
