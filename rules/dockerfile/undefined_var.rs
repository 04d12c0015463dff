use crate::lint::prelude::*;
use crate::model::dockerfile::PREDEFINED_PLATFORM_ARGUMENTS;
use crate::model::dockerfile::variables::{Reference, references, shell_references};
use crate::text::suggest::nearest;

pub const CHECKS: &[Check] = &[Check::Instruction(undefined_var)];

/// More names than anybody can mix up.
const MANY: usize = 200;

fn undefined_var(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    if instruction.onbuild || instruction.stage().is_none_or(Stage::is_windows) {
        return;
    }
    let mut seen: Vec<&str> = Vec::new();
    for reference in references(instruction) {
        if (reference.guarded && !cx.flag("guarded")) || seen.contains(&reference.name) {
            continue;
        }
        if !lost(instruction, &reference, cx) && instruction.is_set(reference.name) == Some(false) {
            undefined(instruction, &reference, cx);
        }
        seen.push(reference.name);
    }
    // A script may get its variables from anywhere; the names of build arguments are another matter.
    let mut arguments = instruction.dockerfile.globals().names().chain(PREDEFINED_PLATFORM_ARGUMENTS);
    if !instruction.has_byte(b'$') || !arguments.any(|name| instruction.text().contains(name)) {
        return;
    }
    for reference in shell_references(instruction) {
        if !reference.guarded && !seen.contains(&reference.name) {
            lost(instruction, &reference, cx);
            seen.push(reference.name);
        }
    }
}

/// A build argument that the stage would have to declare.
fn lost(instruction: Instruction<'_>, reference: &Reference<'_>, cx: &mut Context<'_>) -> bool {
    let name = reference.name;
    let global = instruction.dockerfile.globals().declaration(name);
    let predefined = PREDEFINED_PLATFORM_ARGUMENTS.contains(&name);
    if instruction.is_set(name) == Some(true) || (global.is_none() && !predefined) {
        return false;
    }
    if is_unread(instruction) {
        return true;
    }
    let diagnostic = cx.report(reference.span, format!("`{name}` is not declared in this stage"));
    match global {
        Some(declaration) => diagnostic.label(declaration, "holds for `FROM` only"),
        None => diagnostic.note("the builder sets it for stages that ask for it with `ARG`"),
    };
    let (place, line) = instruction.line_above(&format!("ARG {name}"));
    diagnostic.fix(Fix::risky(format!("declare it: `ARG {name}`")).insert(place, line).changes(Effect::Argument));
    true
}

/// Whether what defines its variables may be something that cannot be read.
fn is_unread(instruction: Instruction<'_>) -> bool {
    instruction.may_follow(&[Keyword::From, Keyword::Arg, Keyword::Env])
}

fn undefined(instruction: Instruction<'_>, reference: &Reference<'_>, cx: &mut Context<'_>) {
    if is_unread(instruction) {
        return;
    }
    let known = instruction.scope().into_iter().flat_map(|scope| scope.names().take(MANY));
    let meant = nearest(reference.name, known).map(|(name, _)| name);
    let diagnostic = cx.report(reference.span, format!("`{}` is not defined here", reference.name));
    diagnostic.label(reference.span, "becomes nothing");
    if let Some(meant) = meant {
        let effects = instruction.keyword().map(Effects::of).unwrap_or_default();
        diagnostic.fix(Fix::risky(format!("use `{meant}`")).replace(reference.name_span, meant).changes(effects));
    }
}
