use crate::lint::prelude::*;
use crate::model::shell::{Node, Values, is_split, may_split, quotes, unquoted_parts, walk};
use crate::syntax::shell::{Operation, Part};

pub const CHECKS: &[Check] = &[Check::Instruction(unquoted_variable)];

fn unquoted_variable(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    if !matches!(instruction.node.kind, InstructionKind::Run(_)) {
        return;
    }
    let every = cx.flag("every");
    let values = Values::of(instruction);
    walk(instruction, &mut |node, around| {
        let Node::Word(word, role) = node else { return };
        if !is_split(word, role, every) {
            return;
        }
        for part in unquoted_parts(word).filter(|part| may_split(part)) {
            let Part::Variable { span, name, operation, .. } = part else { continue };
            // `${name:-}` says itself that there may be no value.
            let doubted = every && *operation == Operation::Default && values.is_assigned(name);
            if values.is_safe(name) && !doubted {
                continue;
            }
            let written = span.of_text(cx.text());
            let quoted = quotes(word, *span, cx.text());
            let diagnostic = cx.report(*span, format!("`{written}` is split at blanks and searched for patterns"));
            if around.plain && written.starts_with('$') && !sounds_like_a_list(name) {
                let fix = Fix::risky("quote it").insert(quoted.start, "\"").insert(quoted.end, "\"");
                diagnostic.fix(fix.changes(Effect::of_command(instruction)));
            }
        }
    });
}

/// Whether a name says that its value is several words: `PACKAGES`, `buildDeps`, `CONFIGURE_OPTS`.
fn sounds_like_a_list(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.ends_with('s')
        || ["mark", "opt", "arg", "flag", "list", "pkg", "param", "extra"].iter().any(|part| name.contains(part))
}
