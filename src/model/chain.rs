//! Adding a command to the end of what a RUN runs, in the way it is written.

use super::dockerfile::{Instruction, ShellCommand};
use crate::syntax::dockerfile::{Command, InstructionKind};
use crate::syntax::shell::{Item, List, OperatorKind, SimpleCommand};
use crate::text::Span;

/// A command to add, and what that means.
#[derive(Debug, PartialEq, Eq)]
pub struct Addition {
    /// Where it goes.
    pub offset: u32,
    /// What goes there.
    pub text: String,
    /// Whether it runs exactly when everything before it went well, and its failure fails the step: a chain of `&&`,
    /// or commands under `set -e`.
    pub exact: bool,
}

/// How `command` is added as the last one of a RUN. `None` where there is no script to add to, or it is broken, or it
/// ends in something that a command cannot follow.
pub fn append(instruction: Instruction<'_>, command: &str) -> Option<Addition> {
    let InstructionKind::Run(Command::Shell(form)) = &instruction.node.kind else { return None };
    let script = instruction.script().filter(|script| script.errors.is_empty())?;
    let items = &script.list.items;
    let last = items.last().filter(|last| last.operator.is_none())?;
    let text = instruction.dockerfile.text();
    let exits = sets_exit_on_error(&script.list);
    let chained = items.iter().rev().skip(1).all(|item| operator(item.operator) == Some(OperatorKind::And));
    if let Some(heredoc) = instruction.script_heredoc() {
        let body = heredoc.body.of_text(text);
        let indent = body.lines().last().map_or("", |line| &line[..line.len() - line.trim_start().len()]);
        return Some(Addition { offset: heredoc.body.end, text: format!("{indent}{command}\n"), exact: exits });
    }
    if !instruction.node.heredocs.is_empty() {
        return None;
    }
    // A comment at the end would take the command in.
    let end = last.pipeline.span.end;
    let rest = text.get(end as usize..form.span.end as usize)?;
    if rest.contains('#') {
        return None;
    }
    let sequence = !chained && exits;
    let before = items.len().checked_sub(2).and_then(|index| items.get(index));
    let separator = if sequence { ";" } else { "&&" };
    let style = before.and_then(|before| {
        let operator = before.operator?.span;
        let around = text.get(before.pipeline.span.end as usize..last.pipeline.span.start as usize)?;
        let newline = around.rfind('\n')?;
        let indent: String = around[newline + 1..].chars().take_while(|c| c.is_whitespace()).collect();
        // Whether the operator stands at the end of a line or at the start of the next one.
        let leading = text.get(operator.end as usize..last.pipeline.span.start as usize)?.contains('\n');
        Some((indent, leading))
    });
    // A last command over several lines is not gone on with on its last one.
    let hanging = last.pipeline.span.of_text(text).rsplit_once('\n').filter(|_| style.is_none());
    let hanging = hanging.map(|(_, line)| &line[..line.len() - line.trim_start().len()]);
    let escape = instruction.dockerfile.tree.escape;
    let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let space = if sequence { "" } else { " " };
    let addition = match style {
        Some((indent, true)) => format!("{space}{separator} {escape}{line_end}{indent}{command}"),
        Some((indent, false)) if !sequence => format!(" {escape}{line_end}{indent}{separator} {command}"),
        _ => match hanging {
            Some(indent) if !sequence => format!(" {escape}{line_end}{indent}{separator} {command}"),
            _ => format!("{space}{separator} {command}"),
        },
    };
    Some(Addition { offset: end, text: addition, exact: chained || exits })
}

/// What to delete so that a RUN no longer runs `commands`, each of them one of a chain of `&&` at its top; if they are
/// all of it, the lines of the whole instruction. `None` where they cannot be cut out that simply.
pub fn remove(instruction: Instruction<'_>, commands: &[&SimpleCommand]) -> Option<Vec<Span>> {
    let InstructionKind::Run(Command::Shell(form)) = &instruction.node.kind else { return None };
    let script = instruction.script().filter(|script| script.errors.is_empty())?;
    let items = &script.list.items;
    let text = instruction.dockerfile.text();
    if !instruction.node.heredocs.is_empty() || form.span.of_text(text).contains('#') {
        return None;
    }
    let goes = |item: &Item| match &item.pipeline.commands[..] {
        [only] => only.simple().is_some_and(|own| commands.iter().any(|command| std::ptr::eq(*command, own))),
        _ => false,
    };
    let going: Vec<usize> = (0..items.len()).filter(|index| goes(&items[*index])).collect();
    if going.len() != commands.len() || going.iter().any(|index| items[*index].pipeline.negated) {
        return None;
    }
    // `a || b && c` is another thing without `b`.
    let (last, before) = items.split_last()?;
    let chained = before.iter().all(|item| operator(item.operator) == Some(OperatorKind::And));
    if !chained || last.operator.is_some() {
        return None;
    }
    if going.len() == items.len() {
        return Some(vec![instruction.span().whole_lines(text)]);
    }
    // Each goes with the operator after it; those at the end go with the one before them.
    let kept = (0..items.len()).rev().find(|index| !going.contains(index))?;
    let mut spans: Vec<Span> = going
        .iter()
        .filter(|index| **index < kept)
        .map(|index| Span::new(items[*index].pipeline.span.start, items[*index + 1].pipeline.span.start))
        .collect();
    if kept + 1 < items.len() {
        spans.push(Span::new(items[kept].pipeline.span.end, last.pipeline.span.end));
    }
    Some(spans)
}

