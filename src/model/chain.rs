//! Adding commands to what a RUN runs, taking them out of it, and making one RUN of two, in the way they are written.

use super::dockerfile::{Base, Instruction, ShellCommand};
use crate::syntax::dockerfile::{Command, ExecForm, InstructionKind, ShellForm};
use crate::syntax::shell::{Item, List, OperatorKind, SimpleCommand};
use crate::text::Span;

/// A line that is longer is not made longer still.
const LONG_LINE: usize = 100;

/// What leaves something in the shell that a command after it would see, or ends it.
const STATEFUL: [&str; 14] = [
    ".", "alias", "cd", "eval", "exec", "exit", "popd", "pushd", "return", "source", "trap", "umask", "unalias",
    "unset",
];

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
    let last = items.last().filter(|last| last.operator.is_none() && !ends_shell(last))?;
    let text = instruction.dockerfile.text();
    let exits = sets_exit_on_error(&script.list);
    let chained = items.iter().rev().skip(1).all(|item| operator(item) == Some(OperatorKind::And));
    // What stands there already was not understood.
    if instruction
        .script_heredoc()
        .map_or(form.span, |heredoc| heredoc.body)
        .of_text(text)
        .trim_end()
        .ends_with(command)
    {
        return None;
    }
    if let Some(heredoc) = instruction.script_heredoc() {
        let body = heredoc.body.of_text(text);
        // In a heredoc of the script that nothing ends it would be text.
        let mut inner = script.commands().into_iter().flat_map(|own| &own.redirections).filter_map(|own| own.body);
        if inner.any(|inner| inner.end >= heredoc.body.end) {
            return None;
        }
        let indent = body.lines().last().map_or("", |line| &line[..line.len() - line.trim_start().len()]);
        let text = format!("{indent}{command}{}", instruction.dockerfile.line_break());
        return Some(Addition { offset: heredoc.body.end, text, exact: exits });
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
    let separator = if sequence { ";" } else { "&&" };
    let space = if sequence { "" } else { " " };
    let next = instruction.dockerfile.continuation();
    let addition = match layout(items, text) {
        Some((indent, true)) => format!("{space}{separator} {next}{indent}{command}"),
        Some((indent, false)) if !sequence => format!(" {next}{indent}{separator} {command}"),
        _ => format!("{space}{separator} {command}"),
    };
    Some(Addition { offset: end, text: addition, exact: chained || exits })
}

/// How the commands of a list over several lines are written: their indentation, and whether the operator stands at the
/// end of a line or at the start of the next one. A last command over several lines is not gone on with on its last one.
fn layout<'t>(items: &[Item], text: &'t str) -> Option<(&'t str, bool)> {
    let (last, before) = items.split_last()?;
    let between = before.last().and_then(|before| {
        let operator = before.operator?.span;
        let around = text.get(before.pipeline.span.end as usize..last.pipeline.span.start as usize)?;
        let (_, line) = around.rsplit_once('\n')?;
        let indent = &line[..line.len() - line.trim_start().len()];
        Some((indent, text.get(operator.end as usize..last.pipeline.span.start as usize)?.contains('\n')))
    });
    between.or_else(|| {
        let (_, line) = last.pipeline.span.of_text(text).rsplit_once('\n')?;
        Some((&line[..line.len() - line.trim_start().len()], false))
    })
}

/// How one step is made of two that follow each other: what goes between their commands, and what stands there instead.
/// `start` is the step that the first of them becomes a part of, or that one itself. `None` where the second would not
/// run exactly when the first went well, or would find another shell than before.
pub fn join(start: Instruction<'_>, first: Instruction<'_>, second: Instruction<'_>) -> Option<(Span, String)> {
    let ((one, head), (two, tail)) = (joinable(first)?, joinable(second)?);
    let text = first.dockerfile.text();
    let between = Span::new(first.span().end, second.span().start).of_text(text);
    let chained = two.iter().rev().skip(1).all(|item| operator(item) == Some(OperatorKind::And));
    let stateful = first.commands().any(|command| STATEFUL.iter().any(|name| command.node.is(name)));
    if one.last()?.operator.is_some() || !chained || two.last()?.operator.is_some() || stateful {
        return None;
    }
    if !same_flags(first, second) || !between.trim().is_empty() || head.span.of_text(text).contains('#') {
        return None;
    }
    let next = first.dockerfile.continuation();
    let width = first.text().len() + tail.span.of_text(text).lines().next().map_or(0, str::len);
    let goes_on = tail.span.of_text(text).contains('\n');
    let begun = joinable(start).and_then(|(items, _)| layout(items, text));
    let joint = match begun.or_else(|| layout(one, text)) {
        Some((indent, true)) => format!(" && {next}{indent}"),
        Some((indent, false)) => format!(" {next}{indent}&& "),
        None if goes_on && width < LONG_LINE => " && ".to_owned(),
        None => format!(" {next}{}&& ", second.indentation()),
    };
    Some((Span::new(head.span.end, tail.span.start), joint))
}

/// The commands of a RUN that is written as one piece of text for a shell like `sh`.
fn joinable(instruction: Instruction<'_>) -> Option<(&[Item], &ShellForm)> {
    let InstructionKind::Run(Command::Shell(form)) = &instruction.node.kind else { return None };
    let script = instruction.script().filter(|script| script.errors.is_empty())?;
    let base = instruction.stage()?.root_base();
    // Where the base is not known either, nobody knows what its shell joins commands with.
    let any = matches!(base, Base::Unknown | Base::Invalid(_)) && instruction.shell_instruction().is_none();
    (instruction.node.heredocs.is_empty() && !any).then_some((&script.list.items, form))
}

