use crate::lint::prelude::*;
use crate::model::dockerfile::ShellKind;
use crate::model::shell::echo::{escape, expands_escapes};
use crate::model::shell::{Node, walk};
use crate::syntax::shell::Part;

pub const CHECKS: &[Check] = &[Check::Instruction(echo_escape)];

fn echo_escape(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    if !matches!(instruction.node.kind, InstructionKind::Run(_)) || !instruction.has_escapes() {
        return;
    }
    let every = cx.flag("every");
    walk(instruction, &mut |node, around| {
        let Node::Command(command) = node else { return };
        let expands = expands_escapes(around.shell);
        let wanted = expands == Some(false) || every && matches!(around.shell, ShellKind::Sh(_));
        if !wanted || command.name() != Some("echo") {
            return;
        }
        let flags = command.arguments().iter().take_while(|word| word.literal().is_some_and(is_flag)).count();
        let (flags, words) = command.arguments().split_at(flags);
        if flags.iter().any(|word| word.literal().is_some_and(|flag| flag.contains('e'))) {
            return;
        }
        // A program in the text, or a prompt, is for somebody else to read.
        let texts: String = words.iter().map(|word| word.span.of_text(cx.text())).collect();
        let foreign = ["PS1", "printf", "\\[", "\\\"", "$'"].iter().any(|mark| texts.contains(mark));
        let found = words.iter().flat_map(|word| &word.parts).find_map(|part| in_part(part, cx.text()));
        let Some(span) = found.filter(|_| every || !foreign) else { return };
        let written = span.of_text(cx.text());
        let message = match expands {
            Some(false) => format!("`echo` prints `{written}` as it stands"),
            _ => format!("not every `echo` replaces `{written}`"),
        };
        cx.report(span, message).note("`printf` replaces it in every shell");
    });
}

fn is_flag(text: &str) -> bool {
    text.len() > 1 && text.starts_with('-') && text[1..].chars().all(|letter| matches!(letter, 'n' | 'e' | 'E'))
}

/// The first escape in a part, as it reaches `echo`.
fn in_part(part: &Part, text: &str) -> Option<Span> {
    let (span, value, quote) = match part {
        Part::SingleQuoted { span, value, dollar: false } => (*span, value, 1),
        Part::Literal { span, value, .. } => (*span, value, 0),
        Part::DoubleQuoted { parts, .. } => return parts.iter().find_map(|part| in_part(part, text)),
        _ => return None,
    };
    let at = escape(value)?;
    let start = span.start + quote + at as u32;
    let exact = Span::new(start, (start + 2).min(span.end));
    // What is written in several lines, or in JSON, stands elsewhere.
    Some(if text.get(exact.range()) == value.get(at..at + 2) { exact } else { span })
}
