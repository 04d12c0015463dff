use crate::lint::prelude::*;
use crate::model::dockerfile::{Sh, ShellKind};
use crate::model::shell::features::{Feature, Otherwise, lacks_features, of_node};
use crate::model::shell::walk;

pub const CHECKS: &[Check] = &[Check::Instruction(bash_only_syntax)];

fn bash_only_syntax(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let every = cx.flag("every");
    walk(instruction, &mut |node, around| {
        let may_matter = lacks_features(around.shell) || every && matches!(around.shell, ShellKind::Sh(_));
        if !may_matter {
            return;
        }
        for (feature, span) in of_node(node, cx.text()) {
            let known = feature.is_known_to(around.shell);
            let wanted = known == Some(false) || every && matches!(around.shell, ShellKind::Sh(_));
            if !wanted || feature.code == "SC3028" && has_a_value(instruction, span.of_text(cx.text())) {
                continue;
            }
            let message = match known {
                Some(false) => format!("`{}` does not know {}", shell_name(around.shell), feature.name),
                _ => format!("not every `sh` knows {}", feature.name),
            };
            let fix = other_words(feature, span, cx.text());
            let diagnostic = cx.report(span, message).answers_to(feature.code);
            if known == Some(false) {
                diagnostic.label(span, consequence(feature));
            }
            if let Some(fix) = fix {
                diagnostic.fix(fix.changes(Effect::of_command(instruction)));
            } else if known == Some(false) {
                diagnostic.note("a `SHELL` instruction or `bash -c` runs it with Bash, where the image has that");
            }
        }
    });
}

fn shell_name(shell: ShellKind) -> &'static str {
    match shell {
        ShellKind::Sh(Sh::Ash) => "ash",
        _ => "dash",
    }
}

fn consequence(feature: Feature) -> &'static str {
    match feature.otherwise {
        Otherwise::Stops => "the shell stops here",
        Otherwise::Fails => "fails",
        Otherwise::Differs => "means something else there",
    }
}

/// Whether a variable that Bash sets by itself may come from elsewhere.
fn has_a_value(instruction: Instruction<'_>, variable: &str) -> bool {
    let name = variable.trim_matches(['$', '{', '}']);
    instruction.is_set(name) == Some(true) || instruction.text().contains(&format!("{name}="))
}

/// The same in words that every shell knows.
fn other_words(feature: Feature, span: Span, text: &str) -> Option<Fix> {
    let written = span.of_text(text);
    match (feature.code, written) {
        ("SC3014", "==") => Some(Fix::safe("write `=`").replace(span, "=")),
        ("SC3029", "|&") => Some(Fix::safe("write `2>&1 |`").replace(span, "2>&1 |")),
        ("SC3046", "source") => Some(Fix::risky("write `.`").replace(span, ".")),
        _ => None,
    }
}
