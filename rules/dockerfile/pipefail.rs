use crate::lint::prelude::*;
use crate::model::dockerfile::{Sh, ShellKind};
use crate::model::shell::pipes;

pub const CHECKS: &[Check] = &[Check::Instruction(pipefail)];

fn pipefail(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let every = cx.flag("every");
    let Some((pipe, program)) = pipes::lost(instruction, every) else { return };
    let whose = program.map_or("of what is before".to_owned(), |program| format!("of `{program}`"));
    let diagnostic = cx.report(pipe, format!("the exit code {whose} is lost in this pipe"));
    let Some(shell) = shell_with_pipefail(instruction) else {
        diagnostic.note("a `SHELL` instruction with `-o pipefail` makes the step fail");
        return;
    };
    // Once is enough: a `SHELL` before the first one counts for those after it.
    let setting = |other: Instruction<'_>| other.shell_instruction().map(|shell| shell.index);
    let mut earlier = instruction.stage().into_iter().flat_map(Stage::outer_instructions);
    if earlier.any(|other| {
        other.index < instruction.index && setting(other) == setting(instruction) && pipes::lost(other, every).is_some()
    }) {
        diagnostic.note("a `SHELL` instruction with `-o pipefail` before the first such step counts here as well");
        return;
    }
    let fix = Fix::risky("let the shell notice it").changes(Effect::Shell);
    diagnostic.fix(match shell {
        Notice::Word(offset) => fix.insert(offset, "\"-o\", \"pipefail\", "),
        Notice::Shell(words) => {
            let (place, line) = instruction.line_above(&format!("SHELL {words}"));
            fix.insert(place, line)
        }
    });
}

/// How a shell is made to notice it.
enum Notice {
    /// A word more before the `-c` of the SHELL that is there, at this place.
    Word(u32),
    /// SHELL with these words.
    Shell(&'static str),
}

/// What makes the shell notice it; `None` where no shell is known to be there that can.
fn shell_with_pipefail(instruction: Instruction<'_>) -> Option<Notice> {
    if instruction.onbuild || instruction.script_heredoc().is_some() {
        return None;
    }
    if instruction.shell_instruction().is_some() {
        let words = instruction.shell_words().filter(|_| instruction.shell() == ShellKind::Bash)?;
        return Some(Notice::Word(words.iter().find(|word| &*word.value == "-c")?.span.start));
    }
    Some(Notice::Shell(match instruction.shell() {
        ShellKind::Sh(Sh::Ash) => r#"["/bin/ash", "-eo", "pipefail", "-c"]"#,
        ShellKind::Sh(Sh::Dash | Sh::Bash) | ShellKind::Bash => r#"["/bin/bash", "-o", "pipefail", "-c"]"#,
        _ => return None,
    }))
}
