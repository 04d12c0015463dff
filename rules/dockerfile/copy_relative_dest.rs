use crate::lint::prelude::*;
use crate::model::dockerfile::Base;

pub const CHECKS: &[Check] = &[Check::Instruction(copy_relative_dest)];

fn copy_relative_dest(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let InstructionKind::Copy(transfer) = &instruction.node.kind else { return };
    let destination = &transfer.destination;
    if instruction.onbuild || instruction.is_workdir_set() || is_absolute(&destination.raw) {
        return;
    }
    let Some(stage) = instruction.stage() else { return };
    let folder = instruction.workdir();
    let root = folder == Some("/") && !matches!(stage.root_base(), Base::Scratch);
    if !cx.flag("every") && (!root || stage.is_windows()) || instruction.may_follow(&[Keyword::From, Keyword::Workdir])
    {
        return;
    }
    let diagnostic =
        cx.report(destination.span, format!("no `WORKDIR` says what `{}` is relative to", destination.raw));
    let Some(folder) = folder else { return };
    diagnostic.label(destination.span, format!("the base image begins in `{folder}`"));
    let written = destination.span.of_text(instruction.dockerfile.text());
    let quotes = written.len() - written.trim_start_matches(['"', '\'']).len();
    let path = written.trim_matches(['"', '\'']);
    // Dots in front go on in the folder itself.
    let rest = match path {
        "." => "",
        _ => path.strip_prefix("./").unwrap_or(path),
    };
    if rest.starts_with('.') || rest.contains(['"', '\'', '\\', '`', '$']) {
        return;
    }
    let start = destination.span.start + quotes as u32;
    let replaced = Span::new(start, start + (path.len() - rest.len()) as u32);
    let fix = Fix::safe("write the whole path").replace(replaced, format!("{}/", folder.trim_end_matches('/')));
    // The plan does not know the folder of a base image.
    diagnostic.fix(fix.changes(Effect::Files));
}

/// By a slash, a drive letter or a variable in front, quotes left out.
fn is_absolute(path: &str) -> bool {
    let path = path.trim_start_matches(['"', '\'']);
    let drive = path.as_bytes().get(1) == Some(&b':') && path.starts_with(|c: char| c.is_ascii_alphabetic());
    drive || path.starts_with(['/', '\\', '$', '%'])
}
