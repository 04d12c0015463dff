use crate::lint::prelude::*;
use crate::model::context::path_in_context;
use crate::model::sources;

pub const CHECKS: &[Check] = &[Check::Dockerfile(dockerignore_missing)];

fn dockerignore_missing(dockerfile: &Dockerfile, cx: &mut Context<'_>) {
    let narrowed =
        |instruction: &Instruction<'_>| ["exclude", "parents"].iter().any(|flag| instruction.flag(flag).is_some());
    let needed = dockerfile.stages().filter(|stage| stage.is_needed());
    let copies = needed.flat_map(Stage::outer_instructions).filter(|instruction| !narrowed(instruction));
    let whole = |(_, source): &(&Word, String)| path_in_context(source).is_empty();
    let Some((word, _)) = copies.flat_map(sources::of_context).find(whole) else { return };
    let Some(context) = cx.build_context() else { return };
    // Where nothing else is to be seen there may be more where it is built.
    if !context.is_seen(cx.files()) || context.ignore.is_some() || cx.project().has_ignore_file_above(cx.path()) {
        return;
    }
    cx.report(word.span, "no `.dockerignore` leaves anything out of what is copied");
}
