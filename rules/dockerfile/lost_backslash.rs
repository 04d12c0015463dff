use crate::lint::prelude::*;
use crate::model::shell::{Node, Role, walk};
use crate::syntax::shell::Part;

pub const CHECKS: &[Check] = &[Check::Instruction(lost_backslash)];

fn lost_backslash(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    if !matches!(instruction.node.kind, InstructionKind::Run(_)) || !instruction.has_escapes() {
        return;
    }
    // With paths of Windows in it the script is for another shell, whatever the base image says.
    let windows = |word: &shell::Word| is_windows_path(word.span.of_text(cx.text()));
    if instruction.commands().any(|command| command.node.words.iter().any(windows)) {
        return;
    }
    walk(instruction, &mut |node, around| {
        let Node::Word(word, Role::Argument(..) | Role::Value(_)) = node else { return };
        // It takes `-Ft` for a tab.
        if word.span.of_text(cx.text()) == "-F\\t" {
            return;
        }
        for part in &word.parts {
            let Part::Literal { span, written: Some(written), .. } = part else { continue };
            // What is written over several lines, or in JSON, stands elsewhere.
            if !around.plain || span.of_text(cx.text()) != &**written {
                continue;
            }
            for (at, letter) in escapes(written) {
                let place = Span::new(span.start + at as u32, span.start + at as u32 + 2);
                let code = if matches!(letter, 'n' | 't' | 'r') { "SC1012" } else { "SC1001" };
                let fix = Fix::risky("keep it with quotes").replace(place, format!("'\\{letter}'"));
                cx.report(place, format!("outside of quotes `\\{letter}` is just `{letter}`"))
                    .answers_to(code)
                    .fix(fix.changes(Effect::of_command(instruction)));
            }
        }
    });
}

/// `C:\path` or `\\server\path`.
fn is_windows_path(word: &str) -> bool {
    let bytes = word.as_bytes();
    let drive = matches!(bytes, [drive, b':', b'\\', ..] if drive.is_ascii_alphabetic());
    drive || word.starts_with("\\\\") && word[2..].starts_with(|c: char| c.is_ascii_alphanumeric())
}

/// The letters behind a backslash, and where that is.
fn escapes(text: &str) -> Vec<(usize, char)> {
    let mut found = Vec::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        if character == '\\'
            && let Some((_, next)) = characters.next()
            && next.is_ascii_alphabetic()
        {
            found.push((at, next));
        }
    }
    found
}
