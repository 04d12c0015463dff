use crate::lint::prelude::*;
use crate::model::shell::{Node, Role, starts_with_glob, walk};

pub const CHECKS: &[Check] = &[Check::Instruction(glob_as_option)];

fn glob_as_option(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    if !matches!(instruction.node.kind, InstructionKind::Run(_)) {
        return;
    }
    walk(instruction, &mut |node, _| {
        let Node::Word(word, Role::Argument(command, index)) = node else { return };
        let ended = || command.words[..index].iter().any(|word| word.literal() == Some("--"));
        let harmless = ["echo", "printf", "[", "test", "expr", "let"].iter().any(|name| command.is(name));
        if !starts_with_glob(word) || harmless || ended() || word.text().is_some_and(|text| text.starts_with("?=")) {
            return;
        }
        let text = word.span.of_text(cx.text());
        let diagnostic = cx.report(word.span, format!("a file of `{text}` whose name starts with `-` is an option"));
        let fix = Fix::risky("write `./` before it").insert(word.span.start, "./");
        diagnostic.fix(fix.changes(Effect::of_command(instruction)));
    });
}