/// Whether a command runs whenever its script gets that far: not under a condition, not in a loop or function, not as
/// what follows a `||`.
pub fn is_always_run(command: ShellCommand<'_>) -> bool {
    let items = command.instruction.script().into_iter().flat_map(|script| &script.list.items);
    let mut fallback = false;
    for item in items {
        let mut simple = item.pipeline.commands.iter().filter_map(|node| node.simple());
        if simple.any(|simple| std::ptr::eq(simple, command.node)) {
            return !fallback;
        }
        fallback = operator(item.operator) == Some(OperatorKind::Or);
    }
    false
}

/// Whether a command of the same step deletes folders: what was brought before goes again.
pub fn cleans_up(instruction: Instruction<'_>) -> bool {
    let is_recursive = |flag: &str| flag.starts_with('-') && !flag.starts_with("--") && flag.contains(['r', 'R']);
    instruction.commands().any(|command| {
        let mut words = command.node.arguments().iter().filter_map(|word| word.literal());
        command.node.is("rm") && words.any(|word| is_recursive(word) || word == "--recursive")
    })
}

/// Whether a list starts with `set -e`, alone or with other letters.
pub fn sets_exit_on_error(list: &List) -> bool {
    let first = list.items.first().and_then(|item| item.pipeline.commands.first()).and_then(|command| command.simple());
    first.is_some_and(is_exit_on_error)
}

/// Whether it is `set -e`, alone or with other letters.
pub fn is_exit_on_error(command: &SimpleCommand) -> bool {
    command.is("set")
        && command.arguments().iter().filter_map(|word| word.literal()).any(|word| {
            word == "errexit"
                || word.strip_prefix('-').is_some_and(|letters| letters.contains('e') && !letters.contains('-'))
        })
}

/// Whether what stands at a span is on one line, so that it can be moved or gone on with.
pub fn is_written_plainly(span: crate::text::Span, text: &str) -> bool {
    !span.of_text(text).contains('\n')
}

fn operator(operator: Option<crate::syntax::shell::Operator>) -> Option<OperatorKind> {
    operator.map(|operator| operator.kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::dockerfile::Dockerfile;
    use crate::syntax::dockerfile;

    fn appended(text: &str) -> Option<String> {
        let dockerfile = Dockerfile::new(dockerfile::parse(text));
        let addition = append(dockerfile.instruction(1)?, "x")?;
        let mut result = text.to_owned();
        result.insert_str(addition.offset as usize, &addition.text);
        Some(format!("{}{result}", if addition.exact { "exact " } else { "" }))
    }

    #[test]
    fn a_command_is_added_in_the_style_of_the_chain() {
        let of =
            |text: &str| appended(&format!("FROM debian\n{text}\n")).unwrap_or_default().replace("FROM debian\n", "");
        assert_eq!(of("RUN a"), "exact RUN a && x\n");
        assert_eq!(of("RUN a && b"), "exact RUN a && b && x\n");
        assert_eq!(of("RUN a \\\n  && b"), "exact RUN a \\\n  && b \\\n  && x\n");
        assert_eq!(of("RUN a && \\\n    b"), "exact RUN a && \\\n    b && \\\n    x\n");
        assert_eq!(of("RUN set -eux; \\\n\ta; \\\n\tb"), "exact RUN set -eux; \\\n\ta; \\\n\tb; \\\n\tx\n");
        assert_eq!(of("RUN a && b \\\n    c"), "exact RUN a && b \\\n    c \\\n    && x\n");
        assert_eq!(of("RUN a; b"), "RUN a; b && x\n");
        assert_eq!(of("RUN <<EOF\nset -e\na\nEOF"), "exact RUN <<EOF\nset -e\na\nx\nEOF\n");
    }

    #[test]
    fn commands_are_cut_out_of_a_chain() {
        let of = |text: &str, names: &[&str]| {
            let text = format!("FROM debian\n{text}\n");
            let dockerfile = Dockerfile::new(dockerfile::parse(text.as_str()));
            let run = dockerfile.instruction(1).expect("there is one");
            let all: Vec<_> = run.commands().map(|command| command.node).collect();
            let commands: Vec<_> =
                all.into_iter().filter(|command| names.iter().any(|name| command.is(name))).collect();
            let mut spans = remove(run, &commands)?;
            spans.sort_by_key(|span| std::cmp::Reverse(span.start));
            let mut result = text.clone();
            for span in spans {
                result.replace_range(span.start as usize..span.end as usize, "");
            }
            Some(result.replace("FROM debian\n", ""))
        };
        assert_eq!(of("RUN a && b && c", &["a"]).as_deref(), Some("RUN b && c\n"));
        assert_eq!(of("RUN a \\\n && b \\\n && c", &["b", "c"]).as_deref(), Some("RUN a\n"));
        assert_eq!(of("RUN a && \\\n    b && \\\n    c", &["a", "c"]).as_deref(), Some("RUN b\n"));
        assert_eq!(of("RUN a && b", &["a", "b"]).as_deref(), Some(""));
        for text in ["RUN a || b && c", "RUN a; b", "RUN (a) && b", "RUN a | b && c", "RUN ! a && b"] {
            assert_eq!(of(text, &["a"]), None, "{text}");
        }
    }

    #[test]
    fn nothing_is_added_where_it_would_not_run() {
        for text in ["RUN a # b", "RUN a &", "RUN if a; then b", "RUN [\"a\"]", "RUN cat <<EOF\na\nEOF"] {
            assert_eq!(appended(&format!("FROM debian\n{text}\n")), None, "{text}");
        }
    }
}
