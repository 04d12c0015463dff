use crate::lint::prelude::*;
use crate::model::download::Download;
use crate::model::transport::{self, Remedy, Unchecked};

pub const CHECKS: &[Check] = &[Check::Command(command), Check::Instruction(variables)];

fn command(command: ShellCommand<'_>, cx: &mut Context<'_>) {
    if command.instruction.keyword() != Some(Keyword::Run) {
        return;
    }
    assignments(command, cx);
    let Some(found) = command.invocation.and_then(transport::of_invocation) else { return };
    let download = Download::of(command.node);
    if download.is_some_and(|download| download.is_local()) || is_checked_later(command) {
        return;
    }
    let Unchecked { span, what, whose, remedy } = found;
    let diagnostic = cx.report(span, format!("`{what}` lets `{whose}` take any certificate"));
    let text = command.instruction.dockerfile.text();
    match remedy {
        Remedy::TakeOut(flag) => {
            if let Some(removal) = flag.removal(text) {
                diagnostic.fix(Fix::risky(format!("take `{what}` out")).delete(removal).changes(Effect::Command));
            }
        }
        Remedy::Write(word, value) => {
            diagnostic.fix(Fix::risky(format!("write `{value}`")).replace(word.span, value).changes(Effect::Command));
        }
        Remedy::None => {}
    }
}

/// `NODE_TLS_REJECT_UNAUTHORIZED=0 npm ci`, also behind `export` and `env`.
fn assignments(command: ShellCommand<'_>, cx: &mut Context<'_>) {
    for assignment in &command.node.assignments {
        let value = || Some(assignment.value.as_ref()?.text()?.into_owned());
        report(&assignment.name, value, assignment.span, cx);
    }
    if ["export", "env", "sudo"].iter().any(|name| command.node.is(name)) {
        for word in command.node.arguments() {
            let text = word.text();
            if let Some((name, value)) = text.as_deref().and_then(|text| text.split_once('=')) {
                report(name, || Some(value.to_owned()), word.span, cx);
            }
        }
    }
}

fn variables(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    match &instruction.node.kind {
        InstructionKind::Env(pairs) => {
            for pair in &pairs.pairs {
                report(&pair.key.raw, || instruction.value(&pair.value), pair.span, cx);
            }
        }
        InstructionKind::Arg(declarations) => {
            for declaration in declarations {
                let value = || instruction.value(declaration.default.as_ref()?);
                report(declaration.name.of_text(cx.text()), value, declaration.span, cx);
            }
        }
        _ => {}
    }
}

fn report(name: &str, value: impl Fn() -> Option<String>, span: Span, cx: &mut Context<'_>) {
    if let Some(whose) = transport::variable(name, value) {
        cx.report(span, format!("`{name}` lets {whose} take any certificate"));
    }
}

/// Whether what is fetched is held to a checksum or a signature in the same step.
fn is_checked_later(command: ShellCommand<'_>) -> bool {
    let mut later = command.instruction.commands().filter(|other| other.node.span.start > command.node.span.end);
    later.any(|other| transport::verifies(other.node))
}
