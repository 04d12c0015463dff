use crate::lint::prelude::*;
use crate::model::dockerfile::PREDEFINED_PLATFORM_ARGUMENTS;
use crate::text::suggest::nearest;

pub const CHECKS: &[Check] = &[Check::From(undefined_arg_in_from)];

fn undefined_arg_in_from(from: From<'_>, cx: &mut Context<'_>) {
    let globals = from.instruction.dockerfile.globals();
    let mut seen: Vec<&str> = Vec::new();
    for reference in from.references() {
        let name = reference.name;
        if globals.is_declared(name) || seen.contains(&name) || (reference.guarded && !cx.flag("guarded")) {
            continue;
        }
        seen.push(name);
        // What declares it cannot be read.
        if from.instruction.may_follow(&[Keyword::Arg]) {
            return;
        }
        let meant = nearest(name, globals.names().chain(PREDEFINED_PLATFORM_ARGUMENTS));
        let declared = declared_later(from, name);
        let diagnostic = cx.report(reference.span, format!("`{name}` is not declared before the first `FROM`"));
        diagnostic.label(reference.span, "becomes nothing");
        if let Some((meant, _)) = meant {
            diagnostic
                .fix(Fix::risky(format!("use `{meant}`")).replace(reference.name_span, meant).changes(Effect::Base));
            continue;
        }
        let mut line = format!("ARG {name}");
        if let Some(declaration) = declared {
            diagnostic.label(declaration, "holds for this stage only");
            line = format!("ARG {}", declaration.of_text(from.instruction.dockerfile.text()));
        }
        if let Some(first) = from.instruction.dockerfile.stage(0) {
            let (place, code) = first.from().instruction.line_above(&line);
            let fix = Fix::risky(format!("declare it: `{line}`")).insert(place, code);
            diagnostic.fix(fix.changes(Effect::Argument).changes(Effect::Base));
        }
    }
}

/// Where an earlier stage declares an argument of that name, default included.
fn declared_later(from: From<'_>, name: &str) -> Option<Span> {
    let text = from.instruction.dockerfile.text();
    let before = from.instruction.dockerfile.instructions().take_while(|own| own.index < from.instruction.index);
    let mut found = before.filter(|own| !own.onbuild).filter_map(|own| match &own.node.kind {
        InstructionKind::Arg(all) => all.iter().find(|own| own.name.of_text(text) == name).map(|own| own.span),
        _ => None,
    });
    found.next()
}
