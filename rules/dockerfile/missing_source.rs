use crate::lint::prelude::*;
use crate::model::context::{BuildContext, Certainty, Glob, Taken, path_in_context};
use crate::model::sources;
use crate::text::suggest::nearest;

pub const CHECKS: &[Check] = &[Check::Instruction(missing_source)];

fn missing_source(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    if !sources::takes_from_context(instruction)
        || instruction.stage().is_none_or(|stage| !stage.is_needed() || stage.is_windows())
    {
        return;
    }
    let Some(context) = cx.build_context().filter(|context| context.certainty >= Certainty::Fits) else { return };
    for (word, source) in sources::of_context(instruction) {
        let path = path_in_context(&source);
        if !Glob::is_literal(&path)
            || !sources::is_written(&path)
            || context.take(&source, cx.files()) != Taken::Missing
        {
            continue;
        }
        let near = similar(&context, &path, cx);
        let folder = context.root.display().to_string();
        let folder = if folder.is_empty() { ".".to_owned() } else { folder };
        let diagnostic = cx.report(word.span, format!("there is no `{path}` in the build context `{folder}`"));
        if let Some(near) = near.filter(|_| *word.raw == *source) {
            let fix = Fix::risky(format!("copy `{near}`")).replace(word.span, near);
            diagnostic.fix(fix.changes(Effect::Files));
        }
    }
}

/// A file in the same folder with nearly the same name.
fn similar(context: &BuildContext, path: &str, cx: &Context<'_>) -> Option<String> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let entries = cx.files().list(&context.root.join(folder)).ok()?;
    let (near, _) = nearest(name, entries.iter().filter(|entry| !entry.is_dir).map(|entry| entry.name.as_str()))?;
    let near = if folder.is_empty() { near.to_owned() } else { format!("{folder}/{near}") };
    context.has(&near, cx.files()).then_some(near)
}
