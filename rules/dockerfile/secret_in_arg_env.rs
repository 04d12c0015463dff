use crate::lint::prelude::*;
use crate::model::secrets::{is_harmless, names_a_secret, names_a_secret_for_buildkit, names_a_secret_for_hadolint};
use crate::syntax::dockerfile::{ArgDeclaration, Pair};

pub const CHECKS: &[Check] = &[Check::Instruction(secret_in_arg_env)];

fn secret_in_arg_env(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let ships = instruction.stage().is_some_and(Stage::ships);
    for (name, span, keyword) in secrets(instruction, cx) {
        if !by_name(cx) && is_known_before(instruction, name, cx) {
            continue;
        }
        let place = if ships { "the image and its history" } else { "the cache and the provenance of the build" };
        cx.report(span, format!("`{keyword}` holds what looks like a secret: `{name}`"))
            .label(span, format!("stays readable in {place}"))
            .note("give it to the one command that needs it: `RUN --mount=type=secret,id=…`");
    }
}

/// What of the names of an ARG or ENV is a secret, where it stands, and the keyword.
fn secrets<'a>(instruction: Instruction<'a>, cx: &Context<'_>) -> Vec<(&'a str, Span, &'static str)> {
    let text = instruction.dockerfile.text();
    match &instruction.node.kind {
        InstructionKind::Arg(declarations) => {
            let secret = |own: &&ArgDeclaration| {
                // An ARG without a value, or with an empty one, is there to be passed.
                let value = || own.default.as_ref().and_then(|word| instruction.value(word));
                is_secret(own.name.of_text(text), || value().filter(|value| !value.is_empty()), cx)
            };
            declarations.iter().filter(secret).map(|own| (own.name.of_text(text), own.name, "ARG")).collect()
        }
        InstructionKind::Env(pairs) => {
            let secret = |own: &&Pair| is_secret(&own.key.raw, || instruction.value(&own.value), cx);
            pairs.pairs.iter().filter(secret).map(|own| (&*own.key.raw, own.key.span, "ENV")).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether a name is that of a secret; `value` is `None` when there is none, and when it is not known.
fn is_secret(name: &str, value: impl Fn() -> Option<String>, cx: &Context<'_>) -> bool {
    let secret = if cx.flag("by-part-of-name") {
        names_a_secret_for_hadolint(name)
    } else if cx.flag("by-name-alone") {
        names_a_secret_for_buildkit(name)
    } else {
        names_a_secret(name) && !value().is_some_and(|value| is_harmless(&value))
    };
    secret && !cx.words("allow").contains(&name)
}

fn by_name(cx: &Context<'_>) -> bool {
    cx.flag("by-part-of-name") || cx.flag("by-name-alone")
}

/// Whether an earlier instruction of the stage, or the same one, was found for that name.
fn is_known_before(instruction: Instruction<'_>, name: &str, cx: &Context<'_>) -> bool {
    let Some(stage) = instruction.stage().filter(|_| !instruction.onbuild) else { return false };
    let before = stage.outer_instructions().take_while(|own| own.index < instruction.index);
    before.flat_map(|own| secrets(own, cx)).any(|(own, ..)| own == name)
}