/// Whether two instructions have the same flags, in whatever order, the fields of mounts too.
pub fn same_flags(one: Instruction<'_>, other: Instruction<'_>) -> bool {
    flags(one) == flags(other)
}

/// Its flags in a fixed order, the fields of mounts too.
fn flags(instruction: Instruction<'_>) -> Vec<String> {
    let text = instruction.dockerfile.text();
    let mut flags: Vec<String> = instruction
        .node
        .flags
        .iter()
        .map(|flag| {
            let mut fields: Vec<&str> = flag.fields.iter().map(|field| field.span.of_text(text)).collect();
            fields.sort_unstable();
            let value = flag.value.as_ref().filter(|_| fields.is_empty()).map_or("", |value| &*value.raw);
            format!("{}={value}{}", flag.name(text), fields.join(","))
        })
        .collect();
    flags.sort_unstable();
    flags
}

/// Whether nothing after it runs.
fn ends_shell(item: &Item) -> bool {
    let last = item.pipeline.commands.last().and_then(|command| command.simple());
    item.pipeline.commands.len() == 1 && last.is_some_and(|last| last.is("exec") || last.is("exit"))
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
    let chained = before.iter().all(|item| operator(item) == Some(OperatorKind::And));
    if !chained || last.operator.is_some() {
        return None;
    }
    if going.len() == items.len() {
        return Some(vec![instruction.lines()]);
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

/// Mounts for a RUN: what stands between its keyword and what comes after it, and what stands there instead. Each has a
/// line of its own, but for a single one in a step of one line.
pub fn mount(instruction: Instruction<'_>, mounts: &[String]) -> Option<(Span, String)> {
    let text = instruction.dockerfile.text();
    let (Command::Shell(ShellForm { span: command, .. }) | Command::Exec(ExecForm { span: command, .. })) =
        instruction.command()?;
    let next = instruction.node.flags.first().map_or(command.start, |flag| flag.span.start);
    let gap = Span::new(instruction.node.keyword.end, next);
    let one_line = !instruction.node.heredocs.is_empty() || !instruction.text().contains('\n');
    let separator = match mounts {
        [_] if one_line => " ".to_owned(),
        _ => format!(" {}{}", instruction.dockerfile.continuation(), instruction.indentation()),
    };
    let mounts = mounts.iter().map(|mount| format!("--mount={mount}{separator}"));
    (!gap.of_text(text).contains('#')).then(|| (gap, format!(" {}", mounts.collect::<String>())))
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
        fallback = operator(item) == Some(OperatorKind::Or);
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
pub fn is_written_plainly(span: Span, text: &str) -> bool {
    !span.of_text(text).contains('\n')
}

fn operator(item: &Item) -> Option<OperatorKind> {
    item.operator.map(|operator| operator.kind)
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
    fn two_steps_become_one_in_the_style_of_the_first() {
        let of = |text: &str| {
            let line_break = if text.contains('\r') { "\r\n" } else { "\n" };
            let text = format!("FROM debian{line_break}{text}");
            let dockerfile = Dockerfile::new(dockerfile::parse(text.as_str()));
            let (span, joint) =
                join(dockerfile.instruction(1)?, dockerfile.instruction(1)?, dockerfile.instruction(2)?)?;
            let mut result = text;
            result.replace_range(span.start as usize..span.end as usize, &joint);
            result.strip_prefix("FROM debian")?.strip_prefix(line_break).map(str::to_owned)
        };
        assert_eq!(of("RUN a\nRUN b").as_deref(), Some("RUN a \\\n    && b"));
        assert_eq!(of("RUN a\n\nRUN b \\\n  c").as_deref(), Some("RUN a && b \\\n  c"));
        assert_eq!(of("RUN a \\\n\tb\nRUN c").as_deref(), Some("RUN a \\\n\tb \\\n\t&& c"));
        assert_eq!(of("RUN a && \\\n  b\nRUN c").as_deref(), Some("RUN a && \\\n  b && \\\n  c"));
        assert_eq!(of("RUN a\r\nRUN b\r\n").as_deref(), Some("RUN a \\\r\n    && b\r\n"));
        assert_eq!(of("RUN a || b\nRUN c && d").as_deref(), Some("RUN a || b \\\n    && c && d"));
        for text in ["RUN a\nRUN b; c", "RUN a\nRUN b || c", "RUN a &\nRUN b", "RUN a\n# b\nRUN b", "RUN a # b\nRUN c"]
        {
            assert_eq!(of(text), None, "{text}");
        }
        for text in ["RUN cd /x\nRUN b", "RUN exec a\nRUN b", "RUN --network=none a\nRUN b", "RUN [\"a\"]\nRUN b"] {
            assert_eq!(of(text), None, "{text}");
        }
    }

    #[test]
    fn nothing_is_added_where_it_would_not_run() {
        for text in [
            "RUN a # b",
            "RUN a &",
            "RUN if a; then b",
            "RUN [\"a\"]",
            "RUN cat <<EOF\na\nEOF",
            "RUN a; exit 0",
            "RUN <<A\ncat <<B\na\nA",
            "RUN a && x",
        ] {
            assert_eq!(appended(&format!("FROM debian\n{text}\n")), None, "{text}");
        }
    }
}
