use crate::lint::prelude::*;
use crate::model::context::{IgnoreFile, IgnorePattern, Taken, path_in_context};
use crate::model::sources;

pub const CHECKS: &[Check] = &[Check::Instruction(copy_ignored_file)];

fn copy_ignored_file(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let every = cx.flag("every");
    if !sources::takes_from_context(instruction) || instruction.stage().is_none_or(|stage| !stage.is_needed() && !every)
    {
        return;
    }
    let context = cx.build_context().or_else(|| if every { cx.assumed_context() } else { None });
    let Some(context) = context else { return };
    let Some(ignore) = &context.ignore else { return };
    for (word, source) in sources::of_context(instruction) {
        let (path, ignored) = match context.take(&source, cx.files()) {
            Taken::Ignored(paths) => (paths[0].clone(), true),
            Taken::Everything => (String::new(), false),
            _ => (path_in_context(&source), false),
        };
        let pattern = if path.is_empty() { whole(ignore) } else { deciding(ignore, &path) };
        let Some(pattern) = pattern.filter(|_| ignored || every || path.is_empty()) else { continue };
        let (severity, message) = match ignored {
            true => (Severity::Error, format!("`{source}` is left out of the build context")),
            false => (Severity::Warning, format!("the ignore file leaves `{source}` out of the build context")),
        };
        let span = pattern.span;
        cx.report_as(severity, word.span, message).label_in(ignore.source.clone(), span, "by this pattern");
    }
}

/// The pattern that leaves out everything.
fn whole(ignore: &IgnoreFile) -> Option<&IgnorePattern> {
    let all = |pattern: &&IgnorePattern| matches!(&*pattern.text, "*" | "**" | "**/*");
    ignore.patterns.iter().find(all).filter(|_| !ignore.has_exceptions())
}

fn deciding<'i>(ignore: &'i IgnoreFile, path: &str) -> Option<&'i IgnorePattern> {
    let pattern = ignore.deciding(path).flatten().filter(|pattern| !pattern.exception);
    pattern.filter(|_| !ignore.has_exceptions())
}
