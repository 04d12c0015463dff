use crate::lint::prelude::*;
use crate::model::expand::Value;
use crate::model::shell::Values;
use crate::syntax::shell::{Operation, Part};

pub const CHECKS: &[Check] = &[Check::Command(rm_of_variable)];

/// What nobody wants to lose, behind an empty variable.
const FOLDERS: [&str; 15] = [
    "", "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/media", "/mnt", "/opt", "/root", "/sbin", "/srv", "/usr",
    "/var",
];

fn rm_of_variable(command: ShellCommand<'_>, cx: &mut Context<'_>) {
    let (instruction, node) = (command.instruction, command.node);
    if !node.is("rm") || !node.has_flag(&["-r", "-R", "--recursive"]) {
        return;
    }
    let every = cx.flag("every");
    for word in node.arguments() {
        let Some((span, name, rest)) = behind_variable(&word.parts).filter(|(.., rest)| rest.starts_with('/')) else {
            continue;
        };
        let path = rest.trim_end_matches(['*', '/', '.']);
        let known = matches!(instruction.variable(name), Value::Known(value) if !value.is_empty());
        if !FOLDERS.contains(&path) || !every && (known || Values::of(instruction).is_assigned(name)) {
            continue;
        }
        let written = span.of_text(cx.text());
        let diagnostic = cx.report(word.span, format!("this deletes `{rest}` when `{name}` is empty"));
        if written == format!("${name}") || written == format!("${{{name}}}") {
            let fix = Fix::risky("fail when it is empty").replace(span, format!("${{{name}:?}}"));
            diagnostic.fix(fix.changes(Effect::of_command(instruction)));
        }
    }
}

/// The variable a word starts with, and the text behind it.
fn behind_variable(parts: &[Part]) -> Option<(Span, &str, String)> {
    let mut flat: Vec<&Part> = Vec::new();
    for part in parts {
        match part {
            Part::DoubleQuoted { parts, .. } => flat.extend(parts),
            part => flat.push(part),
        }
    }
    let (first, rest) = flat.split_first()?;
    let Part::Variable { span, name, operation: Operation::None, .. } = first else { return None };
    let rest: Option<String> = rest.iter().map(|part| part.literal()).collect();
    Some((*span, name, rest?))
}
