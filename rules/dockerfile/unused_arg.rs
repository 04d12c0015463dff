use crate::lint::prelude::*;
use crate::model::dockerfile::{PREDEFINED_PLATFORM_ARGUMENTS, PREDEFINED_PROXY_ARGUMENTS};

pub const CHECKS: &[Check] = &[Check::Instruction(unused_arg)];

fn unused_arg(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let InstructionKind::Arg(declarations) = &instruction.node.kind else { return };
    if instruction.stage().is_some() || instruction.dockerfile.stages().len() == 0 || cx.role().is_fragment() {
        return;
    }
    for declaration in declarations {
        let name = declaration.name.of_text(instruction.dockerfile.text());
        if is_read_by_builder(name) || is_used(instruction.dockerfile, name) {
            continue;
        }
        cx.report(declaration.name, format!("no `FROM` uses `{name}`, and no stage declares it"));
    }
}

fn is_read_by_builder(name: &str) -> bool {
    let known = PREDEFINED_PLATFORM_ARGUMENTS.contains(&name) || PREDEFINED_PROXY_ARGUMENTS.contains(&name);
    known || name == "SOURCE_DATE_EPOCH" || name.starts_with("BUILDKIT_")
}

/// Whether FROM or another argument before it refers to it, or an ARG of a stage names it again.
fn is_used(dockerfile: &Dockerfile, name: &str) -> bool {
    let text = dockerfile.text();
    let referred = |word: &Word| word.variables.iter().any(|variable| variable.name.of_text(text) == name);
    dockerfile.instructions().any(|own| match &own.node.kind {
        InstructionKind::From(from) => {
            referred(&from.image) || own.flag("platform").and_then(|flag| flag.value.as_ref()).is_some_and(referred)
        }
        InstructionKind::Arg(all) => all.iter().any(|own_declaration| {
            let again = own.stage().is_some() && own_declaration.name.of_text(text) == name;
            again || own_declaration.default.as_ref().is_some_and(referred)
        }),
        // What cannot be read may use it.
        InstructionKind::Invalid(_) | InstructionKind::Unknown => true,
        _ => false,
    })
}
