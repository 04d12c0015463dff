use crate::lint::prelude::*;
use crate::model::secrets::{is_harmless, names_a_secret, names_a_secret_for_buildkit, names_a_secret_for_hadolint};

pub const CHECKS: &[Check] = &[Check::Instruction(secret_in_arg_env)];

fn secret_in_arg_env(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let text = cx.text();
    match &instruction.node.kind {
        InstructionKind::Arg(declarations) => {
            for declaration in declarations {
                let name = declaration.name.of_text(text);
                let value = declaration.default.as_ref().map(|word| instruction.value(word));
                // An ARG without a value, or with an empty one, is there to be passed.
                let value = value.filter(|value| value.as_deref() != Some(""));
                report(name, declaration.name, value, "ARG", cx);
            }
        }
        InstructionKind::Env(pairs) => {
            for pair in &pairs.pairs {
                report(&pair.key.raw, pair.key.span, Some(instruction.value(&pair.value)), "ENV", cx);
            }
        }
        _ => {}
    }
}

/// `value` is `None` when there is none, and `Some(None)` when it is not known.
fn report(name: &str, span: Span, value: Option<Option<String>>, keyword: &str, cx: &mut Context<'_>) {
    let secret = if cx.flag("by-part-of-name") {
        names_a_secret_for_hadolint(name)
    } else if cx.flag("by-name-alone") {
        names_a_secret_for_buildkit(name)
    } else {
        names_a_secret(name) && !value.flatten().is_some_and(|value| is_harmless(&value))
    };
    if !secret || cx.words("allow").contains(&name) {
        return;
    }
    cx.report(span, format!("`{keyword}` holds what looks like a secret: `{name}`"))
        .label(span, "stays readable in the image and its history")
        .note("give it to the one command that needs it: `RUN --mount=type=secret,id=…`");
}
