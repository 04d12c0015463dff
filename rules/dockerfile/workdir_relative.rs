use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Instruction(workdir_relative)];

fn workdir_relative(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let InstructionKind::Workdir(word) = &instruction.node.kind else { return };
    if (instruction.is_workdir_set() || instruction.onbuild) && !cx.flag("every") {
        return;
    }
    let Some(path) = instruction.value(word).filter(|path| !path.is_empty() && is_relative(path)) else { return };
    let diagnostic = cx.report(word.span, format!("working directory `{path}` is relative"));
    let Some(absolute) = instruction.absolute(&path) else {
        diagnostic.label(word.span, "starts in a folder that only the base image knows");
        return;
    };
    diagnostic.label(word.span, format!("means `{absolute}`"));
    if path == *word.raw {
        diagnostic.fix(Fix::safe("write the whole path").replace(word.span, absolute));
    }
}

/// Windows paths count as absolute with a drive or a leading backslash.
fn is_relative(path: &str) -> bool {
    let drive = path.as_bytes().get(1) == Some(&b':');
    !path.starts_with(['/', '\\']) && !drive
}
