use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Instruction(comment_swallows_command)];

fn comment_swallows_command(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let (Some(Command::Shell(form)), Some(script)) = (instruction.command(), instruction.script()) else { return };
    if !script.errors.is_empty() || !instruction.node.heredocs.is_empty() {
        return;
    }
    let Some(last) = script.list.items.last() else { return };
    let end = last.operator.map_or(last.pipeline.span.end, |operator| operator.span.end);
    let text = instruction.dockerfile.text();
    let behind = Span::new(end.min(form.span.end), form.span.end).of_text(text);
    let blanks = behind.len() - behind.trim_start_matches([' ', '\t', ';']).len();
    let Some((comment, below)) = behind[blanks..].split_once('\n').filter(|(line, _)| line.starts_with('#')) else {
        return;
    };
    let escape = instruction.dockerfile.tree.escape;
    let mut offset = end as usize + blanks + comment.len() + 1;
    let mut lost = below.split_inclusive('\n').filter_map(|line| {
        let at = offset + line.len() - line.trim_start().len();
        offset += line.len();
        let line = line.trim().trim_end_matches(escape).trim_end();
        (!line.is_empty() && !line.starts_with('#')).then_some(Span::of(at..at + line.len()))
    });
    let Some(first) = lost.next() else { return };
    let start = end + blanks as u32;
    let written = comment.trim_end().trim_end_matches(escape).trim_end();
    let comment = Span::new(start, start + written.len() as u32);
    let line = text[..start as usize].rfind('\n').map_or(0, |newline| newline + 1);
    let indent = &text[line..line + text[line..].len() - text[line..].trim_start_matches([' ', '\t']).len()];
    let own = format!("{indent}{written}{}", cx.line_break());
    let before = text[..start as usize].trim_end_matches([' ', '\t']).len() as u32;
    cx.report(comment, "this comment goes on over the next lines").label(first, "is never run").fix(
        Fix::risky("give the comment a line of its own")
            .insert(line as u32, own)
            .delete(Span::new(before, comment.end))
            .changes(Effect::Command),
    );
}
